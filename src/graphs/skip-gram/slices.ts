/**
 * How vectors are divided between threads: into slices of at most 32 dimensions. Each slice has one thread, and the sum of a dot
 * product is the sum of its slices in order, so that its bits do not depend on the number of threads.
 */

const maxWidth = 32;
const lanes = 4;

export interface Slices {
  readonly dimensions: number;
  readonly count: number;
  /** The dimensions of one slice, a multiple of 4. Those beyond the vector are 0, and remain 0. */
  readonly width: number;
}

export function slicesOf(dimensions: number): Slices {
  const count = Math.ceil(dimensions / maxWidth);
  return { dimensions, count, width: Math.ceil(dimensions / count / lanes) * lanes };
}

/** Copies the first `length` numbers of rows of `from` numbers into rows of `to` numbers: as many rows as both have. */
export function copyRows(
  rows: Float32Array,
  from: number,
  target: Float32Array,
  to: number,
  length = Math.min(from, to),
): void {
  const count = Math.min(Math.floor(rows.length / from), Math.ceil(target.length / to));
  for (let row = 0; row < count; row++) target.set(rows.subarray(row * from, row * from + length), row * to);
}
