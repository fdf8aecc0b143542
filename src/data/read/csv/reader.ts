/**
 * Reads CSV text: RFC 4180 with a header, any line ending and a byte-order mark, in the dialects that `preamble.ts` knows.
 * Blank lines are skipped, and space around unquoted cells is trimmed. The text comes in pieces, so that a file need not be
 * in memory, and each character is read a fixed number of times, however long a line is. A piece without quotes is split at
 * its line ends and delimiters, to the same cells and several times as fast.
 */
import { fail } from '../../../base/errors.ts';
import { count, quote } from '../../../base/wording.ts';
import { checkColumnNames, columnNames, tablePlace } from '../../table/table.ts';
import { checkLimit, checkTableSize, type LimitedSource } from '../limits.ts';
import { preambleOf, sampleLines, tabbed } from './preamble.ts';

export interface Csv {
  readonly header: readonly string[];
  /** As many cells in each record as the header has. */
  readonly records: readonly (readonly string[])[];
  /** The line on which each record starts, from 1. */
  readonly lines: readonly number[];
  /** After the last record: what was passed over, in sentences. */
  readonly notes?: readonly string[];
}

/** Throws an InputError for misplaced quotes; `line` is where the record starts. */
function failOnQuote(
  isOpen: boolean,
  place: string,
  line: number,
  index: number,
  header: readonly string[] | undefined,
): never {
  const column = header?.[index] === undefined ? index + 1 : quote(header[index]);
  fail({
    what: isOpen ? 'a quote is opened but never closed' : 'a quote is inside a cell that is not enclosed in quotes',
    where: `${place} line ${line}, column ${column}`,
    fix: 'Enclose the whole cell in quotes and double those inside it: "5"" pipe".',
  });
}

function failOnLength(found: number, header: readonly string[], where: string, shown: string): never {
  fail({
    what: `${count(found, 'cell')}, but the header has ${header.length}`,
    where,
    fix:
      found > header.length
        ? `Enclose a cell that contains the delimiter (${shown}) in quotes, or remove the extra cell.`
        : `Write a cell for every column, empty if the value is missing (the delimiter is ${shown}).`,
  });
}

/** The most characters in a record. In a longer one, a quote is probably open by mistake. */
const maxRecordLength = 2 ** 24;

/**
 * The end of the last line in a piece that is certainly complete: after the last line break outside quotes, or -1 if there is
 * none. `isQuoted` says whether the piece begins inside quotes; a carriage return at its very end may be half of a line end.
 */
function lastLineEnd(piece: string, isQuoted: boolean): { end: number; isQuoted: boolean } {
  const quotes: number[] = [];
  for (let at = piece.indexOf('"'); at >= 0; at = piece.indexOf('"', at + 1)) quotes.push(at);
  let newline = piece.lastIndexOf('\n');
  let carriageReturn = piece.endsWith('\r') ? piece.lastIndexOf('\r', piece.length - 2) : piece.lastIndexOf('\r');
  if (piece === '\r') carriageReturn = -1;
  // A line break is outside quotes if an even number of quotes is before it: doubled ones count as two.
  let before = quotes.length;
  const open = isQuoted ? 1 : 0;
  let end = -1;
  while (newline >= 0 || carriageReturn >= 0) {
    const at = Math.max(newline, carriageReturn);
    while (before > 0 && quotes[before - 1] > at) before--;
    if ((before + open) % 2 === 0) {
      end = at + 1;
      break;
    }
    if (at === newline) newline = at === 0 ? -1 : piece.lastIndexOf('\n', at - 1);
    else carriageReturn = at === 0 ? -1 : piece.lastIndexOf('\r', at - 1);
  }
  return { end, isQuoted: (quotes.length + open) % 2 === 1 };
}

/** Reads CSV that comes in pieces. */
export class CsvReader {
  private readonly place: string;
  private readonly source: LimitedSource;
  /** The beginning of a record whose end has not been read yet, in pieces. */
  private pending: string[] = [];
  private pendingLength = 0;
  /** Whether the held text ends inside quotes. */
  private isQuoted = false;
  /** The number of the next line, from 1. */
  private line = 1;
  private isStarted = false;
  private delimiter = ',';
  private shownDelimiter = '","';
  private isSpaced = false;
  private comments = 0;
  /** The first lines, until there are enough to know the dialect. */
  private start = '';
  private names?: readonly string[];
  private rows = 0;
  private blankLines = 0;

  /** `name` is used in errors; `source` gives the limits (default: none). */
  constructor(name: string, source?: Omit<LimitedSource, 'where'>) {
    this.place = tablePlace({ name, lines: [] });
    const where = name;
    this.source = {
      where,
      get bytes() {
        return source?.bytes ?? Number.POSITIVE_INFINITY;
      },
      limits: source?.limits,
    };
  }

  get header(): readonly string[] | undefined {
    return this.names;
  }

