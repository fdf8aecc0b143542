import { expect, test } from 'vitest';
import type { Flag } from './flag.ts';
import { hiddenUnits, numberFlag, parseValue } from './values.ts';

const flag = (kind: Flag['kind'], name = 'someFlag'): Flag => ({ name, kind, group: '', description: '', path: [] });

test('each kind of flag has its own form of value', () => {
  expect(parseValue(flag('number'), ' 1e-3 ')).toBe(0.001);
  expect(parseValue(flag('size'), 'full')).toBe('full');
  expect(parseValue(flag('size'), '32')).toBe(32);
  expect(parseValue(flag('list'), 'a, b,c')).toEqual(['a', 'b', 'c']);
  expect(parseValue(flag('names'), 'a')).toBe('a');
  expect(parseValue(flag('names'), 'a, b')).toEqual(['a', 'b']);
  expect(parseValue(flag('text'), 'a,b')).toBe('a,b');
  expect(parseValue(flag('boolean'), false)).toBe(false);
});

test('weights are balanced, or one for each class; the name of a class may contain =', () => {
  expect(parseValue(flag('weights'), 'balanced')).toBe('balanced');
  expect(parseValue(flag('weights'), 'yes=3, a=b=0.5')).toEqual({ yes: 3, 'a=b': 0.5 });
  expect(() => parseValue(flag('weights', 'classWeights'), 'yes')).toThrow(
    '--class-weights: "yes" is not a class with a weight',
  );
});

test('a number that cannot be read is an error with the flag as it is typed', () => {
  for (const text of ['', ' ', 'ten', '1,5', undefined]) {
    expect(() => numberFlag(text, '--batch-size')).toThrow(/^--batch-size: ".*" is not a number/);
  }
});

test('hidden layers: none, one, several; undefined without the flag', () => {
  const units = ['', '64', '64, 32'].map((hidden) => hiddenUnits({ hidden }));
  expect(units).toEqual([[], [64], [64, 32]]);
  expect(hiddenUnits({})).toBeUndefined();
});
