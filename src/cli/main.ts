#!/usr/bin/env node
/** The command line: commands are in files of their own; errors and exit codes are made here. */
import { Command, CommanderError } from 'commander';
import { InputError } from '../base/errors.ts';
import { auditCommand } from './commands/audit.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { dataCommand } from './commands/data.ts';
import { demoCommand } from './commands/demo.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { explainCommand } from './commands/explain.ts';
import { exportCommand } from './commands/export.ts';
import { predictCommand } from './commands/predict.ts';
import { reportCommand } from './commands/report.ts';
import { trainCommand } from './commands/train.ts';
import { colorsFor } from './terminal.ts';
import { versions } from './version.ts';

/** The input or the call is wrong. */
const wrong = 2;

function build(): Command {
  const program = new Command('chainrule')
    .description('Trains neural networks, and shows and checks every number of it.')
    .version(versions.chainrule)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .showHelpAfterError('  See what there is with --help.')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'error ')) })
    .exitOverride()
    .addHelpText('after', '\nStart with: chainrule demo');
  for (const add of [
    demoCommand,
    trainCommand,
    predictCommand,
    evaluateCommand,
    exportCommand,
    dataCommand,
    explainCommand,
    checkCommand,
    auditCommand,
    reportCommand,
    compareCommand,
  ]) {
    add(program);
  }
  for (const command of program.commands) {
    command
      .option('--json', 'one JSON document on standard output')
      .option('--quiet', 'say only errors')
      .option('--debug', 'show the stack of an error');
  }
  return program;
}

/** An error for people: what, where and the mend; its stack only when asked. */
function report(error: unknown): void {
  const isDebug = process.argv.includes('--debug');
  if (isDebug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (error instanceof InputError)
    process.stderr.write(`${colorsFor(process.stderr).red('error')} ${error.message}\n`);
  else {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `error ${message}\n  This is a fault of chainrule's own. Run again with --debug and report what it prints.\n`,
    );
  }
}

// a reader that has enough, such as head, ends the program quietly
process.stdout.on('error', (error: { code?: string }) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await build().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : wrong;
  else {
    report(error);
    process.exitCode = wrong;
  }
}
