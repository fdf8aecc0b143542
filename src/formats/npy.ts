/**
 * NumPy's files: npy, one array, and npz, several in a zip without compression. Source: NumPy's format description
 * (numpy.lib.format), version 1.0; fflate (MIT, small, no dependencies) makes the zip.
 */

import { type Zippable, zipSync } from 'fflate';
import { aText, checkCall } from '../base/arguments.ts';
import { allBytesOf, type ByteStream, type Bytes, bytesOf, isByteStream } from '../base/byte-source.ts';
import { fail } from '../base/errors.ts';
import { clip } from '../base/printable.ts';
import { type Shape, size } from '../base/shape.ts';
import { show } from '../base/show.ts';
import { aPrecision, aTensor, someTensors, type Tensor, tensor } from '../base/tensor.ts';

const magic = '\x93NUMPY';
const types = { float64: '<f8', float32: '<f4' } as const;

/** The bytes before the numbers of an array (little-endian, rows first). */
export function npyHeader(shape: Shape, precision: 'float64' | 'float32'): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const head = `{'descr': '${types[precision]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The numbers start at a multiple of 64, and the header ends with a line break.
  const length = Math.ceil((10 + head.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length);
  const text = `${magic}\x01\x00\x00\x00${head.padEnd(length - 11)}\n`;
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  return bytes;
}

/** The bytes of an array, little-endian, rows first. */
export function toNpy(array: Tensor, precision: 'float64' | 'float32' = 'float64'): Uint8Array {
  checkCall('toNpy(tensor, precision)', { tensor: [array, aTensor], precision: [precision, aPrecision] });
  const { shape, data } = array;
  const header = npyHeader(shape, precision);
  const { length } = header;
  const width = precision === 'float64' ? 8 : 4;
  const bytes = new Uint8Array(length + data.length * width);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  data.forEach((value, i) => {
    if (width === 8) view.setFloat64(length + 8 * i, value, true);
    else view.setFloat32(length + 4 * i, value, true);
  });
  return bytes;
}

/** An array as it is in its file: little-endian numbers of `width` bytes, rows first. */
interface NpyArray {
  readonly shape: Shape;
  /** 4 for float32, 8 for float64. */
  readonly width: 4 | 8;
  readonly bytes: Uint8Array;
}

/** The array in an npy file of float64 or float32. Throws an InputError if it is damaged or of another kind. */
export function npyArray(bytes: Uint8Array, where = 'array'): NpyArray {
  const refuse = (what: string): never =>
    fail({ what: clip(what, 200), where, fix: 'Save it with numpy.save, as float64 or float32.' });
  // One character for each byte, in a loop, because many arguments of one call could overflow the stack.
  const text = (start: number, end: number) =>
    Array.from(bytes.subarray(start, end), (byte) => String.fromCharCode(byte)).join('');
  if (text(0, 6) !== magic) refuse('it is not an npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = bytes[6] >= 2;
  if (bytes.length < 12) refuse('it ends within its header');
  const start = isLong ? 12 : 10;
  const length = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > 65_536 || start + length > bytes.length) refuse('it ends within its header');
  const header = text(start, start + length);
  const type = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const dims = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (type === undefined || order === undefined || dims === undefined)
    refuse('its header lacks the type, the order or the shape');
  if (type !== '<f8' && type !== '<f4') refuse(`its type is ${type}, but only <f8 and <f4 can be read`);
  if (order === 'True') refuse('it is stored column by column (fortran_order)');
  const shape = dims!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const count = size(shape);
  const width = type === '<f8' ? 8 : 4;
  const there = bytes.length - start - length;
  if (!Number.isSafeInteger(count) || there !== count * width) {
    refuse(`its shape (${shape.join(', ')}) needs ${count * width} bytes, but there are ${there}`);
  }
  return { shape, width, bytes: bytes.subarray(start + length) };
}

/** The same as a tensor. */
export function fromNpy(file: Bytes, where?: string): Tensor;
/** The same for bytes that are read first: a Blob, a File, a Response or a stream. */
export function fromNpy(file: ByteStream, where?: string): Promise<Tensor>;
export function fromNpy(file: Bytes | ByteStream, where = 'array'): Tensor | Promise<Tensor> {
  aText(where, 'fromNpy: where');
  if (isByteStream(file)) return allBytesOf(file, where).then((bytes) => fromNpy(bytes, where));
  const { shape, width, bytes } = npyArray(bytesOf(file, where), where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return tensor(
    shape,
    Float64Array.from({ length: bytes.length / width }, (_, i) =>
      width === 8 ? view.getFloat64(8 * i, true) : view.getFloat32(4 * i, true),
    ),
  );
}

/**
 * Throws an InputError for a tensor whose name cannot be a file name: a path to another folder, or a name that a system forbids.
 */
export function checkFileNames(names: Iterable<string>): void {
  for (const name of names) {
    if (/^[\w-][\w .-]{0,199}$/.test(name) && name !== '__proto__') continue;
    fail({
      what: `the tensor ${show(name)} has a name that a file cannot have`,
      where: 'parameters',
      fix: 'Use only letters, digits, dots and dashes in its name, or export as safetensors.',
    });
  }
}

/** The bytes of an npz file. `numpy.load` gives the arrays by these names. The same tensors give the same bytes. */
export function toNpz(tensors: ReadonlyMap<string, Tensor>, precision: 'float64' | 'float32' = 'float64'): Uint8Array {
  checkCall('toNpz(tensors, precision)', { tensors: [tensors, someTensors], precision: [precision, aPrecision] });
  const files: Zippable = {};
  checkFileNames(tensors.keys());
  // A zip stores the time of each file: the earliest time that it can represent.
  for (const [name, each] of tensors)
    files[`${name}.npy`] = [toNpy(each, precision), { level: 0, mtime: '1980-01-01 00:00:00' }];
  return zipSync(files);
}
