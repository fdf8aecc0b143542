/** `chainrule train`: trains an experiment file or a table, and writes the run's folder. */

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { type Command, Option } from 'commander';
import { fail, InputError } from '../../base/errors.ts';
import { columnsOf } from '../../data/encode/targets/index.ts';
import { numberText } from '../../explain/numbers.ts';
import { fromStateDict } from '../../formats/pytorch.ts';
import { fromSafetensors } from '../../formats/safetensors.ts';
import { engineText } from '../../model/engine-choice.ts';
import { load, Model } from '../../model/model.ts';
import { describeNetwork } from '../../net/description.ts';
import { shownScores } from '../../net/metrics.ts';
import type { Parameters } from '../../net/network.ts';
import type { Setup } from '../../net/setup.ts';
import { type BaselineRecord, recordOf } from '../../report/record.ts';
import { type Baselines, baselines } from '../../studies/baselines.ts';
import { ForeignCheckpoint } from '../../train/checkpoint.ts';
import { type Trained, train } from '../../train/train.ts';
import type { Snapshot } from '../../train/trainer.ts';
import { startFrom } from '../../train/warm-start.ts';
import { findCheckpoint, keepCheckpoint } from '../checkpoints.ts';
import { readBinary } from '../files.ts';
import { addExperimentFlags, blame, type FlagValues } from '../flags.ts';
import { chooseFolder, type FolderFlags, type RunFiles, type RunFolder, writeRun } from '../folder.ts';
import { type Opened, open, type Start } from '../open.ts';
import { showProgress, showReading } from '../progress.ts';
import { shellCommand, shellPath } from '../shell.ts';
import { exitCode, listen } from '../signals.ts';
import { inRun, stagingFolder } from '../staging.ts';
import { count, duration, Terminal, type TerminalFlags } from '../terminal.ts';
import { versions } from '../version.ts';
import { WriteError } from '../write.ts';

export interface TrainFlags extends TerminalFlags, FolderFlags {
  readonly from?: string;
  readonly verbose?: boolean;
  readonly folds?: string;
  readonly findRate?: boolean;
  readonly overfitBatch?: boolean;
  /** False under --no-baselines. */
  readonly baselines?: boolean;
}

export function trainCommand(program: Command): void {
  const command = program
    .command('train')
    .summary('train an experiment file, or a table with --target')
    .description(
      'Trains an experiment file (JSON), or a table (CSV, TSV, JSON and others) with --target, and writes the run into a folder.',
    )
    .argument('<file>', 'experiment.json, a worked example, or table.csv')
    .option('--out <folder>', "where the run goes; default runs/<file's name>-<n>")
    .option(
      '--overwrite',
      'replace the run that the folder holds, once the new one is complete; files that chainrule did not write stay',
    )
    .option('--resume', 'go on from the checkpoint in --out, or in the last of this name in runs/')
    .option('--from <model>', 'start from the weights of this model')
    .option('--no-baselines', 'do not set a constant and a linear model beside the network')
    .option('--verbose', 'say what the engine did, and how much memory it took');
  for (const [flag, description] of looks) command.addOption(new Option(flag, description).helpGroup('Instead:'));
  addExperimentFlags(command)
    .addHelpText(
      'after',
      `\n${tableDefaults}\n\nExamples:\n  chainrule train experiment.json --epochs 500 --out runs/try\n  chainrule train penguins.csv --target species --hidden 64,32 --patience 10`,
    )
    .action(async (file: string, flags: TrainFlags & FlagValues) => {
      const terminal = new Terminal(flags);
      const { reading, done } = showReading(terminal);
      // folds refuse it, with a reason
      const start = flags.from === undefined || flags.folds !== undefined ? undefined : await startOf(flags.from);
      const opened = await open(file, flags, reading, start);
      done();
      try {
        process.exitCode = await look(opened, flags, terminal, commandLine(file));
      } catch (error) {
        throw blame(error, flags);
      }
    });
}

const tableDefaults = `A table without an experiment file gets --validation 0.2 --optimizer adam
--learning-rate 0.001 --batch-size 32 --epochs 200 --patience 20.`;

