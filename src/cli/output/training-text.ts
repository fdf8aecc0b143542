/** The summary of a finished training on a terminal. */
import { dirname } from 'node:path';
import { columnsOf } from '../../data/encode/targets/stored-target.ts';
import { numberText } from '../../explain/numbers.ts';
import { shownScores } from '../../net/metrics.ts';
import type { Setup } from '../../net/setup.ts';
import type { BaselineRecord } from '../../report/record.ts';
import type { Trained } from '../../train/run.ts';
import type { RunFiles } from '../run-folder/folder.ts';
import { shellPath } from './shell.ts';
import { count, duration, type Terminal } from './terminal.ts';

/** The flags that train a table's linear model, if that model is the better choice. */
export function linearFlags({ linear, verdict }: Partial<BaselineRecord> = {}): string | undefined {
  if (linear === undefined || verdict?.baseline !== 'linear' || verdict.outcome === 'better') return undefined;
  return `These flags train it: --hidden '' --optimizer lbfgs --l2 ${Number(linear.l2.toPrecision(3))}`;
}

/** Why a run ended, for a sentence that begins with "Stopped". */
const reasons: Readonly<Record<Trained['stop']['reason'], string>> = {
  epochs: 'all epochs were completed',
  seconds: 'the time limit was reached',
  loss: 'the loss reached its threshold',
  patience: 'the loss no longer improved',
  gradientNorm: 'the gradient norm reached its threshold',
  aborted: 'the run was interrupted',
  diverged: 'the loss was no longer finite, or far above its start',
};

export function describeRun(
  trained: Trained,
  setup: Setup,
  files: RunFiles,
  terminal: Terminal,
  baselines: BaselineRecord | undefined,
  advice: string | undefined,
): string {
  const { stop, loss, kept } = trained;
  const { colors } = terminal;
  const watched = setup.watch.metric?.text;
  const reason =
    stop.reason === 'patience' && watched !== undefined ? `the ${watched} no longer improved` : reasons[stop.reason];
  const lines = [
    '',
    `${stop.reason === 'diverged' ? colors.red('Diverged') : colors.bold('Stopped')} after ${count(stop.epoch, 'epoch')} (${duration(stop.seconds)}${stop.evaluations === undefined ? '' : `, ${count(stop.evaluations, 'evaluation')} of loss and gradient`}): ${reason}.`,
  ];
  if (stop.cause !== undefined) lines.push(terminal.wrap(stop.cause));
  if (kept !== undefined) {
    const why = kept.why === 'best' ? 'the best' : 'the last whose loss was no higher than at the start';
    lines.push(`The kept weights are those after epoch ${kept.epoch}, ${why}.`);
  }
  if (setup.recipe.gradient === 'averagedFactors') {
    lines.push('Trained with averagedFactors, which is not the gradient of the loss.');
  }
  // those of the setup were printed before training
  for (const note of trained.notes.slice(setup.notes.length)) lines.push(terminal.wrap(note));
  lines.push(`Loss on the training rows: ${numberText(loss.first)} before training, ${numberText(loss.final)} after.`);
  for (const [part, result] of [
    ['Validation', trained.validation],
    ['Test', trained.test],
  ] as const) {
    const shown = Object.entries(shownScores(result ?? {})).map(([name, value]) => `${name} ${numberText(value, 4)}`);
    if (shown.length > 0) lines.push(terminal.wrap(`${part}: ${shown.join(', ')}.`));
  }
  if (baselines?.verdict !== undefined) {
    const { text, outcome } = baselines.verdict;
    const shown = terminal.wrap(advice === undefined ? text : `${text} ${advice}`);
    lines.push(outcome === 'better' ? shown : colors.yellow(shown));
  }
  if (setup.measure.units !== undefined && setup.prepared?.encoding.scale === 'standard') {
    const { target } = setup.prepared.encoding;
    const errors =
      columnsOf(target) !== undefined
        ? 'the errors of each target are in its own unit, and the overall errors are their mean'
        : `the errors are in the unit of "${target.name}"`;
    lines.push(terminal.wrap(`Losses are in training units; ${errors}.`));
  }
  if (stop.reason === 'aborted' && setup.schedule.checkpoint !== false) {
    lines.push(terminal.wrap(`To resume, run the same command with --resume --out ${shellPath(dirname(files.model))}`));
  }
  lines.push('', ...Object.entries(files).map(([name, path]) => `${name.padEnd(8)} ${terminal.path(path)}`));
  return lines.join('\n');
}
