/**
 * CSV text, both ways. Reading: RFC 4180 with a header, the delimiter found among comma, semicolon and tab, any line
 * ending, a byte-order mark, blank lines passed over, space around unquoted cells trimmed. It takes the text in pieces, so
 * that a file need not stand in memory, and looks at each character a fixed number of times, however long a line is. A piece
 * without quotes is split at its line ends and delimiters, to the same cells and several times as fast.
 */
import { fail } from '../../base/errors.ts';
import { checkColumnNames, tablePlace } from '../table/table.ts';
import { count, quote } from '../words.ts';
import { checkLimit, checkTableSize, type LimitedSource } from './limits.ts';

export interface Csv {
  readonly header: readonly string[];
  /** As many cells in each record as the header has. */
  readonly records: readonly (readonly string[])[];
  /** The line on which each record starts, from 1. */
  readonly lines: readonly number[];
}

const delimiters = [',', ';', '\t'] as const;

/** The delimiter that stands most often in the first line, outside quotes; a comma where none does. */
function findDelimiter(text: string): string {
  const counts = delimiters.map(() => 0);
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (character === '\n' || character === '\r') break;
    const found = (delimiters as readonly string[]).indexOf(character);
    if (found >= 0) counts[found]++;
  }
  return delimiters[counts.indexOf(Math.max(...counts))];
}

/** Complains of quotes; `line` is where the record starts. */
function failOnQuote(
  isOpen: boolean,
  place: string,
  line: number,
  index: number,
  header: readonly string[] | undefined,
): never {
  const column = header?.[index] === undefined ? index + 1 : quote(header[index]);
  fail({
    what: isOpen ? 'a quote is opened and never closed' : 'a quote stands inside a cell that it does not enclose',
    where: `${place} line ${line}, column ${column}`,
    fix: 'Enclose the whole cell in quotes and double those inside it: "5"" pipe".',
  });
}

function failOnLength(found: number, header: readonly string[], where: string, delimiter: string): never {
  const shown = delimiter === '\t' ? 'tab' : `"${delimiter}"`;
  fail({
    what: `${count(found, 'cell')}, but the header has ${header.length}`,
    where,
    fix:
      found > header.length
        ? `Enclose a cell that contains the delimiter (${shown}) in quotes, or remove the cell that has no column.`
        : `Give every column its cell, empty where the value is missing (the delimiter is ${shown}).`,
  });
}

/** Characters of the longest record. Beyond them a quote was hardly meant to be open. */
const longestRecord = 2 ** 24;

/**
 * Where the last line of a piece ends that is surely whole: after the last line break outside quotes; -1 where there is none.
 * `isQuoted` says whether the piece begins inside quotes; a carriage return at its very end may be the first half of a line
 * end.
 */
