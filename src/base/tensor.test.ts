import { expect, test } from 'vitest';
import { fromRows, type Matrix, tensor, toRows } from './tensor.ts';

const read = (rows: unknown) => () => fromRows(rows as Matrix, 'data.inputs');

test('rows become a row-major tensor and back', () => {
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  expect(fromRows(rows, 'x')).toEqual({ shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) });
  expect(toRows(fromRows(rows, 'x'))).toEqual(rows);
});

test('a tensor without numbers is zeros; a Float64Array is used without a copy', () => {
  expect(tensor([2, 2]).data).toEqual(new Float64Array(4));
  expect(tensor([], [7])).toEqual({ shape: [], data: Float64Array.of(7) });
  const data = Float64Array.of(1, 2);
  expect(tensor([2], data).data).toBe(data);
});

test('a count that does not fit the shape is a bug of the caller', () => {
  expect(() => tensor([2, 3], [1, 2])).toThrow('2 numbers for shape [2, 3]');
});

test('no rows', () => {
  expect(read([])).toThrowErrorMatchingInlineSnapshot(`
    [InputError: data.inputs: there are no rows.
      Give at least one row: [[1, 2], [3, 4]].]
  `);
  expect(read(undefined)).toThrow('there are no rows');
});

test('the error names a row that is not a list', () => {
  expect(read([[1], 2])).toThrowErrorMatchingInlineSnapshot(`
    [InputError: data.inputs[1]: expected a list of numbers.
      Write each row in brackets: [1, 2].]
  `);
  expect(read([1, 2])).toThrow('data.inputs[0]: expected a list of numbers');
});

test('the error names a ragged row and both lengths', () => {
  expect(
    read([
      [1, 2],
      [1, 2, 3],
    ]),
  ).toThrowErrorMatchingInlineSnapshot(`
    [InputError: data.inputs[1]: 3 numbers, but row 0 has 2.
      Give every row the same number of columns.]
  `);
});

test('the error names the row and column of a value that is not a finite number', () => {
  expect(read([[1, '2']])).toThrowErrorMatchingInlineSnapshot(`
    [InputError: data.inputs[0][1]: "2" is not a finite number.
      Replace it with a number, or leave the row out.]
  `);
  expect(read([[1], [Number.NaN]])).toThrow('data.inputs[1][0]: NaN is not a finite number');
  expect(read([[Number.NEGATIVE_INFINITY]])).toThrow('-Infinity is not a finite number');
  expect(read([[null]])).toThrow('null is not a finite number');
});
