/**
 * CSV text, both ways. Reading: RFC 4180 with a header, the delimiter found among comma, semicolon and tab, any line
 * ending, a byte-order mark, blank lines passed over, space around unquoted cells trimmed. It takes the text in pieces, so
 * that a file need not stand in memory. Where quotes stand, csv-parse reads (in the build that needs nothing of Node); a
 * piece without any is split at its line ends and delimiters, to the same cells and thirty times as fast.
 */
import { CsvError, parse } from 'csv-parse/browser/esm/sync';
import { fail } from '../base/errors.ts';
import { checkColumnNames, tablePlace } from './table.ts';
import { count } from './words.ts';

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

function countLineBreaks(record: readonly string[]): number {
  let count = 0;
  for (const cell of record) if (/[\r\n]/.test(cell)) count += cell.split(/\r\n|\r|\n/).length - 1;
  return count;
}

/** csv-parse's complaint about quotes, in our words; `line` is where the record starts. */
function failOnQuote(error: CsvError, place: string, line: number, header: readonly string[] | undefined): never {
  const index = Number(error.column);
  const column = header?.[index] === undefined ? index + 1 : `"${header[index]}"`;
  fail({
    what:
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'a quote is opened and never closed'
        : 'a quote stands inside a cell that it does not enclose',
    where: `${place} line ${line}, column ${column}`,
    mend: 'Enclose the whole cell in quotes and double those inside it: "5"" pipe".',
  });
}

function failOnLength(found: number, header: readonly string[], where: string, delimiter: string): never {
  const shown = delimiter === '\t' ? 'tab' : `"${delimiter}"`;
  fail({
    what: `${count(found, 'cell')}, but the header has ${header.length}`,
    where,
    mend:
      found > header.length
        ? `Enclose a cell that contains the delimiter (${shown}) in quotes, or remove the cell that has no column.`
        : `Give every column its cell, empty where the value is missing (the delimiter is ${shown}).`,
  });
}

/** Characters of the longest record. Beyond them a quote was hardly meant to be open. */
const longestRecord = 2 ** 24;
/** Characters that are read at a time. */
const pieceLength = 2 ** 20;

/** Where the last line ends that is surely whole: after the last line break outside quotes; 0 where there is none. */
function wholeLines(text: string): number {
  const quotes: number[] = [];
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes.push(at);
  // a line break is outside quotes where an even number of them stands before it: doubled ones count as two
  for (let k = quotes.length - (quotes.length % 2); k >= 0; k -= 2) {
    const from = k === 0 ? 0 : quotes[k - 1] + 1;
    const to = k === quotes.length ? text.length : quotes[k];
    const stretch = text.slice(from, to);
    const newline = stretch.lastIndexOf('\n');
    // a carriage return at the very end may be the first half of a line end
    const last = from + stretch.length === text.length && stretch.endsWith('\r') ? stretch.length - 2 : undefined;
    const at = Math.max(newline, stretch.lastIndexOf('\r', last));
    if (at >= 0 && !(at === 0 && last === -1)) return from + at + 1;
  }
  return 0;
}

/** Reads CSV that comes in pieces. */
export class CsvReader {
  private readonly place: string;
  private rest = '';
  /** The line that is read next, from 1. */
  private line = 1;
  private begun = false;
  private delimiter = ',';
  private names?: readonly string[];
  private found = false;

  /** `name` stands in errors. */
  constructor(name: string) {
    this.place = tablePlace({ name, lines: [] });
  }

  get header(): readonly string[] | undefined {
    return this.names;
  }

  /** Takes the next piece of the text, and gives the records that are whole by now. Throws as `parseCsv`. */
  push(piece: string): Omit<Csv, 'header'> {
    const text = this.rest + (this.begun || !piece.startsWith('\uFEFF') ? piece : piece.slice(1));
    if (piece !== '') this.begun = true;
    const end = wholeLines(text);
    this.rest = text.slice(end);
    if (this.rest.length > longestRecord) {
      const body = this.rest.slice(0, 2 ** 16);
      if (body.includes('"')) this.read(body);
      fail({
        what: `a record has more than ${longestRecord} characters`,
        where: `${this.place} line ${this.line}`,
        mend: 'Is this CSV? Give each row a line of its own.',
      });
    }
    return this.read(text.slice(0, end));
  }

