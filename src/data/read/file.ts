/**
 * Tables from the bytes of a file, whatever it is: CSV and TSV, JSON, JSON Lines, Parquet, Arrow (Feather), each also
 * under gzip. What the bytes are is seen from them, not from the file's name.
 */
import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { shortName, type Table } from '../table/table.ts';
import type { BinaryFormat } from './binary.ts';
import { readBinary } from './guard.ts';
import { checkLimit, checkLimits, type LimitedSource } from './limits.ts';
import { sliceRows, TableBuilder } from './packed.ts';
import type { Part } from './parts.ts';
import {
  type Cell,
  ColumnNames,
  checkNotEmpty,
  fromCells,
  fromCsv,
  type ReadOptions,
  TextColumns,
  toText,
} from './read.ts';
import { readGzip } from './stream.ts';

/** Characters of the longest text that JavaScript holds; a UTF-8 text of more bytes may not fit. */
export const longestText = 2 ** 29 - 24;

/** Whether bytes begin as a text does. */
export const startsWith = (bytes: Uint8Array, text: string) =>
  bytes.length >= text.length && [...text].every((character, i) => bytes[i] === character.charCodeAt(0));
export const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * The table in a file's bytes.
 *
 * Throws an InputError where they are of no format that is read, torn, or break the rules of their format; for texts with
 * the line.
 */
export async function readTableFile(bytes: Uint8Array, options: ReadOptions = {}): Promise<Table> {
  checkLimits(options.limits);
  const { name = 'data' } = options;
  if (isGzip(bytes)) return readGzip(bytes, options);
  const plain = bytes;
  if (startsWith(plain, 'PAR1')) return fromBinary('parquet', plain, options);
  // a file has its name at both ends; a stream begins with a length
  if (startsWith(plain, 'ARROW1') || startsWith(plain, '\xff\xff\xff\xff')) {
    return fromBinary('arrow', plain, options);
  }
  return textTable(textOf(plain, name), options, bytes.length);
}

/** Cells of a binary format that become a plain table of texts; of more the table is packed. */
const plainCells = 2 ** 21;

async function fromBinary(format: BinaryFormat, bytes: Uint8Array, options: ReadOptions): Promise<Table> {
  const { name = 'data', missing, limits } = options;
  const held: Record<string, Cell[]> = Object.create(null) as Record<string, Cell[]>;
  let builder: TableBuilder | undefined;
  let rows = 0;
  const pack = ({ names, columns, rows: count }: Part) => {
    const first = builder!.rows;
    const records = Array.from({ length: count }, (_, r) =>
      names.map((key, c) => toText(columns[c][r], `${name}.${key}[${first + r}]`)),
    );
    builder!.add(names, records);
  };
  for await (const part of readBinary({ format, bytes, name, limits })) {
    if (builder !== undefined) {
      pack(part);
      continue;
    }
    const { names } = part;
    names.forEach((key, c) => {
      held[key] ??= [];
      for (const cell of part.columns[c]) held[key].push(cell);
    });
    rows += part.rows;
    // a packed column of few rows takes more than its texts
    if (rows * names.length <= plainCells || rows < sliceRows) continue;
    builder = new TableBuilder({ name, missing });
    pack({ names, columns: names.map((key) => held[key]), rows });
  }
  return builder === undefined ? fromCells(held, options, bytes.length) : builder.table();
}

/** The table in a text: JSON (rows or columns), JSON Lines, or CSV. */
export function readTableText(text: string, options: ReadOptions = {}): Table {
  checkLimits(options.limits);
  return textTable(text, options, text.length);
}