  /** Takes the next piece of the text; returns the records that are complete now. Throws as `parseCsv` does. */
  push(given: string): Omit<Csv, 'header'> {
    const piece = this.isStarted || !given.startsWith('\uFEFF') ? given : given.slice(1);
    if (given !== '') this.isStarted = true;
    const wasQuoted = this.isQuoted;
    const last = this.pending[this.pending.length - 1];
    const found = lastLineEnd(piece, wasQuoted);
    this.isQuoted = found.isQuoted;
    // a carriage return at the end of the last piece was a line end by itself
    const atStart = !wasQuoted && last?.endsWith('\r') && piece !== '' && !piece.startsWith('\n') ? 0 : -1;
    const end = Math.max(found.end, atStart);
    if (end < 0) {
      this.hold(piece);
      return { records: [], lines: [] };
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
    if (this.pendingLength <= maxRecordLength) return;
    const body = this.pending.join('').slice(0, 2 ** 16);
    // if quotes are the cause, that is the better error
    if (body.includes('"')) this.read(body, true);
    fail({
      what: `a record has more than ${maxRecordLength} characters`,
      where: `${this.place} line ${this.line}`,
      fix: 'Check that the file is CSV, with a line for each row.',
    });
  }

  /** The last records, after all pieces. Throws an InputError if there is no header or no row. */
  end(): Omit<Csv, 'header'> {
    const records = this.read(this.pending.join(''), true);
    this.pending = [];
    if (this.names === undefined) {
      fail({
        what: 'the file is empty',
        where: this.place,
        fix: 'Write a first line with the column names, and a line for each row.',
      });
    }
    if (this.rows === 0) {
      fail({
        what: 'the file has a header, but no rows',
        where: this.place,
        fix: 'Add at least one row below the header.',
      });
    }
    return records;
  }

  /** What was passed over so far, in sentences. */
  get notes(): readonly string[] {
    if (this.comments === 0) return [];
    return [
      `${count(this.comments, 'comment line')}, beginning with #, ${this.comments === 1 ? 'is' : 'are'} not read.`,
    ];
  }

  private read(given: string, isEnd = false): Omit<Csv, 'header'> {
    let text = given;
    if (text.includes('\0')) {
      fail({ what: 'the file is not UTF-8 text', where: this.place, fix: 'Save the table as CSV, encoded as UTF-8.' });
    }
    if (this.names === undefined) {
      if (text.trim() === '' && this.start === '') {
        this.line += countBreaks(text);
        checkTableSize(0, 0, this.source, this.line);
        return { records: [], lines: [] };
      }
      this.start += text;
      if (!isEnd && this.start.length < maxStartLength && countBreaks(this.start) < sampleLines) {
        return { records: [], lines: [] };
      }
      text = this.takePreamble(this.start);
      this.start = '';
    } else if (this.isSpaced) text = tabbed(text);
    const lines: number[] = [];
    const all = text.includes('"') ? this.parse(text, lines) : this.split(text, lines);
    const records = this.names === undefined ? this.takeHeader(all, lines) : all;
    this.rows += records.length;
    checkTableSize(this.rows, this.names?.length ?? 0, this.source, this.blankLines);
    return { records, lines };
  }

  /** Finds the dialect in the first lines; returns them as plain CSV. */
  private takePreamble(start: string): string {
    const found = preambleOf(start);
    if (found === undefined) return start;
    this.delimiter = found.delimiter;
    this.shownDelimiter = found.shown;
    this.isSpaced = found.isSpaced;
    this.line += found.lines;
    this.comments += found.comments;
    return found.text;
  }

  private takeHeader(all: string[][], lines: number[]): string[][] {
    if (all.length === 0) return all;
    const names = columnNames(all.shift()!);
    const where = `${this.place} line ${lines.shift()}`;
    // a name such as "2019" is plausible, one such as "5.1" is a measurement
    const datum = names.find((cell) => /^[+-]?\d*\.\d+$/.test(cell));
    if (datum !== undefined) {
      fail({
        what: `the first line looks like data (${quote(datum)}), not like column names`,
        where,
        fix: 'Add a line with the column names above it.',
      });
    }
    checkColumnNames(names, where);
    this.names = names;
    return all;
  }

  /** The first record. With too many columns it is refused before other records are compared with it. */
  private asHeader(record: string[]): string[] {
    checkLimit('maxColumns', record.length, this.source);
    return record;
  }

  /** Text without quotes. */
  private split(text: string, starts: number[]): string[][] {
    const { delimiter } = this;
    const lines = text.includes('\r') ? text.split(/\r\n|\r|\n/) : text.split('\n');
    // the text after the last line break is not a line
    if (lines[lines.length - 1] === '') lines.pop();
    const spaced = (delimiter === '\t' ? /[^\S\r\n\t]/ : /[^\S\r\n]/).test(text);
    const records: string[][] = [];
    let header = this.names;
    for (const line of lines) {
      const number = this.line++;
      // a line with empty cells is a row; a line of spaces is not
      if (line === '' || (spaced && !line.includes(delimiter) && line.trim() === '')) {
        this.blankLines++;
        continue;
      }
      const record = line.split(delimiter);
      if (spaced) for (let c = 0; c < record.length; c++) record[c] = trim(record[c], delimiter);
      header ??= this.asHeader(record);
      if (record.length !== header.length) {
        if (line.charCodeAt(0) === hash) {
          this.comments++;
          continue;
        }
        failOnLength(record.length, header, `${this.place} line ${number}`, this.shownDelimiter);
      }
      records.push(record);
      starts.push(number);
    }
    return records;
  }

  /** Text with quotes. */
  private parse(text: string, starts: number[]): string[][] {
    const { place } = this;
    const separator = this.delimiter.charCodeAt(0);
    const records: string[][] = [];
    let header = this.names;
    let at = 0;
    while (at < text.length) {
      const line = this.line;
      const start = at;
      const record: string[] = [];
      let isBlank = true;
      for (;;) {
        while (at < text.length && isBlankBefore(text.charCodeAt(at), separator)) at++;
        if (text.charCodeAt(at) === quoteCode) {
          isBlank = false;
          const cell = readQuoted(text, at);
          if (cell === undefined) failOnQuote(true, place, line, record.length, header);
          this.line += cell.breaks;
          at = cell.end;
          while (at < text.length && isBlankBefore(text.charCodeAt(at), separator)) at++;
          const next = text.charCodeAt(at);
          if (at < text.length && next !== separator && next !== newline && next !== carriageReturn) {
            failOnQuote(false, place, line, record.length, header);
          }
          record.push(cell.value);
        } else {
          const start = at;
          let code = text.charCodeAt(at);
          while (at < text.length && code !== separator && code !== newline && code !== carriageReturn) {
            if (code === quoteCode) failOnQuote(false, place, line, record.length, header);
            code = text.charCodeAt(++at);
          }
          const cell = text.slice(start, at).trimEnd();
          if (cell !== '') isBlank = false;
          record.push(cell);
        }
        if (text.charCodeAt(at) !== separator) break;
        at++;
      }
      // a line end of one or two characters, or the end of the text
      if (text.charCodeAt(at) === carriageReturn && text.charCodeAt(at + 1) === newline) at++;
      at++;
      this.line++;
      if (isBlank && record.length === 1) {
        this.blankLines++;
        continue;
      }
      header ??= this.asHeader(record);
      if (record.length !== header.length) {
        if (text.charCodeAt(start) === hash) {
          this.comments++;
          continue;
        }
        failOnLength(record.length, header, `${place} line ${line}`, this.shownDelimiter);
      }
      records.push(record);
      starts.push(line);
    }
    return records;
  }
}

/** The maximum length of the first lines that decide the dialect. */
const maxStartLength = 2 ** 14;

const hash = 0x23;
const [quoteCode, newline, carriageReturn, tab, formFeed, blank] = [0x22, 0x0a, 0x0d, 0x09, 0x0c, 0x20];

/** Whether a character before a cell, or after its closing quote, is skipped. */
const isBlankBefore = (code: number, separator: number) =>
  code === blank || code === formFeed || (code === tab && separator !== tab);

/** The quoted cell that begins at `start`, with doubled quotes made single; undefined if it is never closed. */
function readQuoted(text: string, start: number): { value: string; end: number; breaks: number } | undefined {
  let isDoubled = false;
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text.charCodeAt(close + 1) === quoteCode) {
    isDoubled = true;
    close = text.indexOf('"', close + 2);
  }
  if (close < 0) return undefined;
  const raw = text.slice(start + 1, close);
  return { value: isDoubled ? raw.replaceAll('""', '"') : raw, end: close + 1, breaks: countBreaks(raw) };
}

