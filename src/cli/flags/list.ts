/**
 * Lists on the command line: `a,b`. A part with a comma is put into quotes, as in CSV: `"size, cm",b`. Among the columns of a table,
 * quotes are not needed: the longest names that fit are taken.
 */
import { fail, nearest } from '../../base/errors.ts';

/** A part of a list. */
export interface ListPart {
  readonly text: string;
  /** The position of the last = outside quotes; -1 if there is none. */
  readonly equals: number;
}

/** The parts of a list, without spaces around them. Throws an InputError for a quote that is not closed. */
export function splitList(list: string, flag: string): ListPart[] {
  const parts: ListPart[] = [];
  let [text, equals, isOpen, isFresh] = ['', -1, false, true];
  // spaces around a part are dropped, but not those inside quotes
  let quotedTo = 0;
  const finish = () => {
    const kept = text.slice(0, quotedTo) + text.slice(quotedTo).trimEnd();
    parts.push({ text: kept, equals });
    [text, equals, isFresh, quotedTo] = ['', -1, true, 0];
  };
  for (let i = 0; i < list.length; i++) {
    const letter = list[i];
    if (isOpen) {
      if (letter !== '"') text += letter;
      else if (list[i + 1] === '"') {
        text += letter;
        i++;
      } else {
        isOpen = false;
        quotedTo = text.length;
      }
    } else if (letter === '"' && (isFresh || equals === text.length - 1)) [isOpen, isFresh] = [true, false];
    else if (letter === ',') finish();
    else if (!(isFresh && letter.trim() === '')) {
      if (letter === '=') equals = text.length;
      text += letter;
      isFresh = false;
    }
  }
  if (isOpen) {
    fail({
      what: 'a quote is opened but never closed',
      where: flag,
      fix: `Close it: ${flag} '"size, cm",age'.`,
    });
  }
  finish();
  return parts;
}

/** A list flag that is repeated adds to its list: `--missing n.d. --missing 9999` is `--missing n.d.,9999`. For commander. */
export const addedToList = (text: string, before: string | undefined): string =>
  before === undefined ? text : `${before},${text}`;

/** The texts of a list. */
export const textsOf = (list: string, flag: string): string[] => splitList(list, flag).map(({ text }) => text);

/** A text as a part of a list. */
export const listPart = (text: string): string =>
  /^[",\s]|[,\s]$|,/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** The names of columns in a list: the longest ones that fit, where the list has no quotes. */
export function columnList(list: string, columns: readonly string[], flag: string): string[] {
  const known = new Set(columns.map((name) => name.normalize('NFC')));
  const isColumn = (name: string) => known.has(name.normalize('NFC'));
  const quoted = textsOf(list, flag);
  if (list.includes('"') && quoted.every(isColumn)) return quoted;
  const pieces = list.split(',');
  const names: string[] = [];
  for (let start = 0; start < pieces.length; ) {
    let end = pieces.length;
    while (end > start + 1 && !isColumn(pieces.slice(start, end).join(',').trim())) end--;
    const name = pieces.slice(start, end).join(',').trim();
    // an unknown name is left to the check of the options, which suggests the nearest one
    if (!isColumn(name)) return quoted;
    names.push(name);
    start = end;
  }
  return names;
}

/** Marks of missing values: `-999,None` for all columns, `temp=-999` for one. Throws an InputError for both at once. */
export function marksIn(list: string, flag: string): string[] | Record<string, string[]> {
  const parts = splitList(list, flag);
  const own = parts.filter(({ equals }) => equals > 0);
  if (own.length === 0) return parts.map(({ text }) => text);
  const other = parts.find(({ equals }) => equals <= 0);
  if (other !== undefined) {
    fail({
      what: `"${other.text}" names no column, but other marks do`,
      where: flag,
      fix: `Write each mark with its column: ${flag} temp=-999,temp=None; or all of them without.`,
    });
  }
  const marks: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const { text, equals } of own) {
    const column = text.slice(0, equals).trim();
    marks[column] = [...(marks[column] ?? []), text.slice(equals + 1).trim()];
  }
  return marks;
}

/** Throws an InputError for marks of a column that the table does not have. */
export function checkMarkedColumns(marks: unknown, columns: readonly string[], flag: string): void {
  if (typeof marks !== 'object' || marks === null || Array.isArray(marks)) return;
  const known = new Set(columns.map((name) => name.normalize('NFC')));
  const unknown = Object.keys(marks).find((name) => !known.has(name.normalize('NFC')));
  if (unknown === undefined) return;
  const guess = nearest(unknown, columns);
  fail({
    what: `the table has no column "${unknown}"`,
    where: flag,
    fix: `${guess === undefined ? '' : `Did you mean "${guess}"? `}Put a mark that contains = into quotes: ${flag} '"a=b"'.`,
  });
}
