/** `chainrule compare`: shows runs side by side, on the terminal and as an HTML page. */

import type { Command } from 'commander';
import { numberText } from '../../explain/numbers.ts';
import { duration, Terminal, type TerminalFlags } from '../output/terminal.ts';
import { readHistory, readRecord } from '../run-folder/run-record.ts';
import { writeWhole } from '../system/write.ts';

export function compareCommand(program: Command): void {
  program
    .command('compare')
    .summary('compare runs')
    .description('Prints the results of several runs side by side, and the settings that differ.')
    .argument('<runs...>', "the runs' folders")
    .option('--out <file>', 'also write an HTML page with the curves')
    .addHelpText('after', '\nExample:\n  chainrule compare runs/penguins-1 runs/penguins-2 --out compare.html')
    .action(async (folders: string[], flags: TerminalFlags & { readonly out?: string }) => {
      const terminal = new Terminal(flags);
      const runs = folders.map((folder) => ({ label: folder, record: readRecord(folder) }));
      const { differingSettings, renderComparison, scoreRows } = await import('../../report/compare.ts');
      const stops = runs.map(({ record: { stop } }) => stop);
      const scores = scoreRows(runs);
      const cells = [
        ['stopped', ...stops.map(({ reason }) => reason)],
        ['epochs', ...stops.map(({ epoch }) => String(epoch))],
        ['time', ...stops.map(({ seconds }) => duration(seconds))],
        ...scores.map(({ name, values, best }) => [
          name,
          ...values.map((value, i) => {
            const text = Number.isNaN(value) ? '' : numberText(value, name === 'loss' ? undefined : 4);
            return best.includes(i) ? terminal.colors.bold(text) : text;
          }),
        ]),
        ...differingSettings(runs).map(({ name, values }) => [name, ...values.map((value) => value ?? '')]),
      ];
      if (flags.out !== undefined) {
        writeWhole(flags.out, renderComparison(runs, folders.map(readHistory)));
      }
      const table = terminal.table(
        ['', ...folders],
        cells,
        folders.map((_, i) => i + 1),
      );
      terminal.result(
        {
          runs: runs.map(({ label, record: { stop, loss, metrics, validation, test, baselines } }) => ({
            folder: label,
            stop,
            loss,
            metrics,
            validation,
            test,
            baselines,
          })),
          ...(flags.out !== undefined && { report: flags.out }),
        },
        flags.out === undefined ? table : `${table}\n\nWritten to ${terminal.path(flags.out)}.`,
      );
    });
}
