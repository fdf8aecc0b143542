import { expect, test } from 'vitest';
import type { Plateau } from '../net/schedules.ts';
import { initialPlateau, plateauAfter } from './plateau.ts';

const rule: Plateau = { factor: 0.5, patience: 1, threshold: 0.1, cooldown: 0, minRate: 0 };
const after = (values: readonly number[], change: Partial<Plateau> = {}, better: 'higher' | 'lower' = 'lower') =>
  values.reduce(
    (state, value) => plateauAfter({ ...rule, ...change }, state, value, 0.1, better),
    initialPlateau(better),
  );

test('the factor is lowered once more epochs than `patience` did not improve', () => {
  expect(after([1, 1]).scale).toBe(1);
  expect(after([1, 1, 1])).toEqual({ scale: 0.5, best: 1, waited: 0, cooling: 0 });
  expect(after([1, 1, 1, 1, 1]).scale).toBe(0.25);
});

test('an improvement is larger than the threshold, as a share of the best value', () => {
  expect(after([1, 0.95, 0.91]).scale).toBe(0.5);
  expect(after([1, 0.95, 0.89])).toEqual({ scale: 1, best: 0.89, waited: 0, cooling: 0 });
});

test('of a metric that should rise, higher values improve', () => {
  expect(after([1, 1.2, 1.4], {}, 'higher').scale).toBe(1);
  expect(after([1, 0.9, 0.8], {}, 'higher').scale).toBe(0.5);
});

test('epochs of the cooldown are not counted', () => {
  expect(after([1, 1, 1, 1, 1], { cooldown: 1 }).scale).toBe(0.5);
  expect(after([1, 1, 1, 1, 1, 1], { cooldown: 1 }).scale).toBe(0.25);
});

test('the rate never falls below minRate', () => {
  expect(after([1, 1, 1, 1, 1, 1, 1], { minRate: 0.05 }).scale).toBe(0.5);
});
