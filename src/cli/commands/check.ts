/** `chainrule check`: compares each gradient with a central difference. */

import type { Command } from 'commander';
import { fail } from '../../base/errors.ts';
import { check } from '../../explain/check.ts';
import { numberText } from '../../explain/numbers.ts';
import { addExperimentFlags } from '../flags/add.ts';
import { type FlagValues, numberFlag } from '../flags/values.ts';
import { addGraphFlags, type GraphStepFlags, openGraphStep } from '../graphs/graph-step.ts';
import { open } from '../input/open.ts';
import { Terminal } from '../output/terminal.ts';

/** The maximum number of rows in the table; --json prints all of them. */
const maxRows = 20;

export function checkCommand(program: Command): void {
  const command = program
    .command('check')
    .summary('compare each gradient with a central difference')
    .description('Compares each gradient with a central difference of the loss; exits with 1 if they disagree.')
    .argument('<file>', 'experiment.json, a worked example, table.csv with --target, or edges.csv with --method');
  command.option('--step <number>', 'with --method: the update to check, from 1; default 1');
  addGraphFlags(addExperimentFlags(command))
    .addHelpText(
      'after',
      '\nExamples:\n  chainrule check experiment.json\n  chainrule check edges.csv --method node2vec --step 100',
    )
    .action(async (file: string, flags: FlagValues & GraphStepFlags & { readonly step?: string }) => {
      const terminal = new Terminal(flags);
      const step = flags.step === undefined ? undefined : numberFlag(flags.step, '--step');
      const ofGraph = await openGraphStep(file, flags, step, command);
      if (ofGraph === undefined && step !== undefined) {
        fail({
          what: 'the gradients of a network are checked before its first update',
          where: '--step',
          fix: 'Leave it out.',
        });
      }
      const { worst, rows, notes, agrees, tolerance } =
        ofGraph?.check() ?? check((await open(file, flags, { withoutStop: true })).setup);
      const cells = rows
        .slice(0, maxRows)
        .map(({ quantity, gradient, centralDifference, error, kink }) => [
          quantity,
          numberText(gradient, 10),
          numberText(centralDifference, 10),
          kink === null ? numberText(error, 2) : `corner at ${kink}`,
        ]);
      const verdict = agrees
        ? terminal.colors.green(
            `All ${rows.length} gradients agree: the largest error is ${numberText(worst, 2)}, and the tolerance is ${tolerance}.`,
          )
        : terminal.colors.red(
            `The gradients disagree: the largest error is ${numberText(worst, 2)}, and the tolerance is ${tolerance}.`,
          );
      const text = [
        terminal.table(['parameter', 'gradient', 'central difference', 'error'], cells, [1, 2, 3]),
        ...(rows.length > maxRows
          ? [`These are the ${maxRows} largest errors of ${rows.length}; --json prints all of them.`]
          : []),
        ...notes.map((note) => terminal.wrap(note)),
        verdict,
      ];
      terminal.result({ worst, tolerance, agrees, rows, notes }, text.join('\n'));
      process.exitCode = agrees ? 0 : 1;
    });
}
