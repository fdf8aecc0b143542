/**
 * Reads Parquet files in parts: a page is decompressed when its rows are read, and its values are unpacked some thousand at a
 * time. Source: the format's specification and its Encodings.md, at github.com/apache/parquet-format.
 */
import { type Budget, torn } from '../budget.ts';
import { type Codec, type Decompress, decompressor } from '../compression/decompress.ts';
import { type Part, partRows, rowsOfPart } from '../parts.ts';
import type { Cell } from '../read.ts';
import { pandasIndices, UsedColumns } from '../unusable.ts';
import { DeltaReader, RunReader } from './bits.ts';
import { cellMaker, type Raw, unreadable } from './cells.ts';
import {
  chunkOf,
  type Page,
  type ParquetColumn,
  type ParquetFile,
  pagesOf,
  parquetFile,
  type RowGroup,
} from './file.ts';

/** Yields the cells that are present, in order. */
type Values = (out: Cell[], count: number) => void;

const tooFew = (): never => torn('a page holds fewer values than it claims');

/** Consecutive values, each in its own bytes (PLAIN). */
function plainValues(bytes: Uint8Array, { type, width }: ParquetColumn, make: (raw: Raw) => Cell): Values {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const each =
    (size: number, raw: (at: number) => Raw): Values =>
    (out, count) => {
      if (count * size > bytes.length - at) tooFew();
      for (let i = 0; i < count; i++, at += size) out.push(make(raw(at)));
    };
  switch (type) {
    case 'boolean':
      return (out, count) => {
        if (at + count > 8 * bytes.length) tooFew();
        for (let i = 0; i < count; i++, at++) out.push(make(((bytes[at >>> 3] >>> (at & 7)) & 1) === 1));
      };
    case 'int32':
      return each(4, (at) => view.getInt32(at, true));
    case 'int64':
      return each(8, (at) => int64(view, at));
    case 'int96':
      return each(12, (at) => bytes.subarray(at, at + 12));
    case 'float':
      return each(4, (at) => view.getFloat32(at, true));
    case 'double':
      return each(8, (at) => view.getFloat64(at, true));
    case 'fixed':
      return each(width, (at) => bytes.subarray(at, at + width));
    case 'bytes':
      return (out, count) => {
        for (let i = 0; i < count; i++) {
          if (at + 4 > bytes.length) tooFew();
          const end = at + 4 + view.getUint32(at, true);
          if (end > bytes.length) torn('a text is longer than its page');
          out.push(make(bytes.subarray(at + 4, end)));
          at = end;
        }
      };
  }
}

/** A number if it holds the value exactly, else a bigint. */
function int64(view: DataView, at: number): number | bigint {
  const value = view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  return Number.isSafeInteger(value) ? value : view.getBigInt64(at, true);
}

/** The bytes of the values separately: first the first bytes of all (BYTE_STREAM_SPLIT). */
function splitValues(bytes: Uint8Array, column: ParquetColumn, make: (raw: Raw) => Cell, total: number): Values {
  const size = { int32: 4, float: 4, int64: 8, double: 8, fixed: column.width }[column.type as string];
  if (size === undefined) return torn(`column "${column.name}" uses an encoding that does not suit its type`);
  if (size * total > bytes.length) tooFew();
  let at = 0;
  return (out, count) => {
    const joined = new Uint8Array(count * size);
    for (let i = 0; i < count; i++) {
      for (let b = 0; b < size; b++) joined[i * size + b] = bytes[b * total + at + i];
    }
    at += count;
    plainValues(joined, column, make)(out, count);
  };
}

/** Differences of integers (DELTA_BINARY_PACKED). */
function deltaValues(
  bytes: Uint8Array,
  { type, name }: ParquetColumn,
  make: (raw: Raw) => Cell,
  total: number,
): Values {
  if (type !== 'int32' && type !== 'int64')
    return torn(`column "${name}" uses an encoding that does not suit its type`);
  const reader = new DeltaReader(bytes, 0, bytes.length, type === 'int32' ? 32 : 64, total);
  if (type === 'int32') {
    return (out, count) => {
      for (let i = 0; i < count; i++) out.push(make(reader.next32()));
    };
  }
  return (out, count) => {
    for (let i = 0; i < count; i++) out.push(make(reader.next64()));
  };
}

