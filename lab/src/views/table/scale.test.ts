import { expect, test } from 'vitest';
import { dateText, metricName, percent, short, size } from './numbers.ts';
import { linearScale, logScale, pathOf, roundTicks, thinned } from './scale.ts';

test('ticks are round and within the range', () => {
  expect(roundTicks(0, 1, 4)).toEqual([0, 0.5, 1]);
  expect(roundTicks(172, 231, 3)).toEqual([180, 200, 220]);
  expect(roundTicks(5, 5, 3)).toEqual([5]);
});

test('scales map the ends to the ends', () => {
  const { at } = linearScale(2, 4, 0, 100);
  expect([at(2), at(3), at(4)]).toEqual([0, 50, 100]);
  const log = logScale(0.01, 100, 0, 4);
  expect([log.at(0.01), log.at(1), log.at(100)]).toEqual([0, 2, 4]);
  expect(log.ticks).toEqual([0.01, 0.1, 1, 10, 100]);
});

test('a path is interrupted where there is no number', () => {
  expect(
    pathOf([
      [0, 1],
      [1, 2],
      [2, Number.NaN],
      [3, 4],
    ]),
  ).toBe('M0.0 1.0L1.0 2.0M3.0 4.0');
});

test('thinning keeps the first and the last', () => {
  expect(thinned([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]);
  expect(thinned([1, 2], 3)).toEqual([1, 2]);
});

test('numbers for people', () => {
  expect([0.12345, 4201.6, 1.2e-7, -3, 0, Number.NaN, 1e9].map((value) => short(value))).toEqual([
    '0.123',
    '4202',
    '1.2e−7',
    '−3',
    '0',
    '–',
    '1e+9',
  ]);
  expect([1, 0.98125, 0.00001, 0.99999, 0].map(percent)).toEqual(['100 %', '98.13 %', '< 0.01 %', '> 99.99 %', '0 %']);
  expect([12, 13516, 104e6].map(size)).toEqual(['12 bytes', '13.5 kB', '104 MB']);
  expect(dateText(20_784)).toBe('2026-11-27');
  expect(['meanAbsoluteError', 'r2', 'rocAuc'].map(metricName)).toEqual(['mean absolute error', 'R²', 'ROC AUC']);
});