  /** The last records, once all pieces were given. Throws where there is no header, or no row. */
  end(): Omit<Csv, 'header'> {
    const records = this.read(this.rest);
    this.rest = '';
    if (this.names === undefined) {
      fail({
        what: 'the file is empty',
        where: this.place,
        mend: 'Give a first line of column names, and a line for each row.',
      });
    }
    if (!this.found) {
      fail({
        what: 'there is a header, but no row',
        where: this.place,
        mend: 'Give at least one line below the header.',
      });
    }
    return records;
  }

  private read(text: string): Omit<Csv, 'header'> {
    if (text.includes('\0')) {
      fail({ what: 'this is not UTF-8 text', where: this.place, mend: 'Save the table as CSV, encoded as UTF-8.' });
    }
    if (this.names === undefined) {
      const start = text.trimStart();
      if (start === '') {
        this.line += countBreaks(text);
        return { records: [], lines: [] };
      }
      this.delimiter = findDelimiter(start);
    }
    const lines: number[] = [];
    const all = text.includes('"') ? this.parse(text, lines) : this.split(text, lines);
    const records = this.names === undefined ? this.takeHeader(all, lines) : all;
    this.found ||= records.length > 0;
    return { records, lines };
  }

  private takeHeader(all: string[][], lines: number[]): string[][] {
    const [names, ...records] = all;
    const where = `${this.place} line ${lines.shift()}`;
    // a name such as "2019" is plausible, one such as "5.1" is a measurement
    const datum = names.find((cell) => /^[+-]?\d*\.\d+$/.test(cell));
    if (datum !== undefined) {
      fail({
        what: `the first line looks like data ("${datum}"), not like column names`,
        where,
        mend: 'Put a line of column names above it.',
      });
    }
    checkColumnNames(names, where);
    this.names = names;
    return records;
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
      if (line === '' || (spaced && !line.includes(delimiter) && line.trim() === '')) continue;
      const record = line.split(delimiter);
      if (spaced) for (let c = 0; c < record.length; c++) record[c] = trim(record[c], delimiter);
      header ??= record;
      if (record.length !== header.length) {
        failOnLength(record.length, header, `${this.place} line ${number}`, delimiter);
      }
      records.push(record);
      starts.push(number);
    }
    return records;
  }

  private parse(text: string, starts: number[]): string[][] {
    const { delimiter, place } = this;
    let finished = 0;
    let header = this.names;
    try {
      return parse(text, {
        delimiter,
        // all three, whatever the first line ends with: files that were glued together mix them
        record_delimiter: ['\r\n', '\n', '\r'],
        trim: true,
        skip_empty_lines: true,
        relax_column_count: true,
        on_record: (record: string[], { empty_lines }) => {
          header ??= record;
          const line = this.line + empty_lines + finished;
          finished += 1 + countLineBreaks(record);
          if (record.length !== header.length) failOnLength(record.length, header, `${place} line ${line}`, delimiter);
          starts.push(line);
          return record;
        },
      }) as string[][];
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      failOnQuote(error, place, this.line + Number(error.empty_lines) + finished, header);
    } finally {
      this.line += countBreaks(text);
    }
  }
}

const breaks = /\r\n|\r|\n/g;
const countBreaks = (text: string) => text.match(breaks)?.length ?? 0;

/** Without the space around it, as csv-parse trims: after the cell any of Unicode's, before it blanks and tabs. */
function trim(cell: string, delimiter: string): string {
  return cell.replace(delimiter === '\t' ? /^[ \f]+/ : /^[ \t\f]+/, '').trimEnd();
}

/**
 * Reads CSV text; `name` stands in errors.
 *
 * Throws an InputError for an empty file, a header without rows, a first line that is data, an empty or repeated column
 * name, a record of another length than the header (naming its line) and a quote out of place.
 */
export function parseCsv(text: string, name: string): Csv {
  const reader = new CsvReader(name);
  const records: (readonly string[])[] = [];
  const lines: number[] = [];
  const take = (part: Omit<Csv, 'header'>) => {
    for (const record of part.records) records.push(record);
    for (const line of part.lines) lines.push(line);
  };
  for (let at = 0; at < text.length; at += pieceLength) take(reader.push(text.slice(at, at + pieceLength)));
  take(reader.end());
  return { header: reader.header!, records, lines };
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
