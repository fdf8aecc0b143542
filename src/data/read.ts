/** Reading tables: CSV text, rows or columns in memory. Files are the caller's; this runs in browsers. */
import { fail } from '../base/errors.ts';
import { parseCsv } from './csv.ts';
import type { ReadLimits } from './limits.ts';
import { type Column, checkColumnNames, type Table } from './table.ts';
import { count } from './words.ts';

/** What a cell in memory may be; null and undefined are missing. */
export type Cell = string | number | boolean | null | undefined;

export interface ReadOptions {
  /** Stands in errors; default "data". For a file: its path. */
  readonly name?: string;
  /** Texts that mean "missing", beside `missingMarks`. */
  readonly missing?: readonly string[];
  readonly limits?: ReadLimits;
}

/**
 * The cells that are missing everywhere. Not "NaN": a value that a calculation failed to give is an error where a
 * number belongs, until the caller says `missing: ['NaN']`.
 */
export const missingMarks: readonly string[] = ['', 'NA', 'N/A', 'n/a', '#N/A', 'null', 'NULL', '?', '.'];

type ColumnsSource = Readonly<Record<string, ArrayLike<Cell>>>;
type RowsSource = readonly Readonly<Record<string, Cell>>[];

/** A column of texts, those that mean "missing" taken out. */
function column(name: string, cells: readonly (string | undefined)[], missing: ReadonlySet<string>): Column {
  const marks = new Set<string>();
  const values = cells.map((cell) => {
    if (cell === undefined || !missing.has(cell)) return cell;
    marks.add(cell);
    return undefined;
  });
  return { name, values, marks: [...marks] };
}

/** A cell as text; `where` names it in the error of one that is neither number, text nor boolean. */
export function toText(cell: unknown, where: string): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'string') return cell.trim();
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  fail({
    what: `a cell is ${Array.isArray(cell) ? 'a list' : `of type ${typeof cell}`}`,
    where,
    mend: 'Give a number, a text, true, false or null.',
  });
}

function fromColumns(source: ColumnsSource, name: string, missing: ReadonlySet<string>): Table {
  const names = Object.keys(source);
  const rows = source[names[0]]?.length ?? 0;
  for (const key of names) {
    if (typeof source[key] !== 'object' || source[key] === null || source[key].length !== rows) {
      fail({
        what: `${count(source[key]?.length ?? 0, 'cell')}, but column "${names[0]}" has ${rows}`,
        where: `${name}.${key}`,
        mend: 'Give every column the same number of cells.',
      });
    }
  }
  const columns = names.map((key) =>
    column(
      key,
      Array.from(source[key], (cell, row) => toText(cell, `${name}.${key}[${row}]`)),
      missing,
    ),
  );
  return { name, rows, columns };
}

/** A table of records, as many cells each as the header has. */
export function fromRecords(
  header: readonly string[],
  records: readonly (readonly (string | undefined)[])[],
  { name = 'data', missing = [] }: ReadOptions,
): Table {
  const marks = new Set([...missingMarks, ...missing]);
  const columns = header.map((key, c) =>
    column(
      key,
      records.map((record) => record[c]),
      marks,
    ),
  );
  return { name, rows: records.length, columns };
}

/** Where a cell of rows stands, for errors. */
export type Place = (row: number, column: string) => string;

function fromObjects(source: RowsSource, name: string, missing: ReadonlySet<string>, place: Place): Table {
  source.forEach((row, r) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      fail({
        what: 'a row is not an object',
        where: `${name}[${r}]`,
        mend: 'Write each row as { "column": value }, or give the table as columns: { "column": [values] }.',
      });
    }
  });
  const names = [...new Set(source.flatMap((row) => Object.keys(row)))];
  const columns = names.map((key) =>
    column(
      key,
      source.map((row, r) => (Object.hasOwn(row, key) ? toText(row[key], place(r, key)) : undefined)),
      missing,
    ),
  );
  return { name, rows: source.length, columns };
}

/**
 * A table from CSV text with a header, from rows (objects; a key that a row lacks is missing there) or from columns
 * (lists of equal length).
 *
 * Throws an InputError for text that is no such CSV (file, line, column), columns of different lengths, a cell that is
 * neither number, text, boolean nor null, and a table without rows or columns.
 *
 * @example readTable('x,y\n1,yes\n,no\n', { name: 'a.csv' }).columns[0].values  // ['1', undefined]
 */
export function readTable(
  source: string | RowsSource | ColumnsSource,
  options: ReadOptions = {},
  place: Place = (row, column) => `${options.name ?? 'data'}[${row}].${column}`,
): Table {
  const { name = 'data' } = options;
  const missing = new Set([...missingMarks, ...(options.missing ?? [])]);
  if (typeof source === 'string') {
    const { header, records, lines } = parseCsv(source, name);
    return { ...fromRecords(header, records, options), lines };
  }
  const table = Array.isArray(source)
    ? fromObjects(source, name, missing, place)
    : fromColumns(source as ColumnsSource, name, missing);
  if (table.rows === 0 || table.columns.length === 0) {
    fail({ what: 'the table is empty', where: name, mend: 'Give at least one row and one column.' });
  }
  checkColumnNames(
    table.columns.map((each) => each.name),
    name,
  );
  return table;
}
