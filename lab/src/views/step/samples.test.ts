import { expect, test } from 'vitest';
import { keyOfSample, neighborOf } from './samples.ts';

test('the neighbors of a sample are those of the batch, which can have any rows', () => {
  const batch = [2, 5, 9];
  expect([neighborOf(5, batch, -1), neighborOf(5, batch, 1)]).toEqual([2, 9]);
  expect([neighborOf(2, batch, -1), neighborOf(9, batch, 1), neighborOf(3, batch, 1)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('the same number of another sample has its row in the address, and keeps every other index', () => {
  const keys = {
    'layers.0.sum[1][1]': 'layers.0.sum[7][1]',
    'gradient(layers.1.output[1][0])': 'gradient(layers.1.output[7][0])',
    'factor(layers.1.output[1][0], layers.1.sum[1][0])': 'factor(layers.1.output[7][0], layers.1.sum[7][0])',
    'exact: gradient(layers.1.sum[1][2])': 'exact: gradient(layers.1.sum[7][2])',
    'loss[1][0]′': 'loss[7][0]′',
    'layers.1.weight[1][0]': 'layers.1.weight[1][0]',
    'layers.1.sum[2][1]': 'layers.1.sum[2][1]',
  };
  for (const [key, expected] of Object.entries(keys)) expect(keyOfSample(key, 1, 7), key).toBe(expected);
});
