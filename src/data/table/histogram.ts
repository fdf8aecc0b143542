/** The distribution of a numeric column, for a small picture of it. */
import { aCount, checkCall, kind } from '../../base/arguments.ts';
import { presentNumbers, profile } from './columns.ts';
import type { Column } from './table.ts';

export interface Histogram {
  /** The smallest and the largest value; of dates, in days since 1970-01-01. */
  readonly min: number;
  readonly max: number;
  /** The number of rows in each bin. The bins have the same width; the last one includes the maximum. */
  readonly counts: readonly number[];
}

const aColumn = kind(
  'a column of a table',
  ({ name, packed, values }: Column) => typeof name === 'string' && (packed !== undefined || Array.isArray(values)),
  'Pass readTable(rows).columns[0], for example.',
);

/**
 * Counts the values of a column of numbers or dates in bins of the same width from the minimum to the maximum. Missing values
 * are not counted. If all values are equal, there is one bin. Undefined for a column of other values. Throws an InputError if
 * the column is not one of a table, or if `bins` is not a positive integer.
 *
 * For example: `histogram(readTable({ x: [0, 1, 2, 9] }).columns[0], 3)` is `{ min: 0, max: 9, counts: [3, 0, 1] }`.
 */
export function histogram(column: Column, bins = 20): Histogram | undefined {
  checkCall('histogram(column, bins)', { column: [column, aColumn], bins: [bins, aCount] });
  const { kind: cells } = profile(column);
  if (cells !== 'number' && cells !== 'date') return undefined;
  const values = presentNumbers(column, undefined, cells);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  // each end is divided by itself: the difference of two large values could overflow
  const width = max / bins - min / bins;
  if (width === 0) return { min, max, counts: [values.length] };
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(value / width - min / width))]++;
  return { min, max, counts };
}
