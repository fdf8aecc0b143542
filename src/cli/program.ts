/** The command line as a function: finds the command, runs it, and turns an error into a message and an exit code. */
import { Command, CommanderError, Help } from 'commander';
import { InputError } from '../base/errors.ts';
import { printable } from '../base/printable.ts';
import { errorText } from './output/terminal.ts';
import { forgetInputs } from './system/input-files.ts';
import { OutputEnded } from './system/standard-output.ts';
import { versions } from './version.ts';

/** The exit code for wrong input or a wrong call. */
const wrongInput = 2;

/**
 * The commands by name, in the order of the help. Only the called command is loaded. To add one, write its file in `commands/`
 * with a function that declares it, and name it here.
 */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  train: async () => (await import('./commands/train.ts')).trainCommand,
  predict: async () => (await import('./commands/predict.ts')).predictCommand,
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  summary: async () => (await import('./commands/summary.ts')).summaryCommand,
  data: async () => (await import('./commands/data.ts')).dataCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  embed: async () => (await import('./commands/embed.ts')).embedCommand,
  walk: async () => (await import('./commands/walk.ts')).walkCommand,
  neighbors: async () => (await import('./commands/neighbors.ts')).neighborsCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  compare: async () => (await import('./commands/compare.ts')).compareCommand,
  lab: async () => (await import('./commands/lab.ts')).labCommand,
};

/** The maximum width of the flags' column in the help. A longer flag gets a line of its own. */
const maxFlagWidth = 30;

const helpLayout: Partial<Help> = {
  padWidth(command, helper) {
    return Math.min(maxFlagWidth, Help.prototype.padWidth.call(helper, command, helper));
  },
  formatItem(term, termWidth, description, helper) {
    const format = (each: string) => Help.prototype.formatItem.call(helper, each, termWidth, description, helper);
    return helper.displayWidth(term) <= termWidth ? format(term) : `  ${term}\n${format('')}`;
  },
};

async function build(called: string | undefined): Promise<Command> {
  const program = new Command('chainrule')
    .description('Trains neural networks and graph embeddings, and shows and checks every number of a training step.')
    .version(versions.chainrule)
    .helpCommand(false)
    .configureHelp(helpLayout)
    .showSuggestionAfterError(true)
    .showHelpAfterError('  Run with --help to list the commands and options.')
    .configureOutput({ outputError: (text, write) => write(printable(text.replace(/^error: /, 'error '))) })
    .exitOverride()
    .addHelpText('after', '\nStart with: chainrule demo');
  const isKnown = called !== undefined && Object.hasOwn(commands, called);
  for (const name of isKnown ? [called] : called === '--version' ? [] : Object.keys(commands)) {
    (await commands[name]())(program);
  }
  for (const command of program.commands) {
    command
      .option('--json', 'print one JSON document on standard output')
      .option('--quiet', 'print errors only')
      .option('--debug', 'print the stack trace of an error');
  }
  return program;
}

/** Prints an error: what, where and the fix; with --debug, its stack trace. */
function report(error: unknown, isDebug: boolean): void {
  if (isDebug && error instanceof Error) process.stderr.write(printable(`${error.stack}\n`));
  else if (error instanceof InputError) process.stderr.write(errorText(error.message));
  else {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      printable(
        `error ${message}\n  This is a bug in chainrule. Run the command again with --debug and report the output.\n`,
      ),
    );
  }
}

/** Runs a command, such as `['train', 'experiment.json']`. Sets `process.exitCode` if the exit code is not 0. */
export async function run(words: readonly string[]): Promise<void> {
  forgetInputs();
  try {
    const program = await build(words[0]);
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof OutputEnded) process.exitCode = 0;
    else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : wrongInput;
    else {
      report(error, words.includes('--debug'));
      process.exitCode = wrongInput;
    }
  }
}
