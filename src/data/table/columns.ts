/** The kinds of cells in a column: numbers, dates, booleans or text; counted, and reported if they are mixed. */
import { fail } from '../../base/errors.ts';
import { type Message, message, setting } from '../../base/reference.ts';
import { quote } from '../../base/wording.ts';
import { canonicalNumber, decimal, exceedsFloat } from './number.ts';
import { showSpelling } from './number-spelling.ts';
import { parseDateIn, parseNumberIn, type Spelling, spellingsOf } from './spelling.ts';
import { type Cells, type Column, cellPlace, type Table } from './table.ts';

export { parseNumber } from './number.ts';

/** A kind of cell that can be a category. */
export type CellKind = 'number' | 'boolean' | 'text';

/** The form in which texts with the same value are equal: "1.0" and "1", "True" and "true". */
export const canonical: Readonly<Record<CellKind, (cell: string) => string>> = {
  number: canonicalNumber,
  boolean: (cell) => cell.toLowerCase(),
  text: (cell) => cell,
};

export interface Profile {
  /** `mixed`: at least half the cells are meant as numbers, or are dates, but not all; `empty`: all cells are missing. */
  readonly kind: CellKind | 'date' | 'mixed' | 'empty';
  readonly present: number;
  readonly missing: number;
  /** The number of rows of each distinct value, in order of appearance; values are in canonical form. */
  readonly counts: ReadonlyMap<string, number>;
  /** There are more distinct values than `counts` has: in a large file, not all are counted. */
  readonly many?: boolean;
  /** The first cell of a mixed column that is not like most: not a finite number, or not a date. */
  readonly odd?: { readonly row: number; readonly value: string; readonly among: 'numbers' | 'dates' };
  /** How the numbers or dates are written, if all of them are written in another way than 1234.5 and 2026-11-27. */
  readonly spelling?: Spelling;
  /** Of texts that are mostly numbers or dates in a spelling that cannot be read: why, as a sentence without a full stop. */
  readonly unreadable?: string;
  /** All cells are digits of the same length, and some begin with 0, as in codes: "01067". */
  readonly areCodes?: boolean;
}

// meant as numbers, but not numbers: decimal commas and separated thousands; the results of failed calculations
const separated = /^[+-]?\d+(,\d+)+(\.\d+)?$/;
const numberLike = /^[+-]?(nan|inf|infinity)$/i;

function isBoolean(cell: string): boolean {
  return /^(true|false)$/i.test(cell);
}

/** The profiles of columns, which do not change. */
const known = new WeakMap<Column, Profile>();

/** The profile of a column, computed once. */
export function profile(column: Column): Profile {
  if (column.packed !== undefined) return column.packed.profile;
  let found = known.get(column);
  if (found === undefined) {
    found = profileOf(column);
    known.set(column, found);
  }
  return found;
}

/** A reader of a column's cells. Numbers and dates are read in the spelling of the column itself. */
export const cellsOf = (column: Column): Cells => cellsIn(column, profile(column).spelling ?? {});

/** The same in a given spelling. */
export function cellsIn(column: Column, spelling: Spelling): Cells {
  if (column.packed !== undefined) return column.packed;
  const { values } = column;
  const [toNumber, toDate] = [parseNumberIn(spelling), parseDateIn(spelling)];
  return {
    text: (row) => values[row],
    number(row) {
      const cell = values[row];
      return cell === undefined ? Number.NaN : (toNumber(cell) ?? Number.NaN);
    },
    date(row) {
      const cell = values[row];
      return cell === undefined ? Number.NaN : (toDate(cell) ?? Number.NaN);
    },
    has: (row) => values[row] !== undefined,
  };
}

/** Counts the kinds of cells, cell by cell or value by value. */
export class KindCounter {
  present = 0;
  private readonly toDate: (cell: string) => number | undefined;
  private readonly toNumber: (cell: string) => number | undefined;
  private numbers = 0;
  private likeNumbers = 0;
  private booleans = 0;
  private dates = 0;
  private length = -1;
  private areCodes = true;
  private hasLeadingZero = false;
  /** The first cell that is not a number, and the first that is not a date. */
  private readonly odd: Record<'numbers' | 'dates', { readonly row: number; readonly value: string } | undefined> = {
    numbers: undefined,
    dates: undefined,
  };

  /** Counts cells in a spelling; default: plain decimals and dates of ISO 8601. */
  constructor(spelling: Spelling = {}) {
    this.toNumber = parseNumberIn(spelling);
    this.toDate = parseDateIn(spelling);
  }

