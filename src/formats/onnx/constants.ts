/** The constants of an ONNX graph as tensors of float64, from the file itself or from a file next to it. */
import { fail } from '../../base/errors.ts';
import { clip } from '../../base/printable.ts';
import { show } from '../../base/show.ts';
import { type Tensor, tensor } from '../../base/tensor.ts';
import { bfloat16, float16 } from '../half-precision.ts';
import type { OnnxTensor } from './schema.ts';

export type Constants = ReadonlyMap<string, OnnxTensor>;

/** The fix for a graph of another form. */
export const chainFix = 'Export a feed-forward network of dense layers, or convert the model to that form.';

/** Files of numbers by their name in the model (`external_data`), or a function that reads one. */
export type ExternalData = Readonly<Record<string, Uint8Array>> | ((location: string) => Uint8Array | undefined);

/** Where constants come from, and how many numbers they may become. */
export interface ConstantSource {
  /** The name of the file in errors. */
  readonly where: string;
  /** The bytes of a file next to the model; undefined if they were not given. */
  externalFile(location: string): Uint8Array | undefined;
  /** Counts numbers that are made. Throws an InputError beyond what the file justifies. */
  charge(count: number): void;
}

interface ElementType {
  readonly name: string;
  /** Bytes in `rawData` and in files. */
  readonly width: number;
  read(view: DataView, at: number): number;
  /** The numbers, if they are in a typed field instead. */
  typed(given: OnnxTensor): readonly number[];
}

const ofInt32 =
  (from = (bits: number) => bits) =>
  ({ int32Data }: OnnxTensor) =>
    int32Data.map(from);

/** Element types that can be read, by their number. Source: TensorProto.DataType of onnx.proto. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  1: { name: 'float', width: 4, read: (view, at) => view.getFloat32(at, true), typed: (t) => t.floatData },
  2: { name: 'uint8', width: 1, read: (view, at) => view.getUint8(at), typed: ofInt32() },
  3: { name: 'int8', width: 1, read: (view, at) => view.getInt8(at), typed: ofInt32() },
  4: { name: 'uint16', width: 2, read: (view, at) => view.getUint16(at, true), typed: ofInt32() },
  5: { name: 'int16', width: 2, read: (view, at) => view.getInt16(at, true), typed: ofInt32() },
  6: { name: 'int32', width: 4, read: (view, at) => view.getInt32(at, true), typed: ofInt32() },
  7: {
    name: 'int64',
    width: 8,
    read: (view, at) => Number(view.getBigInt64(at, true)),
    typed: ({ int64Data }) => int64Data.map(Number),
  },
  9: { name: 'bool', width: 1, read: (view, at) => view.getUint8(at), typed: ofInt32() },
  10: {
    name: 'float16',
    width: 2,
    read: (view, at) => float16(view.getUint16(at, true)),
    typed: ofInt32(float16),
  },
  11: { name: 'double', width: 8, read: (view, at) => view.getFloat64(at, true), typed: (t) => t.doubleData },
  16: {
    name: 'bfloat16',
    width: 2,
    read: (view, at) => bfloat16(view.getUint16(at, true)),
    typed: ofInt32(bfloat16),
  },
};

/** Whether numbers of an element type may have a fraction. */
export const isFractional = (element: number): boolean => [1, 10, 11, 16].includes(element);

/** The name of an element type: `float`. */
export const elementName = (element: number): string => elementTypes[element]?.name ?? `element type ${element}`;

/** The numbers of a constant. Throws an InputError if they are missing, or of a type that is not a number. */
export function numbersOf(given: OnnxTensor, source: ConstantSource): Tensor {
  const { where, charge } = source;
  const name = clip(given.name);
  const { dims, dataType, rawData, dataLocation } = given;
  const shape = dims.map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  const type = elementTypes[dataType];
  if (type === undefined) {
    const known = Object.values(elementTypes).map((each) => each.name);
    const what = `"${name}" has the element type ${dataType}, but only ${known.join(', ')} can be read`;
    return fail({ what, where, fix: chainFix });
  }
  const bytes = dataLocation === 1 ? externalBytes(given, source) : rawData;
  const isRaw = dataLocation === 1 || rawData.length > 0;
  const typed = isRaw ? [] : type.typed(given);
  const there = isRaw ? bytes.length / type.width : typed.length;
  if (!Number.isSafeInteger(count) || shape.some((length) => length < 0) || there !== count) {
    fail({
      what: `"${name}" [${shape.slice(0, 8)}] should have ${count} numbers, but has ${there}`,
      where,
      fix: 'Write the file again.',
    });
  }
  charge(count);
  if (!isRaw) return tensor(shape, Float64Array.from(typed));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return tensor(
    shape,
    Float64Array.from({ length: count }, (_, i) => type.read(view, type.width * i)),
  );
}

/** A relative path without steps upwards, so that a model cannot name other files of the machine. */
const isInside = (location: string) =>
  location !== '' && !/^[/\\]|^[a-z]:|\\|\0/i.test(location) && !location.split('/').includes('..');

/** The bytes of a constant in another file. Throws an InputError if they are not given, or if the place is not in the file. */
function externalBytes(given: OnnxTensor, { where, externalFile }: ConstantSource): Uint8Array {
  const held = new Map(given.externalData.map(({ key, value }) => [key, value]));
  const location = held.get('location') ?? '';
  const name = clip(given.name);
  if (!isInside(location)) {
    fail({
      what: `the numbers of "${name}" are in ${show(location)}, which is not a file next to the model`,
      where,
      fix: 'Save the model with its numbers in one file.',
    });
  }
  const file = externalFile(location);
  if (file === undefined) {
    return fail({
      what: `the numbers of "${name}" are in another file, ${show(location)}`,
      where,
      fix: `Pass its bytes: fromOnnx(bytes, { externalData: { ${JSON.stringify(clip(location))}: … } }). Or save one file, in PyTorch with torch.onnx.export(…, external_data=False).`,
    });
  }
  const whole = (key: string, fallback: number) => (held.has(key) ? Number(held.get(key) || Number.NaN) : fallback);
  const offset = whole('offset', 0);
  const length = whole('length', file.length - offset);
  const isThere = [offset, length].every((n) => Number.isSafeInteger(n) && n >= 0) && offset + length <= file.length;
  if (!isThere) {
    fail({
      what: `the numbers of "${name}" are outside of ${show(location)}, which has ${file.length} bytes`,
      where,
      fix: 'Copy the whole file next to the model, or write both again.',
    });
  }
  return file.subarray(offset, offset + length);
}
