/**
 * When a loss has diverged. A loss that is not finite has; so has one that is far above both the loss at the start and the loss
 * of predicting 0. The second measure is for a training that starts near its optimum, where any step multiplies the loss.
 */
import type { Setup } from '../net/setup.ts';
import { lossOfZeros } from './loss-of-constants.ts';

/** During training: no training that recovers goes so far beyond its start, not even by noise, warm-up or a restart. */
const hopeless = 1e8;
/** At the end of training, when it cannot recover any more. */
const failed = 1e3;

export class Divergence {
  /** The larger of the loss at the start and the loss of predicting 0: a loss up to it is no sign of divergence. */
  readonly reference: number;

  constructor(setup: Pick<Setup, 'targets' | 'recipe'>, first: number) {
    const scale = lossOfZeros(setup);
    this.reference = Number.isFinite(first) ? Math.max(first, scale) : scale;
  }

  /** Whether an epoch with this loss ends training. */
  isHopeless(loss: number): boolean {
    return !Number.isFinite(loss) || loss > hopeless * this.reference;
  }

  /** Whether training that ends with this loss has failed. */
  isFailed(loss: number): boolean {
    return !Number.isFinite(loss) || loss > failed * this.reference;
  }

  /** Whether the weights with this loss are worth keeping after a divergence. */
  isGood(loss: number): boolean {
    return loss <= this.reference;
  }
}
