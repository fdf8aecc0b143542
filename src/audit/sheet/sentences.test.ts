import { expect, test } from 'vitest';
import { listedNames, slipText } from './sentences.ts';

test('a slip of the audit is told without the numbers that are still to be filled in', () => {
  expect(
    slipText(
      'No other convention gives this value. One row cannot prove a slip, but this row would follow if the update adds ∂E/∂w1 = 0.0671828 instead of subtracting it.',
    ),
  ).toBe('It would follow if the update adds ∂E/∂w1 instead of subtracting it.');
  expect(slipText('The printed value follows if it is written with the opposite sign.')).toBe(
    'Your value follows if it is written with the opposite sign.',
  );
  expect(slipText('')).toBe('No single slip explains this value. A hint shows the formula.');
});

test('names are listed, at most three of them', () => {
  expect([['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map(listedNames)).toEqual([
    'a',
    'a and b',
    'a, b and c',
    'a, b, c and others',
  ]);
});
