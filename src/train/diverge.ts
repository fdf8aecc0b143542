/** The likely cause of a divergence, with a fix, from the history and the data. */
import { isInputWarning } from '../data/encode/diagnose.ts';
import type { Setup } from '../net/setup.ts';
import type { HistoryRow } from './history.ts';
import { type Remedy, remedyOf } from './lower-rate.ts';

/** Three digits, unless rounding would make the number infinite. */
function short(value: number): string {
  const text = value.toPrecision(3);
  return Number.isFinite(Number(text)) ? String(Number(text)) : text;
}

/** One or two sentences. The advice was tried on a few batches. */
export function divergenceCause(setup: Setup, history: readonly HistoryRow[]): string {
  const { recipe, warnings, inputs } = setup;
  const { learningRate } = recipe.optimizer;
  const finite = history.filter(({ loss }) => Number.isFinite(loss));
  const unscaled = warnings.find(isInputWarning);
  if (unscaled !== undefined) {
    return `The likely cause: unscaled inputs make steps too large for the rate ${short(learningRate)}. ${unscaled}`;
  }
  const first = finite[0];
  const last = finite[finite.length - 1];
  const largest = inputs.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (first === undefined && largest > 1e3) {
    return `The loss was not finite from the start: inputs as large as ${short(largest)} overflow it. Scale them.`;
  }
  const advice = adviceText(remedyOf(setup, history.at(-1)?.epoch ?? 0));
  if (first === undefined) {
    return `The loss was not finite within the first epoch: the learning rate ${short(learningRate)} is likely too high. ${advice}`;
  }
  const grew =
    last.loss > first.loss ? `the loss grew from ${short(first.loss)} to ${short(last.loss)} first` : undefined;
  const steep = last.gradientNorm > 1e3 ? `the gradient's norm reached ${short(last.gradientNorm)}` : undefined;
  const signs = [grew, steep].filter((sign) => sign !== undefined).join(', and ');
  return `The learning rate ${short(learningRate)} is likely too high${signs === '' ? '' : `: ${signs}`}. ${advice}`;
}

function adviceText({ learningRate, clips }: Remedy): string {
  if (learningRate !== undefined) return `Try a rate of ${short(learningRate)}${clips ? ', or clipNorm 1' : ''}.`;
  if (clips) return 'Try clipNorm 1.';
  return 'Neither a lower rate nor clipNorm helped on a few batches: look for very large inputs or targets, and scale them.';
}