function lastLineEnd(piece: string, isQuoted: boolean): { end: number; isQuoted: boolean } {
  const quotes: number[] = [];
  for (let at = piece.indexOf('"'); at >= 0; at = piece.indexOf('"', at + 1)) quotes.push(at);
  let newline = piece.lastIndexOf('\n');
  let carriageReturn = piece.endsWith('\r') ? piece.lastIndexOf('\r', piece.length - 2) : piece.lastIndexOf('\r');
  if (piece === '\r') carriageReturn = -1;
  // A line break is outside quotes where an even number of them is before it: doubled ones count as two.
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
  /** The beginning of a record whose end has not come, in the pieces in which it came. */
  private held: string[] = [];
  private heldLength = 0;
  /** Whether the held text ends inside quotes. */
  private isQuoted = false;
  /** The line that is read next, from 1. */
  private line = 1;
  private begun = false;
  private delimiter = ',';
  private names?: readonly string[];
  private rows = 0;
  private blankLines = 0;

  /** `name` stands in errors; `source` gives the limits, which by default are none. */
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

  /** Takes the next piece of the text, and gives the records that are whole by now. Throws as `parseCsv`. */
  push(given: string): Omit<Csv, 'header'> {
    const piece = this.begun || !given.startsWith('\uFEFF') ? given : given.slice(1);
    if (given !== '') this.begun = true;
    const wasQuoted = this.isQuoted;
    const last = this.held[this.held.length - 1];
    const found = lastLineEnd(piece, wasQuoted);
    this.isQuoted = found.isQuoted;
    // a carriage return before this piece was a line end of its own
    const atStart = !wasQuoted && last?.endsWith('\r') && piece !== '' && !piece.startsWith('\n') ? 0 : -1;
    const end = Math.max(found.end, atStart);
    if (end < 0) {
      this.hold(piece);
      return { records: [], lines: [] };
    }
    const text = this.held.join('') + piece.slice(0, end);
    this.held = [];
    this.heldLength = 0;
    this.hold(piece.slice(end));
    return this.read(text);
  }

  private hold(text: string): void {
    if (text !== '') this.held.push(text);
    this.heldLength += text.length;
    if (this.heldLength <= longestRecord) return;
    const body = this.held.join('').slice(0, 2 ** 16);
    // where quotes are the fault, that is the better complaint
    if (body.includes('"')) this.read(body);
    fail({
      what: `a record has more than ${longestRecord} characters`,
      where: `${this.place} line ${this.line}`,
      fix: 'Is this CSV? Give each row a line of its own.',
    });
  }

  /** The last records, once all pieces were given. Throws where there is no header, or no row. */
  end(): Omit<Csv, 'header'> {
    const records = this.read(this.held.join(''));
    this.held = [];
    if (this.names === undefined) {
      fail({
        what: 'the file is empty',
        where: this.place,
        fix: 'Give a first line of column names, and a line for each row.',
      });
    }
    if (this.rows === 0) {
      fail({
        what: 'there is a header, but no row',
        where: this.place,
        fix: 'Give at least one line below the header.',
      });
    }
    return records;
  }

  private read(text: string): Omit<Csv, 'header'> {
    if (text.includes('\0')) {
      fail({ what: 'this is not UTF-8 text', where: this.place, fix: 'Save the table as CSV, encoded as UTF-8.' });
    }
    if (this.names === undefined) {
      const start = text.trimStart();
      if (start === '') {
        this.line += countBreaks(text);
        checkTableSize(0, 0, this.source, this.line);
        return { records: [], lines: [] };
      }
      this.delimiter = findDelimiter(start);
    }
    const lines: number[] = [];
    const all = text.includes('"') ? this.parse(text, lines) : this.split(text, lines);
    const records = this.names === undefined ? this.takeHeader(all, lines) : all;
    this.rows += records.length;
    checkTableSize(this.rows, this.names?.length ?? 0, this.source, this.blankLines);
    return { records, lines };
  }

  private takeHeader(all: string[][], lines: number[]): string[][] {
    if (all.length === 0) return all;
    const names = all.shift()!;
    const where = `${this.place} line ${lines.shift()}`;
    // a name such as "2019" is plausible, one such as "5.1" is a measurement
    const datum = names.find((cell) => /^[+-]?\d*\.\d+$/.test(cell));
    if (datum !== undefined) {
      fail({
        what: `the first line looks like data (${quote(datum)}), not like column names`,
        where,
        fix: 'Put a line of column names above it.',
      });
    }
    checkColumnNames(names, where);
    this.names = names;
    return all;
  }

  /** The first record; of too many columns it is refused before other records are compared with it. */
  private asHeader(record: string[]): string[] {
    checkLimit('maxColumns', record.length, this.source);
    return record;
  }

  /** Text without quotes. */
  private split(text: string, starts: number[]): string[][] {
    const { delimiter } = this;
    const lines = text.includes('\r') ? text.split(/\r\n|\r|\n/) : text.split('\n');
    // what follows the last line break is no line
    if (lines[lines.length - 1] === '') lines.pop();
    const spaced = (delimiter === '\t' ? /[^\S\r\n\t]/ : /[^\S\r\n]/).test(text);
    const records: string[][] = [];
    let header = this.names;
    for (const line of lines) {
      const number = this.line++;
      // a line of empty cells is a row; one of blanks alone is none
      if (line === '' || (spaced && !line.includes(delimiter) && line.trim() === '')) {
        this.blankLines++;
        continue;
      }
      const record = line.split(delimiter);
      if (spaced) for (let c = 0; c < record.length; c++) record[c] = trim(record[c], delimiter);
      header ??= this.asHeader(record);
      if (record.length !== header.length) {
        failOnLength(record.length, header, `${this.place} line ${number}`, delimiter);
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
        failOnLength(record.length, header, `${place} line ${line}`, this.delimiter);
      }
      records.push(record);
      starts.push(line);
    }
    return records;
  }
}

const [quoteCode, newline, carriageReturn, tab, formFeed, blank] = [0x22, 0x0a, 0x0d, 0x09, 0x0c, 0x20];

/** Whether a character before a cell, or after its closing quote, is passed over. */
const isBlankBefore = (code: number, separator: number) =>
  code === blank || code === formFeed || (code === tab && separator !== tab);

/** The cell in quotes that begins at `start`, its doubled quotes made single; undefined where it is never closed. */
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

/** Without the space around it: after the cell any of Unicode's, before it blanks and tabs. */
function trim(cell: string, delimiter: string): string {
  return cell.replace(delimiter === '\t' ? /^[ \f]+/ : /^[ \t\f]+/, '').trimEnd();
}

/** Characters that are read at a time. */
const pieceLength = 2 ** 18;

/** The parts of a CSV text, one after the other, as they are read. Throws as `parseCsv`. */
export function* csvParts(
  text: string,
  name: string,
  source?: Omit<LimitedSource, 'where'>,
): Generator<Csv, void, undefined> {
  const reader = new CsvReader(name, source);
  for (let at = 0; at < text.length; at += pieceLength) {
    const part = reader.push(text.slice(at, at + pieceLength));
    if (part.records.length > 0) yield { header: reader.header!, ...part };
  }
  yield { ...reader.end(), header: reader.header! };
}

/**
 * Reads CSV text; `name` stands in errors.
 *
 * Throws an InputError for an empty file, a header without rows, a first line that is data, an empty or repeated column
 * name, a record of another length than the header (naming its line) and a quote out of place.
 */
export function parseCsv(text: string, name: string): Csv {
  const records: (readonly string[])[] = [];
  const lines: number[] = [];
  let header: readonly string[] = [];
  for (const part of csvParts(text, name)) {
    header = part.header;
    for (const record of part.records) records.push(record);
    for (const line of part.lines) lines.push(line);
  }
  return { header, records, lines };
}

/**
 * CSV text of a header and rows, comma-delimited, lines ended by \n; cells are quoted where reading needs it. Undefined
 * gives an empty cell. `parseCsv` reads back the same cells.
 */
export function writeCsv(
  header: readonly string[],
  rows: readonly (readonly (string | number | boolean | undefined)[])[],
): string {
  return csvLine(header) + rows.map(csvLine).join('');
}

/** One line of `writeCsv`. */
export function csvLine(cells: readonly (string | number | boolean | undefined)[]): string {
  const shown = cells.map((cell) => {
    const text = cell === undefined ? '' : String(cell);
    // semicolons and tabs too: in the header they would sway the search for the delimiter
    return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  // an empty line would be passed over
  return `${shown.join(',') || '""'}\n`;
}
