/** Rows in batches and chunks: how many each holds, how much each counts, and how rows get into a program's memory. */
import type { FeedNumbers } from '../engines/engine.ts';
import type { Dataset, FedRows } from '../net/problem.ts';

/** Rows that an evaluation takes at a time: the same on every engine, as the sum over chunks rounds. */
export const chunkRows = 256;

/** The numbers of rows in the batches of an epoch: all alike, but for the last. */
export function batchSizes(rows: number, batchSize: 'full' | number): number[] {
  const whole = batchSize === 'full' ? rows : Math.min(batchSize, rows);
  const rest = rows % whole;
  return rest === 0 ? [whole] : [whole, rest];
}

const sumOf = (numbers: Float64Array) => numbers.reduce((a, b) => a + b, 0);

/** How much the loss of consecutive rows counts in that of all: what their weights add up to, or how many they are. */
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
