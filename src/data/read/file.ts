/**
 * Tables from the bytes of a file in any format that `formats.ts` lists, with or without gzip. The bytes decide the format,
 * not the name of the file.
 */

import { aText, checkCall } from '../../base/arguments.ts';
import { allBytesOf, type ByteStream, type Bytes } from '../../base/byte-source.ts';
import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { Marks } from '../table/missing-marks.ts';
import type { Column, LeftOut, Table } from '../table/table.ts';
import { binaryFormatOf, isGzip, refuseMarkup, textFormatOf } from './detect.ts';
import type { BinaryFormat } from './format.ts';
import { readBinary } from './guarded-read.ts';
import { sliceRows, TableBuilder } from './packed-table.ts';
import type { Part } from './parts.ts';
import { type Cell, checkNotEmpty, fromCells, type ReadOptions, readOptions, toText } from './read.ts';
import { readGzip } from './stream.ts';
import { remarks } from './text-columns.ts';
import { encodingOf, failOnBytes } from './text-encoding.ts';

/** The most characters in a JavaScript string; UTF-8 text with more bytes may not fit. */
export const maxTextLength = 2 ** 29 - 24;

/**
 * The table in a file's bytes, which may also be a Blob, a File, the Response of `fetch` or a stream.
 *
 * Throws an InputError for bytes in an unknown format, and for a file that is incomplete or breaks the rules of its format;
 * for texts with the line.
 */
export async function readTableFile(source: Bytes | ByteStream, options: ReadOptions = {}): Promise<Table> {
  readOptions(options, 'readTableFile: options');
  const { name = 'data' } = options;
  const bytes = await allBytesOf(source, name);
  if (isGzip(bytes)) return readGzip(bytes, options);
  const format = binaryFormatOf(bytes);
  if (format !== undefined) return fromBinary(format, bytes, options);
  return textTable(textOf(bytes, name), options, bytes.length);
}

/** With more cells, a table from a binary format is packed. */
const maxPlainCells = 2 ** 21;

async function fromBinary(format: BinaryFormat, bytes: Uint8Array, options: ReadOptions): Promise<Table> {
  const { name = 'data', limits } = options;
  const held: Record<string, Cell[]> = Object.create(null) as Record<string, Cell[]>;
  let builder: TableBuilder | undefined;
  let rows = 0;
  let unusable: readonly LeftOut[] = [];
  let indices: readonly string[] = [];
  const pack = ({ names, columns, rows: count }: Part) => {
    const first = builder!.rows;
    const records = Array.from({ length: count }, (_, r) =>
      names.map((key, c) => toText(columns[c][r], `${name}.${key}[${first + r}]`)),
    );
    builder!.add(names, records);
  };
  for await (const part of readBinary({ format: format.name, bytes, name, limits })) {
    unusable = part.leftOut ?? unusable;
    indices = part.indices ?? indices;
    for (const each of unusable) {
      delete held[each.name];
      builder?.leaveOut(each);
    }
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
    // a packed column of few rows takes more memory than its texts
    if (rows * names.length <= maxPlainCells || rows < sliceRows) continue;
    builder = new TableBuilder({ name, marks: new Marks(options) });
    pack({ names, columns: names.map((key) => held[key]), rows });
  }
  if (builder === undefined && Object.keys(held).length === 0) {
    return checkNotEmpty({ name, rows: unusable.length, columns: [], leftOut: unusable });
  }
  const table = builder === undefined ? fromCells(held, options, bytes.length) : builder.table();
  const columns = table.columns.map((column) => (indices.includes(column.name) ? asIndex(column) : column));
  return checkNotEmpty({ ...table, ...(indices.length > 0 && { columns }), ...remarks(unusable, table.notes) });
}

/** A column that the file calls an index. A packed column is an object with methods, so it is wrapped. */
const asIndex = (column: Column): Column =>
  column.packed === undefined ? { ...column, isIndex: true } : Object.assign(column, { isIndex: true });

/** The table in a text: JSON (rows or columns), JSON Lines, or CSV. */
export function readTableText(text: string, options: ReadOptions = {}): Table {
  checkCall('readTableText(text, { name, missing, limits })', { text: [text, aText], options: [options, readOptions] });
  return textTable(text, options, text.length);
}

/** The same for a text that was in a file of so many bytes. */
export function textTable(text: string, options: ReadOptions, bytes: number): Table {
  const { name = 'data', limits } = options;
  refuseMarkup(text, name);
  return textFormatOf(text).read(text, options, { where: name, bytes, limits });
}

/** Bytes as text, in UTF-8 or in UTF-16 with a byte order mark. Bytes in another encoding are refused. */
function textOf(bytes: Uint8Array, name: string): string {
  if (bytes.length > maxTextLength) {
    fail({
      what: `a text of ${showBytes(bytes.length)} is too long`,
      where: name,
      fix: `Split it into files smaller than ${showBytes(maxTextLength)}, or write it as Parquet.`,
    });
  }
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return failOnBytes(name, bytes);
  }
}
