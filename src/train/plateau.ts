/**
 * The factor of the learning rate under `plateau`, lowered between epochs when the loss no longer falls. The rules are
 * those of PyTorch 2's ReduceLROnPlateau, for a loss, with a threshold relative to the best.
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

export const atRest: PlateauState = { scale: 1, best: Number.POSITIVE_INFINITY, waited: 0, cooling: 0 };

/** The state after an epoch whose loss is `score`; `learningRate` is the rate at a factor of 1. */
export function watch(
  { factor, patience, threshold, cooldown, minRate }: Plateau,
  { scale, best, waited, cooling }: PlateauState,
  score: number,
  learningRate: number,
): PlateauState {
  const better = score < best * (1 - threshold);
  const lowest = better ? score : best;
  const count = better || cooling > 0 ? 0 : waited + 1;
  if (count <= patience) return { scale, best: lowest, waited: count, cooling: Math.max(cooling - 1, 0) };
  return { scale: Math.max(scale * factor, minRate / learningRate), best: lowest, waited: 0, cooling: cooldown };
}
