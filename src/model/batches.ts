/** Rows in batches and chunks: their sizes, their weights in a mean, and the copy of rows into a program's memory. */
import type { FeedNumbers } from '../engines/engine.ts';
import type { Dataset, FedRows } from '../net/problem.ts';

/** The number of rows in a chunk of an evaluation. It is the same on every engine, because sums over chunks round. */
export const chunkRows = 256;

/** The sizes of the batches of an epoch: the batch size, and that of a smaller last batch if there is one. */
export function batchSizes(rows: number, batchSize: 'full' | number): number[] {
  const whole = batchSize === 'full' ? rows : Math.min(batchSize, rows);
  const rest = rows % whole;
  return rest === 0 ? [whole] : [whole, rest];
}

const sumOf = (numbers: Float64Array) => numbers.reduce((a, b) => a + b, 0);

/** The weight of consecutive rows in the mean over all rows: the sum of their weights, or their number. */
export function weightOf({ weights }: Dataset, start: number, count: number): number {
  return weights === undefined ? count : sumOf(weights.data.subarray(start, start + count));
}

/** Copies `count` consecutive rows, from row `start`. */
export function fillRows(
  into: FeedNumbers,
  { shape: [, width], data }: Pick<FedRows, 'shape' | 'data'>,
  start: number,
  count: number,
): void {
  into.set(data.subarray(start * width, (start + count) * width));
}
