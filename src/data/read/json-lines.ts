/** JSON Lines: one object in each line, with a row's cells by the names of their columns. */
import { fail } from '../../base/errors.ts';
import { shortName, type Table } from '../table/table.ts';
import { ColumnNames } from './column-names.ts';
import { type BatchReader, pieceLength, type TextBatch, type TextFormat } from './format.ts';
import { layoutOf } from './json-layouts.ts';
import { checkedObjects, checkKeys, withTexts } from './json-text.ts';
import type { LimitedSource } from './limits.ts';
import { type Cell, checkNotEmpty, isNested, type ReadOptions, toText } from './read.ts';
import { remarks, TextColumns } from './text-columns.ts';

/** The longest first line, in characters, that is parsed to see whether it is a whole object. */
const shortLine = 2 ** 16;

/** Whether a text that begins with an object has another object on its second line. */
function isLines(text: string): boolean {
  const lines = text.split(/\r?\n/, 16).filter((line) => line.trim() !== '');
  if (!lines[0].trimEnd().endsWith('}')) return false;
  // a long line is not parsed twice: the text is lines if the second line begins another object
  if (lines[0].length > shortLine) return lines.length > 1 ? lines[1].startsWith('{') : !isColumns(text);
  let first: unknown;
  try {
    first = JSON.parse(withTexts(lines[0].replace(/^\uFEFF/, '')));
  } catch {
    // the first line is broken, but the second begins another object
    return lines.length > 1 && lines[1].startsWith('{');
  }
  return lines.length > 1 || layoutOf(first) === undefined;
}

/** Whether a text begins with an object of lists or objects, as columns do. */
const isColumns = (text: string) => /^[\uFEFF\s]*\{\s*"[^"]*"\s*:\s*[[{]/.test(text);

/** Rows of JSON Lines, the line of each, and the number of blank lines. */
interface LineRows {
  readonly rows: readonly Row[];
  readonly lines: readonly number[];
  readonly blankLines: number;
}

/** Reads JSON Lines that come in pieces: one object in each line. */
class LinesReader {
  private readonly name: string;
  /** The beginning of a line whose end has not been read yet, in pieces. */
  private pending: string[] = [];
  private pendingLength = 0;
  private line = 0;
  private readonly maxLength: number;

  /** `name` is used in errors; a line with more than `maxLength` characters is refused. */
  constructor(name: string, maxLength = maxLineLength) {
    this.name = name;
    this.maxLength = maxLength;
  }

  /** Takes the next piece of the text; returns the rows that are complete now, and their lines. Throws an InputError. */
  push(piece: string): LineRows {
    const end = piece.lastIndexOf('\n') + 1;
    if (end === 0) {
      this.hold(piece);
      return { rows: [], lines: [], blankLines: 0 };
    }
    const text = this.pending.join('') + piece.slice(0, end);
    this.pending = [];
    this.pendingLength = 0;
    this.hold(piece.slice(end));
    return this.read(text);
  }

  private hold(text: string): void {
    if (text !== '') this.pending.push(text);
    this.pendingLength += text.length;
    if (this.pendingLength <= this.maxLength) return;
    fail({
      what: `a line has more than ${this.maxLength} characters`,
      where: `${this.name} line ${this.line + 1}`,
      fix: 'Write each row as one object in a line: {"column": value}.',
    });
  }

  end(): LineRows {
    const rest = this.pending.join('');
    this.pending = [];
    return this.read(rest);
  }

  private read(text: string): LineRows {
    const rows: Row[] = [];
    const lines: number[] = [];
    let blankLines = 0;
    const all = text.split(/\r?\n/);
    // the text after the last line end is not a line
    if (all[all.length - 1] === '') all.pop();
    for (const line of all) {
      const number = ++this.line;
      if (line.trim() === '') {
        blankLines++;
        continue;
      }
      const where = `${this.name} line ${number}`;
      const fix = 'Write each row as one object in a line: {"column": value}.';
      let row: unknown;
      try {
        row = JSON.parse(withTexts(number === 1 ? line.replace(/^\uFEFF/, '') : line));
      } catch {
        fail({ what: 'the line is not JSON', where, fix });
      }
      if (number <= checkedObjects) checkKeys(line, 1, where);
      if (typeof row !== 'object' || row === null || Array.isArray(row)) {
        fail({ what: 'the line is not an object', where, fix });
      }
      rows.push(row as Row);
      lines.push(number);
    }
    return { rows, lines, blankLines };
  }
}

type Row = Readonly<Record<string, Cell>>;

/** The most characters in a line, which is a row. */
const maxLineLength = 2 ** 24;

/** Reads JSON Lines as records of the columns that are known so far. */
class LineRecords implements BatchReader {
  private readonly reader: LinesReader;
  private readonly names: ColumnNames;
  private readonly name: string;

  /** `known` columns exist whether or not a row has them. */
  constructor(name: string, source: Omit<LimitedSource, 'where'>, known?: readonly string[], maxLength?: number) {
    this.name = name;
    this.reader = new LinesReader(name, maxLength);
    this.names = new ColumnNames(name, { known, source });
  }

  push(text: string): TextBatch {
    return this.records(this.reader.push(text));
  }

  end(): TextBatch {
    return this.records(this.reader.end());
  }

  private records({ rows, lines, blankLines }: LineRows) {
    const known = rows.map((row, r) => {
      const own = this.names.add(row);
      for (const key of Object.keys(own)) {
        if (isNested(own[key])) this.names.leaveOut(key, own[key], `${this.name} line ${lines[r]}`);
      }
      return own;
    });
    this.names.addBlank(blankLines);
    const { leftOut } = this.names;
    const names = rows.length === 0 ? [] : this.names.all();
    const records = known.map((row, r) =>
      names.map((key) =>
        Object.hasOwn(row, key)
          ? toText(row[key], () => `${this.name} line ${lines[r]}, column "${shortName(key)}"`)
          : undefined,
      ),
    );
    return { names, records, lines, ...remarks(leftOut) };
  }
}

/** The table in a whole text. */
function fromLines(text: string, options: ReadOptions, source: LimitedSource): Table {
  const { name = 'data' } = options;
  // the text is complete, so a long line does not mean that its end is missing
  const reader = new LineRecords(name, source, undefined, Number.POSITIVE_INFINITY);
  const columns = new TextColumns(options);
  const take = (batch: TextBatch) => columns.add(batch);
  for (let at = 0; at < text.length; at += pieceLength) take(reader.push(text.slice(at, at + pieceLength)));
  take(reader.end());
  return checkNotEmpty(columns.table(name, jsonLines.name));
}

export const jsonLines: TextFormat = {
  name: 'json lines',
  title: 'JSON Lines',
  endings: ['.jsonl', '.ndjson'],
  matches: (start) => /^[\uFEFF\s]*\{/.test(start) && isLines(start),
  read: fromLines,
  stream: (source, columns) => new LineRecords(source.where, source, columns),
};
