/**
 * Reads the structure of a Parquet file: its columns, row groups and pages. Each size is compared with the others and with the
 * size of the file before anything is read. Source: parquet.thrift, at github.com/apache/parquet-format.
 */
import { type Budget, checkCount, torn } from '../budget.ts';
import type { Codec } from '../compression/decompress.ts';
import { type Struct, ThriftReader } from './thrift.ts';

/** Physical types, in the order of their numbers. */
const types = ['boolean', 'int32', 'int64', 'int96', 'float', 'double', 'bytes', 'fixed'] as const;
export type PhysicalType = (typeof types)[number];

/** A column of the table: a field of the root. */
export interface ParquetColumn {
  readonly name: string;
  /** Whether its cells are lists or structures, which are not supported. */
  readonly isNested: boolean;
  /** The position of its first chunk in each row group; a nested column has several. */
  readonly chunk: number;
  readonly type: PhysicalType;
  /** The number of bytes of a value of the type `fixed`. */
  readonly width: number;
  readonly isOptional: boolean;
  /** The number of its converted type. */
  readonly converted: number | undefined;
  /** The number of digits after the decimal point. */
  readonly scale: number;
  /** The union of logical types: the field that is set names the type. */
  readonly logical: Struct | undefined;
}

export interface RowGroup {
  readonly rows: number;
  /** By position in the file. */
  readonly chunks: readonly Struct[];
}

export interface ParquetFile {
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly RowGroup[];
  /** The position of the footer; the data end before it. */
  readonly end: number;
  /** The metadata that pandas wrote, as JSON. */
  readonly pandas: string | undefined;
}

/** The maximum depth of nested fields. */
const maxDepth = 64;

const shown = (count: number) => count.toLocaleString('en-US');

/** The fields of the root, whose leaves are the chunks of each row group. */
function columnsOf(schema: readonly Struct[], budget: Budget): { columns: ParquetColumn[]; leaves: number } {
  if (schema.length === 0) torn('its schema is empty');
  const columns: ParquetColumn[] = [];
  let next = 1;
  let leaves = 0;
  const childCount = (element: Struct) => checkCount(element.number(5) ?? 0, schema.length, 'a number of fields');
  /** Skips the fields inside an element. */
  const pass = (element: Struct, depth: number) => {
    if (depth > maxDepth) torn('its schema is nested too deeply');
    const children = childCount(element);
    if (children === 0) leaves++;
    for (let i = 0; i < children; i++) pass(schema[next++] ?? torn('its schema is incomplete'), depth + 1);
  };
  const count = childCount(schema[0]);
  budget.checkColumns(count);
  for (let i = 0; i < count; i++) {
    const element = schema[next++] ?? torn('its schema is incomplete');
    const chunk = leaves;
    const isLeaf = childCount(element) === 0;
    pass(element, 1);
    const repetition = element.number(3) ?? 0;
    const isNested = !isLeaf || repetition === 2;
    const type = types[element.number(1) ?? -1];
    if (!isNested && type === undefined) torn(`column ${i + 1} has an unknown type`);
    columns.push({
      name: element.text(4) ?? torn(`column ${i + 1} has no name`),
      isNested,
      chunk,
      type: type ?? 'bytes',
      width: type === 'fixed' ? checkCount(element.number(2), 2 ** 20, 'the width of a column') : 0,
      isOptional: repetition === 1,
      converted: element.number(6),
      scale: checkCount(
        element.number(7) ?? element.struct(10)?.struct(5)?.number(1) ?? 0,
        2 ** 10,
        "a decimal's scale",
      ),
      logical: element.struct(10),
    });
  }
  return { columns, leaves };
}

/** Reads the footer. */
export function parquetFile(bytes: Uint8Array, budget: Budget): ParquetFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  if (length < 12 || view.getUint32(length - 4, true) !== 0x31524150) torn('its end is missing');
  const size = view.getUint32(length - 8, true);
  if (size > length - 12) torn(`its footer claims ${shown(size)} bytes, and the file has ${shown(length)}`);
  const end = length - 8 - size;
  const footer = new ThriftReader(bytes, end, length - 8).struct();
  const { columns, leaves } = columnsOf(footer.structs(2) ?? torn('its schema is missing'), budget);
  const rows = checkCount(footer.number(3), Number.MAX_SAFE_INTEGER, 'its number of rows');
  const claimed = footer.structs(4) ?? torn('its row groups are missing');
  let found = 0;
  let stored = 0;
  const groups = claimed.map((group): RowGroup => {
    const chunks = group.structs(1) ?? torn('a row group has no columns');
    if (chunks.length !== leaves) torn(`a row group has ${chunks.length} columns, but the schema ${leaves}`);
    const rows = checkCount(group.number(3), Number.MAX_SAFE_INTEGER, 'the number of rows of a row group');
    found += rows;
    for (const chunk of chunks) {
      const size = chunk.struct(3)?.number(7);
      if (size !== undefined) stored += checkCount(size, length, 'the size of a column');
    }
    return { rows, chunks };
  });
  if (found !== rows) torn(`it claims ${shown(rows)} rows, but its row groups hold ${shown(found)}`);
  // with overlapping columns, more bytes would be read than the file has
  if (stored > length) torn(`its columns claim ${shown(stored)} bytes, and the file has ${shown(length)}`);
  const pandas = footer
    .structs(5)
    ?.find((pair) => pair.text(1) === 'pandas')
    ?.text(2);
  return { rows, columns, groups, end, pandas };
}

