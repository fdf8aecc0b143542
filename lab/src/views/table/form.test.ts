import { expect, test } from 'vitest';
import { variationOf } from './form.ts';

test('a number is varied over its range in the table, both ends included', () => {
  const { values } = variationOf({ name: 'x', kind: 'number', min: 1, max: 5 })!;
  expect(values).toHaveLength(41);
  expect([values[0], values[20], values[40]]).toEqual([1, 3, 5]);
});

test('a date is varied over days, each once; a category over its values', () => {
  expect(variationOf({ name: 'd', kind: 'date', min: 0, max: 2 })!.values).toEqual([
    '1970-01-01',
    '1970-01-02',
    '1970-01-03',
  ]);
  expect(variationOf({ name: 'c', kind: 'category', values: ['a', 'b'] })).toEqual({ field: 'c', values: ['a', 'b'] });
});

test('what has no range, or too many values, is not varied', () => {
  expect(variationOf({ name: 'x', kind: 'number', min: 3, max: 3 })).toBeUndefined();
  expect(variationOf({ name: 'x', kind: 'number', min: 1, max: 3, hasSpelling: true })).toBeUndefined();
  const values = Array.from({ length: 25 }, (_, i) => String(i));
  expect(variationOf({ name: 'c', kind: 'category', values })).toBeUndefined();
});
