/** `chainrule data`: describes the columns of a table, and how training would encode them. */

import type { Command } from 'commander';
import { clip, printableLine } from '../../base/printable.ts';
import { formatTitles } from '../../data/read/detect.ts';
import { describe } from '../../data/table/describe.ts';
import { numberText } from '../../explain/numbers.ts';
import { addLimitFlags, limitsFrom } from '../flags/limit-flags.ts';
import { addMarkFlags, marksFrom } from '../flags/mark-flags.ts';
import type { FlagValues } from '../flags/values.ts';
import { readTableAt } from '../input/files.ts';
import { showReading } from '../output/progress.ts';
import { shellPath } from '../output/shell.ts';
import { count, Terminal, type TerminalFlags } from '../output/terminal.ts';

export function dataCommand(program: Command): void {
  const command = program
    .command('data')
    .summary('describe a table')
    .description('Describes a table: its columns, their types and missing values, and how training would encode each.')
    .argument('<file>', `a table: ${formatTitles}, also with gzip; - for standard input`);
  addLimitFlags(addMarkFlags(command, 'an empty cell, NA and the like'))
    .addHelpText('after', '\nExample:\n  chainrule data penguins.csv')
    .action(async (file: string, flags: TerminalFlags & FlagValues) => {
      const terminal = new Terminal(flags);
      const { reading, done } = showReading(terminal);
      const table = await readTableAt(file, { ...marksFrom(flags), limits: limitsFrom(flags), reading });
      done();
      const described = describe(table);
      const columns = described.columns
        .slice(0, maxColumns)
        .map((column) => ({ ...column, name: printableLine(column.name) }));
      const more = described.columns.length - columns.length;
      const names = columns.map(({ name }) => clip(name, maxNameLength));
      // the width that the other three columns and the lines leave
      const room = Math.max(30, terminal.width - Math.max(6, ...names.map(({ length }) => length)) - 27);
      const rows = columns.map((column, c) => [
        names[c],
        column.kind,
        column.missing === 0 ? '' : String(column.missing),
        'top' in column && column.top !== undefined
          ? topText(column.top, `${column.many ? 'more than ' : ''}${column.distinct} in all`, column.distinct, room)
          : column.min === undefined
            ? [column.first, column.last].filter((date) => date !== undefined).join(' to ')
            : `${numberText(column.min, 4)} to ${numberText(column.max!, 4)}, mean ${numberText(column.mean!, 4)}`,
      ]);
      const text = [
        terminal.colors.bold(
          `${described.name}: ${count(described.rows, 'row')}, ${count(described.columns.length, 'column')}`,
        ),
        terminal.table(['column', 'type', 'missing', 'values'], rows, [2]),
        terminal.colors.bold('Encoding in training, as a feature or as the target'),
        ...columns.map(({ name, asFeature, asTarget }) =>
          terminal.wrap(`${clip(name, maxNameInSentence)}: ${asFeature}. As the target: ${asTarget}.`, '  '),
        ),
        ...(described.leftOut ?? []).map(({ name, reason }) =>
          terminal.wrap(`${clip(printableLine(name), maxNameInSentence)}: left out: ${printableLine(reason)}.`, '  '),
        ),
        ...(described.notes ?? []).map((note) => terminal.wrap(note)),
        ...(more === 0 ? [] : [`  … and ${count(more, 'more column')}: --json describes all of them.`]),
        `\nTrain on it: chainrule train ${shellPath(file)} --target <column>`,
      ];
      terminal.result(described, text.join('\n'));
    });
}

/** The maximum number of columns in the table; --json has all of them. */
const maxColumns = 200;
/** The maximum lengths of a name in the table, of a name in a sentence, and of a value; --json has the full text. */
const [maxNameLength, maxNameInSentence, maxValueLength] = [60, 200, 24];
const shortened = (text: string) => clip(printableLine(text), maxValueLength);

/** The most frequent values: up to three, as many as fit. Then the number of distinct values. */
function topText(
  top: readonly { readonly value: string; readonly rows: number }[],
  all: string,
  distinct: number,
  room: number,
): string {
  const textOf = (shown: number) => {
    const values = top.slice(0, shown).map(({ value, rows }) => `${shortened(value)} (${rows})`);
    return [...values, ...(distinct > shown ? [`… ${all}`] : [])].join(', ');
  };
  return textOf([3, 2].find((shown) => textOf(shown).length <= room) ?? 1);
}
