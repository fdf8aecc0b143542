/** Trains an experiment with progress, checkpoints and baselines, and writes the run's folder. */
import { fail, InputError } from '../../base/errors.ts';
import { engineText } from '../../model/engine-choice.ts';
import type { Setup } from '../../net/setup.ts';
import { type RunRecord, recordOf } from '../../report/record.ts';
import { type Baselines, baselines } from '../../studies/baselines.ts';
import { ForeignCheckpoint } from '../../train/foreign-checkpoint.ts';
import { changeText } from '../../train/resume-changes.ts';
import type { Trained } from '../../train/run.ts';
import { train } from '../../train/train.ts';
import type { Snapshot } from '../../train/trainer.ts';
import { withWeightsOf } from '../input/model.ts';
import type { Opened } from '../input/open.ts';
import { showProgress } from '../output/progress.ts';
import { count, type Terminal, type TerminalFlags } from '../output/terminal.ts';
import { describeRun, linearFlags } from '../output/training-text.ts';
import { findCheckpoint, keepCheckpoint } from '../run-folder/checkpoints.ts';
import { chooseFolder, type FolderFlags, type RunFiles, type RunFolder, writeRun } from '../run-folder/folder.ts';
import { stagingFolder } from '../run-folder/staging.ts';
import { exitCode, type Interruption, listen } from '../system/signals.ts';
import { WriteError } from '../system/write-error.ts';
import { versions } from '../version.ts';

export interface TrainFlags extends TerminalFlags, FolderFlags {
  readonly from?: string;
  readonly verbose?: boolean;
  readonly folds?: string;
  readonly findRate?: boolean;
  readonly overfitBatch?: boolean;
  /** False with --no-baselines. */
  readonly baselines?: boolean;
}

export interface Finished {
  readonly trained: Trained;
  /** The document that --json prints. */
  readonly document: unknown;
  readonly folder: string;
  readonly code: number;
}

/** Reads the newest complete checkpoint in the folder, and says from where training resumes. */
function resumeFrom(
  { path: folder, checkpoints, replaces }: RunFolder,
  read: (bytes: Uint8Array, where: string) => Snapshot,
  terminal: Terminal,
  isFound: boolean,
): Snapshot | undefined {
  let snapshot: Snapshot | undefined;
  try {
    snapshot = findCheckpoint(checkpoints, read, (warning) => terminal.warn(warning));
  } catch (error) {
    if (!(error instanceof ForeignCheckpoint)) throw error;
    const { what, where } = error;
    if (!replaces) {
      const flagged = error.fix.replace('start a new run', 'start a new run with --overwrite');
      throw new ForeignCheckpoint({ what, where, fix: flagged });
    }
    const fix = `It belongs to an interrupted run that was to replace this one. Resume with the file and the flags of that run, start again with --overwrite, or remove ${stagingFolder(folder)} to keep the old run.`;
    fail({ what, where, fix });
  }
  if (snapshot === undefined) {
    terminal.say(`There is no checkpoint in ${folder}. Training starts from the beginning.`);
    return undefined;
  }
  const { epoch, position } = snapshot.progress.places[snapshot.progress.now];
  const within = position === 0 ? '' : `, ${count(position, 'step')} into the next`;
  const changes = snapshot.progress.changes?.filter((change) => change.epoch === epoch) ?? [];
  terminal.say(`Resumes after ${count(epoch, 'epoch')}${within}.${isFound ? ` The run is ${folder}.` : ''}`);
  if (changes.length > 0) terminal.say(terminal.wrap(`With other options: ${changeText(changes)}.`));
  return snapshot;
}

interface Measured {
  readonly trained: Trained;
  readonly baselines?: Baselines;
  /** Seconds that the baselines took. */
  readonly seconds?: number;
}

/** Trains with progress and checkpoints, then trains the baselines. */
async function trainInto(
  folder: RunFolder,
  setup: Setup,
  flags: TrainFlags,
  signals: Interruption,
  terminal: Terminal,
): Promise<Measured> {
  let printed = setup.warnings.length;
  const run = train(setup, {
    probe: true,
    signal: signals.signal,
    // the warnings of the setup were printed before
    onStart({ warnings }) {
      for (const warning of warnings.slice(setup.warnings.length)) terminal.warn(warning);
      printed = warnings.length;
    },
    onCheckpoint: (bytes) => keepCheckpoint(folder.checkpoints, bytes, folder.above),
    resume: flags.resume ? (read) => resumeFrom(folder, read, terminal, flags.out === undefined) : undefined,
  });
  await showProgress(run, setup.schedule, terminal);
  const trained = await run;
  for (const warning of trained.warnings.slice(printed)) terminal.warn(warning);
  if (flags.baselines === false || trained.stop.reason === 'aborted') return { trained };
  const began = performance.now();
  const found = await baselines(setup, { signal: signals.signal });
  return { trained, baselines: found, seconds: (performance.now() - began) / 1000 };
}

/** Writes the run. If that fails, the message says that the checkpoint has saved the training. */
async function writeFiles(
  folder: RunFolder,
  { model, history }: Trained,
  record: RunRecord,
  hasCheckpoint: boolean,
): Promise<RunFiles> {
  try {
    return await writeRun(folder, { model, record, history });
  } catch (error) {
    if (!(error instanceof InputError) || !hasCheckpoint) throw error;
    const { what, where } = error;
    const fix = error instanceof WriteError ? error.systemFix : 'fix that';
    return fail({ what, where, fix: `The training is saved: ${fix}, and --resume writes the missing files.` });
  }
}

/** Trains with progress, writes the run's folder, and prints the results. With `silent`, the caller prints the document. */
export async function runTraining(
  opened: Opened,
  flags: TrainFlags,
  terminal: Terminal,
  { silent = false, command }: { readonly silent?: boolean; readonly command?: string } = {},
): Promise<Finished> {
  const setup = flags.from === undefined ? opened.setup : await withWeightsOf(opened.setup, flags.from);
  for (const line of [...setup.notes, ...opened.defaults]) terminal.say(terminal.wrap(line));
  for (const warning of setup.warnings) terminal.warn(warning);
  const folder = chooseFolder(opened.name, flags, { notify: (text) => terminal.alert([text]) });
  const signals = listen();
  let measured: Measured;
  try {
    measured = await trainInto(folder, setup, flags, signals, terminal);
  } catch (error) {
    signals.release();
    folder.abandon();
    throw error;
  }
  const { trained, baselines: found } = measured;
  const { name, description, reading } = opened;
  const seconds = { reading, baselines: measured.seconds };
  const record = recordOf({ name, versions, command, baselines: found, description, seconds }, setup, trained);
  let files: RunFiles;
  try {
    files = await writeFiles(folder, trained, record, setup.schedule.checkpoint !== false);
  } finally {
    // a signal during writing takes effect after the files are complete
    signals.release();
    folder.release();
  }
  const { stop, loss, metrics, validation = {}, test = {}, engine, kept, changes, warnings } = trained;
  const scores = { stop, loss, metrics, validation, test, baselines: record.baselines };
  const document = { ...scores, engine, files, kept, changes, warnings };
  const advice = opened.defaults.length > 0 ? linearFlags(record.baselines) : undefined;
  const text = describeRun(trained, setup, files, terminal, record.baselines, advice);
  if (flags.verbose) terminal.say(`\nEngine: ${engineText(engine)}.`);
  if (silent) terminal.say(text);
  else terminal.result(document, text);
  return { trained, document, folder: folder.path, code: exitCode(stop.reason, signals) };
}
