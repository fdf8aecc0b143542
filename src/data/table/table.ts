/** Tables: named columns of cells as text, as they were read. `columns.ts` finds their types and numbers. */
import { kind } from '../../base/arguments.ts';
import { didYouMean, fail } from '../../base/errors.ts';
import { clip } from '../../base/printable.ts';
import type { Where } from '../../base/reference.ts';
import type { Profile } from './columns.ts';
import type { MarkChanges } from './missing-marks.ts';
import { normalForm } from './normal-form.ts';
import type { Spelling } from './spelling.ts';

export interface Column {
  readonly name: string;
  /** One text for each row; undefined for a missing cell. For a large file, they are made when they are first used. */
  readonly values: readonly (string | undefined)[];
  /** The distinct texts that were read as missing, such as "NA"; an empty cell is "". */
  readonly marks: readonly string[];
  /** The marks of missing values that the reader was told, if they differ from the usual ones. */
  readonly marking?: MarkChanges;
  /** @internal The cells with the marks of missing values, where there are any except the empty cell. */
  readonly unmarked?: readonly (string | undefined)[];
  /** @internal The spelling of its numbers or dates, where another table has decided it. */
  readonly spelling?: Spelling;
  /** @internal The file says that the column numbers or names the rows of a pandas table. */
  readonly isIndex?: boolean;
  /** @internal The cells of a large file, which are not in memory as texts. */
  readonly packed?: Cells & { readonly profile: Profile };
}

/** Cells by row, from 0. */
export interface Cells {
  /** Undefined for a missing cell. */
  text(row: number): string | undefined;
  /** NaN for a missing cell, and for one that is not a number. */
  number(row: number): number;
  /** Days since 1970-01-01; NaN for a missing cell, and for one that is not a date. */
  date(row: number): number;
  has(row: number): boolean;
}

/** A column that cannot be used, such as one of lists. */
export interface LeftOut {
  readonly name: string;
  /** As the end of "left out: …". */
  readonly reason: string;
}

/** `Row` is the type of a row, if the table was read from objects whose type TypeScript knows. */
export interface Table<Row extends object = object> {
  /** Only a type: no table has it. */
  readonly rowType?: Row;
  /** The file's name, or the caller's name for the data; it is used in errors. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** The columns of the file that cannot be used, and why. */
  readonly leftOut?: readonly LeftOut[];
  /** What the reader passed over, in sentences: comment lines, for example. */
  readonly notes?: readonly string[];
  /** The line of the file on which each row starts, from 1; undefined for rows that are not from a text file. */
  readonly lines?: ArrayLike<number>;
  /** The format of the file with these lines; default csv. */
  readonly format?: string;
}

/** A table by its form. */
export const aTable = kind(
  'a table',
  ({ columns, rows, name }: Table) =>
    typeof rows === 'number' &&
    typeof name === 'string' &&
    Array.isArray(columns) &&
    columns.every((column) => typeof column.name === 'string'),
  'Pass readTable(rows), where rows are objects or CSV text.',
);

/** Where a table is, for errors: `csv "people.csv"`, or its name if it is not from a text file. */
export function tablePlace({ name, lines, format = 'csv' }: Pick<Table, 'name' | 'lines' | 'format'>): string {
  return lines === undefined ? name : `${format} "${name}"`;
}

/** A column's name for a message, clipped. */
export const shortName = (name: string): string => clip(name, 80);

/** Where a column is: `csv "people.csv", column "age"`. */
export function columnPlace(table: Table, column: string): string {
  return `${tablePlace(table)}, column "${shortName(column)}"`;
}

/** Where a cell is: `csv "people.csv" line 231, column "age"`, or `data[229], column "age"` (rows from 0). */
export function cellPlace(table: Table, row: number, column: string): string {
  const at = table.lines === undefined ? `${table.name}[${row}]` : `${tablePlace(table)} line ${table.lines[row]}`;
  return `${at}, column "${shortName(column)}"`;
}

/** The columns of tables by name. Tables do not change, so each is indexed once. */
const byName = new WeakMap<readonly Column[], ReadonlyMap<string, Column>>();

/** The columns by name in Unicode's normal form; of two with the same name, the first. */
function columnsByName({ columns }: Table): ReadonlyMap<string, Column> {
  let found = byName.get(columns);
  if (found === undefined) {
    const map = new Map<string, Column>();
    for (const column of columns) {
      const name = normalForm(column.name);
      if (!map.has(name)) map.set(name, column);
    }
    found = map;
    byName.set(columns, map);
  }
  return found;
}

/** The column with this name. Throws an InputError at `where` that suggests the most similar name. */
export function findColumn(table: Table, name: string, where: Where): Column {
  const column = columnsByName(table).get(normalForm(name));
  if (column !== undefined) return column;
  const unusable = table.leftOut?.find((each) => normalForm(each.name) === normalForm(name));
  if (unusable !== undefined) {
    fail({
      what: `${columnPlace(table, name)} cannot be used: ${unusable.reason}`,
      where,
      fix: 'Name other columns, or split this one into columns of numbers and texts.',
    });
  }
  fail({
    what: `${tablePlace(table)} has no column "${shortName(name)}"`,
    where,
    fix: didYouMean(
      name,
      table.columns.map((candidate) => candidate.name),
    ),
  });
}

/**
 * The names of a file's columns, in Unicode's normal form. A column without a name gets the name that pandas gives it: "Unnamed: 0"
 * for the first.
 */
export function columnNames(given: readonly string[]): string[] {
  const names = given.map((name) => normalForm(name.trim() === '' ? '' : name));
  const taken = new Set(names);
  return names.map((name, c) => {
    if (name !== '') return name;
    let own = `Unnamed: ${c}`;
    for (let k = 1; taken.has(own); k++) own = `Unnamed: ${c}.${k}`;
    taken.add(own);
    return own;
  });
}

/** Throws an InputError at `where` if a name is empty or is listed twice. */
export function checkColumnNames(names: readonly string[], where: string): void {
  const indices = new Map<string, number>();
  names.forEach((name, index) => {
    if (name.trim() === '') {
      fail({
        what: `column ${index + 1} has no name`,
        where,
        fix: 'Name every column, or remove this one (with pandas: to_csv(..., index=False)).',
      });
    }
    const first = indices.get(name);
    if (first !== undefined) {
      fail({
        what: `columns ${first + 1} and ${index + 1} are both named "${shortName(name)}"`,
        where,
        fix: 'Give each column a different name.',
      });
    }
    indices.set(name, index);
  });
}
