/** `chainrule train`: trains an experiment file or a table, and writes the run's folder. */
import { type Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import { addExperimentFlags } from '../flags/add.ts';
import { inFlags } from '../flags/notation.ts';
import type { FlagValues } from '../flags/values.ts';
import { modelToStartFrom, withWeightsOf } from '../input/model.ts';
import { type Opened, open } from '../input/open.ts';
import { commandLine } from '../output/command-line.ts';
import { showReading } from '../output/progress.ts';
import { Terminal } from '../output/terminal.ts';
import { resumedStop } from '../run-folder/resumed-stop.ts';
import { runTraining, type TrainFlags } from '../training/train.ts';

export function trainCommand(program: Command): void {
  const command = program
    .command('train')
    .summary('train an experiment file, or a table with --target')
    .description(
      'Trains an experiment file (JSON), or a table (CSV, TSV, JSON and others) with --target, and writes the run into a folder.',
    )
    .argument('<file>', 'experiment.json, a worked example, or table.csv')
    .option('--out <folder>', "folder for the run; default runs/<file's name>-<n>")
    .option(
      '--overwrite',
      'replace the run in the folder when the new one is complete; files that chainrule did not write are kept',
    )
    .option('--resume', 'resume from the checkpoint in --out, or in the latest run of this name in runs/')
    .option('--from <model>', 'start from the weights of this model')
    .option('--no-baselines', 'do not train a constant and a linear model for comparison')
    .option('--verbose', 'print the engine, its threads and its memory');
  for (const [flag, description] of modes) command.addOption(new Option(flag, description).helpGroup('Modes:'));
  addExperimentFlags(command)
    .addHelpText(
      'after',
      `\n${tableDefaults}\n\nExamples:\n  chainrule train experiment.json --epochs 500 --out runs/try\n  chainrule train penguins.csv --target species --hidden 64,32 --patience 10`,
    )
    .action(async (file: string, flags: TrainFlags & FlagValues) => {
      const terminal = new Terminal(flags);
      const { reading, done } = showReading(terminal);
      // --folds refuses --from, with a reason
      const from =
        flags.from === undefined || flags.folds !== undefined
          ? undefined
          : await modelToStartFrom(flags.from, terminal);
      const opened = await open(file, flags, {
        reading,
        from,
        stopOf: flags.resume ? (name) => resumedStop(name, flags) : undefined,
      });
      done();
      try {
        process.exitCode = await runMode(opened, flags, terminal, commandLine(file));
      } catch (error) {
        throw inFlags(error, flags);
      }
    });
}

const tableDefaults = `A table without an experiment file gets --validation 0.2 --optimizer adam
--learning-rate 0.001 --batch-size 32 --epochs 200 --patience 20.`;

/** What a command may do instead of training. */
const modes = [
  ['--folds <k>', 'cross-validation: trains k times, and measures each time on another held-out fold'],
  ['--find-rate', 'learning rate range test: increases the rate step by step, and suggests a rate'],
  [
    '--overfit-batch',
    'tests whether the network can memorize one batch (32 rows, or --batch-size); exits with 1 if not',
  ],
] as const;

/** Trains, or runs the mode that a flag selects. Returns the exit code. */
async function runMode(
  opened: Opened,
  flags: TrainFlags & FlagValues,
  terminal: Terminal,
  command: string,
): Promise<number> {
  const asked = (['folds', 'findRate', 'overfitBatch'] as const).filter((name) => flags[name] !== undefined);
  if (asked.length > 1) {
    const names = { folds: '--folds', findRate: '--find-rate', overfitBatch: '--overfit-batch' };
    fail({
      what: `it cannot be combined with ${names[asked[1]]}`,
      where: names[asked[0]],
      fix: 'Leave one of them out.',
    });
  }
  if (asked.length === 0) return (await runTraining(opened, flags, terminal, { command })).code;
  if (asked[0] === 'folds') return (await import('../training/folds.ts')).runFolds(opened, flags, terminal);
  if (flags.resume) {
    fail({ what: 'there is no training to resume', where: '--resume', fix: 'Leave it out.' });
  }
  const setup = flags.from === undefined ? opened.setup : await withWeightsOf(opened.setup, flags.from);
  for (const line of [...setup.notes, ...opened.defaults]) terminal.say(terminal.wrap(line));
  for (const warning of setup.warnings) terminal.warn(warning);
  if (asked[0] === 'findRate')
    return (await import('../training/learning-rate.ts')).runRateTest(setup, opened.name, flags, terminal);
  const { batchSize } = flags;
  const rows = batchSize === undefined || setup.batchSize === 'full' ? undefined : setup.batchSize;
  return (await import('../training/overfit-batch.ts')).runOverfit(setup, rows, terminal);
}
