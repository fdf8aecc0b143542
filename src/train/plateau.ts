/**
 * The factor of the learning rate under `plateau`, lowered between epochs when the loss (or what is watched in its place) no
 * longer improves. The rules are those of PyTorch 2's ReduceLROnPlateau with a threshold relative to the best.
 */
import type { Plateau } from '../net/schedules.ts';

/** All that the next epochs depend on. */
export interface PlateauState {
  readonly scale: number;
  readonly best: number;
  /** Epochs in turn that were no better than the best. */
  readonly waited: number;
  /** Epochs in which nothing is counted. */
  readonly cooling: number;
}

/** Before the first epoch, of a score that is to fall. */
export const atRest: PlateauState = { scale: 1, best: Number.POSITIVE_INFINITY, waited: 0, cooling: 0 };

/** The same of one that is to rise. */
export const atRestBelow: PlateauState = { ...atRest, best: Number.NEGATIVE_INFINITY };

/** The state after an epoch that scored `score`, of which `sense` is better; `learningRate` is the rate at a factor of 1. */
export function watch(
  { factor, patience, threshold, cooldown, minRate }: Plateau,
  { scale, best, waited, cooling }: PlateauState,
  score: number,
  learningRate: number,
  sense: 'higher' | 'lower' = 'lower',
): PlateauState {
  const better = sense === 'lower' ? score < best * (1 - threshold) : score > best * (1 + threshold);
  const reached = better ? score : best;
  const count = better || cooling > 0 ? 0 : waited + 1;
  if (count <= patience) return { scale, best: reached, waited: count, cooling: Math.max(cooling - 1, 0) };
  return { scale: Math.max(scale * factor, minRate / learningRate), best: reached, waited: 0, cooling: cooldown };
}
