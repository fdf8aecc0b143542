import { expect, test } from 'vitest';
import { type CellKind, profile } from '../table/columns.ts';
import { inferTask } from './task.ts';

const infer = (values: string[]) => {
  const found = profile({ name: 'c', values, marks: [] });
  return inferTask({ ...found, kind: found.kind as CellKind });
};
/** Each value, `rows` times. */
const repeat = (values: readonly (string | number)[], rows: number) =>
  values.flatMap((value) => new Array<string>(rows).fill(String(value)));
const integers = (n: number) => Array.from({ length: n }, (_, i) => i);

test('text and booleans are classes', () => {
  expect(infer(['a', 'b']).task).toBe('classification');
  expect(infer(['true', 'False']).task).toBe('classification');
});

test('integers are classes up to 20 values with at least 10 rows each', () => {
  expect(infer(repeat(integers(20), 10))).toEqual({
    task: 'classification',
    why: 'an integer with 20 values, each in at least 10 rows',
  });
  expect(infer(repeat(integers(21), 10))).toEqual({ task: 'regression', why: 'an integer with more than 20 values' });
  expect(infer([...repeat([0, 1], 10), ...repeat([2], 9)])).toEqual({
    task: 'regression',
    why: 'an integer, but not every value is in at least 10 rows',
  });
});

test('other numbers are a regression, however few values they have', () => {
  expect(infer(repeat([0.5, 1], 10))).toEqual({ task: 'regression', why: 'a number' });
  expect(infer(repeat(['1.0', '2.0'], 10)).task).toBe('classification');
});