  /** Adds `rows` cells with the same text, the first of them in `row`. */
  add(cell: string, row: number, rows = 1): void {
    this.present += rows;
    const isNumber = this.toNumber(cell) !== undefined;
    const isDate = !isNumber && this.toDate(cell) !== undefined;
    if (!isNumber) this.note('numbers', row, cell);
    if (!isDate) this.note('dates', row, cell);
    if (isNumber) this.noteCode(cell);
    if (isNumber) this.numbers += rows;
    else if (isDate) this.dates += rows;
    else if (isBoolean(cell)) this.booleans += rows;
    // 1e999 has the form of a number, but is not finite
    else if (numberLike.test(cell) || separated.test(cell) || decimal.test(cell)) this.likeNumbers += rows;
  }

  private note(among: 'numbers' | 'dates', row: number, value: string): void {
    const found = this.odd[among];
    if (found === undefined || row < found.row) this.odd[among] = { row, value };
  }

  private noteCode(cell: string): void {
    if (!this.areCodes) return;
    if (this.length === -1) this.length = cell.length;
    this.areCodes = cell.length === this.length && /^\d{2,}$/.test(cell);
    this.hasLeadingZero ||= cell.charCodeAt(0) === 48;
  }

  /** Whether all cells are digits of the same length, some of them with a leading zero. */
  get isOfCodes(): boolean {
    return this.areCodes && this.hasLeadingZero && this.numbers === this.present;
  }

  /** Adds one cell that is known to be a number, or a date. */
  addOne(kind: 'numbers' | 'dates'): void {
    this.present++;
    this[kind]++;
  }

  /** Numbers or dates, if at least half the cells are of that kind. */
  get mainKind(): 'numbers' | 'dates' | undefined {
    if (2 * (this.numbers + this.likeNumbers) >= this.present) return 'numbers';
    return 2 * this.dates >= this.present ? 'dates' : undefined;
  }

  get kind(): Profile['kind'] {
    if (this.present === 0) return 'empty';
    if (this.numbers === this.present) return 'number';
    if (this.booleans === this.present) return 'boolean';
    if (this.dates === this.present) return 'date';
    return this.mainKind === undefined ? 'text' : 'mixed';
  }

  /** The first cell of a mixed column that is not like most. */
  get oddCell(): Profile['odd'] {
    const among = this.mainKind;
    return this.kind === 'mixed' && among !== undefined ? { ...this.odd[among]!, among } : undefined;
  }
}

/** The canonical form in which a column's values are counted. */
export const countedAs = ({ kind, spelling }: Pick<Profile, 'kind' | 'spelling'>): CellKind =>
  spelling === undefined && (kind === 'number' || kind === 'boolean') ? kind : 'text';

/**
 * The kind of a column's cells as categories. Numbers that are names keep their text: integers with more digits than a float64 holds,
 * codes with leading zeros, and numbers in a spelling of their own.
 */
export function categoriesAs(found: Profile): CellKind {
  const counted = countedAs(found);
  if (counted !== 'number') return counted;
  if (found.areCodes) return 'text';
  for (const value of found.counts.keys()) if (exceedsFloat(value)) return 'text';
  return 'number';
}

/** The kind of a column as counted, and as its other spellings turn out. `texts` gives the distinct cells. */
export function kindWithSpelling(
  counter: KindCounter,
  texts: () => readonly string[],
  spelling?: Spelling,
): Pick<Profile, 'kind' | 'odd' | 'spelling' | 'unreadable' | 'areCodes'> {
  const { kind, oddCell: odd } = counter;
  if (spelling !== undefined) return { kind, spelling, ...(odd !== undefined && { odd }) };
  if (kind === 'number' && counter.isOfCodes) return { kind, areCodes: true };
  if (kind !== 'text' && kind !== 'mixed') return { kind };
  const found = spellingsOf(texts());
  if ('kind' in found) return found;
  return { kind, ...(odd !== undefined && { odd }), ...(kind === 'text' && found) };
}

function profileOf(column: Column): Profile {
  const { values, spelling } = column;
  const counter = new KindCounter(spelling);
  values.forEach((cell, row) => {
    if (cell !== undefined) counter.add(cell, row);
  });
  const present = values.filter((cell) => cell !== undefined);
  const found = kindWithSpelling(counter, () => [...new Set(present)], spelling);
  const counts = countValues(countedAs(found), present);
  return { ...found, present: present.length, missing: values.length - present.length, counts };
}

const orElse = (alternative: Message | undefined): Message =>
  alternative === undefined ? '' : message`, or ${alternative}`;

