/** Sums of products in the order of the engines, so that predictions have the same bits. */
import { longSum, partialSums } from '../engines/engine.ts';

/**
 * The sum of `count` terms. If it is the only number that a contraction computes (`alone`), a long sum is made of partial sums,
 * as in the engines.
 */
export function sumOf(count: number, term: (k: number) => number, alone: boolean): number {
  if (!(alone && longSum(1, count))) {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += term(k);
    return sum;
  }
  const sums = new Float64Array(partialSums);
  for (let k = 0; k < count; k++) sums[k % partialSums] += term(k);
  let total = 0;
  for (const sum of sums) total += sum;
  return total;
}
