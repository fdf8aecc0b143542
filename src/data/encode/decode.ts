/** From a network's outputs back to the table's words and units. */
import { exp } from '../../base/math.ts';
import { type Tensor, tensor, toRows } from '../../base/tensor.ts';
import type { CellKind } from '../table/columns.ts';
import { affine, type ClassCoding, type Encoding, numbersOf, targetColumns } from './encoding.ts';

/** A regression's numbers [n, columns], outputs or targets, in the columns' units. */
export function toUnits({ target }: Encoding, { shape, data }: Tensor): Tensor {
  const scalings = numbersOf(target).map(({ scaling }) => affine(scaling));
  return tensor(
    shape,
    data.map((value, i) => {
      const [offset, divisor] = scalings[i % scalings.length];
      return value * divisor + offset;
    }),
  );
}

/**
 * The class that each row of outputs or targets names, by index: the largest of several (the first of equal ones), or
 * for one output the second class from halfway up (0.5; 0 under `sign`).
 */
export function classIndices({ shape, data }: Tensor, coding: ClassCoding = 'oneHot'): Int32Array {
  const [n, width] = shape;
  if (coding !== 'oneHot') {
    const half = coding === 'sign' ? 0 : 0.5;
    return Int32Array.from(data, (value) => (value >= half ? 1 : 0));
  }
  return Int32Array.from({ length: n }, (_, r) => {
    let best = 0;
    for (let k = 1; k < width; k++) if (data[r * width + k] > data[r * width + best]) best = k;
    return best;
  });
}

/** What a class network's outputs are: of softmax or sigmoid, of logSoftmax, or of anything else. */
export type OutputKind = 'probabilities' | 'logProbabilities' | 'scores';

export interface Predictions {
  /** Numbers in the column's units (of several columns by their names), or classes as the column has them: text, numbers or booleans. */
  readonly predictions: readonly (number | string | boolean | Readonly<Record<string, number>>)[];
  /** For each row each class's probability, where the outputs tell. */
  readonly probabilities?: readonly Readonly<Record<string, number>>[];
}

const fromText: Readonly<Record<CellKind, (value: string) => number | string | boolean>> = {
  number: Number,
  boolean: (value) => value === 'true',
  text: (value) => value,
};

/** A network's outputs, [n, classes] or [n, 1], in the words and units of the table. */
export function decode(encoding: Encoding, outputs: Tensor, kind: OutputKind = 'probabilities'): Predictions {
  const { target } = encoding;
  if (target.kind === 'number') return { predictions: [...toUnits(encoding, outputs).data] };
  if (target.kind === 'numbers') {
    const names = targetColumns(target);
    const rows = toRows(toUnits(encoding, outputs));
    return { predictions: rows.map((row) => Object.fromEntries(names.map((name, k) => [name, row[k]]))) };
  }
  const { of, values, coding } = target;
  const predictions = Array.from(classIndices(outputs, coding), (index) => fromText[of](values[index]));
  if (kind === 'scores' || coding === 'sign') return { predictions };
  const [n, width] = outputs.shape;
  const probability = (r: number, k: number) => {
    const value = outputs.data[r * width + k];
    return kind === 'logProbabilities' ? exp(value) : value;
  };
  const probabilities = Array.from({ length: n }, (_, r) =>
    Object.fromEntries(
      values.map((value, k) => {
        if (coding === 'oneHot') return [value, probability(r, k)];
        return [value, k === 1 ? probability(r, 0) : 1 - probability(r, 0)];
      }),
    ),
  );
  return { predictions, probabilities };
}
