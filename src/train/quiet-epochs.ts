/**
 * Quiet epochs: those that neither end training nor have a row in the history. Of these, the loop needs only the lowest
 * loss. They are most of a long training of a small network, where an epoch takes less than 100 ns, so that the decisions
 * after every other epoch would cost a quarter of the time.
 */
import type { Stop } from '../net/training.ts';

/** The losses and the gradient norms of the epochs that ended in a slice. */
interface Ended {
  readonly losses: ArrayLike<number>;
  readonly norms: ArrayLike<number>;
}

/**
 * The index of the first epoch, from `start` to `limit`, that ends training by its loss or gradient norm, or whose loss is above
 * `highest`; else `limit`.
 */
export function quietUntil(
  { losses, norms }: Ended,
  start: number,
  limit: number,
  stop: Stop,
  highest = Number.MAX_VALUE,
): number {
  const { loss: target = Number.NEGATIVE_INFINITY, gradientNorm: flat = Number.NEGATIVE_INFINITY } = stop;
  let e = start;
  // NaN and -Infinity are not above the target.
  while (e < limit && losses[e] > target && losses[e] <= highest && !(norms[e] <= flat)) e += 1;
  return e;
}

/** The lowest of some losses; Infinity if there are none. */
export function lowestLoss({ losses }: Ended, start: number, end: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let e = start; e < end; e++) if (losses[e] < lowest) lowest = losses[e];
  return lowest;
}
