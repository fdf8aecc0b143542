/** Tables from CSV text, or from rows or columns in memory. It reads no files, and runs in browsers. */
import { aText, checkCall, type Kind, kind, listOf, optional, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { count } from '../../base/wording.ts';
import { missingMarks } from '../table/missing-marks.ts';
import { type Column, checkColumnNames, shortName, type Table } from '../table/table.ts';
import { csvBatches } from './csv/reader.ts';
import {
  checkLimit,
  checkLimits,
  checkTableSize,
  type LimitedSource,
  limitOf,
  type ReadLimits,
  valuesAsSource,
} from './limits.ts';

/** A cell in memory; null and undefined are missing. */
export type Cell = string | number | boolean | null | undefined;

/** An object whose values are cells. An interface is one too. */
export type RowOf<Row> = { readonly [Column in keyof Row]: Cell };

export interface ReadOptions {
  /** The name in errors; default "data". For a file: its path. */
  readonly name?: string;
  /** Texts that mark a missing value, in addition to `missingMarks`. */
  readonly missing?: readonly string[];
  /** How much larger than its file a table may be. Default: limits that follow the size of the file. */
  readonly limits?: ReadLimits;
}

/** The options of every reader of tables. */
export const readOptions = record(
  { name: optional(aText), missing: optional(listOf(aText)), limits: checkLimits as Kind },
  { isOpen: true },
);

const aTableSource = kind(
  'CSV text, rows or columns',
  (value) => typeof value === 'string' || typeof value === 'object',
  'Pass CSV text, a list of objects, or an object of lists.',
);

type ColumnsSource = Readonly<Record<string, ArrayLike<Cell>>>;
type RowsSource = readonly Readonly<Record<string, Cell>>[];

/** A column of texts, without those that mark a missing value. */
function column(name: string, cells: readonly (string | undefined)[], missing: ReadonlySet<string>): Column {
  const marks = new Set<string>();
  const values = cells.map((cell) => {
    if (cell === undefined || !missing.has(cell)) return cell;
    marks.add(cell);
    return undefined;
  });
  return { name, values, marks: [...marks] };
}

/** A cell as text. Throws an InputError at `where` for a cell that is not a number, a text or a boolean. */
export function toText(cell: unknown, where: string | (() => string)): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'string') return cell.trim();
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  fail({
    what: `the cell is ${Array.isArray(cell) ? 'a list' : `of type ${typeof cell}`}`,
    where: typeof where === 'string' ? where : where(),
    fix: 'Use a number, a text, true, false or null.',
  });
}

function fromColumns(
  source: ColumnsSource,
  name: string,
  missing: ReadonlySet<string>,
  limits: ReadLimits | undefined,
): Table {
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
  const columns = names.map((key) =>
    column(
      key,
      Array.from(source[key], (cell, row) => toText(cell, () => `${name}.${shortName(key)}[${row}]`)),
      missing,
    ),
  );
  return { name, rows, columns };
}

/** A table of records, which have as many cells as the header. */
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

/** Columns of texts that grow by batches of records. A column that begins later is missing in the rows before. */
export class TextColumns {
  private readonly names: string[] = [];
  private readonly cells: (string | undefined)[][] = [];
  private readonly missing: ReadonlySet<string>;
  private readonly lines: number[] = [];
  private rows = 0;

  constructor(missing: readonly string[] = []) {
    this.missing = new Set([...missingMarks, ...missing]);
  }

  /** Adds records of the columns in `header`, which begins with the known columns, and the line on which each starts. */
  add(
    header: readonly string[],
    records: readonly (readonly (string | undefined)[])[],
    lines: readonly number[],
  ): void {
    while (this.names.length < header.length) {
      this.names.push(header[this.names.length]);
      this.cells.push(new Array<string | undefined>(this.rows).fill(undefined));
    }
    for (let c = 0; c < this.cells.length; c++) {
      const own = this.cells[c];
      for (const record of records) own.push(record[c]);
    }
    for (const line of lines) this.lines.push(line);
    this.rows += records.length;
  }

  table(name: string, format?: string): Table {
    const columns = this.names.map((key, c) => column(key, this.cells[c], this.missing));
    return { name, rows: this.rows, columns, lines: this.lines, ...(format !== undefined && { format }) };
  }
}

