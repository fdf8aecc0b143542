/** The data that `train` takes, and how it collects data that come asynchronously. */

import { isByteStream } from '../base/byte-source.ts';
import { fail } from '../base/errors.ts';
import type { InlineData, InlineRows } from '../data/inline/inline.ts';
import type { DataOptions } from '../data/prepare/prepare.ts';
import type { TableSource } from '../data/read/collect-table.ts';
import type { ReadLimits } from '../data/read/limits.ts';
import type { MissingOptions } from '../data/table/missing-marks.ts';
import type { Table } from '../data/table/table.ts';
import type { Loss } from '../net/losses.ts';
import type { Network } from '../net/network.ts';
import { type CollectedData, outputsOf } from '../net/rows-setup.ts';
import type { TableData } from '../net/table-setup.ts';

/** Rows of numbers in batches. */
export interface BatchData {
  readonly batches: AsyncIterable<InlineRows>;
  readonly validation?: InlineRows;
}

/** A table that comes asynchronously: the bytes of a file in any supported format, or rows as objects. */
export interface StreamData extends DataOptions, MissingOptions {
  readonly table: TableSource;
  /** The name in error messages. Default: "data". */
  readonly name?: string;
  /** How much memory the table may take. Default: it depends on the size of the file. */
  readonly limits?: ReadLimits;
}

export type TrainingData = InlineData | TableData | BatchData | StreamData;

/** The whole data. Throws an InputError if they do not fit the network, and any error that their source throws. */
export async function collected(
  data: TrainingData,
  network: Network,
  loss: Loss,
): Promise<InlineData | TableData | CollectedData> {
  if ('batches' in data) {
    const { collectRows } = await import('../data/inline/collect-rows.ts');
    const { batches, ...rest } = data;
    return { ...rest, ...(await collectRows(batches, { targets: loss.targets, outputs: outputsOf(network) })) };
  }
  if (
    'table' in data &&
    !isByteStream(data.table) &&
    !Array.isArray((data.table as Partial<Table> | undefined)?.columns)
  ) {
    // paths and other texts were refused earlier
    fail({
      what: 'it is not a table',
      where: ['data', 'table'],
      fix: 'Pass the table that readTable or readTableFile returned.',
    });
  }
  if (!('table' in data) || !isByteStream(data.table)) return data as InlineData | TableData;
  const { table, name, missing, notMissing, limits, ...options } = data as StreamData;
  const { collectTable } = await import('../data/read/collect-table.ts');
  return { ...options, table: await collectTable(table, { name, missing, notMissing, limits }) };
}
