/**
 * The output for people: text with colors, tables, a live line. With --json, all of it goes to standard error.
 *
 * Text from files (column names, labels, file names, messages) cannot control the terminal: everything is written through `shown`,
 * which makes hidden characters visible and lets only our own colors through. A color is first a mark with a random part, which no
 * file can contain, and becomes an escape sequence at the end.
 */
import { randomBytes } from 'node:crypto';
import Table from 'cli-table3';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { clip, clipMiddle, printable, printableJson, printableLine } from '../../base/printable.ts';

export interface TerminalFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Whether text on a stream is colored: only on a terminal, and not if NO_COLOR is set. */
const isColored = (stream: NodeJS.WriteStream): boolean => pc.isColorSupported && stream.isTTY === true;

// ---- colors

/** Our colors, with the codes that begin and end each (ECMA-48, SGR). */
const codes = { bold: [1, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;

const secret = randomBytes(16).toString('hex');
const markOf = (code: number) => `<${secret}:${code}>`;
const marks = new RegExp(`<${secret}:(\\d+)>`, 'g');

/** Colors a text, whatever it contains. */
type Paint = (text: string) => string;
export type Colors = { readonly isColorSupported: boolean } & Readonly<Record<keyof typeof codes, Paint>>;

function colorsOf(isColorSupported: boolean): Colors {
  const paint =
    ([begin, end]: readonly [number, number]): Paint =>
    (text) =>
      isColorSupported ? `${markOf(begin)}${text}${markOf(end)}` : text;
  return {
    isColorSupported,
    bold: paint(codes.bold),
    red: paint(codes.red),
    green: paint(codes.green),
    yellow: paint(codes.yellow),
    cyan: paint(codes.cyan),
  };
}

/** Text without hidden characters, in our colors. */
const shown = (text: string): string => printable(text).replace(marks, (_, code: string) => `\u001b[${code}m`);

/** Turns the colors of a library's text into ours. The text must not contain text from files. */
const adopted = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a color begins with one
  text.replace(/\u001b\[(\d+)m/g, (_, code: string) => markOf(Number(code)));

/** The width of a text on a terminal: colors and combining marks have none. */
const widthOf = (text: string): number => [...text.replace(marks, '').replace(/\p{M}/gu, '')].length;

/** An error's message for standard error. */
export const errorText = (message: string): string =>
  shown(`${colorsOf(isColored(process.stderr)).red('error')} ${message}\n`);

// ---- the terminal

/** The maximum number of characters in a cell of a table, and in a paragraph. */
const [maxCellLength, maxParagraphLength] = [120, 4000];

export class Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  private readonly stream: NodeJS.WriteStream;
  private readonly update?: ReturnType<typeof createLogUpdate>;
  readonly colors: Colors;

  constructor({ json = false, quiet = false }: TerminalFlags) {
    this.json = json;
    this.quiet = quiet;
    this.stream = json ? process.stderr : process.stdout;
    this.colors = colorsOf(isColored(this.stream));
    if (this.stream.isTTY && !quiet && process.env.TERM !== 'dumb') this.update = createLogUpdate(this.stream);
  }

  /** Whether a live line can be redrawn. */
  get isLive(): boolean {
    return this.update !== undefined;
  }

  get width(): number {
    return this.stream.columns ?? 100;
  }

  say(text = ''): void {
    if (!this.quiet) this.stream.write(`${shown(text)}\n`);
  }

  /** A heading, with an empty line before it. */
  title(text: string): void {
    this.say(`\n${this.colors.bold(printableLine(text))}`);
  }

  warn(text: string): void {
    const wrapped = this.wrap(`warning ${text}`).slice('warning'.length);
    this.say(`${this.colors.yellow('warning')}${wrapped}`);
  }

  /** Prints warnings on standard error, because the result on standard output may be piped. */
  alert(warnings: readonly string[]): void {
    if (this.quiet) return;
    for (const warning of warnings) {
      process.stderr.write(`${shown(`warning ${clipMiddle(printableLine(warning), maxParagraphLength)}`)}\n`);
    }
  }

  /** Redraws the live line, if there is one. */
  live(text: string): void {
    this.update?.(shown(text));
  }

  /** Ends the live line: it stays on the screen, or is removed with `clear`. */
  settle(clear = false): void {
    if (clear) this.update?.clear();
    this.update?.done();
  }

  /** Prints the result on standard output: the document with --json, otherwise the text. */
  result(document: unknown, text?: string): void {
    if (this.json) process.stdout.write(`${printableJson(JSON.stringify(document, null, 2))}\n`);
    else if (text !== undefined && text !== '') this.say(text);
  }

  /** Prints a requested document on standard output, even with --quiet or --json. */
  document(text: string): void {
    process.stdout.write(shown(text));
  }

  /** A path or a name within a sentence. */
  path(path: string): string {
    return this.colors.cyan(printableLine(path));
  }

  /** A drawing by a library, with its colors. It must not contain text from files. */
  drawing(text: string): string {
    return adopted(text);
  }

  /** A table; the columns in `numbers` are aligned to the right. A cell is one line, and a long cell is cut. */
  table(head: readonly string[], rows: readonly (readonly string[])[], numbers: readonly number[] = []): string {
    // a color that is cut off would not end
    const cell = (text: string) =>
      shown(printableLine(widthOf(text) > maxCellLength ? clip(text.replace(marks, ''), maxCellLength) : text));
    const table = new Table({
      head: head.map(cell),
      colAligns: head.map((_, i) => (numbers.includes(i) ? 'right' : 'left')),
      style: { head: this.colors.isColorSupported ? ['bold'] : [], border: [], compact: true },
    });
    table.push(...rows.map((row) => row.map(cell)));
    // only our own escape sequences are left, so all of them are colors
    return adopted(table.toString());
  }

  /** A paragraph, broken at spaces into indented lines that fit the terminal. */
  wrap(text: string, indent = ''): string {
    const lines: string[] = [];
    let line = '';
    const whole = printableLine(text);
    const fitting =
      widthOf(whole) > maxParagraphLength ? clipMiddle(whole.replace(marks, ''), maxParagraphLength) : whole;
    for (const word of fitting.split(' ')) {
      const next = line === '' ? word : `${line} ${word}`;
      if (widthOf(next) > Math.max(40, this.width - indent.length) && line !== '') {
        lines.push(line);
        line = word;
      } else line = next;
    }
    lines.push(line);
    return lines.map((each) => indent + each).join('\n');
  }
}

/** A duration as text: 0.003 s, 12.3 s, 2 min 5 s. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** 1 row, 2 rows. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}
