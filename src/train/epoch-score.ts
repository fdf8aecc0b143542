/** The score of an epoch: the watched metric, the validation loss, or the training loss. */
import type { Metrics } from '../net/metrics.ts';
import type { Dataset } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';
import type { Evaluation, Programs } from './programs.ts';

export interface EpochScore {
  /** The watched value itself. */
  readonly value: number;
  /** The same value, or its negative, so that lower is better. */
  readonly score: number;
  readonly validationLoss?: number;
  readonly metrics?: Metrics;
}

export interface Scorer {
  /** What it evaluates at the end of each epoch: training must then stop there. Undefined: nothing. */
  readonly evaluates?: { readonly data: Dataset; readonly kind: 'training' | 'validation' };
  /** Whether the score is that of the weights an epoch started with: a full batch's loss is computed before its update. */
  readonly scoresStart: boolean;
  /** Judges the epoch that just ended, with this training loss and what was evaluated. */
  judge(loss: number, found?: Evaluation): EpochScore;
}

/**
 * `isUsed`: whether anything depends on the scores (early stopping, the best weights, a plateau). Only then are averaged
 * weights evaluated after each epoch; the losses of batches are those of the weights that are not averaged.
 */
export function epochScorer({ stepsPerEpoch }: Pick<Programs, 'stepsPerEpoch'>, setup: Setup, isUsed: boolean): Scorer {
  const { validation, recipe } = setup;
  const { metric, better, measure } = setup.watch;
  const averages = recipe.ema !== undefined;
  const of = (value: number) => ({ value, score: better === 'lower' ? value : -value });
  if (validation !== undefined) {
    return {
      evaluates: { data: validation, kind: 'validation' },
      scoresStart: false,
      judge(_, found) {
        const { loss, outputs, targets } = found!;
        const metrics = measure(outputs, targets);
        return { ...of(metric ? metrics[metric.name] : loss), validationLoss: loss, metrics };
      },
    };
  }
  return {
    ...(averages && isUsed && { evaluates: { data: setup, kind: 'training' } }),
    scoresStart: stepsPerEpoch === 1 && !averages,
    judge: (loss, found) => of(found?.loss ?? loss),
  };
}
