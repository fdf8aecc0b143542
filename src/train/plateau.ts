/**
 * The factor of the learning rate under a `plateau` schedule. It becomes smaller between epochs when the loss, or the
 * watched metric, no longer improves. The rules are those of PyTorch 2's ReduceLROnPlateau with a threshold relative to the
 * best value.
 */
import type { Plateau } from '../net/schedules.ts';

/** Everything that the next epochs depend on. */
export interface PlateauState {
  readonly scale: number;
  readonly best: number;
  /** Epochs in a row that did not improve on the best. */
  readonly waited: number;
  /** Epochs left in which none is counted. */
  readonly cooling: number;
}

type Sense = 'higher' | 'lower';

/** The state before the first epoch; `better` says which values improve. */
export function initialPlateau(better: Sense): PlateauState {
  const best = better === 'lower' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return { scale: 1, best, waited: 0, cooling: 0 };
}

/** The state after an epoch with a watched value; `learningRate` is the rate at a factor of 1. */
export function plateauAfter(
  { factor, patience, threshold, cooldown, minRate }: Plateau,
  { scale, best, waited, cooling }: PlateauState,
  value: number,
  learningRate: number,
  better: Sense = 'lower',
): PlateauState {
  const improves = better === 'lower' ? value < best * (1 - threshold) : value > best * (1 + threshold);
  const reached = improves ? value : best;
  const count = improves || cooling > 0 ? 0 : waited + 1;
  if (count <= patience) return { scale, best: reached, waited: count, cooling: Math.max(cooling - 1, 0) };
  return { scale: Math.max(scale * factor, minRate / learningRate), best: reached, waited: 0, cooling: cooldown };
}