/** The same of a text that was in a file of so many bytes. */
export function textTable(text: string, options: ReadOptions, bytes: number): Table {
  const { name = 'data', limits } = options;
  const source = { where: name, bytes, limits };
  const start = /^[\uFEFF\s]*([[{])/.exec(text)?.[1];
  if (start === undefined) return fromCsv(text, options, source);
  if (start === '{' && isLines(text)) return fromLines(text, options, source);
  const json = parseJson(text, name, ({ depth, values }) => {
    checkLimit('maxDepth', depth, source);
    checkLimit('maxCells', values, source);
  });
  if (typeof json !== 'object' || json === null) {
    fail({ what: 'the JSON is no table', where: name, fix: 'Write rows: [{ "column": value }, …].' });
  }
  return fromCells(json as never, options, bytes);
}

/** Characters of a first line that is parsed to tell whether it is whole. */
const shortLine = 2 ** 16;

/** Whether a text that begins with an object has another on its second line. */
export function isLines(text: string): boolean {
  const lines = text.split(/\r?\n/, 16).filter((line) => line.trim() !== '');
  if (!lines[0].trimEnd().endsWith('}')) return false;
  // a long line is not parsed twice: a whole object more than one line long is lines where the second begins another
  if (lines[0].length > shortLine) return lines.length > 1 ? lines[1].startsWith('{') : !isColumns(text);
  try {
    JSON.parse(lines[0].replace(/^\uFEFF/, ''));
  } catch {
    // torn in the first line or in a later one: lines all the same
    return lines.length > 1 && lines[1].startsWith('{');
  }
  return lines.length > 1 || !isColumns(text);
}

const isColumns = (text: string) => /^[\uFEFF\s]*\{\s*"[^"]*"\s*:\s*\[/.test(text);

/** Rows of JSON Lines, the line of each, and how many lines held none. */
interface LineRows {
  readonly rows: readonly Row[];
  readonly lines: readonly number[];
  readonly blankLines: number;
}

/** Reads JSON Lines that come in pieces: an object a line. */
class LinesReader {
  private readonly name: string;
  /** The beginning of a line whose end has not come, in the pieces in which it came. */
  private held: string[] = [];
  private heldLength = 0;
  private line = 0;
  private readonly longest: number;

  /** `name` stands in errors; a line of more than `longest` characters is refused. */
  constructor(name: string, longest = longestLine) {
    this.name = name;
    this.longest = longest;
  }

  /** Takes the next piece of the text, and gives the rows that are whole by now, and their lines. Throws an InputError. */
  push(piece: string): LineRows {
    const end = piece.lastIndexOf('\n') + 1;
    if (end === 0) {
      this.hold(piece);
      return { rows: [], lines: [], blankLines: 0 };
    }
    const text = this.held.join('') + piece.slice(0, end);
    this.held = [];
    this.heldLength = 0;
    this.hold(piece.slice(end));
    return this.read(text);
  }

  private hold(text: string): void {
    if (text !== '') this.held.push(text);
    this.heldLength += text.length;
    if (this.heldLength <= this.longest) return;
    fail({
      what: `a line has more than ${this.longest} characters`,
      where: `${this.name} line ${this.line + 1}`,
      fix: 'Write each row as an object on a line: {"column": value}.',
    });
  }

  end(): LineRows {
    const rest = this.held.join('');
    this.held = [];
    return this.read(rest);
  }

  private read(text: string): LineRows {
    const rows: Row[] = [];
    const lines: number[] = [];
    let blankLines = 0;
    const all = text.split(/\r?\n/);
    // what follows the last line end is no line
    if (all[all.length - 1] === '') all.pop();
    for (const line of all) {
      const number = ++this.line;
      if (line.trim() === '') {
        blankLines++;
        continue;
      }
      const where = `${this.name} line ${number}`;
      const fix = 'Write each row as an object on a line: {"column": value}.';
      let row: unknown;
      try {
        row = JSON.parse(number === 1 ? line.replace(/^\uFEFF/, '') : line);
      } catch {
        fail({ what: 'the line is not JSON', where, fix });
      }
      if (typeof row !== 'object' || row === null || Array.isArray(row)) {
        fail({ what: 'the line is no object', where, fix });
      }
      rows.push(row as Row);
      lines.push(number);
    }
    return { rows, lines, blankLines };
  }
}

type Row = Readonly<Record<string, Cell>>;

/** Characters of the longest line: a row. */
const longestLine = 2 ** 24;
/** Characters that are read at a time. */
export const pieceLength = 2 ** 18;

/** Rows of JSON Lines as records of the columns that are known by now. */
export class LineRecords {
  private readonly reader: LinesReader;
  private readonly names: ColumnNames;
  private readonly name: string;

  /** `known` are columns whether or not a row has them. */
  constructor(name: string, source: Omit<LimitedSource, 'where'>, known?: readonly string[], longest?: number) {
    this.name = name;
    this.reader = new LinesReader(name, longest);
    this.names = new ColumnNames(name, { known, source });
  }

  push(text: string) {
    return this.records(this.reader.push(text));
  }

  end() {
    return this.records(this.reader.end());
  }

  private records({ rows, lines, blankLines }: LineRows) {
    for (const row of rows) this.names.add(row);
    this.names.addBlank(blankLines);
    const names = rows.length === 0 ? [] : this.names.all();
    const records = rows.map((row, r) =>
      names.map((key) =>
        Object.hasOwn(row, key)
          ? toText(row[key], () => `${this.name} line ${lines[r]}, column "${shortName(key)}"`)
          : undefined,
      ),
    );
    return { names, records, lines };
  }
}

/** A row for each line. */
function fromLines(text: string, options: ReadOptions, source: LimitedSource): Table {
  const { name = 'data', missing } = options;
  // the text is whole: a long line is no sign of a torn file
  const reader = new LineRecords(name, source, undefined, Number.POSITIVE_INFINITY);
  const columns = new TextColumns(missing);
  const take = ({ names, records, lines }: ReturnType<LineRecords['end']>) => columns.add(names, records, lines);
  for (let at = 0; at < text.length; at += pieceLength) take(reader.push(text.slice(at, at + pieceLength)));
  take(reader.end());
  return checkNotEmpty(columns.table(name, 'json lines'));
}

/** Complains of bytes that are no text. */
export function failOnBytes(name: string): never {
  return fail({
    what: 'it is neither a text in UTF-8 nor Parquet, Arrow or gzip',
    where: name,
    fix: 'Save it as CSV or JSON in UTF-8.',
  });
}

/** UTF-8 text. Bytes of another encoding are refused rather than mangled. */
function textOf(bytes: Uint8Array, name: string): string {
  if (bytes.length > longestText) {
    fail({
      what: `a text of ${showBytes(bytes.length)} does not fit into memory as one`,
      where: name,
      fix: `Give it in parts of less than ${showBytes(longestText)}, or as Parquet.`,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return failOnBytes(name);
  }
}

/** Counts what comes out of gzip, and refuses more than the limit allows. */
export function countDecompressed(source: LimitedSource): (chunk: Uint8Array) => void {
  let found = 0;
  return ({ length }) => {
    found += length;
    checkLimit('maxDecompressedBytes', found, source);
  };
}

/** Bytes that came in parts, in one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
