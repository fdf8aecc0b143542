/** From a network's outputs back to the labels and units of the table. */

import { checkCall, oneOf } from '../../base/arguments.ts';
import { exp } from '../../base/math.ts';
import { aTensor, type Tensor, toRows } from '../../base/tensor.ts';
import type { CellKind } from '../table/columns.ts';
import { anEncoding } from './an-encoding.ts';
import type { Encoding } from './encoding.ts';
import { type ClassTarget, classesOf, columnsOf, targetColumns } from './targets/stored-target.ts';
import { classIndices, toUnits } from './units.ts';

/** The meaning of a classifier's outputs: after softmax or sigmoid, after logSoftmax, after anything else. */
export type OutputKind = 'probabilities' | 'logProbabilities' | 'scores';

export interface Predictions {
  /** Numbers in the column's units (for several columns, by their names), or classes in the column's type. */
  readonly predictions: readonly (number | string | boolean | Readonly<Record<string, number>>)[];
  /** The probability of each class in each row, where the outputs are probabilities. */
  readonly probabilities?: readonly Readonly<Record<string, number>>[];
}

const fromText: Readonly<Record<CellKind, (value: string) => number | string | boolean>> = {
  number: Number,
  boolean: (value) => value === 'true',
  text: (value) => value,
};

/** A network's outputs, [n, classes] or [n, columns], as labels and in the units of the table. */
export function decode(encoding: Encoding, outputs: Tensor, kind: OutputKind = 'probabilities'): Predictions {
  checkCall('decode(encoding, outputs, kind)', {
    encoding: [encoding, anEncoding],
    outputs: [outputs, aTensor],
    kind: [kind, oneOf('probabilities', 'logProbabilities', 'scores')],
  });
  const { target } = encoding;
  const classes = classesOf(target);
  if (classes !== undefined) return decodeClasses(classes, outputs, kind);
  const numbers = toUnits(encoding, outputs);
  if (columnsOf(target) === undefined) return { predictions: [...numbers.data] };
  const names = targetColumns(target);
  return { predictions: toRows(numbers).map((row) => Object.fromEntries(names.map((name, k) => [name, row[k]]))) };
}

function decodeClasses({ of, values, coding }: ClassTarget, outputs: Tensor, kind: OutputKind): Predictions {
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
