/**
 * What people read: text in its colours, tables, a live line. With --json all of it goes to standard error.
 *
 * The terminal is not a target: whatever is written here is written through `shown`, which makes the hidden characters of
 * people's text visible (column names, labels, file names, messages) and lets only our own colours through. A colour is
 * first a mark that no file can hold, since it is drawn anew in each process, and becomes an escape sequence last.
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

/** Whether text on a stream is coloured: on a terminal only, and not where NO_COLOR is set. */
const isColored = (stream: NodeJS.WriteStream): boolean => pc.isColorSupported && stream.isTTY === true;

// ---- colours

/** Our colours, and the codes that begin and end each (ECMA-48, SGR). */
const codes = { bold: [1, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;

const secret = randomBytes(16).toString('hex');
const markOf = (code: number) => `<${secret}:${code}>`;
const marks = new RegExp(`<${secret}:(\\d+)>`, 'g');

/** A text in a colour; the text may hold anything. */
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

/** Text without hidden characters, in our colours. */
const shown = (text: string): string => printable(text).replace(marks, (_, code: string) => `\u001b[${code}m`);

/** Colours that a library of ours put into a text of its own, as ours; the text holds nothing of people's. */
const adopted = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
  text.replace(/\u001b\[(\d+)m/g, (_, code: string) => markOf(Number(code)));

/** Letters as a terminal counts them: colours and combining marks take no room. */
const widthOf = (text: string): number => [...text.replace(marks, '').replace(/\p{M}/gu, '')].length;

/** An error's message for standard error. */
export const errorText = (message: string): string =>
  shown(`${colorsOf(isColored(process.stderr)).red('error')} ${message}\n`);

// ---- the terminal

/** Characters of a table's cell and of a paragraph that a terminal has room for. */
const [longestCell, longestParagraph] = [120, 4000];

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

  /** Warnings beside a result that may be piped on: on standard error. */
  alert(warnings: readonly string[]): void {
    if (this.quiet) return;
    for (const warning of warnings) {
      process.stderr.write(`${shown(`warning ${clipMiddle(printableLine(warning), longestParagraph)}`)}\n`);
    }
  }

  /** Redraws the live line; nothing where there is none. */
  live(text: string): void {
    this.update?.(shown(text));
  }

  /** Leaves the live line as it is and goes on below it; with `clear` takes it away. */
  settle(clear = false): void {
    if (clear) this.update?.clear();
    this.update?.done();
  }

  /** The result on standard output: with --json the document, else the text. */
  result(document: unknown, text?: string): void {
    if (this.json) process.stdout.write(`${printableJson(JSON.stringify(document, null, 2))}\n`);
    else if (text !== undefined && text !== '') this.say(text);
  }

  /** A document that was asked for, on standard output also under --quiet and --json. */
  document(text: string): void {
    process.stdout.write(shown(text));
  }

  /** A path or a name within a sentence. */
  path(path: string): string {
    return this.colors.cyan(printableLine(path));
  }

  /** A drawing by a library, whose colours stay; it holds nothing of people's. */
  drawing(text: string): string {
    return adopted(text);
  }

  /**
   * A table; cells in columns other than the first stand right where `numbers` says so. A cell is one line, and a long
   * one is cut.
   */
  table(head: readonly string[], rows: readonly (readonly string[])[], numbers: readonly number[] = []): string {
    // a colour that is cut off would not end
    const cell = (text: string) =>
      shown(printableLine(widthOf(text) > longestCell ? clip(text.replace(marks, ''), longestCell) : text));
    const table = new Table({
      head: head.map(cell),
      colAligns: head.map((_, i) => (numbers.includes(i) ? 'right' : 'left')),
      style: { head: this.colors.isColorSupported ? ['bold'] : [], border: [], compact: true },
    });
    table.push(...rows.map((row) => row.map(cell)));
    // only our own escape sequences are left, so only these can be colours
    return adopted(table.toString());
  }

  /** A paragraph in lines no longer than the terminal is wide, broken at spaces, the later ones indented. */
  wrap(text: string, indent = ''): string {
    const lines: string[] = [];
    let line = '';
    const whole = printableLine(text);
    const fitting = widthOf(whole) > longestParagraph ? clipMiddle(whole.replace(marks, ''), longestParagraph) : whole;
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

/** Seconds for people: 0.003 s, 12.3 s, 2 min 5 s. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** 1 row, 2 rows. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}
