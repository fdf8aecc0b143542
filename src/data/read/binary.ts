/**
 * The binary formats of tables, as parts of cells. Their readers are the project's own: what they allocate follows the bytes
 * that there are, whatever these claim, which the libraries for these formats do not promise. Only flat columns are read.
 */
import { fail, InputError } from '../../base/errors.ts';
import { checkColumnNames } from '../table/table.ts';
import { Budget } from './claims.ts';
import type { ReadLimits } from './limits.ts';
import type { Part } from './parts.ts';

export type BinaryFormat = 'parquet' | 'arrow';

/** What is to be read. */
export interface BinarySource {
  readonly format: BinaryFormat;
  readonly bytes: Uint8Array;
  /** Stands in errors. */
  readonly name: string;
  readonly limits?: ReadLimits;
}

const titles: Readonly<Record<BinaryFormat, string>> = { parquet: 'Parquet', arrow: 'Arrow' };

/** Parts of a file, in this thread. Throws an InputError where it is torn, of a kind that is not read, or beyond a limit. */
export async function* binaryParts({ format, bytes, name, limits }: BinarySource): AsyncGenerator<Part> {
  const budget = new Budget(name, bytes.length, limits);
  try {
    const parts =
      format === 'parquet'
        ? (await import('./parquet/parquet.ts')).parquetParts(bytes, budget)
        : (await import('./arrow/arrow.ts')).arrowParts(bytes, budget);
    let isFirst = true;
    for await (const part of parts) {
      if (isFirst) checkColumnNames(part.names, name);
      isFirst = false;
      yield part;
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0].slice(0, 200);
    fail({
      what: `it is not a whole ${titles[format]} file, or of a kind that is not read (${reason})`,
      where: name,
      fix: 'Write it again, or as CSV.',
    });
  }
}
