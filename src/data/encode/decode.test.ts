import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromRows, type Tensor, tensor, toRows } from '../../base/tensor.ts';
import { prepareTable } from '../prepare/prepare.ts';
import { readTable } from '../read/read.ts';
import { decode } from './decode.ts';
import type { Encoding } from './encoding.ts';
import { toUnits } from './units.ts';

const classes: Encoding = {
  task: 'classification',
  scale: 'standard',
  features: [],
  target: { kind: 'classes', name: 'grade', of: 'number', values: ['1', '2', '3'], coding: 'oneHot' },
};

test('the largest output decides the class, in the type of the column, with the probability of each class', () => {
  const outputs = fromRows([[0.2, 0.5, 0.3]], 'x');
  expect(decode(classes, outputs)).toEqual({ predictions: [2], probabilities: [{ 1: 0.2, 2: 0.5, 3: 0.3 }] });
  expect(decode(classes, outputs, 'scores')).toEqual({ predictions: [2] });
  const logs = decode(classes, tensor([1, 3], outputs.data.map(Math.log)), 'logProbabilities');
  expect(logs.probabilities![0][2]).toBeCloseTo(0.5, 15);
});

test('one output is the second class’s probability under "binary", a sign under "sign"', () => {
  const outputs = fromRows([[0.75], [0.25]], 'x');
  const under = (coding: 'binary' | 'sign') =>
    ({ ...classes, target: { ...classes.target, of: 'boolean', values: ['false', 'true'], coding } }) as Encoding;
  expect(decode(under('binary'), outputs)).toEqual({
    predictions: [true, false],
    probabilities: [
      { false: 0.25, true: 0.75 },
      { false: 0.75, true: 0.25 },
    ],
  });
  expect(decode(under('sign'), fromRows([[-0.1], [3]], 'x'))).toEqual({ predictions: [false, true] });
});

test('the outputs of a regression are decoded to the units of the column', () => {
  const target = { kind: 'number', name: 'price', scaling: { mean: 100, std: 20 } } as const;
  const regression: Encoding = { ...classes, task: 'regression', target };
  const outputs = fromRows([[-0.5], [2]], 'x');
  expect(decode(regression, outputs)).toEqual({ predictions: [90, 140] });
  expect(toRows(toUnits(regression, outputs))).toEqual([[90], [140]]);
});

const close = (a: Tensor, values: readonly number[]) =>
  a.data.forEach((value, i) => {
    // two roundings of numbers of the size of the column's largest
    const size = Math.max(...values.map(Math.abs));
    expect(Math.abs(value - values[i])).toBeLessThanOrEqual(size * 2 ** -50);
  });

test('decoding reverses encoding, for numbers and classes', () => {
  const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 20 });
  fc.assert(
    fc.property(numbers, fc.constantFrom('standard', 'minMax', 'none'), (y, scale) => {
      const x = y.map((_, i) => i);
      const { encoding, train } = prepareTable(readTable({ x, y }), { target: 'y', task: 'regression', scale }, 1);
      close(toUnits(encoding, train.targets), y);
    }),
    { seed: 1 },
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'B', '__proto__', 'ü'), { minLength: 3, maxLength: 20 }), (y) => {
      fc.pre(new Set(y).size > 1);
      const x = y.map((_, i) => i);
      const { encoding, train } = prepareTable(readTable({ x, y }), { target: 'y' }, 1);
      expect(decode(encoding, train.targets).predictions).toEqual(y);
    }),
    { seed: 1 },
  );
});