/** What is done in place of training. */
const looks = [
  ['--folds <k>', 'cross-validates: trains k times, each time without another fold, and measures on it'],
  ['--find-rate', 'tries growing learning rates for some steps, and suggests one'],
  [
    '--overfit-batch',
    'tests whether the set-up can learn one batch (32 rows, or --batch-size) by heart; exit 1 if not',
  ],
] as const;

/** Trains, or does what a flag asks for instead. Returns the exit code. */
async function look(
  opened: Opened,
  flags: TrainFlags & FlagValues,
  terminal: Terminal,
  command: string,
): Promise<number> {
  const asked = (['folds', 'findRate', 'overfitBatch'] as const).filter((name) => flags[name] !== undefined);
  if (asked.length > 1) {
    const names = { folds: '--folds', findRate: '--find-rate', overfitBatch: '--overfit-batch' };
    fail({ what: `it does not go with ${names[asked[1]]}`, where: names[asked[0]], fix: 'Leave one of them out.' });
  }
  if (asked.length === 0) return (await runTraining(opened, flags, terminal, { command })).code;
  if (asked[0] === 'folds') return (await import('../folds.ts')).runFolds(opened, flags, terminal);
  if (flags.resume) {
    fail({ what: 'there is no training to go on with', where: '--resume', fix: 'Leave it out.' });
  }
  const setup = flags.from === undefined ? opened.setup : await warmly(opened.setup, flags.from);
  for (const line of [...setup.notes, ...opened.defaults]) terminal.say(terminal.wrap(line));
  for (const warning of setup.warnings) terminal.warn(warning);
  if (asked[0] === 'findRate') return (await import('../rate.ts')).runRateTest(setup, opened.name, flags, terminal);
  const { batchSize } = flags;
  const rows = batchSize === undefined || setup.batchSize === 'full' ? undefined : setup.batchSize;
  return (await import('../overfit.ts')).runOverfit(setup, rows, terminal);
}

/** The model in a file, or in a run's folder. */
export async function openModel(path: string): Promise<Model> {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const readFrom = (file: string) => ({ file, bytes: readBinary(file) });
  const { file, bytes } = isFolder ? inRun(path, 'model.safetensors', readFrom) : readFrom(path);
  if (!['.onnx', '.safetensors', ''].includes(extname(file))) {
    fail({
      what: 'it is no model that is read',
      where: file,
      fix: "Give a run's folder, a model.safetensors or an ONNX file; the model comes first, then the data.",
    });
  }
  if (extname(file) !== '.onnx') return load(bytes, { file });
  const { fromOnnx } = await import('../../formats/onnx/read.ts');
  return new Model(fromOnnx(bytes, { file }));
}

/** Whether a file holds tensors that another program named. */
function isStateDict(path: string): boolean {
  if (!(existsSync(path) && statSync(path).isFile() && extname(path) === '.safetensors')) return false;
  return fromSafetensors(readBinary(path), path).metadata.format !== 'chainrule';
}

/** The weights in a file: those of a model, or a `state_dict` that fits the network. */
async function openWeights(path: string, { network, inputs }: Opened['setup']): Promise<Parameters> {
  if (isStateDict(path)) {
    const { tensors } = fromSafetensors(readBinary(path), path);
    return fromStateDict(tensors, network, inputs.shape[1], `--from ${path}`);
  }
  return (await openModel(path)).parameters;
}

/** What a model brings besides its weights; nothing where the file holds weights alone. */
async function startOf(path: string): Promise<Start> {
  if (isStateDict(path)) return {};
  const { network, inputs, encoding } = await openModel(path);
  return { encoding, layers: describeNetwork(network, inputs).layers };
}

/** Starts from a model's weights instead of drawn ones. Throws an InputError where they do not fit. */
const warmly = async (setup: Opened['setup'], path: string): Promise<Opened['setup']> =>
  startFrom(setup, await openWeights(path, setup), `--from ${path}`);

/** Flags that say where a run goes and how it is told, not what it is; some have a value. */
const besides = new Map([
  ['--out', 1],
  ['--overwrite', 0],
  ['--resume', 0],
  ['--json', 0],
  ['--quiet', 0],
  ['--verbose', 0],
  ['--debug', 0],
]);

