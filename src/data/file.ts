/**
 * Tables from the bytes of a file, whatever it is: CSV and TSV, JSON, JSON Lines, Parquet, Arrow (Feather), each also
 * under gzip. What the bytes are is seen from them, not from the file's name.
 */
import { showBytes } from '../base/bytes.ts';
import { fail, InputError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import type { BinaryFormat } from './binary.ts';
import { readBinary } from './guard.ts';
import { sliceRows, TableBuilder } from './packed.ts';
import type { Part } from './parts.ts';
import { type Cell, type ReadOptions, readTable, toText } from './read.ts';
import type { Table } from './table.ts';

/** Characters of the longest text that JavaScript holds; a UTF-8 text of more bytes may not fit. */
const longestText = 2 ** 29 - 24;

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
  const { name = 'data' } = options;
  const plain = isGzip(bytes) ? await gunzip(bytes, name) : bytes;
  if (startsWith(plain, 'PAR1')) return fromBinary('parquet', plain, options);
  // a file has its name at both ends; a stream begins with a length
  if (startsWith(plain, 'ARROW1') || startsWith(plain, '\xff\xff\xff\xff')) {
    return fromBinary('arrow', plain, options);
  }
  return readTableText(textOf(plain, name), options);
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
  return builder === undefined ? readTable(held, options) : builder.table();
}

/** The table in a text: JSON (rows or columns), JSON Lines, or CSV. */
export function readTableText(text: string, options: ReadOptions = {}): Table {
  const { name = 'data' } = options;
  const start = /^[\uFEFF\s]*([[{])/.exec(text)?.[1];
  if (start === undefined) return readTable(text, options);
  if (start === '{' && isLines(text)) return fromLines(text, options);
  const json = parseJson(text, name);
  if (typeof json !== 'object' || json === null) {
    fail({ what: 'the JSON is no table', where: name, mend: 'Write rows: [{ "column": value }, …].' });
  }
  return readTable(json as never, options);
}

/** Whether a text that begins with an object has another on its second line. */
export function isLines(text: string): boolean {
  const lines = text.split(/\r?\n/, 16).filter((line) => line.trim() !== '');
  if (!lines[0].trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(lines[0].replace(/^\uFEFF/, ''));
  } catch {
    // torn in the first line or in a later one: lines all the same
    return lines.length > 1 && lines[1].startsWith('{');
  }
  return lines.length > 1 || !/^[\uFEFF\s]*\{\s*"[^"]*"\s*:\s*\[/.test(text);
}

/** Reads JSON Lines that come in pieces: an object a line. */
export class LinesReader {
  private readonly name: string;
  private rest = '';
  private line = 0;

  /** `name` stands in errors. */
  constructor(name: string) {
    this.name = name;
  }

  /** Takes the next piece of the text, and gives the rows that are whole by now, and their lines. Throws an InputError. */
  push(piece: string): { readonly rows: Row[]; readonly lines: number[] } {
    const text = this.rest + piece;
    const end = text.lastIndexOf('\n') + 1;
    this.rest = text.slice(end);
    if (this.rest.length > longestLine) {
      fail({
        what: `a line has more than ${longestLine} characters`,
        where: `${this.name} line ${this.line + 1}`,
        mend: 'Write each row as an object on a line: {"column": value}.',
      });
    }
    return this.read(text.slice(0, end));
  }

  end() {
    const { rest } = this;
    this.rest = '';
    return this.read(rest);
  }

  private read(text: string) {
    const rows: Row[] = [];
    const lines: number[] = [];
    const all = text.split(/\r?\n/);
    // what follows the last line end is no line
    if (all[all.length - 1] === '') all.pop();
    for (const line of all) {
      const number = ++this.line;
      if (line.trim() === '') continue;
      const where = `${this.name} line ${number}`;
      const mend = 'Write each row as an object on a line: {"column": value}.';
      let row: unknown;
      try {
        row = JSON.parse(number === 1 ? line.replace(/^\uFEFF/, '') : line);
      } catch {
        fail({ what: 'the line is not JSON', where, mend });
      }
      if (typeof row !== 'object' || row === null || Array.isArray(row)) {
        fail({ what: 'the line is no object', where, mend });
      }
      rows.push(row as Row);
      lines.push(number);
    }
    return { rows, lines };
  }
}

type Row = Readonly<Record<string, Cell>>;

/** Characters of the longest line: a row. */
const longestLine = 2 ** 24;

/** Where a cell of JSON Lines stands, of rows that start on these lines. */
export const placeInLines = (name: string, lines: ArrayLike<number>) => (row: number, column: string) =>
  `${name} line ${lines[row]}, column "${column}"`;

/** A row for each line. */
function fromLines(text: string, options: ReadOptions): Table {
  const { name = 'data' } = options;
  const reader = new LinesReader(name);
  // whole: a long line is no sign of a torn file here
  const { rows, lines } = reader.push(text.endsWith('\n') ? text : `${text}\n`);
  return { ...readTable(rows, options, placeInLines(name, lines)), lines, format: 'json lines' };
}

/** Complains of bytes that are no text. */
export function failOnBytes(name: string): never {
  return fail({
    what: 'it is neither a text in UTF-8 nor Parquet, Arrow or gzip',
    where: name,
    mend: 'Save it as CSV or JSON in UTF-8.',
  });
}

/** UTF-8 text. Bytes of another encoding are refused rather than mangled. */
function textOf(bytes: Uint8Array, name: string): string {
  if (bytes.length > longestText) {
    fail({
      what: `a text of ${showBytes(bytes.length)} does not fit into memory as one`,
      where: name,
      mend: `Give it in parts of less than ${showBytes(longestText)}, or as Parquet.`,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return failOnBytes(name);
  }
}

/** What is in a gzip file. A small one can hold very much: beyond what fits it is refused, not read to the end. */
async function gunzip(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([bytes as never]).stream().pipeThrough(new DecompressionStream('gzip'));
    const reader = stream.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      parts.push(value);
      length += value.length;
      if (length > longestText) {
        fail({
          what: `it holds more than ${showBytes(longestText)}`,
          where: name,
          mend: 'Give it in parts, or as Parquet.',
        });
      }
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    fail({ what: 'it is not a whole gzip file', where: name, mend: 'Fetch or write it again.' });
  }
  const all = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
