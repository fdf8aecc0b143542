import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ravel, sameShape, showShape, size, strides, unravel } from './shape.ts';

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });

test('the size of a shape is the product of its axes: 1 for a scalar, 0 with an empty axis', () => {
  expect(size([])).toBe(1);
  expect(size([3, 2])).toBe(6);
  expect(size([3, 0, 2])).toBe(0);
});

test('strides are row-major: the last axis moves by 1', () => {
  expect(strides([])).toEqual([]);
  expect(strides([4, 3, 2])).toEqual([6, 2, 1]);
});

test('ravel is the inverse of unravel, and both agree with the strides', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      for (let offset = 0; offset < size(shape); offset++) {
        const index = unravel(offset, shape);
        expect(index.every((i, axis) => i >= 0 && i < shape[axis])).toBe(true);
        expect(ravel(index, shape)).toBe(offset);
        expect(index.reduce((sum, i, axis) => sum + i * strides(shape)[axis], 0)).toBe(offset);
      }
    }),
    { seed: 1 },
  );
});

test('shapes are compared axis by axis', () => {
  expect(sameShape([], [])).toBe(true);
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(sameShape([2], [2, 1])).toBe(false);
});

test('a shape is shown in the usual notation', () => {
  expect([showShape([]), showShape([3]), showShape([3, 2])]).toEqual(['[]', '[3]', '[3, 2]']);
});
