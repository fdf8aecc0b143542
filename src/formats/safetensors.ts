/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes, little-endian and
 * contiguous. Source: the format's description at github.com/huggingface/safetensors.
 */
import { aFunction, aText, checkCall, record, recordOf } from '../base/arguments.ts';
import { allBytesOf, type ByteStream, type Bytes, bytesOf, isByteStream } from '../base/byte-source.ts';
import { fail } from '../base/errors.ts';
import { clip } from '../base/printable.ts';
import { type Shape, showShape, size } from '../base/shape.ts';
import { show } from '../base/show.ts';
import { aPrecision, someTensors, type Tensor, tensor } from '../base/tensor.ts';
import { foreignKind } from './foreign-bytes.ts';
import { bfloat16, float16 } from './half-precision.ts';

export type Precision = 'float64' | 'float32';

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file that was read. Its precision is `float32` if it has no float64 tensor. */
export interface ReadSafetensors extends SafetensorsFile {
  readonly precision: Precision;
}

const types = { float64: 'F64', float32: 'F32' } as const;

/** How to read a number of each supported type from the bytes. */
const readers: Readonly<Record<string, { readonly width: number; read(view: DataView, at: number): number }>> = {
  F64: { width: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { width: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { width: 2, read: (view, at) => float16(view.getUint16(at, true)) },
  BF16: { width: 2, read: (view, at) => bfloat16(view.getUint16(at, true)) },
  I64: { width: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  I32: { width: 4, read: (view, at) => view.getInt32(at, true) },
  I16: { width: 2, read: (view, at) => view.getInt16(at, true) },
  I8: { width: 1, read: (view, at) => view.getInt8(at) },
  U8: { width: 1, read: (view, at) => view.getUint8(at) },
};
const widths = { F64: 8, F32: 4 } as const;

/** The format's own limit on the header. */
const largestHeader = 100_000_000;

/** A tensor as the header describes it. */
interface HeaderEntry {
  readonly name: string;
  readonly shape: Shape;
  readonly precision: Precision;
}

/** The bytes before the numbers of the tensors, which follow in the order of the entries. */
export function safetensorsHeader(
  entries: readonly HeaderEntry[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, precision } of entries) {
    if (Object.hasOwn(header, name) || name === '__proto__') {
      fail({ what: `a tensor cannot be named ${show(name)}`, where: 'tensors', fix: 'Choose another name.' });
    }
    const start = end;
    const type = types[precision];
    end += size(shape) * widths[type];
    header[name] = { dtype: type, shape, data_offsets: [start, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // spaces fill the header up, so that the numbers start at a multiple of eight
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}

function checkedPrecision(precision: Precision, name: string): Precision {
  aPrecision(precision, `toSafetensors: precision(${JSON.stringify(name)})`);
  return precision;
}

/** Bytes of named tensors and text metadata, all in one precision or each in its own. The same content gives the same bytes. */
export function toSafetensors(
  file: SafetensorsFile,
  precision: Precision | ((name: string) => Precision) = 'float64',
): Uint8Array {
  checkCall('toSafetensors({ tensors, metadata }, precision)', {
    file: [file, record({ tensors: someTensors, metadata: recordOf(aText) }, { isOpen: true })],
    precision: [precision, typeof precision === 'function' ? aFunction : aPrecision],
  });
  const { tensors, metadata } = file;
  const entries = Array.from(tensors, ([name, { shape, data }]) => ({
    name,
    shape,
    data,
    precision: typeof precision === 'string' ? precision : checkedPrecision(precision(name), name),
  }));
  const header = safetensorsHeader(entries, metadata);
  const end = entries.reduce((sum, { data, precision }) => sum + data.length * widths[types[precision]], 0);
  const bytes = new Uint8Array(header.length + end);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  let at = header.length;
  for (const { data, precision } of entries) {
    const width = widths[types[precision]];
    for (const value of data) {
      if (width === 8) view.setFloat64(at, value, true);
      else view.setFloat32(at, value, true);
      at += width;
    }
  }
  return bytes;
}

interface Entry {
  readonly dtype: string;
  readonly shape: Shape;
  readonly data_offsets: readonly [number, number];
}

function isEntry(value: unknown): value is Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>;
  const whole = (list: unknown) => Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  return typeof dtype === 'string' && whole(shape) && whole(offsets) && offsets?.length === 2;
}

/**
 * Reads the format. Throws an InputError if the file breaks its rules: header size, JSON, duplicate names, types, ranges, gaps,
 * trailing bytes. `where` is the name of the file in the error.
 */
export function fromSafetensors(bytes: Bytes, where?: string): ReadSafetensors;
/** The same for bytes that are read first: a Blob, a File, a Response or a stream. */
export function fromSafetensors(source: ByteStream, where?: string): Promise<ReadSafetensors>;
export function fromSafetensors(
  source: Bytes | ByteStream,
  where = 'model',
): ReadSafetensors | Promise<ReadSafetensors> {
  aText(where, 'fromSafetensors: where');
  if (isByteStream(source)) return allBytesOf(source, where).then((bytes) => fromSafetensors(bytes, where));
  const bytes = bytesOf(source, where);
  const fix = 'Use a file that chainrule or another safetensors writer wrote whole.';
  const refuse = (what: string): never => fail({ what, where, fix });
  if (bytes.length < 8) refuse(`${bytes.length} bytes are too few for a safetensors file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const foreign = length > largestHeader ? foreignKind(bytes) : undefined;
  if (foreign !== undefined)
    fail({ what: `it is ${foreign.what}, not a safetensors file`, where, fix: `${foreign.fix} ${fix}` });
  if (length > largestHeader || length > bytes.length - 8) {
    refuse(`the header claims to be ${length} bytes long, but the file has ${bytes.length}`);
  }
  if (bytes[8] !== 0x7b) refuse('the header is not a JSON object');
  let header: Record<string, unknown>;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return refuse('the header is not JSON in UTF-8');
  }
  const held = Object.hasOwn(header, '__metadata__') ? (header.__metadata__ ?? {}) : {};
  if (typeof held !== 'object' || Array.isArray(held)) refuse('the metadata are not a JSON object');
  const texts = Object.entries(held);
  for (const [key, value] of texts) {
    if (typeof value !== 'string') refuse(`the metadata ${show(key)} is not a text`);
  }
  // fromEntries: a key may have any name, such as __proto__.
  const metadata = Object.fromEntries(texts) as Record<string, string>;
  const names = Object.keys(header).filter((name) => name !== '__metadata__');
  const entries = names.map((name) => {
    const entry = header[name];
    if (!isEntry(entry)) return refuse(`the header's entry ${show(name)} has no type, shape and offsets`);
    return { name, ...entry };
  });
  // JSON.parse keeps the last of two equal names; the dropped one leaves a gap.
  entries.sort((a, b) => a.data_offsets[0] - b.data_offsets[0]);
  const body = bytes.length - 8 - length;
  const tensors = new Map<string, Tensor>();
  let expected = 0;
  for (const {
    name,
    dtype,
    shape,
    data_offsets: [start, end],
  } of entries) {
    if (!Object.hasOwn(readers, dtype))
      refuse(`${show(name)} is of type ${clip(dtype)}, but only ${Object.keys(readers).join(', ')} can be read`);
    const { width, read } = readers[dtype];
    if (start !== expected || end < start || end > body) refuse(`${show(name)} lies outside the file, or leaves a gap`);
    const count = size(shape);
    if (end - start !== count * width)
      refuse(`${show(name)} ${showShape(shape.slice(0, 8))} does not fill its ${end - start} bytes`);
    const data = new Float64Array(count);
    const base = 8 + length + start;
    for (let i = 0; i < count; i++) {
      data[i] = read(view, base + width * i);
      // Only I64 can exceed what float64 represents exactly.
      if (dtype === 'I64' && !Number.isSafeInteger(data[i])) refuse(`${show(name)} has a whole number beyond 2^53`);
    }
    tensors.set(name, tensor(shape, data));
    expected = end;
  }
  if (expected !== body) refuse(`${body - expected} bytes follow the last tensor`);
  const wide = entries.length === 0 || entries.some(({ dtype }) => dtype === types.float64);
  return { tensors, metadata, precision: wide ? 'float64' : 'float32' };
}
