/** What the cells of a column are: numbers, booleans or text; counted, and told where a column is not of one kind. */
import { fail } from '../base/errors.ts';
import { type Column, cellPlace, type Table } from './table.ts';
import { quote } from './words.ts';

/** A kind whose cells can be categories. */
export type CellKind = 'number' | 'boolean' | 'text';

/** How texts of the same value become the same: "1.0" and "1", "True" and "true". */
export const canonical: Readonly<Record<CellKind, (cell: string) => string>> = {
  number: (cell) => String(parseNumber(cell) ?? cell),
  boolean: (cell) => cell.toLowerCase(),
  text: (cell) => cell,
};

export interface Profile {
  /** `mixed`: at least half the cells look like numbers, but one is none; `empty`: no cell has a value. */
  readonly kind: CellKind | 'mixed' | 'empty';
  readonly present: number;
  readonly missing: number;
  /** How many rows each distinct value has, in order of appearance; values in canonical form. */
  readonly counts: ReadonlyMap<string, number>;
  /** The first cell of a mixed column that is no finite number. */
  readonly odd?: { readonly row: number; readonly value: string };
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
// meant as numbers, but none: decimal commas and separated thousands; what failed calculations leave
const separated = /^[+-]?\d+(,\d+)+(\.\d+)?$/;
const numberLike = /^[+-]?(nan|inf|infinity)$/i;

/** The finite number that a cell holds (decimal, with an exponent perhaps), or undefined. */
export function parseNumber(cell: string): number | undefined {
  const text = cell.trim();
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function isBoolean(cell: string): boolean {
  return /^(true|false)$/i.test(cell);
}

/** Columns do not change: each is looked at once. */
const known = new WeakMap<Column, Profile>();

/** What a column holds, in one look at its cells. */
export function profile(column: Column): Profile {
  let found = known.get(column);
  if (found === undefined) {
    found = look(column);
    known.set(column, found);
  }
  return found;
}

function look(column: Column): Profile {
  const { values } = column;
  let present = 0;
  let numbers = 0;
  let likeNumbers = 0;
  let booleans = 0;
  let odd: Profile['odd'];
  values.forEach((cell, row) => {
    if (cell === undefined) return;
    present++;
    if (parseNumber(cell) !== undefined) {
      numbers++;
      return;
    }
    odd ??= { row, value: cell };
    if (isBoolean(cell)) booleans++;
    // 1e999 has the form of a number, and none has its size
    else if (numberLike.test(cell) || separated.test(cell) || decimal.test(cell)) likeNumbers++;
  });
  const missing = values.length - present;
  if (present === 0) return { kind: 'empty', present, missing, counts: new Map() };
  const kind =
    numbers === present
      ? 'number'
      : booleans === present
        ? 'boolean'
        : 2 * (numbers + likeNumbers) >= present
          ? 'mixed'
          : 'text';
  const counts = countValues(kind === 'mixed' ? 'text' : kind, presentCells(column));
  return { kind, present, missing, counts, odd: kind === 'mixed' ? odd : undefined };
}

/** Complains of a cell that is no number where one belongs; `alternative` is another way out for a word, as a clause. */
export function failOnCell(table: Table, row: number, column: string, value: string, alternative?: string): never {
  const where = cellPlace(table, row, column);
  if (separated.test(value)) {
    fail({
      what: `${quote(value)} is not a number`,
      where,
      mend: 'Write numbers with a decimal point and without separators: 1234.5.',
    });
  }
  const word = !numberLike.test(value) && !decimal.test(value);
  fail({
    what: `${quote(value)} is not a ${word ? 'number' : 'finite number'}`,
    where,
    mend: `Correct the cell, or pass missing: [${quote(value)}] if it marks a gap${word && alternative ? `, or ${alternative}` : ''}.`,
  });
}

/** By code point, shorter first: the same order on every machine, unlike a locale's. */
function byCodePoint(a: string, b: string): number {
  const left = Array.from(a, (character) => character.codePointAt(0)!);
  const right = Array.from(b, (character) => character.codePointAt(0)!);
  const differs = left.findIndex((point, i) => point !== right[i]);
  return differs < 0 ? left.length - right.length : left[differs] - (right[differs] ?? -1);
}

/** Categories in their order: numbers by value, text and booleans (false, true) by code point. */
export function sortCategories(kind: CellKind, values: Iterable<string>): string[] {
  return [...values].sort(kind === 'number' ? (a, b) => Number(a) - Number(b) : byCodePoint);
}

/** Values with their rows, most frequent first; of equal ones the first in the categories' order. */
export function mostFrequent(kind: CellKind, counts: ReadonlyMap<string, number>): [value: string, rows: number][] {
  return sortCategories(kind, counts.keys())
    .map((value): [string, number] => [value, counts.get(value)!])
    .sort((a, b) => b[1] - a[1]);
}

/** How many cells have each value, in canonical form, in order of appearance. */
export function countValues(kind: CellKind, cells: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const value = canonical[kind](cell);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** The cells of the given rows (default: all) that are not missing. */
export function presentCells({ values }: Column, rows?: readonly number[]): string[] {
  const cells = rows ? rows.map((row) => values[row]) : values;
  return cells.filter((cell) => cell !== undefined);
}

export interface Summary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Over n, not n - 1; 0 exactly where all values are equal. */
  readonly std: number;
  readonly median: number;
}

/** Of at least one finite number. */
export function summarize(values: ArrayLike<number>): Summary {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const [min, max] = [sorted[0], sorted[n - 1]];
  // halves first: the sum of two large values could overflow
  const median = n % 2 === 1 ? sorted[(n - 1) / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
  // in units of the largest size, so that squares of large values stay finite
  const unit = Math.max(Math.abs(min), Math.abs(max));
  if (min === max) return { min, max, mean: min, std: 0, median };
  let sum = 0;
  for (const value of sorted) sum += value / unit;
  const mean = sum / n;
  let squares = 0;
  for (const value of sorted) {
    const deviation = value / unit - mean;
    squares += deviation * deviation;
  }
  return { min, max, mean: mean * unit, std: Math.sqrt(squares / n) * unit, median };
}
