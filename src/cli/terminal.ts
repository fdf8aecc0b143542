/** What people read: text in its colours, tables, a live line. With --json all of it goes to standard error. */
import Table from 'cli-table3';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';

export interface TerminalFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Colours for a stream: on a terminal only, and not where NO_COLOR is set. */
export function colorsFor(stream: NodeJS.WriteStream): ReturnType<typeof pc.createColors> {
  return pc.createColors(pc.isColorSupported && stream.isTTY === true);
}

export class Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  private readonly stream: NodeJS.WriteStream;
  private readonly update?: ReturnType<typeof createLogUpdate>;
  readonly colors: ReturnType<typeof colorsFor>;

  constructor({ json = false, quiet = false }: TerminalFlags) {
    this.json = json;
    this.quiet = quiet;
    this.stream = json ? process.stderr : process.stdout;
    this.colors = colorsFor(this.stream);
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
    if (!this.quiet) this.stream.write(`${text}\n`);
  }

  /** A heading, with an empty line before it. */
  title(text: string): void {
    this.say(`\n${this.colors.bold(text)}`);
  }

  warn(text: string): void {
    const wrapped = this.wrap(`warning ${text}`).slice('warning'.length);
    if (!this.quiet) this.stream.write(`${this.colors.yellow('warning')}${wrapped}\n`);
  }

  /** Warnings beside a result that may be piped on: on standard error. */
  alert(warnings: readonly string[]): void {
    if (this.quiet) return;
    for (const warning of warnings) process.stderr.write(`warning ${warning}\n`);
  }

  /** Redraws the live line; nothing where there is none. */
  live(text: string): void {
    this.update?.(text);
  }

  /** Leaves the live line as it is and goes on below it; with `clear` takes it away. */
  settle(clear = false): void {
    if (clear) this.update?.clear();
    this.update?.done();
  }

  /** The result on standard output: with --json the document, else the text. */
  result(document: unknown, text?: string): void {
    if (this.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    else if (text !== undefined && text !== '') this.say(text);
  }

  /** A table; cells in columns other than the first stand right where `numbers` says so. */
  table(head: readonly string[], rows: readonly (readonly string[])[], numbers: readonly number[] = []): string {
    const table = new Table({
      head: [...head],
      colAligns: head.map((_, i) => (numbers.includes(i) ? 'right' : 'left')),
      style: { head: this.colors.isColorSupported ? ['bold'] : [], border: [], compact: true },
    });
    table.push(...rows.map((row) => [...row]));
    return table.toString();
  }

  /** Lines no longer than the terminal is wide, broken at spaces, the later ones indented. */
  wrap(text: string, indent = ''): string {
    const lines: string[] = [];
    let line = '';
    for (const word of text.split(' ')) {
      const next = line === '' ? word : `${line} ${word}`;
      if (next.length > Math.max(40, this.width - indent.length) && line !== '') {
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