/** Texts after all their lengths; in DELTA_BYTE_ARRAY, each begins with a prefix of the one before. */
function textValues(
  bytes: Uint8Array,
  { type, name, width }: ParquetColumn,
  make: (raw: Raw) => Cell,
  total: number,
  budget: Budget | undefined,
): Values {
  if (type !== 'bytes' && (type !== 'fixed' || budget === undefined)) {
    return torn(`column "${name}" uses an encoding that does not suit its type`);
  }
  const lengthsAt = (at: number): [Int32Array, number] => {
    const reader = new DeltaReader(bytes, at, bytes.length, 32, total);
    return [reader.lengths(total), reader.at];
  };
  const [prefixes, second] = budget === undefined ? [undefined, 0] : lengthsAt(0);
  const [lengths, start] = lengthsAt(second);
  let at = start;
  let row = 0;
  let before = new Uint8Array();
  return (out, count) => {
    for (let i = 0; i < count; i++, row++) {
      const prefix = prefixes?.[row] ?? 0;
      const end = at + lengths[row];
      if (end > bytes.length || prefix > before.length) torn('a text is longer than its page');
      let value = bytes.subarray(at, end);
      if (prefix > 0) {
        budget!.addBytes(prefix + lengths[row]);
        value = new Uint8Array(prefix + lengths[row]);
        value.set(before.subarray(0, prefix));
        value.set(bytes.subarray(at, end), prefix);
      }
      if (type === 'fixed' && value.length !== width) torn('a value is not as long as its type');
      out.push(make(value));
      before = value as Uint8Array<ArrayBuffer>;
      at = end;
    }
  };
}

// Space for the unpacked values, shared by all columns, which may be very many.
const unpacked = new Uint32Array(partRows);
const levelsRead = new Uint32Array(partRows);

/** The `total` cells of a page that are present. */
function valuesOf(
  bytes: Uint8Array,
  encoding: number,
  column: ParquetColumn,
  total: number,
  dictionary: readonly Cell[] | undefined,
  budget: Budget,
): Values {
  const make = cellMaker(column);
  switch (encoding) {
    case 0:
      return plainValues(bytes, column, make);
    case 2:
    case 8: {
      if (dictionary === undefined) return torn(`column "${column.name}" has no dictionary`);
      if (bytes.length === 0) tooFew();
      const codes = new RunReader(bytes, 1, bytes.length, bytes[0]);
      const found = unpacked;
      return (out, count) => {
        codes.read(found, count);
        for (let i = 0; i < count; i++) {
          if (found[i] >= dictionary.length)
            torn(`an entry of the dictionary of column "${column.name}" does not exist`);
          out.push(dictionary[found[i]]);
        }
      };
    }
    case 3: {
      if (column.type !== 'boolean')
        return torn(`column "${column.name}" uses an encoding that does not suit its type`);
      if (bytes.length < 4) tooFew();
      const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
      const runs = new RunReader(bytes, 4, Math.min(bytes.length, 4 + length), 1);
      const found = unpacked;
      return (out, count) => {
        runs.read(found, count);
        for (let i = 0; i < count; i++) out.push(make(found[i] === 1));
      };
    }
    case 5:
      return deltaValues(bytes, column, make, total);
    case 6:
      return textValues(bytes, column, make, total, undefined);
    case 7:
      return textValues(bytes, column, make, total, budget);
    case 9:
      return splitValues(bytes, column, make, total);
    default:
      return torn(`column "${column.name}" uses an unsupported encoding (${encoding})`);
  }
}

/** The cells of a page, with the missing ones. */
class PageReader {
  left: number;
  private readonly levels: RunReader | undefined;
  private readonly values: () => Values;
  private opened: Values | undefined;

  constructor(
    file: Uint8Array,
    page: Page,
    column: ParquetColumn,
    decompress: Decompress,
    dictionary: readonly Cell[] | undefined,
    budget: Budget,
  ) {
    const raw = file.subarray(page.at, page.at + page.size);
    let bytes: Uint8Array;
    let levels: [from: Uint8Array, start: number, end: number] | undefined;
    budget.addBytes(page.length);
    if (page.second === undefined) {
      bytes = decompress(raw, page.length);
      if (column.isOptional && page.values > 0) {
        if (page.levels !== 3) torn(`the levels of column "${column.name}" use an unsupported encoding`);
        if (bytes.length < 4) tooFew();
        const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
        if (end > bytes.length) torn('levels are longer than their page');
        levels = [bytes, 4, end];
        bytes = bytes.subarray(end);
      }
    } else {
      const { repetition, definition, isCompressed } = page.second;
      if (column.isOptional) levels = [raw, repetition, repetition + definition];
      const rest = raw.subarray(repetition + definition);
      const length = page.length - repetition - definition;
      // a page with only missing values may have nothing to decompress
      bytes = isCompressed && !(rest.length === 0 && length === 0) ? decompress(rest, length) : rest;
    }
    this.left = page.values;
    this.levels = levels && new RunReader(...levels, 1);
    this.values = () => {
      // the present cells are counted, because the number of packed values is not stored
      const total = levels === undefined ? page.values : countOnes(new RunReader(...levels, 1), page.values);
      return valuesOf(bytes, page.encoding, column, total, dictionary, budget);
    };
  }