/** Returns the table. Throws an InputError if it has no rows or no columns. */
export function checkNotEmpty(table: Table): Table {
  if (table.rows > 0 && table.columns.length > 0) return table;
  return fail({ what: 'the table is empty', where: table.name, fix: 'Pass at least one row and one column.' });
}

/** The table in a CSV text. */
export function fromCsv(text: string, options: ReadOptions, source: Omit<LimitedSource, 'where'>): Table {
  const { name = 'data', missing } = options;
  const columns = new TextColumns(missing);
  for (const { header, records, lines } of csvBatches(text, name, source)) columns.add(header, records, lines);
  return columns.table(name);
}

/** The place of a cell, for errors. */
export type Place = (row: number, column: string) => string;

/** The column names of rows, collected as rows come. Refuses more columns and cells than the limits allow. */
export class ColumnNames {
  private readonly found: Set<string>;
  private rows = 0;
  private blankLines = 0;
  private values = 0;
  private list?: readonly string[];
  /** The number of cells that is known to be allowed. */
  private allowed = 0;
  private readonly name: string;
  private readonly source: LimitedSource;

  /** `known` names exist before any row; without a `source`, the limits follow the number of values. */
  constructor(
    name: string,
    {
      known = [],
      source,
      limits,
    }: {
      readonly known?: readonly string[];
      readonly source?: Omit<LimitedSource, 'where'>;
      readonly limits?: ReadLimits;
    },
  ) {
    this.name = name;
    this.found = new Set(known);
    // a row counts as a value, so that empty rows count
    const given = () => valuesAsSource(this.values + this.rows, name, limits).bytes;
    this.source = {
      where: name,
      get bytes() {
        return source === undefined ? given() : source.bytes;
      },
      limits: source === undefined ? limits : source.limits,
    };
  }

  /** Adds the keys of a row. */
  add(row: object): void {
    const { found } = this;
    const before = found.size;
    for (const key of Object.keys(row)) {
      found.add(key);
      this.values++;
    }
    this.rows++;
    if (found.size !== before) {
      this.list = undefined;
      checkLimit('maxColumns', found.size, this.source);
    }
    this.checkCells();
  }

  /** Adds blank lines. */
  addBlank(lines: number): void {
    this.blankLines += lines;
    this.checkCells();
  }

  private checkCells(): void {
    const cells = this.rows * Math.max(1, this.found.size) + this.blankLines;
    if (cells <= this.allowed) return;
    checkLimit('maxCells', cells, this.source);
    this.allowed = limitOf('maxCells', this.source.limits, this.source.bytes);
  }

  /** All names so far. Throws an InputError for an empty name. */
  all(): readonly string[] {
    if (this.list === undefined) {
      this.list = [...this.found];
      checkColumnNames(this.list, this.name);
    }
    return this.list;
  }
}

function fromObjects(
  source: RowsSource,
  { name = 'data', limits }: ReadOptions,
  missing: ReadonlySet<string>,
  bytes: number | undefined,
): Table {
  const known = new ColumnNames(name, { limits, ...(bytes !== undefined && { source: { bytes, limits } }) });
  source.forEach((row, r) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      fail({
        what: 'the row is not an object',
        where: `${name}[${r}]`,
        fix: 'Write each row as { "column": value }, or pass the table as columns: { "column": [values] }.',
      });
    }
    known.add(row);
  });
  const columns = known.all().map((key) =>
    column(
      key,
      source.map((row, r) =>
        Object.hasOwn(row, key) ? toText(row[key], () => `${name}[${r}].${shortName(key)}`) : undefined,
      ),
      missing,
    ),
  );
  return { name, rows: source.length, columns };
}

/**
 * A table from CSV text with a header, from rows (objects; a key that a row lacks is a missing value) or from columns
 * (lists of equal length).
 *
 * Throws an InputError for invalid CSV (with file, line and column), columns of different lengths, a cell that is not a
 * number, text, boolean or null, a table without rows or columns, and a table beyond the limits.
 *
 * @example readTable('x,y\n1,yes\n,no\n', { name: 'a.csv' }).columns[0].values  // ['1', undefined]
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
  const missing = new Set([...missingMarks, ...(options.missing ?? [])]);
  const table = Array.isArray(source)
    ? fromObjects(source, options, missing, bytes)
    : fromColumns(source as ColumnsSource, name, missing, limits);
  checkNotEmpty(table);
  checkColumnNames(
    table.columns.map((each) => each.name),
    name,
  );
  return table;
}
