/** A network's outputs and targets as what they mean: numbers in the units of their columns, or indices of classes. */
import { kind } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { aTensor, type Tensor, tensor } from '../../base/tensor.ts';
import type { Encoding } from './encoding.ts';
import { affine } from './scaling.ts';
import { type ClassCoding, classesOf, numbersOf } from './targets/stored-target.ts';

const hasTarget = kind(
  'an encoding',
  ({ target }: Encoding) => typeof target.kind === 'string',
  'Pass the encoding of a model, model.encoding, or of prepareTable.',
);

/** A regression's numbers [n, columns], outputs or targets, in the columns' units. */
export function toUnits(encoding: Pick<Encoding, 'target'>, outputs: Tensor): Tensor {
  hasTarget(encoding, 'toUnits: encoding');
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