/** What was typed, without folders and without flags that change no number. */
function commandLine(file: string): string {
  const words: string[] = [];
  const typed = process.argv.slice(2);
  for (let i = 0; i < typed.length; i++) {
    const skipped = besides.get(typed[i].split('=')[0]);
    if (skipped === undefined)
      words.push(typed[i] === file || typed[i - 1] === '--from' ? basename(typed[i]) : typed[i]);
    else if (!typed[i].includes('=')) i += skipped;
  }
  return shellCommand(['chainrule', ...words]);
}

export interface Finished {
  readonly trained: Trained;
  /** What --json prints. */
  readonly document: unknown;
  readonly folder: string;
  readonly code: number;
}

/** The newest whole checkpoint of the folder, and what is said of it. */
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
    if (!(error instanceof ForeignCheckpoint) || !replaces) throw error;
    const { what, where } = error;
    const fix = `It is of a run that was to replace this one, and was interrupted. Resume with the file and the flags of that run, start anew with --overwrite, or remove ${stagingFolder(folder)} to go back to the run before.`;
    fail({ what, where, fix });
  }
  if (snapshot === undefined) {
    terminal.say(`There is no checkpoint to go on from in ${folder}: training starts from the beginning.`);
    return undefined;
  }
  const { epoch, position } = snapshot.progress.places[snapshot.progress.now];
  const within = position === 0 ? '' : `, ${count(position, 'step')} into the next`;
  terminal.say(`Goes on after ${count(epoch, 'epoch')}${within}.${isFound ? ` The run is ${folder}.` : ''}`);
  return snapshot;
}

/** Trains with progress, writes the folder, and says what came of it (unless `silent`: then the caller does). */
export async function runTraining(
  opened: Opened,
  flags: TrainFlags,
  terminal: Terminal,
  { silent = false, command }: { readonly silent?: boolean; readonly command?: string } = {},
): Promise<Finished> {
  const setup = flags.from === undefined ? opened.setup : await warmly(opened.setup, flags.from);
  for (const line of [...setup.notes, ...opened.defaults]) terminal.say(terminal.wrap(line));
  for (const warning of setup.warnings) terminal.warn(warning);
  const folder = chooseFolder(opened.name, flags, { tell: (text) => terminal.alert([text]) });
  const signals = listen();
  let trained: Trained;
  let found: Baselines | undefined;
  let spent: number | undefined;
  try {
    const run = train(setup, {
      probe: true,
      signal: signals.signal,
      // those of the setup were shown above
      onStart({ warnings }) {
        for (const warning of warnings.slice(setup.warnings.length)) terminal.warn(warning);
      },
      onCheckpoint: (bytes) => keepCheckpoint(folder.checkpoints, bytes, folder.above),
      resume: flags.resume ? (read) => resumeFrom(folder, read, terminal, flags.out === undefined) : undefined,
    });
    await showProgress(run, setup.schedule, terminal);
    trained = await run;
    if (flags.baselines !== false && trained.stop.reason !== 'aborted') {
      const began = performance.now();
      found = await baselines(setup, signals);
      spent = (performance.now() - began) / 1000;
    }
  } catch (error) {
    signals.release();
    folder.abandon();
    throw error;
  }
  const { name, description, reading } = opened;
  const record = recordOf(
    { name, versions, command, baselines: found, description, seconds: { reading, baselines: spent } },
    setup,
    trained,
  );
  let files: RunFiles;
  try {
    files = await writeRun(folder, { model: trained.model, record, history: trained.history });
  } catch (error) {
    if (!(error instanceof InputError) || setup.schedule.checkpoint === false) throw error;
    const { what, where } = error;
    const fix = error instanceof WriteError ? error.systemFix : 'fix that';
    return fail({ what, where, fix: `The training is saved: ${fix}, and --resume writes what is missing.` });
  } finally {
    // a signal that comes while files are written waits for them
    signals.release();
    folder.release();
  }
  const { stop, loss, metrics, validation, test, engine, kept, warnings } = trained;
  const document = {
    stop,
    loss,
    metrics,
    validation,
    test,
    baselines: record.baselines,
    engine,
    files,
    kept,
    warnings,
  };
  const how = opened.defaults.length > 0 ? linearFlags(record.baselines) : undefined;
  const text = describeRun(trained, setup, files, terminal, record.baselines, how);
  if (flags.verbose) terminal.say(`\nEngine: ${engineText(engine)}.`);
  if (silent) terminal.say(text);
  else terminal.result(document, text);
  return { trained, document, folder: folder.path, code: exitCode(stop.reason, signals) };
}