const codecs: readonly (Codec | undefined)[] = [
  'none',
  'snappy',
  'gzip',
  undefined,
  'brotli',
  'lz4 hadoop',
  'zstd',
  'lz4 block',
];

/** Values of a column, as a page packs them. */
export interface Page {
  readonly isDictionary: boolean;
  readonly values: number;
  readonly encoding: number;
  /** How levels are packed: 3 are runs. */
  readonly levels: number;
  /** The position of the page, after its header. */
  readonly at: number;
  readonly size: number;
  /** Its bytes after decompression. */
  readonly length: number;
  /** In a page of version 2: the number of bytes of its levels, which are not compressed. */
  readonly second?: { readonly repetition: number; readonly definition: number; readonly isCompressed: boolean };
}

export interface Chunk {
  readonly codec: Codec;
  readonly at: number;
  readonly end: number;
}

/** The position of a column in a row group, and its compression. */
export function chunkOf(file: ParquetFile, group: RowGroup, column: ParquetColumn): Chunk {
  const chunk = group.chunks[column.chunk];
  if (chunk.has(1)) torn(`column "${column.name}" is in another file`);
  const found = chunk.struct(3) ?? torn(`column "${column.name}" is missing or encrypted`);
  const path = found.texts(3) ?? [];
  if (path.length !== 1 || path[0] !== column.name) {
    torn(`column "${column.name}" is expected where "${path.join('.')}" is`);
  }
  if (types[found.number(1) ?? -1] !== column.type) torn(`column "${column.name}" has two types`);
  const codec = codecs[found.number(4) ?? 0];
  if (codec === undefined) torn(`column "${column.name}" uses an unsupported compression codec`);
  const values = checkCount(
    found.number(5),
    Number.MAX_SAFE_INTEGER,
    `the number of values of column "${column.name}"`,
  );
  if (values !== group.rows) {
    torn(`it claims ${shown(group.rows)} rows, but column "${column.name}" holds ${shown(values)}`);
  }
  // some writers use 0 for no dictionary
  const start = found.number(11) || found.number(9);
  const at = checkCount(start, file.end, `the offset of column "${column.name}"`);
  const size = checkCount(found.number(7), file.end - at, `the size of column "${column.name}"`);
  return { codec: codec ?? 'none', at, end: at + size };
}

/** The pages of a column in a row group, for all its rows. Checks the sizes in their headers; reads no values. */
export function* pagesOf(bytes: Uint8Array, { at, end }: Chunk, rows: number, name: string): Generator<Page> {
  const reader = new ThriftReader(bytes, at, end);
  let found = 0;
  while (found < rows) {
    if (reader.at >= end) torn(`it claims ${shown(rows)} rows, but column "${name}" holds ${shown(found)}`);
    const page = pageAt(reader, end, name);
    if (page === undefined) continue;
    if (!page.isDictionary) found += page.values;
    if (found > rows) torn(`it claims ${shown(rows)} rows, but column "${name}" holds ${shown(found)} or more`);
    yield page;
  }
  // a valid column ends with the last value: no later page may hold another
  while (reader.at < end) {
    let page: Page | undefined;
    try {
      page = pageAt(reader, end, name);
    } catch {
      return;
    }
    if (page !== undefined && !page.isDictionary && page.values > 0) {
      torn(`it claims ${shown(rows)} rows, but column "${name}" holds more`);
    }
  }
}

/** Reads the page at the reader's position, and moves to its end; undefined for an index page. */
function pageAt(reader: ThriftReader, end: number, name: string): Page | undefined {
  const header = reader.struct();
  const { at } = reader;
  const size = checkCount(header.number(3), end - at, `the size of a page of column "${name}"`);
  const length = checkCount(header.number(2), 2 ** 31, `the length of a page of column "${name}"`);
  reader.at += size;
  const count = (value: number | undefined) => checkCount(value, 2 ** 31, `a number of values of column "${name}"`);
  const common = { at, size, length };
  const kind = header.number(1);
  if (kind === 0) {
    const data = header.struct(5) ?? torn(`a page of column "${name}" has no header`);
    return {
      ...common,
      isDictionary: false,
      values: count(data.number(1)),
      encoding: data.number(2) ?? -1,
      levels: data.number(3) ?? 3,
    };
  }
  if (kind === 2) {
    const dictionary = header.struct(7) ?? torn(`the dictionary of column "${name}" has no header`);
    return {
      ...common,
      isDictionary: true,
      values: count(dictionary.number(1)),
      encoding: dictionary.number(2) ?? -1,
      levels: 3,
    };
  }
  if (kind === 3) {
    const data = header.struct(8) ?? torn(`a page of column "${name}" has no header`);
    const definition = checkCount(data.number(5) ?? 0, Math.min(size, length), 'the length of levels');
    const repetition = checkCount(data.number(6) ?? 0, Math.min(size, length) - definition, 'the length of levels');
    return {
      ...common,
      isDictionary: false,
      values: count(data.number(1)),
      encoding: data.number(4) ?? -1,
      levels: 3,
      second: { repetition, definition, isCompressed: data.boolean(7) ?? true },
    };
  }
  return kind === 1 ? undefined : torn(`a page of column "${name}" is of an unknown kind`);
}
