/** `train --folds`: cross-validation instead of one training. Prints a table of the folds, and writes `folds.json` into the run's folder. */
import { fail } from '../../base/errors.ts';
import { printableJson } from '../../base/printable.ts';
import type { InlineData } from '../../data/inline/inline.ts';
import { numberText } from '../../explain/numbers.ts';
import { metrics } from '../../net/metrics.ts';
import type { TableData } from '../../net/table-setup.ts';
import { type CrossValidated, type Fold, validateFolds } from '../../studies/folds.ts';
import type { HistoryRow } from '../../train/history.ts';
import { inFlags } from '../flags/notation.ts';
import { type FlagValues, numberFlag } from '../flags/values.ts';
import type { Opened } from '../input/open.ts';
import { count, type Terminal } from '../output/terminal.ts';
import { chooseFolder, type FolderFlags, replaceRun, runFiles } from '../run-folder/folder.ts';
import { listen } from '../system/signals.ts';
import { versions } from '../version.ts';

export interface FoldFlags extends FolderFlags {
  readonly folds?: string;
  readonly from?: string;
}

/** The data of an experiment, to be divided into folds. */
function dataOf({ setup, table }: Opened): InlineData | TableData {
  const { data } = setup.json;
  if (!('file' in data)) return data;
  const { file: _file, missing: _missing, notMissing: _notMissing, ...options } = data;
  return { ...options, table: table! };
}

/** Milliseconds between two updates of the live line. */
const updateInterval = 50;

/** Returns the exit code: 1 if a fold diverged, 130 after an interruption. */
export async function runFolds(opened: Opened, flags: FoldFlags, terminal: Terminal): Promise<number> {
  const k = numberFlag(flags.folds, '--folds');
  for (const [flag, why] of [
    ['resume', 'folds are trained from the start each time'],
    ['from', 'the model was trained on all rows, so the scores of held-out folds would be misleading'],
  ] as const) {
    if (flags[flag])
      fail({ what: `it cannot be combined with --folds: ${why}`, where: `--${flag}`, fix: 'Leave it out.' });
  }
  const { setup, name } = opened;
  for (const line of opened.defaults) terminal.say(terminal.wrap(line));
  for (const warning of setup.warnings) terminal.warn(warning);
  const folder = chooseFolder(name, flags, { notify: (text) => terminal.alert([text]) });
  const signals = listen();
  let shown = 0;
  const live = (row: HistoryRow, fold: number) => {
    const now = performance.now();
    if (now < shown + updateInterval) return;
    shown = now;
    terminal.live(`fold ${fold + 1} of ${k}  epoch ${row.epoch}  loss ${numberText(row.loss, 4)}`);
  };
  let result: CrossValidated;
  try {
    result = await validateFolds(setup.network, dataOf(opened), setup, {
      folds: k,
      signal: signals.signal,
      ...(terminal.isLive && { onEpoch: live }),
      onFold(fold, f) {
        if (!terminal.isLive)
          terminal.say(`fold ${f + 1} of ${k}  ${count(fold.stop.epoch, 'epoch')}  loss ${numberText(fold.loss, 4)}`);
      },
    });
  } catch (error) {
    folder.abandon();
    throw inFlags(error, flags as FlagValues, { own: { folds: '--folds' } });
  } finally {
    terminal.settle(true);
    signals.release();
  }
  const { folds, mean, std, predictions, notes } = result;
  if (folds.length === 0) {
    folder.abandon();
    terminal.say('Interrupted before the first fold was complete.');
    return signals.code;
  }
  for (const note of notes) terminal.say(terminal.wrap(note));
  const files = runFiles(folder.path);
  const record = { name, versions, experiment: setup.json, folds, mean, std, notes, predictions };
  try {
    replaceRun(folder, new Map([['folds.json', `${printableJson(JSON.stringify(record, null, 2))}\n`]]));
  } finally {
    folder.release();
  }
  terminal.result(
    { folds, mean, std, notes, files: { folds: files.folds } },
    `\n${foldTable(result, opened, terminal)}\n\nNo model is saved. To get a model, train without --folds.\n\nfolds    ${terminal.path(files.folds)}`,
  );
  if (signals.signal.aborted) return signals.code;
  return folds.some(({ stop }) => stop.reason === 'diverged') ? 1 : 0;
}

/** The usual metrics and the watched metric; `folds.json` has all of them. */
function foldTable({ folds, mean, std }: CrossValidated, { setup }: Opened, terminal: Terminal): string {
  const watched = setup.schedule.stop.watch;
  const names = metrics.flatMap(({ name, everyEpoch }) =>
    name in mean && (everyEpoch || name === watched) ? [name] : [],
  );
  const scores = ['loss', ...names];
  const scoresOf = ({ loss, metrics: own }: Fold): Readonly<Record<string, number>> => ({ loss, ...own });
  const cells = (of: Readonly<Record<string, number>>) => scores.map((score) => numberText(of[score], 4));
  const head = ['fold', 'rows', 'held out', 'epochs', ...scores];
  const rows = folds.map((fold, f) => [
    String(f + 1),
    String(fold.rows.training),
    String(fold.rows.heldOut),
    `${fold.stop.epoch}${fold.stop.reason === 'diverged' ? ', diverged' : ''}`,
    ...cells(scoresOf(fold)),
  ]);
  const empty = ['', '', ''];
  return terminal.table(
    head,
    [...rows, ['mean', ...empty, ...cells(mean)], ['std', ...empty, ...cells(std)]],
    head.map((_, i) => i).slice(1),
  );
}
