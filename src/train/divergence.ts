/**
 * When a loss has diverged. A loss that is not finite has; so has one that is far above both the loss at the start and the loss
 * of predicting 0. The second measure is for a training that starts near its optimum, where any step multiplies the loss.
 */
import { argument, evaluate } from '../core/formula.ts';
import type { Setup } from '../net/setup.ts';

/** During training: no training that recovers goes so far beyond its start, not even by noise, warm-up or a restart. */
const hopeless = 1e8;
/** At the end of training, when it cannot recover any more. */
const failed = 1e3;
/** The maximum number of rows whose targets give the loss of predicting 0. */
const maxRows = 512;

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

/**
 * The mean over rows of the loss if every output is 0, summed over the outputs; where it is not finite, as for a cross-entropy,
 * 1 for each output: such losses are in nats.
 */
function lossOfZeros({ targets, recipe: { loss } }: Pick<Setup, 'targets' | 'recipe'>): number {
  const [rows, outputs] = targets.shape;
  const formula = loss.definition(argument(0), argument(1));
  const count = Math.min(rows, maxRows);
  let total = 0;
  for (let r = 0; r < count; r++) {
    const row = Math.floor((r * rows) / count);
    for (let k = 0; k < outputs; k++) total += evaluate(formula, [0, targets.data[row * outputs + k]]);
  }
  const mean = total / count;
  return Number.isFinite(mean) ? mean : outputs;
}
