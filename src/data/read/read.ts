/** Tables from CSV text, or from rows or columns in memory. It reads no files, and runs in browsers. */
import { anObject, anyValue, aText, checkCall, type Kind, kind, optional, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { count } from '../../base/wording.ts';
import { Marks, type MissingOptions } from '../table/missing-marks.ts';
import { checkColumnNames, columnNames, shortName, type Table } from '../table/table.ts';
import { ColumnNames } from './column-names.ts';
import { csvBatches } from './csv/reader.ts';
import { checkLimits, checkTableSize, type LimitedSource, type ReadLimits, valuesAsSource } from './limits.ts';
import { remarks, TextColumns, textColumn } from './text-columns.ts';
import { dateText } from './times.ts';

export { missingMarks } from '../table/missing-marks.ts';

/** A cell in memory; null and undefined are missing. */
export type Cell = string | number | boolean | null | undefined;

/** An object whose values are cells. An interface is one too. */
export type RowOf<Row> = { readonly [Column in keyof Row]: Cell };

/** The options of every reader of tables; marks and limits are checked where they are used. */
export const readFields = {
  name: optional(aText),
  missing: anyValue,
  notMissing: anyValue,
  limits: checkLimits as Kind,
};
/** The options of a reader; an internal one is left out of the names that an error lists. */
export const readerOptions =
  (fields: Readonly<Record<string, Kind>>): Kind =>
  (value, where) => {
    anObject(value, where);
    const { ofModel: _, ...given } = value as ReadOptions;
    record(fields)(given, where);
  };
export const readOptions = readerOptions(readFields);

const aTableSource = kind(
  'CSV text, rows or columns',
  (value) => typeof value === 'string' || typeof value === 'object',
  'Pass CSV text, a list of objects, or an object of lists.',
);

export interface ReadOptions extends MissingOptions {
  /** The name in errors; default "data". For a file: its path. */
  readonly name?: string | undefined;
  /** How much larger than its file a table may be. Default: limits that follow the size of the file. */
  readonly limits?: ReadLimits | undefined;
}

type ColumnsSource = Readonly<Record<string, ArrayLike<Cell>>>;
type RowsSource = readonly Readonly<Record<string, Cell>>[];

/** Whether a cell is a list or a structure, so that its column cannot be used. A date is a cell. */
export const isNested = (cell: unknown): boolean =>
  typeof cell === 'object' && cell !== null && !(cell instanceof Date);

/** A cell as text. Throws an InputError at `where` for a cell that is not a number, a text or a boolean. */
export function toText(cell: unknown, where: string | (() => string)): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'string') return cell.trim();
  if (typeof cell === 'number' || typeof cell === 'boolean' || typeof cell === 'bigint') return String(cell);
  if (cell instanceof Date) return dateText(cell.getTime());
  fail({
    what: `the cell is ${Array.isArray(cell) ? 'a list' : `of type ${typeof cell}`}`,
    where: typeof where === 'string' ? where : where(),
    fix: 'Use a number, a text, true, false or null.',
  });
}

function fromColumns(source: ColumnsSource, name: string, marks: Marks, limits: ReadLimits | undefined): Table {
  const names = Object.keys(source);
  const rows = source[names[0]]?.length ?? 0;
  for (const key of names) {
    if (typeof source[key] !== 'object' || source[key] === null || source[key].length !== rows) {
      fail({
        what: `${count(source[key]?.length ?? 0, 'cell')}, but column "${shortName(names[0])}" has ${rows}`,
        where: `${name}.${shortName(key)}`,
        fix: 'Pass the same number of cells for every column.',
      });
    }
  }
  checkTableSize(rows, names.length, valuesAsSource(rows * names.length, name, limits));
  const known = new ColumnNames(name, { limits });
  const keys = columnNames(names);
  const columns = names.flatMap((given, c) => {
    const key = keys[c];
    const cells: ArrayLike<unknown> = source[given];
    const at = Array.prototype.findIndex.call(cells, isNested);
    if (at !== -1) {
      known.leaveOut(key, cells[at], `${name}[${at}]`);
      return [];
    }
    const texts = Array.from(cells, (cell, row) => toText(cell, () => `${name}.${shortName(key)}[${row}]`));
    return [textColumn(key, texts, marks)];
  });
  return { name, rows, columns, ...remarks(known.leftOut) };
}

