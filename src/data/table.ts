/** Tables: named columns of cells as text, as they were read. Types and numbers are made of them in `columns.ts`. */
import { didYouMean, fail } from '../base/errors.ts';
import type { Profile } from './columns.ts';

export interface Column {
  readonly name: string;
  /** One text for each row; undefined where the cell is missing. Of a large file they are made when asked for. */
  readonly values: readonly (string | undefined)[];
  /** The distinct texts that were read as missing, such as "NA"; an empty cell is "". */
  readonly marks: readonly string[];
  /** @internal The cells of a large file, which do not stand in memory as texts. */
  readonly packed?: Cells & { readonly profile: Profile };
}

/** Cells by row, from 0. */
export interface Cells {
  /** Undefined where the cell is missing. */
  text(row: number): string | undefined;
  /** NaN where the cell is missing, or no number. */
  number(row: number): number;
  /** Days since 1970-01-01; NaN where the cell is missing, or no date. */
  date(row: number): number;
  has(row: number): boolean;
}

export interface Table {
  /** The file's name, or what the caller calls the data; it stands in errors. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** The line of the file on which each row starts, from 1. Undefined where the rows came from no file. */
  readonly lines?: ArrayLike<number>;
  /** What the lines are of; default csv. */
  readonly format?: string;
}

/** Where a table is, for errors: `csv "people.csv"`, or the name of what is no file. */
export function tablePlace({ name, lines, format = 'csv' }: Pick<Table, 'name' | 'lines' | 'format'>): string {
  return lines === undefined ? name : `${format} "${name}"`;
}

/** Where a column is: `csv "people.csv", column "age"`. */
export function columnPlace(table: Table, column: string): string {
  return `${tablePlace(table)}, column "${column}"`;
}

/** Where a cell is: `csv "people.csv" line 231, column "age"`, or `data[229], column "age"` (rows from 0). */
export function cellPlace(table: Table, row: number, column: string): string {
  const at = table.lines === undefined ? `${table.name}[${row}]` : `${tablePlace(table)} line ${table.lines[row]}`;
  return `${at}, column "${column}"`;
}

/** The column of that name. Throws an InputError at `where` that names the nearest one. */
export function findColumn(table: Table, name: string, where: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  fail({
    what: `${tablePlace(table)} has no column "${name}"`,
    where,
    mend: didYouMean(
      name,
      table.columns.map((candidate) => candidate.name),
    ),
  });
}

/** Throws an InputError at `where` if a name is empty or stands twice. */
export function checkColumnNames(names: readonly string[], where: string): void {
  names.forEach((name, index) => {
    if (name.trim() === '') {
      fail({
        what: `column ${index + 1} has no name`,
        where,
        mend: 'Name every column, or remove that one (a table that pandas wrote: to_csv(..., index=False)).',
      });
    }
    const first = names.indexOf(name);
    if (first < index) {
      fail({
        what: `columns ${first + 1} and ${index + 1} are both named "${name}"`,
        where,
        mend: 'Give each column a name of its own.',
      });
    }
  });
}
