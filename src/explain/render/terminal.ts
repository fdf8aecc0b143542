/** The explanation for a terminal. */
import Table from 'cli-table3';
import { clipMiddle, printableLine } from '../../base/printable.ts';
import type { ExplainedStep } from '../explained.ts';
import type { FunctionPage } from '../functions/page.ts';
import type { Row } from '../lines/line.ts';
import { numberText } from '../numbers.ts';
import { expressionText, notationText } from '../text.ts';
import { variableText } from '../variable.ts';
import { groupsOf, isMarked, type RenderOptions, type Shown, severalSamples, showsValue, sidesOf } from './view.ts';

export interface TerminalOptions extends RenderOptions {
  /** Columns; default 100. */
  readonly width?: number;
  /** Formats headings; by default, they are unchanged. */
  readonly heading?: (text: string) => string;
}

export function renderTerminal(explained: ExplainedStep, options: TerminalOptions = {}): string {
  const { blank = false, width = 100, heading = (text: string) => text } = options;
  const shown = { blank, digits: explained.digits };
  const out: string[] = [
    heading(printableLine(explained.title)),
    ...explained.setting.flatMap((line) => wrapText(line, width, '  ', '    ')),
  ];
  const section = (title: string, lines: readonly string[]) => {
    if (lines.length > 0) out.push('', heading(printableLine(title)), ...lines);
  };
  if (!blank) {
    section(
      'Observations',
      explained.observations.flatMap(({ text }) => wrapText(text, width, '  • ', '    ')),
    );
  }
  section(
    'Left out',
    explained.leftOut.flatMap((text) => wrapText(text, width, '  ', '  ')),
  );
  section('Weights before the step', parametersText(explained, width));
  section(capitalized(explained.table.title), tableText(explained, shown, width));
  for (const group of groupsOf(explained)) {
    const several = severalSamples(group);
    section(
      group.heading,
      group.rows.flatMap((row) => rowText(row, isMarked(row, several), shown, width)),
    );
  }
  for (const page of explained.functions) section(`${page.name}, ${page.used}`, functionText(page, width));
  return `${out.join('\n')}\n`;
}

/** One line of the step: on one line if it fits, else one side of the equation on each. */
function rowText(row: Row, marked: boolean, shown: Shown, width: number): string[] {
  const name = variableText(row.variable, marked);
  const parts = sidesOf(row, marked, shown).map(({ notation, how }) => notationText(notation, how));
  parts.push(showsValue(row, shown.blank) ? numberText(row.value, shown.digits) : '………');
  const note = row.line.note === undefined ? [] : wrapText(`(${row.line.note})`, width, '      ', '      ');
  const single = `  ${[name, ...parts].join(' = ')}`;
  if (lengthOf(single) <= width) return [single, ...note];
  const blanks = ' '.repeat(lengthOf(name));
  const stacked = parts.flatMap((part, i) =>
    wrapText(part, width, `  ${i === 0 ? name : blanks} = `, `  ${blanks}     `),
  );
  return [...stacked, ...note];
}

/** The width in a terminal: combining marks take no space. */
function lengthOf(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].length;
}

/** The maximum number of characters of a sentence that contains users' names. */
const longestSentence = 4000;

/** Breaks at spaces; hidden characters are written visibly. */
function wrapText(text: string, width: number, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of clipMiddle(printableLine(text), longestSentence).split(' ')) {
    if (!empty && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines;
}

const capitalized = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function parametersText({ parameters, digits }: ExplainedStep, width: number): string[] {
  return parameters.flatMap(({ name, shape, numbers, variable }) => {
    const shown = Math.min(numbers.length, 12);
    const cells = Array.from({ length: shown }, (_, i) => {
      const columns = shape[1] ?? 1;
      const index = shape.length === 1 ? [i] : [Math.floor(i / columns), i % columns];
      return `${variableText(variable(index), false)} = ${numberText(numbers[i], digits)}`;
    });
    if (numbers.length > shown) cells.push(`… ${numbers.length - shown} more of ${name}`);
    const lines: string[] = [];
    for (const cell of cells) {
      const last = lines.at(-1);
      if (last !== undefined && lengthOf(last) + lengthOf(cell) + 3 <= width)
        lines[lines.length - 1] = `${last}   ${cell}`;
      else lines.push(`  ${cell}`);
    }
    return lines;
  });
}

function tableText({ table }: ExplainedStep, { blank, digits }: Shown, width: number): string[] {
  const names = table.columns.map(({ variable }) => variableText(variable, false));
  const rows = table.rows.map(({ number, values }) => [
    String(number),
    ...values.map((value, i) => (blank && !table.columns[i].given ? '' : numberText(value, digits))),
  ]);
  const drawn = new Table({
    head: [table.rowName, ...names],
    colAligns: ['right', ...names.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  drawn.push(...rows);
  const lines = drawn.toString().split('\n');
  const more = table.leftOut > 0 ? [`  ${table.leftOut} more columns are in the lines below`] : [];
  // a table wider than the terminal would be unreadable; the lines below show the same numbers
  if (lengthOf(lines[0]) + 2 > width)
    return [`  (${names.length} columns: too wide for this terminal; the lines below show the numbers)`];
  return [...lines.map((line) => `  ${line}`), ...more];
}

function functionText(page: FunctionPage, width: number): string[] {
  const { left, right } = page.definition;
  const out = wrapText(
    `${variableText(left, false)} = ${expressionText(right)}${page.options === '' ? '' : `   (${page.options})`}`,
    width,
    '  ',
    '      ',
  );
  for (const { left: of, steps } of page.derivations) {
    const name = variableText(of, false);
    const indent = ' '.repeat(lengthOf(name));
    steps.forEach(({ expression, reason, rules }, i) => {
      const shown = rules.map(
        (rule) => `${notationText(rule.left, { as: 'names' })} = ${notationText(rule.right, { as: 'names' })}`,
      );
      const why = reason === '' ? '' : `   [${reason}${shown.length > 0 ? `: ${shown.join('; ')}` : ''}]`;
      out.push(
        ...wrapText(
          `${expressionText(expression)}${why}`,
          width,
          `  ${i === 0 ? name : indent} = `,
          `  ${indent}     `,
        ),
      );
    });
  }
  for (const remark of page.remarks) out.push(...wrapText(remark, width, '  ', '  '));
  return out;
}