/** Throws an InputError for a cell that is not a number or a date where one belongs; `alternative` is another fix for text. */
export function failOnCell(
  table: Table,
  row: number,
  column: string,
  value: string,
  alternative?: Message,
  { among = 'numbers', spelling }: { readonly among?: 'numbers' | 'dates'; readonly spelling?: Spelling } = {},
): never {
  const where = cellPlace(table, row, column);
  const asMissing = setting(['data', 'missing'], [value], `missing: [${quote(value)}]`);
  if (spelling?.numbers !== undefined && among === 'numbers') {
    fail({
      what: `${quote(value)} is not a number as this column writes them: ${quote(showSpelling(spelling.numbers))}`,
      where,
      fix: message`Correct the cell, or pass ${asMissing} if it marks a missing value.`,
    });
  }
  if (among === 'dates') {
    fail({
      what: `${quote(value)} is not a date, but the other values are`,
      where,
      fix: message`Write it as 2026-11-27 (ISO 8601), or pass ${asMissing} if it marks a missing value${orElse(alternative)}.`,
    });
  }
  if (separated.test(value)) {
    fail({
      what: `${quote(value)} is not a number`,
      where,
      fix: 'Write numbers with a decimal point and without separators: 1234.5.',
    });
  }
  const word = !numberLike.test(value) && !decimal.test(value);
  fail({
    what: `${quote(value)} is not a ${word ? 'number' : 'finite number'}`,
    where,
    fix: message`Correct the cell, or pass ${asMissing} if it marks a missing value${orElse(word ? alternative : undefined)}.`,
  });
}

/** By code point, shorter first: the same order on every machine, unlike a locale's. */
function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  // the second half of a pair: the whole pair is compared
  if (at > 0 && isHighSurrogate(a.charCodeAt(at - 1))) at--;
  return a.codePointAt(at)! - b.codePointAt(at)!;
}

const isHighSurrogate = (code: number) => code >= 0xd800 && code < 0xdc00;

/** Sorts categories: numbers by value, text and booleans (false, true) by code point. */
export function sortCategories(kind: CellKind, values: Iterable<string>): string[] {
  return [...values].sort(kind === 'number' ? (a, b) => Number(a) - Number(b) : byCodePoint);
}

/** Values with their numbers of rows, the most frequent first; equally frequent ones in the order of the categories. */
export function mostFrequent(kind: CellKind, counts: ReadonlyMap<string, number>): [value: string, rows: number][] {
  return sortCategories(kind, counts.keys())
    .map((value): [string, number] => [value, counts.get(value)!])
    .sort((a, b) => b[1] - a[1]);
}

/** The number of cells with each value, in canonical form, in order of appearance. */
export function countValues(kind: CellKind, cells: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const value = canonical[kind](cell);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** The cells of the given rows (default: all) that are not missing. */
export function* presentCells(column: Column, rows?: ArrayLike<number>, cells = cellsOf(column)): Generator<string> {
  const n = rows?.length ?? rowsOf(column);
  for (let i = 0; i < n; i++) {
    const cell = cells.text(rows === undefined ? i : rows[i]);
    if (cell !== undefined) yield cell;
  }
}

/** The numbers (or dates, in days) of the given rows (default: all) that are not missing. */
export function presentNumbers(
  column: Column,
  rows?: ArrayLike<number>,
  as: 'number' | 'date' = 'number',
): Float64Array {
  const cells = cellsOf(column);
  const n = rows?.length ?? rowsOf(column);
  const out = new Float64Array(n);
  let found = 0;
  for (let i = 0; i < n; i++) {
    const value = cells[as](rows === undefined ? i : rows[i]);
    if (!Number.isNaN(value)) out[found++] = value;
  }
  return out.subarray(0, found);
}

const rowsOf = (column: Column): number => {
  const { present, missing } = profile(column);
  return present + missing;
};

export interface Summary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Over n, not n - 1; 0 exactly where all values are equal. */
  readonly std: number;
  readonly median: number;
}

/** The summary of at least one finite number. */
export const summarize = (values: ArrayLike<number>): Summary => summarizeOwn(Float64Array.from(values));

/** The same, sorting the numbers in place. */
export function summarizeOwn(numbers: Float64Array): Summary {
  const sorted = numbers.sort();
  const n = sorted.length;
  const [min, max] = [sorted[0], sorted[n - 1]];
  // halves first: the sum of two large values could overflow
  const median = n % 2 === 1 ? sorted[(n - 1) / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
  // in units of the largest magnitude, so that squares of large values stay finite
  const unit = Math.max(Math.abs(min), Math.abs(max));
  if (min === max) return { min, max, mean: min, std: 0, median };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += sorted[i] / unit;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const deviation = sorted[i] / unit - mean;
    squares += deviation * deviation;
  }
  return { min, max, mean: mean * unit, std: Math.sqrt(squares / n) * unit, median };
}
