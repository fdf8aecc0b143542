/** Parts of a table, as the readers of binary formats give them. */
import { fail } from '../../base/errors.ts';
import type { Cell } from './read.ts';

/** Some rows of all columns. */
export interface Part {
  readonly names: readonly string[];
  /** By column, `rows` cells each. */
  readonly columns: readonly (readonly Cell[])[];
  readonly rows: number;
}

/** Rows of one part, at most. */
export const partRows = 8192;
/** Cells of one part, where it has more than a row. */
const partCells = 2 ** 20;

/** Rows of a part of so many columns. */
export const rowsOfPart = (columns: number): number =>
  Math.max(1, Math.min(partRows, Math.floor(partCells / Math.max(1, columns))));

/** Complains of a column that the schema says is no column of a table. */
export function failOnNested(name: string, column: string): never {
  return fail({
    what: 'a cell is a list or a structure',
    where: `${name}[0], column "${column}"`,
    fix: 'Leave that column out, or spread it over columns of numbers and texts.',
  });
}
