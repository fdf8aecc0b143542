/** What `train` takes as data, and what comes asynchronously taken in. */

import { fail } from '../base/errors.ts';
import { collectRows } from '../data/inline/collect-rows.ts';
import type { InlineData, InlineRows } from '../data/inline/inline.ts';
import type { DataOptions } from '../data/prepare/prepare.ts';
import { collectTable, isAsync, type TableSource } from '../data/read/collect-table.ts';
import type { ReadLimits } from '../data/read/limits.ts';
import type { Table } from '../data/table/table.ts';
import type { Loss } from '../net/losses.ts';
import type { Network } from '../net/network.ts';
import { type CollectedData, outputsOf, type TableData } from '../net/setup.ts';

/** Rows of numbers, some at a time. */
export interface BatchData {
  readonly batches: AsyncIterable<InlineRows>;
  readonly validation?: InlineRows;
}

/** A table that comes asynchronously: the bytes of a file in any format that is read, or rows as objects. */
export interface StreamData extends DataOptions {
  readonly table: TableSource;
  /** Stands in errors; default "data". */
  readonly name?: string;
  /** Texts that mean "missing", beside the usual ones. */
  readonly missing?: readonly string[];
  /** How much the table may grow beyond the bytes that hold it. Default: as much as a file of its size is worth. */
  readonly limits?: ReadLimits;
}

export type TrainingData = InlineData | TableData | BatchData | StreamData;

/** Data that are there as a whole. Throws an InputError where they do not fit, and what their source throws. */
export async function collected(
  data: TrainingData,
  network: Network,
  loss: Loss,
): Promise<InlineData | TableData | CollectedData> {
  if ('batches' in data) {
    const { batches, ...rest } = data;
    return { ...rest, ...(await collectRows(batches, { targets: loss.targets, outputs: outputsOf(network) })) };
  }
  if ('table' in data && !isAsync(data.table) && !Array.isArray((data.table as Partial<Table> | undefined)?.columns)) {
    // a path or other text is told before
    fail({ what: 'it is no table', where: 'data.table', fix: 'Give what readTable or readTableFile gives.' });
  }
  if (!('table' in data) || !isAsync(data.table)) return data as InlineData | TableData;
  const { table, name, missing, limits, ...options } = data as StreamData;
  return { ...options, table: await collectTable(table, { name, missing, limits }) };
}
