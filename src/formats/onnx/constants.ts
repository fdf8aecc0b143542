/** The constants of an ONNX graph as tensors of float64. */
import { fail } from '../../base/errors.ts';
import { clip } from '../../base/printable.ts';
import { type Tensor, tensor } from '../../base/tensor.ts';
import { elements, type OnnxTensor } from './schema.ts';

export type Constants = ReadonlyMap<string, OnnxTensor>;

/** The fix for a graph of another form. */
export const chainFix = 'Export a feed-forward network of dense layers, or convert the model to that form.';

/** The numbers of a constant. Throws an InputError if they are not in the file, or not float or double. */
export function numbersOf(given: OnnxTensor, where: string): Tensor {
  const name = clip(given.name);
  const { dims, dataType, rawData, floatData, doubleData, dataLocation } = given;
  if (dataLocation === 1)
    fail({ what: `the numbers of "${name}" are in another file`, where, fix: 'Save it as one file.' });
  const shape = dims.map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  const width = dataType === elements.float ? 4 : dataType === elements.double ? 8 : undefined;
  if (width === undefined)
    return fail({
      what: `"${name}" has the element type ${dataType}, but only float and double can be read`,
      where,
      fix: chainFix,
    });
  const typed = dataType === elements.float ? floatData : doubleData;
  const there = rawData.length > 0 ? rawData.length / width : typed.length;
  if (!Number.isSafeInteger(count) || shape.some((length) => length < 0) || there !== count) {
    fail({
      what: `"${name}" [${shape.slice(0, 8)}] should have ${count} numbers, but has ${there}`,
      where,
      fix: 'Write the file again.',
    });
  }
  if (rawData.length === 0) return tensor(shape, Float64Array.from(typed));
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return tensor(
    shape,
    Float64Array.from({ length: count }, (_, i) =>
      width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
    ),
  );
}
