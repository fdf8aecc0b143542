/**
 * Reads the structure of an Arrow file or stream: its schema, and messages with the buffers of columns. Each size is compared
 * with the size of the file. Source: Schema.fbs, Message.fbs and File.fbs, at github.com/apache/arrow.
 */
import { type Budget, checkCount, torn } from '../budget.ts';
import type { Codec } from '../compression/decompress.ts';
import { FlatTable } from './flatbuffer.ts';

/** Types, by their numbers in the union. */
const types = [
  'none',
  'null',
  'int',
  'float',
  'binary',
  'text',
  'boolean',
  'decimal',
  'date',
  'time',
  'timestamp',
  'interval',
  'list',
  'struct',
  'union',
  'fixed binary',
  'fixed list',
  'map',
  'duration',
  'large binary',
  'large text',
  'large list',
  'run-end encoded',
  'binary view',
  'text view',
  'list view',
  'large list view',
] as const;

export interface ArrowType {
  readonly kind: (typeof types)[number];
  /** The number of bits of a value, for integers, times and decimals. */
  readonly bits: number;
  readonly isSigned: boolean;
  /** For floating-point numbers: 0 half, 1 single, 2 double. For times and dates: the number of their unit. */
  readonly unit: number;
  /** The number of digits after the decimal point. */
  readonly scale: number;
}

export interface ArrowColumn {
  readonly name: string;
  /** The type of its values, which may be in a dictionary. */
  readonly type: ArrowType;
  readonly dictionary?: { readonly id: number; readonly indices: ArrowType };
  readonly place: Place;
  /** The number of nodes up to its last. */
  readonly end: number;
}

/** Where the nodes and buffers of a column begin in a batch. Those of its children follow, so each column has a place of its own. */
export interface Place {
  readonly node: number;
  readonly buffer: number;
  /** Its position among the columns of views. */
  readonly view: number;
}

/** A message: its kind, its head and its buffers. */
export interface Message {
  readonly kind: 'schema' | 'dictionary' | 'rows';
  readonly head: FlatTable;
  readonly body: Uint8Array;
}

function typeOf(kind: number, table: FlatTable | undefined): ArrowType {
  const name = types[kind] ?? 'none';
  const none = { kind: name, bits: 0, isSigned: true, unit: 0, scale: 0 };
  if (table === undefined) return none;
  switch (name) {
    case 'int':
      return { ...none, bits: table.int32(0), isSigned: table.uint8(1) !== 0 };
    case 'float':
      return { ...none, unit: table.int16(0) };
    case 'decimal':
      return { ...none, scale: table.int32(1), bits: table.int32(2, 128) };
    case 'date':
      return { ...none, unit: table.int16(0, 1) };
    case 'time':
      return { ...none, unit: table.int16(0, 1), bits: table.int32(1, 32) };
    case 'timestamp':
      return { ...none, unit: table.int16(0) };
    case 'duration':
      return { ...none, unit: table.int16(0, 1) };
    default:
      return none;
  }
}

/** The number of buffers of a value's own, before those of its children. */
const bufferCounts: Partial<Readonly<Record<ArrowType['kind'], number>>> = {
  null: 0,
  struct: 1,
  'fixed list': 1,
  binary: 3,
  text: 3,
  'large binary': 3,
  'large text': 3,
  'list view': 3,
  'large list view': 3,
  'run-end encoded': 0,
};

/** The maximum depth of nested fields. */
const maxDepth = 64;

/** Counts the nodes and buffers of a field with its children, whose values are not read. */
class FieldSizes {
  node = 0;
  buffer = 0;
  view = 0;
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  add(field: FlatTable, depth = 0): void {
    if (depth > maxDepth) torn('its schema is nested too deeply');
    const kind = types[field.uint8(2)] ?? 'none';
    this.node++;
    // a field may be the child of many, so that few bytes claim very many fields
    this.budget.checkColumns(this.node);
    if (field.table(4) !== undefined) {
      this.buffer += 2;
      return;
    }
    if (kind === 'none') torn('a column is of an unknown type');
    const isView = kind === 'binary view' || kind === 'text view';
    if (isView) this.view++;
    // a union has its types and, if it is dense, offsets
    this.buffer += kind === 'union' ? 1 + (field.table(3)?.int16(0) ?? 0) : (bufferCounts[kind] ?? 2);
    const children = field.vector(5, 4);
    for (let i = 0; i < children.length; i++) this.add(field.tableIn(children, i), depth + 1);
  }
}

/** The number of nodes of all columns. */
export const sizeOf = (columns: readonly ArrowColumn[]): { readonly nodes: number } => {
  const last = columns[columns.length - 1];
  return { nodes: last === undefined ? 0 : last.end };
};

/** The text of a schema's metadata under a key. */
export function metadataOf(schema: FlatTable, key: string): string | undefined {
  const pairs = schema.vector(2, 4);
  for (let i = 0; i < pairs.length; i++) {
    const pair = schema.tableIn(pairs, i);
    if (pair.text(0) === key) return pair.text(1);
  }
  return undefined;
}

