/**
 * Reads Arrow files (Feather) and streams in parts of some thousand rows of a batch. The lengths of buffers are compared with
 * the sizes that the batch claims. Source: the Arrow columnar format, at arrow.apache.org/docs/format.
 */

import { type Budget, checkCount, torn } from '../budget.ts';
import { type Codec, type Decompress, decompressor } from '../compression/decompress.ts';
import { decimalCell } from '../decimals.ts';
import { float16 } from '../parquet/cells.ts';
import { type Part, rowsOfPart } from '../parts.ts';
import type { Cell } from '../read.ts';
import { dateText } from '../times.ts';
import { pandasIndices, textOfBytes, UsedColumns } from '../unusable.ts';
import {
  type ArrowColumn,
  type ArrowType,
  type Batch,
  batchOf,
  columnsOf,
  messagesOf,
  metadataOf,
  type Place,
  sizeOf,
} from './file.ts';

/** The cell in a row. */
type CellAt = (row: number) => Cell;

/** Why columns of other types cannot be used. */
const reasons: Partial<Readonly<Record<ArrowType['kind'], string>>> = {
  binary: 'its cells are bytes',
  'fixed binary': 'its cells are bytes',
  'large binary': 'its cells are bytes',
  'binary view': 'its cells are bytes',
  interval: 'its cells are intervals of time',
};
const reasonAgainst = ({ type }: ArrowColumn): string | undefined =>
  readable.includes(type.kind) ? undefined : (reasons[type.kind] ?? 'its cells are lists or structures');

/** Types with one cell for each value. */
const readable: readonly ArrowType['kind'][] = [
  'null',
  'int',
  'float',
  'text',
  'boolean',
  'decimal',
  'date',
  'time',
  'timestamp',
  'duration',
  'large text',
  'text view',
];

const shown = (count: number) => count.toLocaleString('en-US');

/** The buffers of a batch, in order. */
class Buffers {
  private readonly batch: Batch;
  private readonly decompress: Decompress;
  private readonly budget: Budget;
  private next = 0;
  private views = 0;

  constructor(batch: Batch, decompress: Decompress, budget: Budget) {
    this.batch = batch;
    this.decompress = decompress;
    this.budget = budget;
  }

  /** Moves to the buffers of a column. */
  moveTo({ buffer, view }: Place): void {
    this.next = buffer;
    this.views = view;
    // the columns of views before it have further buffers, as many as the batch says
    for (let i = 0; i < view; i++) this.next += this.batch.variadic(i);
  }

  take(): Uint8Array {
    const stored = this.batch.buffer(this.next++);
    if (this.batch.codec === 'none' || stored.length === 0) return stored;
    if (stored.length < 8) torn('a compressed buffer has no length');
    const view = new DataView(stored.buffer, stored.byteOffset, 8);
    const length = view.getInt32(4, true) * 2 ** 32 + view.getUint32(0, true);
    const packed = stored.subarray(8);
    // a buffer that compression would enlarge is stored uncompressed
    if (length === -1) return packed;
    checkCount(length, 2 ** 40, 'the length of a compressed buffer');
    this.budget.addBytes(length);
    return this.decompress(packed, length);
  }

