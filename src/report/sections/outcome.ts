/** The first section: how training ended, the main scores, the verdict and the warnings. */
import { numberText } from '../../explain/numbers.ts';
import { type Content, html, join, type Markup, nothing } from '../../explain/render/markup.ts';
import { countText, metricName, nameHtml, numberOf, secondsHtml, section, sentenceText } from '../html.ts';
import type { RunRecord } from '../record.ts';
import { hasSeveralTargets } from './targets.ts';

const reasons: Readonly<Record<RunRecord['stop']['reason'], string>> = {
  epochs: 'all epochs were completed',
  seconds: 'the time limit was reached',
  loss: 'the loss reached its threshold',
  patience: 'the loss no longer improved',
  gradientNorm: 'the gradient norm reached its threshold',
  aborted: 'the run was interrupted',
  diverged: 'the loss was no longer finite, or far above its start',
};
/** The reason in words. A record that was not checked may have any text as the reason. */
const because = (reason: RunRecord['stop']['reason']): string =>
  Object.hasOwn(reasons, reason) ? reasons[reason] : reason;

/** The main score, on the held-out rows if there are any. */
function headline({
  data,
  validation,
  test,
  metrics,
  experiment,
  baselines,
}: RunRecord): { value: string; label: Content }[] {
  const [part, scores] =
    Object.keys(test).length > 0
      ? ['test rows', test]
      : Object.keys(validation).length > 0
        ? ['validation rows', validation]
        : ['training rows', metrics];
  if (scores.accuracy !== undefined) {
    // of a sample of many rows, the interval would be another one
    const verdict = baselines?.verdict?.of === undefined ? baselines?.verdict : undefined;
    const [low, high] = (verdict?.networkInterval ?? []).map((share) => numberText(100 * share, 3));
    const interval = low === undefined ? '' : ` (95 % interval ${low} to ${high} %)`;
    return [{ value: `${numberText(100 * scores.accuracy, 4)} %`, label: `accuracy, ${part}${interval}` }];
  }
  if (scores.r2 === undefined) return [];
  const of = data === undefined ? '' : html` in ${nameHtml(data.target)}`;
  return [
    // The mean over several targets would mix their units.
    ...(hasSeveralTargets(experiment)
      ? []
      : [{ value: numberText(numberOf(scores.meanAbsoluteError), 4), label: html`mean absolute error${of}, ${part}` }]),
    ...(Number.isFinite(scores.r2) ? [{ value: numberText(scores.r2, 3), label: `R², ${part}` }] : []),
  ];
}

export function outcome(record: RunRecord): Markup {
  const { stop, kept, loss, experiment } = record;
  const { watch } = experiment.training.stop;
  const epochs = `${countText(stop.epoch)} epoch${stop.epoch === 1 ? '' : 's'}`;
  const why =
    stop.reason === 'patience' && watch !== undefined
      ? `the ${metricName(watch)} no longer improved`
      : sentenceText(because(stop.reason));
  const sentences: Content[] = [
    html`Training stopped after ${epochs} (${secondsHtml(`${numberText(numberOf(stop.seconds), 3)} seconds`)}): ${why}.`,
  ];
  if (kept !== undefined) {
    sentences.push(
      `The model has the weights after epoch ${kept.epoch}, ${kept.why === 'best' ? 'the best epoch' : 'the last epoch whose loss was no higher than at the start'}.`,
    );
  }
  if (experiment.training.gradient === 'averagedFactors') {
    sentences.push('Training used averaged factors, which are not the gradient of the loss.');
  }
  const diverged =
    stop.reason === 'diverged'
      ? html`<p class="diverged"><strong>Training diverged.</strong> ${sentenceText(stop.cause ?? '')}</p>`
      : nothing;
  const numbers = [
    ...headline(record),
    {
      value: numberText(numberOf(loss.final), 4),
      label: `training loss, from ${numberText(numberOf(loss.first), 4)}`,
    },
  ];
  const big = numbers.map(({ value, label }) => html`<div><b>${value}</b><span>${label}</span></div>`);
  return html`<p class="outcome">${join(sentences, ' ')}</p>${diverged}<div class="big">${big}</div>${verdict(record)}`;
}

function verdict({ baselines }: RunRecord): Markup {
  const found = baselines?.verdict;
  if (found === undefined) return nothing;
  return html`<p class="verdict${found.outcome === 'better' ? '' : ' alert'}">${sentenceText(found.text)}</p>`;
}

export const notices = (warnings: readonly string[]): Markup =>
  section('Warnings', join(warnings.map((item) => html`<p>${sentenceText(item)}</p>`)), 'notices');
