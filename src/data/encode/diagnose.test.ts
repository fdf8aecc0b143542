import { expect, test } from 'vitest';
import { fromRows } from '../../base/tensor.ts';
import { diagnoseInputs, diagnoseTargets } from './diagnose.ts';

const rows = (...given: number[][]) => fromRows(given, 'x');

test('ranges that differ widely are reported, the widest and the narrowest, with the fix', () => {
  const inputs = rows([3750, 18.7], [6300, 13.1]);
  const options = { names: ['body_mass_g', 'bill_depth_mm'], fix: 'Set "scale": "standard".' };
  expect(diagnoseInputs(inputs, options)).toMatchInlineSnapshot(`
    [
      "The ranges of the inputs differ widely: "body_mass_g" ranges from 3750 to 6300, "bill_depth_mm" from 13.1 to 18.7, a range 455.4 times smaller. Set "scale": "standard".",
    ]
  `);
});

test('large values in similar ranges are reported too', () => {
  expect(diagnoseInputs(rows([2000, 1950], [2024, 1990]))).toMatchInlineSnapshot(`
    [
      "The inputs are large: "x1" ranges from 2000 to 2024. Standardize the inputs, (x - mean)/std, before training.",
    ]
  `);
});

test('small numbers, a single row and constant columns give no warning', () => {
  expect(diagnoseInputs(rows([2, 3, 1], [1, 0, 2], [3, 1, 1]))).toEqual([]);
  expect(diagnoseInputs(rows([5000, 1]))).toEqual([]);
  expect(diagnoseInputs(rows([5000, 1], [5000, 2]))).toEqual([]);
});

test('targets that the last activation cannot reach are counted', () => {
  const sigmoid = { name: 'sigmoid', range: [0, 1] } as const;
  expect(diagnoseTargets(rows([0.5], [150], [-3]), sigmoid)).toMatchInlineSnapshot(`
    [
      "2 of 3 targets cannot be reached, such as 150: the output of sigmoid is never below 0 or above 1. End the network with a linear layer, or scale the targets into that range.",
    ]
  `);
  expect(diagnoseTargets(rows([0], [0.64], [1]), sigmoid)).toEqual([]);
});

test('a range may have only one bound', () => {
  const relu = { name: 'relu', range: [0, Number.POSITIVE_INFINITY] } as const;
  expect(diagnoseTargets(rows([-1], [7]), relu)).toMatchInlineSnapshot(`
    [
      "1 of 2 targets cannot be reached, such as -1: the output of relu is never below 0. End the network with a linear layer, or scale the targets into that range.",
    ]
  `);
});
