/**
 * CSV text, both ways. Reading: RFC 4180 with a header, the delimiter found among comma, semicolon and tab, any line
 * ending, a byte-order mark, blank lines passed over, space around unquoted cells trimmed. csv-parse does the parsing,
 * in the build that needs nothing of Node.
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

/**
 * Reads CSV text; `name` stands in errors.
 *
 * Throws an InputError for an empty file, a header without rows, a first line that is data, an empty or repeated column
 * name, a record of another length than the header (naming its line) and a quote out of place.
 */
export function parseCsv(text: string, name: string): Csv {
  const place = tablePlace({ name, lines: [] });
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (body.trim() === '') {
    fail({
      what: 'the file is empty',
      where: place,
      mend: 'Give a first line of column names, and a line for each row.',
    });
  }
  if (body.includes('\0')) {
    fail({ what: 'this is not UTF-8 text', where: place, mend: 'Save the table as CSV, encoded as UTF-8.' });
  }
  const delimiter = findDelimiter(body.trimStart());
  const starts: number[] = [];
  let finished = 0;
  let header: readonly string[] | undefined;
  let all: string[][];
  try {
    all = parse(body, {
      delimiter,
      // all three, whatever the first line ends with: files that were glued together mix them
      record_delimiter: ['\r\n', '\n', '\r'],
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (record: string[], { empty_lines }) => {
        header ??= record;
        const line = 1 + empty_lines + finished;
        finished += 1 + countLineBreaks(record);
        if (record.length !== header.length) failOnLength(record.length, header, `${place} line ${line}`, delimiter);
        starts.push(line);
        return record;
      },
    }) as string[][];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    failOnQuote(error, place, 1 + Number(error.empty_lines) + finished, header);
  }
  const [names, ...records] = all;
  const where = `${place} line ${starts[0]}`;
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
  if (records.length === 0) {
    fail({ what: 'there is a header, but no row', where: place, mend: 'Give at least one line below the header.' });
  }
  return { header: names, records, lines: starts.slice(1) };
}

/**
 * CSV text of a header and rows, comma-delimited, lines ended by \n; cells are quoted where reading needs it. Undefined
 * gives an empty cell. `parseCsv` reads back the same cells.
 */
export function writeCsv(
  header: readonly string[],
  rows: readonly (readonly (string | number | boolean | undefined)[])[],
): string {
  const line = (cells: readonly (string | number | boolean | undefined)[]) => {
    const shown = cells.map((cell) => {
      const text = cell === undefined ? '' : String(cell);
      // semicolons and tabs too: in the header they would sway the search for the delimiter
      return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    });
    // an empty line would be passed over
    return `${shown.join(',') || '""'}\n`;
  };
  return line(header) + rows.map(line).join('');
}
