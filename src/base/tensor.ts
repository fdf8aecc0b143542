/** Tensors: a shape and its numbers, row-major. There is no mathematics here. */
import { fail } from './errors.ts';
import { inside, type Where } from './reference.ts';
import { type Shape, showShape, size } from './shape.ts';

export interface Tensor {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export type Matrix = readonly (readonly number[])[];

/** A tensor of the given numbers, or of zeros. Throws a plain error (a bug, not wrong input) if the count does not fit. */
export function tensor(shape: Shape, data?: Float64Array | readonly number[]): Tensor {
  const n = size(shape);
  if (data !== undefined && data.length !== n) throw new Error(`${data.length} numbers for shape ${showShape(shape)}`);
  if (data === undefined) return { shape, data: new Float64Array(n) };
  return { shape, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

/** Rows [n, columns] of equal length and finite numbers. Errors name the position as `where[row][column]`. */
export function fromRows(rows: Matrix, where: Where): Tensor {
  if (!Array.isArray(rows) || rows.length === 0) {
    fail({ what: 'there are no rows', where, fix: 'Give at least one row: [[1, 2], [3, 4]].' });
  }
  const columns = Array.isArray(rows[0]) ? rows[0].length : Number.NaN;
  const data = new Float64Array(rows.length * (columns || 0));
  rows.forEach((row, r) => {
    if (!Array.isArray(row)) {
      fail({
        what: 'expected a list of numbers',
        where: inside(where, r),
        fix: 'Write each row in brackets: [1, 2].',
      });
    }
    if (row.length !== columns) {
      fail({
        what: `${row.length} numbers, but row 0 has ${columns}`,
        where: inside(where, r),
        fix: 'Give every row the same number of columns.',
      });
    }
    row.forEach((value, c) => {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        fail({
          what: `${typeof value === 'string' ? `"${value}"` : String(value)} is not a finite number`,
          where: inside(where, r, c),
          fix: 'Replace it with a number, or leave the row out.',
        });
      }
      data[r * columns + c] = value;
    });
  });
  return { shape: [rows.length, columns], data };
}

/** The rows of a [n, columns] tensor as plain arrays. */
export function toRows({ shape, data }: Tensor): number[][] {
  const [n, columns] = shape;
  return Array.from({ length: n }, (_, r) => Array.from(data.subarray(r * columns, (r + 1) * columns)));
}