/** Returns the table. Throws an InputError if it has no rows or no columns. */
export function checkNotEmpty(table: Table): Table {
  if (table.rows > 0 && table.columns.length > 0) return table;
  const [first] = table.leftOut ?? [];
  if (table.rows > 0 && first !== undefined) {
    fail({
      what: `no column can be used. "${shortName(first.name)}": ${first.reason}`,
      where: table.name,
      fix: 'Split lists and structures into columns of numbers and texts.',
    });
  }
  return fail({ what: 'the table is empty', where: table.name, fix: 'Pass at least one row and one column.' });
}

/** The table in a CSV text. */
export function fromCsv(text: string, options: ReadOptions, source: Omit<LimitedSource, 'where'>): Table {
  const { name = 'data' } = options;
  const columns = new TextColumns(options);
  for (const { header, ...batch } of csvBatches(text, name, source)) columns.add({ names: header, ...batch });
  return columns.table(name);
}

function fromObjects(
  source: RowsSource,
  { name = 'data', limits }: ReadOptions,
  marks: Marks,
  bytes: number | undefined,
): Table {
  const known = new ColumnNames(name, { limits, ...(bytes !== undefined && { source: { bytes, limits } }) });
  const rows = source.map((row, r) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      fail({
        what: 'the row is not an object',
        where: `${name}[${r}]`,
        fix: 'Write each row as { "column": value }, or pass the table as columns: { "column": [values] }.',
      });
    }
    return known.add(row);
  });
  for (const key of known.all()) {
    const at = rows.findIndex((row) => Object.hasOwn(row, key) && isNested(row[key]));
    if (at !== -1) known.leaveOut(key, rows[at][key], `${name}[${at}]`);
  }
  const columns = known.all().map((key) =>
    textColumn(
      key,
      rows.map((row, r) =>
        Object.hasOwn(row, key) ? toText(row[key], () => `${name}[${r}].${shortName(key)}`) : undefined,
      ),
      marks,
    ),
  );
  return { name, rows: source.length, columns, ...remarks(known.leftOut) };
}

/**
 * A table from CSV text with a header, from rows (objects; a key that a row lacks is a missing value) or from columns
 * (lists of equal length).
 *
 * Throws an InputError for invalid CSV (with file, line and column), columns of different lengths, a cell that is not a
 * number, text, boolean or null, a table without rows or columns, and a table beyond the limits.
 *
 * @example readTable('x,y\n1,yes\n,no\n', { name: 'a.csv' }).columns[0]?.values  // ['1', undefined]
 */
export function readTable<Row extends object & RowOf<Row>>(source: readonly Row[], options?: ReadOptions): Table<Row>;
export function readTable(source: string | RowsSource | ColumnsSource, options?: ReadOptions): Table;
export function readTable(source: string | RowsSource | ColumnsSource, options: ReadOptions = {}): Table {
  checkCall('readTable(source, { name, missing, limits })', {
    source: [source, aTableSource],
    options: [options, readOptions],
  });
  if (typeof source !== 'string') return fromCells(source, options);
  return fromCsv(source, options, { bytes: source.length, limits: options.limits });
}

/** A table from rows or columns; `bytes` is the size of the file that held them. */
export function fromCells(source: RowsSource | ColumnsSource, options: ReadOptions, bytes?: number): Table {
  const { name = 'data', limits } = options;
  const marks = new Marks(options);
  const table = Array.isArray(source)
    ? fromObjects(source, options, marks, bytes)
    : fromColumns(source as ColumnsSource, name, marks, limits);
  checkNotEmpty(table);
  checkColumnNames(
    table.columns.map((each) => each.name),
    name,
  );
  return table;
}