/** How a table's linear model is trained by itself, where it is the one to use. */
function linearFlags({ linear, verdict }: Partial<BaselineRecord> = {}): string | undefined {
  if (linear === undefined || verdict?.baseline !== 'linear' || verdict.outcome === 'better') return undefined;
  return `These flags train it: --hidden '' --optimizer lbfgs --l2 ${Number(linear.l2.toPrecision(3))}`;
}

/** Why a run ended, as the end of "stopped …". */
const because: Readonly<Record<Trained['stop']['reason'], string>> = {
  epochs: 'all epochs are done',
  seconds: 'the time is up',
  loss: 'the loss is low enough',
  patience: 'the loss no longer improves',
  gradientNorm: 'the gradient is nearly 0',
  aborted: 'it was interrupted',
  diverged: 'the loss is no longer finite',
};

function describeRun(
  trained: Trained,
  setup: Setup,
  files: RunFiles,
  terminal: Terminal,
  beside: BaselineRecord | undefined,
  how: string | undefined,
): string {
  const { stop, loss, kept } = trained;
  const { colors } = terminal;
  const watched = setup.watch.metric?.text;
  const reason =
    stop.reason === 'patience' && watched !== undefined ? `the ${watched} no longer improves` : because[stop.reason];
  const lines = [
    '',
    `${stop.reason === 'diverged' ? colors.red('Diverged') : colors.bold('Stopped')} after ${count(stop.epoch, 'epoch')} (${duration(stop.seconds)}${stop.evaluations === undefined ? '' : `, ${count(stop.evaluations, 'evaluation')} of loss and gradient`}): ${reason}.`,
  ];
  if (stop.cause !== undefined) lines.push(terminal.wrap(stop.cause));
  if (kept !== undefined) {
    const why = kept.why === 'best' ? 'the best' : 'the last whose loss was finite';
    lines.push(`The weights kept are those after epoch ${kept.epoch}, ${why}.`);
  }
  if (setup.recipe.gradient === 'averagedFactors') {
    lines.push('Trained by averagedFactors, which is not the gradient of the loss.');
  }
  lines.push(`Loss on the training rows: ${numberText(loss.first)} before, ${numberText(loss.final)} after.`);
  for (const [part, result] of [
    ['Validation', trained.validation],
    ['Test', trained.test],
  ] as const) {
    const shown = Object.entries(shownScores(result)).map(([name, value]) => `${name} ${numberText(value, 4)}`);
    if (shown.length > 0) lines.push(terminal.wrap(`${part}: ${shown.join(', ')}.`));
  }
  if (beside?.verdict !== undefined) {
    const { text, outcome } = beside.verdict;
    const shown = terminal.wrap(how === undefined ? text : `${text} ${how}`);
    lines.push(outcome === 'better' ? shown : colors.yellow(shown));
  }
  if (setup.measure.units !== undefined && setup.prepared?.encoding.scale === 'standard') {
    const { target } = setup.prepared.encoding;
    const errors =
      columnsOf(target) !== undefined
        ? "each target's errors are in its own, and those of all are their mean, whatever the units"
        : `the errors are in those of "${target.name}"`;
    lines.push(terminal.wrap(`Losses are in training units; ${errors}.`));
  }
  if (stop.reason === 'aborted' && setup.schedule.checkpoint !== false) {
    lines.push(terminal.wrap(`To go on: the same command with --resume --out ${shellPath(dirname(files.model))}`));
  }
  lines.push('', ...Object.entries(files).map(([name, path]) => `${name.padEnd(8)} ${terminal.path(path)}`));
  return lines.join('\n');
}