const breaks = /\r\n|\r|\n/g;

function countBreaks(text: string): number {
  if (!text.includes('\n') && !text.includes('\r')) return 0;
  let found = 0;
  breaks.lastIndex = 0;
  while (breaks.test(text)) found++;
  return found;
}

/** The cell without spaces around it: any Unicode space at its end, spaces and tabs at its start. */
function trim(cell: string, delimiter: string): string {
  return cell.replace(delimiter === '\t' ? /^[ \f]+/ : /^[ \t\f]+/, '').trimEnd();
}

/** The number of characters that are read at a time. */
const pieceLength = 2 ** 18;

/** The records of a CSV text in batches, as they are read. Throws as `parseCsv` does. */
export function* csvBatches(
  text: string,
  name: string,
  source?: Omit<LimitedSource, 'where'>,
): Generator<Csv, void, undefined> {
  const reader = new CsvReader(name, source);
  for (let at = 0; at < text.length; at += pieceLength) {
    const part = reader.push(text.slice(at, at + pieceLength));
    if (part.records.length > 0) yield { header: reader.header!, ...part };
  }
  yield { ...reader.end(), header: reader.header!, notes: reader.notes };
}

/**
 * Reads CSV text; `name` is used in errors.
 *
 * Throws an InputError for an empty file, a header without rows, a first line that is data, an empty or repeated column
 * name, a record whose length differs from the header (with its line) and a misplaced quote.
 */
export function parseCsv(text: string, name: string): Csv {
  const records: (readonly string[])[] = [];
  const lines: number[] = [];
  let header: readonly string[] = [];
  for (const part of csvBatches(text, name)) {
    header = part.header;
    for (const record of part.records) records.push(record);
    for (const line of part.lines) lines.push(line);
  }
  return { header, records, lines };
}
