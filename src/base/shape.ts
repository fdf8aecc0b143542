/** Shapes: lists of axis lengths, row-major. A scalar has the empty shape. */

export type Shape = readonly number[];

/** The number of elements of a shape; 1 for a scalar. */
export function size(shape: Shape): number {
  let n = 1;
  for (const length of shape) n *= length;
  return n;
}

/** Row-major strides: the distance of neighbors along each axis. */
export function strides(shape: Shape): number[] {
  const out = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    out[axis] = step;
    step *= shape[axis];
  }
  return out;
}

/** The index along each axis of the element at a flat offset. */
export function unravel(offset: number, shape: Shape): number[] {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = offset % shape[axis];
    offset = Math.floor(offset / shape[axis]);
  }
  return index;
}

/** The flat offset of an element, the inverse of `unravel`. */
export function ravel(index: readonly number[], shape: Shape): number {
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) offset = offset * shape[axis] + index[axis];
  return offset;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** The usual notation: `[3, 2]`; a scalar is `[]`. */
export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The length of the last axis. */
export const lastOf = (shape: Shape): number => shape[shape.length - 1];