  read(out: Cell[], count: number): void {
    this.left -= count;
    if (this.levels === undefined) {
      this.opened ??= this.values();
      this.opened(out, count);
      return;
    }
    const there = levelsRead;
    this.levels.read(there, count);
    let present = 0;
    for (let i = 0; i < count; i++) present += there[i];
    if (present > 0) this.opened ??= this.values();
    if (present === count) {
      this.opened!(out, count);
      return;
    }
    const cells: Cell[] = [];
    if (present > 0) this.opened!(cells, present);
    for (let i = 0, next = 0; i < count; i++) out.push(there[i] === 1 ? cells[next++] : undefined);
  }
}

function countOnes(levels: RunReader, count: number): number {
  let ones = 0;
  for (let left = count; left > 0; left -= partRows) {
    const here = Math.min(left, partRows);
    levels.read(unpacked, here);
    for (let i = 0; i < here; i++) ones += unpacked[i];
  }
  return ones;
}

/** The cells of a column in a row group. */
class ColumnReader {
  private readonly bytes: Uint8Array;
  private readonly column: ParquetColumn;
  private readonly pages: Generator<Page>;
  private readonly decompress: Decompress;
  private readonly budget: Budget;
  private dictionary: readonly Cell[] | undefined;
  private page: PageReader | undefined;

  constructor(
    bytes: Uint8Array,
    column: ParquetColumn,
    pages: Generator<Page>,
    decompress: Decompress,
    budget: Budget,
  ) {
    this.bytes = bytes;
    this.column = column;
    this.pages = pages;
    this.decompress = decompress;
    this.budget = budget;
  }

  private readDictionary({ at, size, length, values, encoding }: Page): readonly Cell[] {
    const { column, budget } = this;
    if (encoding !== 0 && encoding !== 2)
      torn(`the dictionary of column "${column.name}" uses an unsupported encoding`);
    budget.addCells(values);
    budget.addBytes(length);
    const cells: Cell[] = [];
    plainValues(this.decompress(this.bytes.subarray(at, at + size), length), column, cellMaker(column))(cells, values);
    return cells;
  }

  /** The next `count` cells, at most as many as there are. */
  read(count: number): Cell[] {
    const cells: Cell[] = [];
    while (cells.length < count) {
      if (this.page === undefined || this.page.left === 0) {
        const { value: page, done } = this.pages.next();
        if (done) tooFew();
        if (page.isDictionary) this.dictionary = this.readDictionary(page);
        else {
          this.page = new PageReader(this.bytes, page, this.column, this.decompress, this.dictionary, this.budget);
        }
        continue;
      }
      this.page.read(cells, Math.min(count - cells.length, this.page.left));
    }
    return cells;
  }
}

/** Compares the sizes in all pages with the file, before any is read. Throws if they disagree. */
function checkPages(bytes: Uint8Array, file: ParquetFile, columns: readonly ParquetColumn[]): void {
  for (const group of file.groups) {
    if (group.rows === 0) continue;
    for (const column of columns) {
      for (const _ of pagesOf(bytes, chunkOf(file, group, column), group.rows, column.name));
    }
  }
}

/** The parts of a Parquet file. A file without rows has one part, with columns without cells. */
export async function* parquetParts(bytes: Uint8Array, budget: Budget): AsyncGenerator<Part> {
  const file = parquetFile(bytes, budget);
  const columns = new UsedColumns(file.columns, unreadable);
  const indices = pandasIndices(file.pandas);
  budget.addRows(file.rows, columns.used.length);
  if (file.rows === 0) yield { ...columns.part(indices), columns: columns.used.map(() => []), rows: 0 };
  checkPages(bytes, file, columns.used);
  const decompressors = new Map<Codec, Decompress>();
  const readers = async (group: RowGroup) => {
    const found = new Map<ParquetColumn, ColumnReader>();
    for (const column of columns.used) {
      const chunk = chunkOf(file, group, column);
      const decompress = decompressors.get(chunk.codec) ?? (await decompressor(chunk.codec));
      decompressors.set(chunk.codec, decompress);
      const pages = pagesOf(bytes, chunk, group.rows, column.name);
      found.set(column, new ColumnReader(bytes, column, pages, decompress, budget));
    }
    return found;
  };
  for (const group of file.groups) {
    if (group.rows === 0) continue;
    const open = await readers(group);
    const maxRows = rowsOfPart(columns.used.length);
    for (let left = group.rows; left > 0; left -= maxRows) {
      const rows = Math.min(left, maxRows);
      const cells = columns.read((column) => open.get(column)!.read(rows));
      yield { ...columns.part(indices), columns: cells, rows };
    }
  }
}
