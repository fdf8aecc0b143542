/** `chainrule compare`: runs side by side. */

import type { Command } from 'commander';
import { numberText } from '../../explain/numbers.ts';
import { duration, Terminal, type TerminalFlags } from '../terminal.ts';
import { readRecord } from './report.ts';

export function compareCommand(program: Command): void {
  program
    .command('compare')
    .summary('runs side by side')
    .description('Prints the results of runs side by side, and the settings in which they differ.')
    .argument('<runs...>', "the runs' folders")
    .addHelpText('after', '\nExample:\n  chainrule compare runs/penguins-1 runs/penguins-2')
    .action((folders: string[], flags: TerminalFlags) => {
      const terminal = new Terminal(flags);
      const runs = folders.map((folder) => ({ folder, record: readRecord(folder) }));
      const rows = runs.map(({ record: { stop, loss, validation, test, metrics } }) => ({
        stopped: stop.reason,
        epochs: String(stop.epoch),
        time: duration(stop.seconds),
        loss: numberText(loss.final),
        ...prefixed('', metrics),
        ...prefixed('validation ', validation),
        ...prefixed('test ', test),
      }));
      const settings = runs.map(({ record }) => flatten(record.experiment));
      const differing = [...new Set(settings.flatMap((each) => Object.keys(each)))].filter(
        (key) => new Set(settings.map((each) => each[key])).size > 1,
      );
      const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const cells = [
        ...names.map((name) => [name, ...rows.map((row) => (row as Record<string, string>)[name] ?? '')]),
        ...differing.map((key) => [key, ...settings.map((each) => each[key] ?? '')]),
      ];
      terminal.result(
        {
          runs: runs.map(({ folder, record: { stop, loss, metrics, validation, test } }) => ({
            folder,
            stop,
            loss,
            metrics,
            validation,
            test,
          })),
        },
        terminal.table(
          ['', ...folders],
          cells,
          folders.map((_, i) => i + 1),
        ),
      );
    });
}

function prefixed(prefix: string, values: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, numberText(value, 4)]));
}

/** Settings by path; lists of numbers are not settings. */
function flatten(value: unknown, path = ''): Record<string, string> {
  if (Array.isArray(value) && value.flat(2).some((each) => typeof each === 'number')) return {};
  if (typeof value !== 'object' || value === null) return { [path]: String(value) };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`)),
  );
}
