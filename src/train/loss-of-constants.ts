/** The scale of a loss: what simple predictions that ignore the inputs would cost. */
import { argument, evaluate } from '../core/formula.ts';
import type { Setup } from '../net/setup.ts';

/** The maximum number of rows whose targets are looked at. */
const maxRows = 512;

type Given = Pick<Setup, 'targets' | 'recipe'>;

/** The mean of the loss over rows and outputs for a prediction of each; NaN or infinite where the loss is not defined there. */
export function meanLoss({ targets, recipe: { loss } }: Given, of: (k: number, row: number) => number): number {
  const [rows, outputs] = targets.shape;
  const formula = loss.definition(argument(0), argument(1));
  const count = Math.min(rows, maxRows);
  let total = 0;
  for (let r = 0; r < count; r++) {
    const row = Math.floor((r * rows) / count);
    for (let k = 0; k < outputs; k++) total += evaluate(formula, [of(k, row), targets.data[row * outputs + k]]);
  }
  return total / (count * outputs);
}

/**
 * The mean over rows of the loss if every output is 0, summed over the outputs; where it is not finite, as for a cross-entropy,
 * 1 for each output: such losses are in nats.
 */
export function lossOfZeros(given: Given): number {
  const [, outputs] = given.targets.shape;
  const mean = meanLoss(given, () => 0);
  return outputs * (Number.isFinite(mean) ? mean : 1);
}

/** The mean over rows and outputs of the loss if every output is the mean of its target. The loss's own reduction may differ. */
export function lossOfConstants(given: Given): number {
  const { shape, data } = given.targets;
  const [rows, outputs] = shape;
  const means = Array.from({ length: outputs }, (_, k) => {
    let total = 0;
    for (let r = 0; r < rows; r++) total += data[r * outputs + k];
    return total / rows;
  });
  const mean = meanLoss(given, (k) => means[k]);
  return Number.isFinite(mean) ? mean : 0;
}

/** Epochs before a loss that does not move means anything. */
export const minEpochs = 10;
/** A loss below this share of that of a constant prediction is the loss of a network that has learned something. */
const learned = 0.3;

/** Whether a loss shows that a network has learned something. */
export const hasLearned = (given: Given, loss: number): boolean => loss < learned * lossOfConstants(given);