/** The columns of a schema. The children of nested columns are counted, so that they can be passed over. */
export function columnsOf(schema: FlatTable, budget: Budget): ArrowColumn[] {
  if (schema.int16(0) !== 0) torn('it is big-endian');
  const fields = schema.vector(1, 4);
  budget.checkColumns(fields.length);
  const sizes = new FieldSizes(budget);
  return Array.from({ length: fields.length }, (_, i) => {
    const field = schema.tableIn(fields, i);
    const type = typeOf(field.uint8(2), field.table(3));
    const encoding = field.table(4);
    const name = field.text(0) ?? '';
    const place = { node: sizes.node, buffer: sizes.buffer, view: sizes.view };
    sizes.add(field);
    const end = sizes.node;
    if (encoding === undefined) return { name, type, place, end };
    const index = encoding.table(1);
    const indices = index === undefined ? { ...typeOf(2, undefined), bits: 32 } : typeOf(2, index);
    return { name, type, place, end, dictionary: { id: encoding.int64(0), indices } };
  });
}

/** The message at `at`, and the position of the next one; undefined at the end. */
function messageAt(bytes: Uint8Array, at: number): { message: Message; next: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  if (at + 4 > length) return undefined;
  let size = view.getInt32(at, true);
  at += 4;
  // before version 0.15, messages began with their length
  if (size === -1) {
    if (at + 4 > length) return undefined;
    size = view.getInt32(at, true);
    at += 4;
  }
  if (size === 0) return undefined;
  checkCount(size, length - at, 'the size of a message');
  const table = FlatTable.root(bytes.subarray(at, at + size));
  at += size;
  const bodySize = checkCount(table.int64(3), length - at, 'the size of the body of a message');
  const kind = ([undefined, 'schema', 'dictionary', 'rows'] as const)[table.uint8(1)];
  if (kind === undefined) return torn('a message is of an unknown kind');
  const head = table.table(2) ?? torn('a message has no head');
  const body = bytes.subarray(at, at + bodySize);
  return { message: { kind, head, body }, next: at + bodySize };
}

/** The messages of a file or stream, the schema first, dictionaries before their rows. */
export function* messagesOf(bytes: Uint8Array): Generator<Message> {
  if (String.fromCharCode(...bytes.subarray(0, 6)) === 'ARROW1') {
    yield* messagesOfFile(bytes);
    return;
  }
  for (let at = 0; ; ) {
    const found = messageAt(bytes, at);
    if (found === undefined) return;
    yield found.message;
    at = found.next;
  }
}

/** In the order of the footer, because a file may have its messages in any order. */
function* messagesOfFile(bytes: Uint8Array): Generator<Message> {
  const { length } = bytes;
  if (length < 18 || String.fromCharCode(...bytes.subarray(length - 6)) !== 'ARROW1') torn('its end is missing');
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(length - 10, true);
  checkCount(size, length - 18, 'the size of its footer');
  const end = length - 10 - size;
  const footer = FlatTable.root(bytes.subarray(end, length - 10));
  const schema = footer.table(1) ?? torn('its schema is missing');
  yield { kind: 'schema', head: schema, body: bytes.subarray(0, 0) };
  const data = bytes.subarray(0, end);
  let read = 0;
  for (const [field, kind] of [
    [2, 'dictionary'],
    [3, 'rows'],
  ] as const) {
    const blocks = footer.vector(field, 24);
    for (let i = 0; i < blocks.length; i++) {
      const at = checkCount(footer.int64In(blocks, 24 * i), end, 'the offset of a message');
      const found = messageAt(data, at) ?? torn('a message is missing');
      // with overlapping messages, more bytes would be read than the file has
      read += found.next - at;
      if (read > length) torn('its messages are longer than the file');
      if (found.message.kind !== kind) torn(`a message holds ${found.message.kind}, but the footer has ${kind}`);
      yield found.message;
    }
  }
}

export interface Node {
  readonly length: number;
  readonly missing: number;
}

/** The rows of a message: their number, and the buffers of each column in order. */
export interface Batch {
  readonly rows: number;
  readonly codec: Codec | 'unknown';
  readonly nodes: number;
  readonly buffers: number;
  node(index: number): Node;
  /** The stored bytes; compressed ones begin with their length. */
  buffer(index: number): Uint8Array;
  /** The number of further buffers of the `index`-th column of views. */
  variadic(index: number): number;
}

/** Reads the head of rows, or of those of a dictionary. */
export function batchOf(head: FlatTable, body: Uint8Array): Batch {
  const rows = checkCount(head.int64(0), Number.MAX_SAFE_INTEGER, 'the number of rows of a batch');
  const nodes = head.vector(1, 16);
  const buffers = head.vector(2, 16);
  const compression = head.table(3);
  const variadic = head.vector(4, 8);
  const codec =
    compression === undefined ? 'none' : ((['lz4 frame', 'zstd'] as const)[compression.uint8(0)] ?? 'unknown');
  return {
    rows,
    codec,
    nodes: nodes.length,
    buffers: buffers.length,
    node(index) {
      if (index >= nodes.length) torn('a batch has fewer columns than the schema');
      return { length: head.int64In(nodes, 16 * index), missing: head.int64In(nodes, 16 * index + 8) };
    },
    buffer(index) {
      if (index >= buffers.length) torn('a batch has fewer buffers than its columns need');
      const at = checkCount(head.int64In(buffers, 16 * index), body.length, 'the offset of a buffer');
      const size = checkCount(head.int64In(buffers, 16 * index + 8), body.length - at, 'the size of a buffer');
      return body.subarray(at, at + size);
    },
    variadic(index) {
      if (index >= variadic.length) torn('a batch lacks the number of buffers of a column');
      return checkCount(head.int64In(variadic, 8 * index), buffers.length, 'the number of buffers of a column');
    },
  };
}
