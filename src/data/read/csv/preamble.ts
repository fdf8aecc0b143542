/**
 * What a CSV file has before its rows, in the dialects of programs: a first line `sep=;` (Excel), comment lines with #, the delimiter,
 * and a header that is a cell shorter than the rows (R) or has a cell too many. The start of a text is rewritten to plain CSV.
 */
import { parseNumber } from '../../table/number.ts';

/** The start of a text, to be read as CSV. */
export interface Preamble {
  /** The text from the header on. */
  readonly text: string;
  /** Lines before the header. */
  readonly lines: number;
  readonly delimiter: string;
  /** The delimiter for people. */
  readonly shown: string;
  /** Cells are separated by any number of spaces; the rest of the text must be rewritten by `tabbed`. */
  readonly isSpaced: boolean;
  readonly comments: number;
}

const delimiters = [',', ';', '\t', '|'] as const;
const shownAs: Readonly<Record<string, string>> = { '\t': 'tab', ' ': 'spaces' };

/** So many lines decide about the delimiter and the header. */
export const sampleLines = 32;

/** Cells of a line, roughly: quotes are removed, and a quote that is not closed ends with the line. */
function roughCells(line: string, delimiter: string): { readonly text: string; readonly isQuoted: boolean }[] {
  const cells: { text: string; isQuoted: boolean }[] = [];
  let [text, isOpen, isQuoted] = ['', false, false];
  for (let i = 0; i < line.length; i++) {
    const letter = line[i];
    if (letter === '"') [isOpen, isQuoted] = [!isOpen, true];
    else if (letter === delimiter && !isOpen) {
      cells.push({ text: text.trim(), isQuoted });
      [text, isQuoted] = ['', false];
    } else text += letter;
  }
  cells.push({ text: text.trim(), isQuoted });
  return cells;
}

/** The most characters that decide about the dialect, so that a long line costs no more than a short one. */
const maxSample = 2 ** 16;

/** The line that begins at `at`, and where the next one begins. */
function lineAt(text: string, at: number): { readonly line: string; readonly next: number } {
  const feed = text.indexOf('\n', at);
  const found = text.slice(at, feed === -1 ? undefined : feed).indexOf('\r');
  const end = found !== -1 ? at + found : feed === -1 ? text.length : feed;
  const next = text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1;
  return { line: text.slice(at, end), next };
}

/** The first lines from `at` on that are not blank. */
function firstLines(text: string, at: number): string[] {
  const lines: string[] = [];
  while (at < text.length && lines.length < sampleLines) {
    const { line, next } = lineAt(text, at);
    if (line.trim() !== '') lines.push(line);
    at = next;
  }
  return lines;
}

/** A line with its runs of spaces outside quotes as tabs. */
function spacesToTabs(line: string): string {
  if (!line.includes('"')) return line.trim().replace(/ +/g, '\t');
  let [out, isOpen] = ['', false];
  for (const letter of line.trim()) {
    if (letter === '"') isOpen = !isOpen;
    out += letter === ' ' && !isOpen ? (out.endsWith('\t') ? '' : '\t') : letter;
  }
  return out;
}

/** Text of complete lines with spaces as delimiters, as text with tabs. */
export const tabbed = (text: string): string =>
  text
    .split(/(\r\n|\r|\n)/)
    .map((piece, i) => (i % 2 === 1 ? piece : spacesToTabs(piece)))
    .join('');

const isNumeric = (text: string) => parseNumber(text) !== undefined;

/** Whether lines without another delimiter are separated by spaces, as R and many scientific programs write them. */
function isSpaced(lines: readonly string[]): boolean {
  const [header, ...rows] = lines.map((line) => roughCells(spacesToTabs(line), '\t'));
  if (rows.length === 0 || header.length < 2) return false;
  const [{ length: width }] = rows;
  if (rows.some((row) => row.length !== width) || (width !== header.length && width !== header.length + 1))
    return false;
  if (header.every(({ isQuoted }) => isQuoted)) return true;
  // two words can be the name of one column
  const numeric = Array.from({ length: width }, (_, c) => rows.every((row) => isNumeric(row[c].text)));
  return width > 2 ? numeric.some(Boolean) : numeric.every(Boolean);
}

/** The most frequent delimiter in the header, outside quotes; spaces or else a comma if there is none. */
function findDelimiter(lines: readonly string[]): string {
  const header = (lines[0] ?? '').slice(0, maxSample);
  const counts = delimiters.map((delimiter) =>
    header.includes(delimiter) ? roughCells(header, delimiter).length - 1 : 0,
  );
  const most = Math.max(...counts);
  if (most > 0) return delimiters[counts.indexOf(most)];
  return isSpaced(lines) ? ' ' : ',';
}

