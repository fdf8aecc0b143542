/** From a network's outputs back to the labels and units of the table. */

import { checkCall, oneOf } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { exp } from '../../base/math.ts';
import { aTensor, type Tensor, tensor, toRows } from '../../base/tensor.ts';
import type { CellKind } from '../table/columns.ts';
import { anEncoding, type Encoding } from './encoding.ts';
import { affine } from './scaling.ts';
import type { ClassCoding, ClassTarget } from './targets/classes.ts';
import { classesOf, columnsOf, numbersOf, targetColumns } from './targets/index.ts';

/** A regression's numbers [n, columns], outputs or targets, in the columns' units. */
export function toUnits(encoding: Encoding, outputs: Tensor): Tensor {
  anEncoding(encoding, 'toUnits: encoding');
  aTensor(outputs, 'toUnits: outputs');
  const { target } = encoding;
  if (classesOf(target) !== undefined) {
    fail({
      what: `"${target.name}" is classes, which have no units`,
      where: 'toUnits: encoding',
      fix: 'Call decode(encoding, outputs).',
    });
  }
  const { shape, data } = outputs;
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
 * The index of the class that each row of outputs or targets represents: the largest of several outputs (the first of
 * equal ones); for one output the second class from 0.5 on, or from 0 under `sign`.
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
