/** Reading tables: CSV text, rows or columns in memory. Files are the caller's; this runs in browsers. */
import { fail } from '../../base/errors.ts';
import { type Column, checkColumnNames, shortName, type Table } from '../table/table.ts';
import { count } from '../words.ts';
import { csvParts } from './csv.ts';
import {
  checkLimit,
  checkLimits,
  checkTableSize,
  type LimitedSource,
  limitOf,
  type ReadLimits,
  valuesAsSource,
} from './limits.ts';

/** What a cell in memory may be; null and undefined are missing. */
export type Cell = string | number | boolean | null | undefined;

export interface ReadOptions {
  /** Stands in errors; default "data". For a file: its path. */
  readonly name?: string;
  /** Texts that mean "missing", beside `missingMarks`. */
  readonly missing?: readonly string[];
  /** How much a table may grow beyond the bytes that hold it. Default: as much as a file of its size is worth. */
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
export function toText(cell: unknown, where: string | (() => string)): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'string') return cell.trim();
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  fail({
    what: `a cell is ${Array.isArray(cell) ? 'a list' : `of type ${typeof cell}`}`,
    where: typeof where === 'string' ? where : where(),
    fix: 'Give a number, a text, true, false or null.',
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
        fix: 'Give every column the same number of cells.',
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

/** Columns of texts, to which records come in parts; a column that begins later is missing in the rows before it. */
export class TextColumns {
  private readonly names: string[] = [];
  private readonly cells: (string | undefined)[][] = [];
  private readonly missing: ReadonlySet<string>;
  private readonly lines: number[] = [];
  private rows = 0;

  constructor(missing: readonly string[] = []) {
    this.missing = new Set([...missingMarks, ...missing]);
  }

  /** Records of the columns that `header` names, of which the first were there before, and the line on which each starts. */
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

/** The table itself. Throws an InputError where it has no row or no column. */
export function checkNotEmpty(table: Table): Table {
  if (table.rows > 0 && table.columns.length > 0) return table;
  return fail({ what: 'the table is empty', where: table.name, fix: 'Give at least one row and one column.' });
}

/** A table of CSV text, whose cells go to their columns as they are read. */
export function fromCsv(text: string, options: ReadOptions, source: Omit<LimitedSource, 'where'>): Table {
  const { name = 'data', missing } = options;
  const columns = new TextColumns(missing);
  for (const { header, records, lines } of csvParts(text, name, source)) columns.add(header, records, lines);
  return columns.table(name);
}

/** Where a cell of rows stands, for errors. */
export type Place = (row: number, column: string) => string;

/** The names of the columns of rows; grows as rows come, and refuses more columns and cells than the limits allow. */
export class ColumnNames {
  private readonly found: Set<string>;
  private rows = 0;
  private blankLines = 0;
  private values = 0;
  private list?: readonly string[];
  /** Cells that are known to be allowed. */
  private allowed = 0;
  private readonly name: string;
  private readonly source: LimitedSource;

  /** `known` are there before any row; without a `source` the limits follow how many values come. */
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
    // a row counts as a value, or empty ones would count as nothing
    const given = () => valuesAsSource(this.values + this.rows, name, limits).bytes;
    this.source = {
      where: name,
      get bytes() {
        return source === undefined ? given() : source.bytes;
      },
      limits: source === undefined ? limits : source.limits,
    };
  }

  /** Takes the keys of a row. */
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

  /** Takes lines that hold no row. */
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

  /** All names so far, checked. */
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
        what: 'a row is not an object',
        where: `${name}[${r}]`,
        fix: 'Write each row as { "column": value }, or give the table as columns: { "column": [values] }.',
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
 * A table from CSV text with a header, from rows (objects; a key that a row lacks is missing there) or from columns
 * (lists of equal length).
 *
 * Throws an InputError for text that is no such CSV (file, line, column), columns of different lengths, a cell that is
 * neither number, text, boolean nor null, a table without rows or columns, and one beyond the limits.
 *
 * @example readTable('x,y\n1,yes\n,no\n', { name: 'a.csv' }).columns[0].values  // ['1', undefined]
 */
export function readTable(source: string | RowsSource | ColumnsSource, options: ReadOptions = {}): Table {
  checkLimits(options.limits);
  if (typeof source !== 'string') return fromCells(source, options);
  return fromCsv(source, options, { bytes: source.length, limits: options.limits });
}

/** A table from rows or columns; `bytes` says how many a file had that held them. */
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
