import { expect, test } from 'vitest';
import { readTable } from '../read/read.ts';
import { histogram } from './histogram.ts';

const columnOf = (cells: readonly (string | number | null)[]) => readTable({ x: cells }).columns[0];

test('counts numbers in bins of the same width, the maximum in the last', () => {
  expect(histogram(columnOf([0, 1, 2, 9]), 3)).toEqual({ min: 0, max: 9, counts: [3, 0, 1] });
  expect(histogram(columnOf([0, 1, 2, 3, 4]), 2)).toEqual({ min: 0, max: 4, counts: [2, 3] });
});

test('missing values are not counted', () => {
  expect(histogram(columnOf([1, null, 2, 'NA']), 2)).toEqual({ min: 1, max: 2, counts: [1, 1] });
});

test('equal values make one bin', () => {
  expect(histogram(columnOf([5, 5, 5]))).toEqual({ min: 5, max: 5, counts: [3] });
});

test('dates are counted in days, and numbers in the spelling of their column', () => {
  expect(histogram(columnOf(['1970-01-02', '1970-01-03', '1970-01-04']), 2)).toEqual({
    min: 1,
    max: 3,
    counts: [1, 2],
  });
  expect(histogram(columnOf(['1,5', '2,5', '3,5']), 2)).toEqual({ min: 1.5, max: 3.5, counts: [1, 2] });
});

test('values near the largest floats do not overflow', () => {
  expect(histogram(columnOf([-1.7e308, 0, 1.7e308]), 2)?.counts).toEqual([1, 2]);
});

test('other columns have none', () => {
  expect(histogram(columnOf(['a', 'b']))).toBeUndefined();
  expect(histogram(columnOf([null, null]))).toBeUndefined();
});

test('the number of bins is a positive integer', () => {
  expect(() => histogram(columnOf([1]), 0)).toThrow('0 is not a positive integer');
});
