/** The parts of a table that the readers of binary formats yield. */
import type { LeftOut } from '../table/table.ts';
import type { Cell } from './read.ts';

/** Some rows of all columns. */
export interface Part {
  readonly names: readonly string[];
  /** By column, `rows` cells each. */
  readonly columns: readonly (readonly Cell[])[];
  readonly rows: number;
  /** All columns so far that cannot be used; they are not among the names. */
  readonly leftOut?: readonly LeftOut[];
  /** The columns that number or name the rows of a pandas table, as the file says. */
  readonly indices?: readonly string[];
}

/** The maximum number of rows in a part. */
export const partRows = 8192;
/** The maximum number of cells in a part with more than one row. */
const partCells = 2 ** 20;

/** The number of rows in a part with so many columns. */
export const rowsOfPart = (columns: number): number =>
  Math.max(1, Math.min(partRows, Math.floor(partCells / Math.max(1, columns))));
