/** Tensors: a shape and its numbers, row-major. There is no mathematics here. */

import { aText, isNumberList, type Kind, kind, numbers, oneOf, refuse } from './arguments.ts';
import { fail } from './errors.ts';
import { inside, type Where } from './reference.ts';
import { type Shape, showShape, size } from './shape.ts';
import { show } from './show.ts';

export interface Tensor {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Rows of numbers: lists or typed arrays. */
export type Matrix = readonly ArrayLike<number>[];

/** A tensor: a shape, and as many numbers as it has. */
export const aTensor = kind(
  'a tensor',
  ({ shape, data }: Tensor) => isShape(shape) && ArrayBuffer.isView(data) && data.length === size(shape),
  'Pass tensor([rows, columns], numbers).',
);

/** Tensors by name. */
export const someTensors: Kind = (value, where) => {
  if (!(value instanceof Map)) refuse(value, where, 'a map of tensors', "Pass new Map([['weight', tensor]]).");
  for (const [name, each] of value) {
    aText(name, `${where}: name`);
    aTensor(each, inside(where, name));
  }
};

export const aPrecision = oneOf('float64', 'float32');

/** A shape: the length of each axis. */
export const aShape = kind('a shape', isShape, 'Pass the length of each axis, such as [2, 3].');

function isShape(value: unknown): boolean {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

/** A tensor of the given numbers, or of zeros. Throws an InputError if the count does not fit the shape. */
export function tensor(shape: Shape, data?: Float64Array | readonly number[]): Tensor {
  aShape(shape, 'tensor: shape');
  const n = size(shape);
  if (data !== undefined && !(data instanceof Float64Array)) numbers(data, 'tensor: data');
  if (data !== undefined && data.length !== n) {
    fail({
      what: `${data.length} numbers for shape ${showShape(shape)}`,
      where: 'tensor: data',
      fix: `Pass ${n} numbers, or another shape.`,
    });
  }
  if (data === undefined) return { shape, data: new Float64Array(n) };
  return { shape, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

/** Rows [n, columns] of equal length and finite numbers. Errors name the position as `where[row][column]`. */
export function fromRows(rows: Matrix, where: Where): Tensor {
  if (!Array.isArray(rows) || rows.length === 0) {
    fail({ what: 'there are no rows', where, fix: 'Give at least one row: [[1, 2], [3, 4]].' });
  }
  const columns = isNumberList(rows[0]) ? rows[0].length : Number.NaN;
  const data = new Float64Array(rows.length * (columns || 0));
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r];
    if (!isNumberList(row)) {
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
    for (let c = 0; c < columns; c++) {
      const value = row[c];
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        fail({
          what: `${typeof value === 'string' ? `"${value}"` : show(value)} is not a finite number`,
          where: inside(where, r, c),
          fix: 'Replace it with a number, or leave the row out.',
        });
      }
      data[r * columns + c] = value;
    }
  }
  return { shape: [rows.length, columns], data };
}

/** The rows of a [n, columns] tensor as plain arrays. */
export function toRows({ shape, data }: Tensor): number[][] {
  const [n, columns] = shape;
  return Array.from({ length: n }, (_, r) => Array.from(data.subarray(r * columns, (r + 1) * columns)));
}