  /** The further buffers of a column of views. */
  takeViews(): Uint8Array[] {
    return Array.from({ length: this.batch.variadic(this.views++) }, () => this.take());
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A 64-bit integer, or its digits if a number would round it. */
function whole64(view: DataView, at: number, isSigned: boolean): Cell {
  const high = isSigned ? view.getInt32(at + 4, true) : view.getUint32(at + 4, true);
  const value = high * 2 ** 32 + view.getUint32(at, true);
  if (Number.isSafeInteger(value)) return value;
  return String(isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true));
}

/** A decimal of any number of bytes, the lowest first. */
function decimal(bytes: Uint8Array, scale: number): Cell {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return decimalCell(BigInt.asIntN(8 * bytes.length, value), scale);
}

/** Milliseconds of a time since 1970 in a unit: 0 seconds, 1 milli-, 2 micro-, 3 nanoseconds. */
function milliseconds(view: DataView, at: number, unit: number): number {
  const value = view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  if (unit < 2) return unit === 0 ? 1000 * value : value;
  const divisor = unit === 2 ? 1000 : 1_000_000;
  if (Number.isSafeInteger(value)) return (value - (value % divisor)) / divisor;
  return Number(view.getBigInt64(at, true) / BigInt(divisor));
}

/** The cells of values with equal widths. */
function fixedCells(type: ArrowType, data: Uint8Array, rows: number, name: string): CellAt {
  const view = viewOf(data);
  const of = (bytes: number, cell: (at: number) => Cell): CellAt => {
    if (rows * bytes > data.length) failOnFewer(rows, Math.floor(data.length / bytes), name);
    return (row) => cell(row * bytes);
  };
  const unknown = (): never => torn(`column "${name}" has values of ${type.bits} bits`);
  switch (type.kind) {
    case 'int':
      if (type.bits === 64) return of(8, (at) => whole64(view, at, type.isSigned));
      if (type.bits === 32) return of(4, (at) => (type.isSigned ? view.getInt32(at, true) : view.getUint32(at, true)));
      if (type.bits === 16) return of(2, (at) => (type.isSigned ? view.getInt16(at, true) : view.getUint16(at, true)));
      return type.bits === 8 ? of(1, (at) => (type.isSigned ? view.getInt8(at) : view.getUint8(at))) : unknown();
    case 'float':
      if (type.unit === 0) return of(2, (at) => float16(view.getUint16(at, true)));
      return type.unit === 1 ? of(4, (at) => view.getFloat32(at, true)) : of(8, (at) => view.getFloat64(at, true));
    case 'date':
      return type.unit === 0
        ? of(4, (at) => dateText(86_400_000 * view.getInt32(at, true)))
        : of(8, (at) => dateText(milliseconds(view, at, 1)));
    case 'timestamp':
      return of(8, (at) => dateText(milliseconds(view, at, type.unit)));
    case 'time':
      return type.bits === 32 ? of(4, (at) => view.getInt32(at, true)) : of(8, (at) => whole64(view, at, true));
    case 'duration':
      return of(8, (at) => whole64(view, at, true));
    case 'decimal': {
      if (type.bits < 8 || type.bits > 256 || type.bits % 8 !== 0 || Math.abs(type.scale) > 256) return unknown();
      const bytes = type.bits / 8;
      return of(bytes, (at) => decimal(data.subarray(at, at + bytes), type.scale));
    }
    default:
      return unknown();
  }
}

function failOnFewer(rows: number, found: number, name: string): never {
  return torn(`it claims ${shown(rows)} rows, but column "${name}" holds ${shown(found)}`);
}

/** The cells of texts, each between two offsets. */
function textCells(
  offsets: Uint8Array,
  data: Uint8Array,
  rows: number,
  bytes: 4 | 8,
  name: string,
  budget: Budget,
): CellAt {
  if (rows > 0 && (rows + 1) * bytes > offsets.length) {
    failOnFewer(rows, Math.max(0, Math.floor(offsets.length / bytes) - 1), name);
  }
  const view = viewOf(offsets);
  const offset = (row: number) =>
    bytes === 4
      ? view.getInt32(4 * row, true)
      : view.getInt32(8 * row + 4, true) * 2 ** 32 + view.getUint32(8 * row, true);
  return (row) => {
    const [start, end] = [offset(row), offset(row + 1)];
    if (!(start >= 0 && start <= end && end <= data.length))
      torn(`texts of column "${name}" are outside of its buffer`);
    if (start === end) return '';
    budget.addBytes(end - start);
    return textOfBytes(data.subarray(start, end));
  };
}

/** The cells of texts; short ones are stored in the view, long ones in further buffers. */
function viewCells(
  views: Uint8Array,
  buffers: readonly Uint8Array[],
  rows: number,
  name: string,
  budget: Budget,
): CellAt {
  if (16 * rows > views.length) failOnFewer(rows, Math.floor(views.length / 16), name);
  const view = viewOf(views);
  return (row) => {
    const length = view.getInt32(16 * row, true);
    if (length >= 0 && length <= 12) return textOfBytes(views.subarray(16 * row + 4, 16 * row + 4 + length));
    const buffer = buffers[view.getInt32(16 * row + 8, true)];
    const start = view.getInt32(16 * row + 12, true);
    if (!(buffer !== undefined && length >= 0 && start >= 0 && start + length <= buffer.length)) {
      return torn(`texts of column "${name}" are outside of its buffers`);
    }
    budget.addBytes(length);
    return textOfBytes(buffer.subarray(start, start + length));
  };
}

/** The bits of a buffer. */
function bitsOf(bytes: Uint8Array, rows: number, name: string): (row: number) => boolean {
  if (rows > 8 * bytes.length) failOnFewer(rows, 8 * bytes.length, name);
  return (row) => ((bytes[row >>> 3] >>> (row & 7)) & 1) === 1;
}

/** Reads a column's buffers; returns a function from a row to its cell. */
function cellsOf(
  { name, type, dictionary, place }: ArrowColumn,
  node: ReturnType<Batch['node']>,
  rows: number,
  buffers: Buffers,
  dictionaries: ReadonlyMap<number, readonly Cell[]>,
  budget: Budget,
): CellAt {
  if (node.length !== rows) failOnFewer(rows, node.length, name);
  buffers.moveTo(place);
  if (type.kind === 'null' && dictionary === undefined) return () => undefined;
  const validity = buffers.take();
  const isThere = node.missing === 0 || rows === 0 ? undefined : bitsOf(validity, rows, name);
  let cell: CellAt;
  if (dictionary !== undefined) {
    const indices = fixedCells(dictionary.indices, buffers.take(), rows, name);
    const entries = dictionaries.get(dictionary.id);
    cell = (row) => {
      const index = indices(row) as number;
      if (entries === undefined || !(index >= 0 && index < entries.length)) {
        return torn(`an entry of the dictionary of column "${name}" does not exist`);
      }
      return entries[index];
    };
  } else if (type.kind === 'boolean') cell = bitsOf(buffers.take(), rows, name);
  else if (type.kind === 'text') cell = textCells(buffers.take(), buffers.take(), rows, 4, name, budget);
  else if (type.kind === 'large text') cell = textCells(buffers.take(), buffers.take(), rows, 8, name, budget);
  else if (type.kind === 'text view') cell = viewCells(buffers.take(), buffers.takeViews(), rows, name, budget);
  else cell = fixedCells(type, buffers.take(), rows, name);
  return isThere === undefined ? cell : (row) => (isThere(row) ? cell(row) : undefined);
}

/** Decompressors by codec, loaded once. */
function decompressors() {
  const loaded = new Map<Codec, Decompress>();
  return async (codec: Batch['codec']): Promise<Decompress> => {
    if (codec === 'unknown') return torn('it uses an unsupported compression codec');
    const found = loaded.get(codec) ?? (await decompressor(codec));
    loaded.set(codec, found);
    return found;
  };
}

/** The parts of an Arrow file or stream. Without rows, it has one part, with columns without cells. */
export async function* arrowParts(bytes: Uint8Array, budget: Budget): AsyncGenerator<Part> {
  const decompress = decompressors();
  const dictionaries = new Map<number, Cell[]>();
  let all: ArrowColumn[] | undefined;
  let columns!: UsedColumns<ArrowColumn>;
  let indices: readonly string[] = [];
  let isEmpty = true;
  for (const { kind, head, body } of messagesOf(bytes)) {
    if (kind === 'schema') {
      if (all !== undefined) torn('it has two schemas');
      all = columnsOf(head, budget);
      columns = new UsedColumns(all, reasonAgainst);
      indices = pandasIndices(metadataOf(head, 'pandas'));
      continue;
    }
    if (all === undefined) return torn('its schema is not at its beginning');
    if (kind === 'dictionary') {
      const id = head.int64(0);
      const values = head.table(1) ?? torn('a dictionary is empty');
      const column = columns.used.find(({ dictionary }) => dictionary?.id === id);
      // the dictionary of a column that is left out
      if (column === undefined) continue;
      const batch = batchOf(values, body);
      budget.addCells(batch.rows);
      const buffers = new Buffers(batch, await decompress(batch.codec), budget);
      const cell = cellsOf(
        { ...column, dictionary: undefined, place: { node: 0, buffer: 0, view: 0 } },
        batch.node(0),
        batch.rows,
        buffers,
        dictionaries,
        budget,
      );
      const entries = head.uint8(2) !== 0 ? (dictionaries.get(id) ?? []) : [];
      columns.readOne(column, () => {
        for (let row = 0; row < batch.rows; row++) entries.push(cell(row));
      });
      dictionaries.set(id, entries);
      continue;
    }
    const batch = batchOf(head, body);
    const { rows } = batch;
    budget.addRows(rows, columns.used.length);
    if (rows === 0) continue;
    isEmpty = false;
    const { nodes } = sizeOf(all);
    if (batch.nodes !== nodes) torn(`a batch has ${batch.nodes} columns, but the schema ${nodes}`);
    const buffers = new Buffers(batch, await decompress(batch.codec), budget);
    const cells = new Map(
      columns.used.map((column) => [
        column,
        cellsOf(column, batch.node(column.place.node), rows, buffers, dictionaries, budget),
      ]),
    );
    const maxRows = rowsOfPart(columns.used.length);
    for (let start = 0; start < rows; start += maxRows) {
      const count = Math.min(maxRows, rows - start);
      const read = (column: ArrowColumn) => {
        const cell = cells.get(column)!;
        return Array.from({ length: count }, (_, r) => cell(start + r));
      };
      const found = columns.read(read);
      yield { ...columns.part(indices), columns: found, rows: count };
    }
  }
  if (all === undefined) return torn('it has no schema');
  if (isEmpty) yield { ...columns.part(indices), columns: columns.used.map(() => []), rows: 0 };
}