/** The delimiter that Excel's first line names: `sep=;`. */
function namedDelimiter(line: string): string | undefined {
  const [, found] = /^"?sep=(\t|.)"?\s*$/i.exec(line.trimStart()) ?? [];
  return found;
}

/**
 * Whether the first cells of rows are names of rows, for which R's header has no cell: all differ, and they are in quotes, contain a
 * text, or count the rows. Decimal commas without quotes also make a cell too many, so numbers alone do not suffice.
 */
function areRowNames(
  rows: readonly (readonly { readonly text: string; readonly isQuoted: boolean }[])[],
  width: number,
): boolean {
  const names = rows.map(([first]) => first);
  if (new Set(names.map(({ text }) => text)).size < names.length) return false;
  if (names.every(({ isQuoted }) => isQuoted)) return true;
  if (width < 2 || names.length < 2) return false;
  return (
    names.some(({ text }) => text !== '' && !isNumeric(text)) || names.every(({ text }, i) => text === String(i + 1))
  );
}

/** The header with as many cells as the rows have, if all of them differ from it in the same way. */
function fittedHeader(header: string, rows: readonly string[], delimiter: string): string {
  const width = roughCells(header, delimiter).length;
  const cells = rows.map((line) => roughCells(line, delimiter));
  if (cells.length === 0) return header;
  if (cells.every((row) => row.length === width + 1)) {
    if (areRowNames(cells, width)) return `${delimiter}${header}`;
    return cells.every((row) => row[width].text === '' && !row[width].isQuoted) ? `${header}${delimiter}` : header;
  }
  const isLonger = header.trimEnd().endsWith(delimiter) && delimiter !== '\t' && width > 1;
  return isLonger && cells.every((row) => row.length === width - 1) ? header.trimEnd().slice(0, -1) : header;
}

/** `# a,b` as `a,b`; in `#chrom` the sign belongs to the name. */
const withoutHash = (line: string) => line.replace(/^#+\s+/, '');

/** Whether a comment is the header: it has as many cells as the line below it, and only that line has numbers. */
function isHeader(comment: string, below: string): boolean {
  const bare = withoutHash(comment);
  const delimiter = findDelimiter([below]);
  const [names, cells] = [roughCells(bare, delimiter), roughCells(below, delimiter)];
  return (
    names.length > 1 &&
    names.length === cells.length &&
    names.every(({ text }) => text !== '' && !isNumeric(text)) &&
    cells.some(({ text }) => isNumeric(text))
  );
}

/** Reads what is before the rows; `text` has the first lines of a file, all complete. Undefined if it has no header yet. */
export function preambleOf(text: string): Preamble | undefined {
  let [at, lines, comments] = [0, 0, 0];
  let named: string | undefined;
  let comment: { readonly at: number; readonly line: string; readonly next: number } | undefined;
  for (;;) {
    if (at >= text.length) return undefined;
    const { line, next } = lineAt(text, at);
    if (line.trim() === '') comment = undefined;
    else if (comments === 0 && named === undefined && namedDelimiter(line) !== undefined) named = namedDelimiter(line);
    else if (line.startsWith('#') && hasMore(text, next)) {
      comments++;
      comment = { at, line, next };
    } else break;
    lines++;
    at = next;
  }
  if (comment !== undefined && isHeader(comment.line, lineAt(text, at).line)) {
    const bare = withoutHash(comment.line);
    return fitted(`${bare}\n${text.slice(at)}`, { lines: lines - 1, comments: comments - 1, named });
  }
  return fitted(text.slice(at), { lines, comments, named });
}

/** Whether a line that is not blank follows: a single line with # is the header. */
const hasMore = (text: string, at: number): boolean => text.slice(at).trim() !== '';

function fitted(
  text: string,
  { lines, comments, named }: { readonly lines: number; readonly comments: number; readonly named: string | undefined },
): Preamble {
  const sample = firstLines(text.slice(0, maxSample), 0).filter((line, i) => i === 0 || !line.startsWith('#'));
  const delimiter = named ?? findDelimiter(sample);
  const shown = shownAs[delimiter] ?? `"${delimiter}"`;
  const isOfSpaces = delimiter === ' ';
  const plain = isOfSpaces ? tabbed(text) : text;
  const own = isOfSpaces ? '\t' : delimiter;
  const { line: header, next } = lineAt(plain, 0);
  const rows = isOfSpaces ? sample.slice(1).map(spacesToTabs) : sample.slice(1);
  // a very long header, and one with a quote that continues on the next line, are left as they are
  const isWhole = header.length + rows.join('').length < maxSample && (header.split('"').length - 1) % 2 === 0;
  const first = isWhole ? fittedHeader(header, rows, own) : header;
  return {
    text: first === header ? plain : `${first}${plain.slice(Math.min(header.length, next))}`,
    lines,
    delimiter: own,
    shown,
    isSpaced: isOfSpaces,
    comments,
  };
}
