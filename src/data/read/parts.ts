/** The parts of a table that the readers of binary formats yield. */
import { fail } from '../../base/errors.ts';
import type { Cell } from './read.ts';

/** Some rows of all columns. */
export interface Part {
  readonly names: readonly string[];
  /** By column, `rows` cells each. */
  readonly columns: readonly (readonly Cell[])[];
  readonly rows: number;
}

/** The maximum number of rows in a part. */
export const partRows = 8192;
/** The maximum number of cells in a part with more than one row. */
const partCells = 2 ** 20;

/** The number of rows in a part with so many columns. */
export const rowsOfPart = (columns: number): number =>
  Math.max(1, Math.min(partRows, Math.floor(partCells / Math.max(1, columns))));

/** Throws an InputError for a nested column. */
export function failOnNested(name: string, column: string): never {
  return fail({
    what: 'the cell is a list or a structure',
    where: `${name}[0], column "${column}"`,
    fix: 'Remove the column, or split it into columns of numbers and texts.',
  });
}
