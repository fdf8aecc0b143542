/**
 * Reads binary table formats in parts. The readers are the project's own: the memory that they allocate follows the size of
 * the file, whatever the file claims, which the libraries for these formats do not promise. Nested columns are left out, and never read.
 */
import { fail, InputError } from '../../base/errors.ts';
import { checkColumnNames, columnNames } from '../table/table.ts';
import { Budget } from './budget.ts';
import { binaryFormats } from './formats.ts';
import type { ReadLimits } from './limits.ts';
import type { Part } from './parts.ts';

/** A file to read. */
export interface BinarySource {
  /** The name of its format. */
  readonly format: string;
  readonly bytes: Uint8Array;
  /** The name in errors. */
  readonly name: string;
  readonly limits?: ReadLimits;
}

/** The parts of a file, read in this thread. Throws an InputError for a file that is damaged, unsupported or beyond a limit. */
export async function* binaryParts({ format, bytes, name, limits }: BinarySource): AsyncGenerator<Part> {
  const read = binaryFormats.find((each) => each.name === format)!;
  const budget = new Budget(name, bytes.length, limits);
  try {
    let isFirst = true;
    for await (const given of read.parts(bytes, budget)) {
      const names = columnNames(given.names);
      if (isFirst) checkColumnNames(names, name);
      isFirst = false;
      yield { ...given, names };
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0].slice(0, 200);
    fail({
      what: `the ${read.title} file is damaged, or uses a feature that is not supported (${reason})`,
      where: name,
      fix: 'Write it again, or as CSV.',
    });
  }
}
