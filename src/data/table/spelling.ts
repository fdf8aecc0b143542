/** The spelling of a column's numbers or dates, where it is not 1234.5 or 2026-11-27. Training finds it, and the model keeps it. */
import { quote } from '../../base/wording.ts';
import { type DateOrder, dateOrderOf, parseDate, parseLocalDate } from '../encode/dates.ts';
import { parseNumber } from './number.ts';
import { type NumberSpelling, parseSpelled, spellingOf } from './number-spelling.ts';

/** Plain JSON: a model stores it for each column. */
export interface Spelling {
  readonly numbers?: NumberSpelling;
  readonly dates?: DateOrder;
}

type Parse = (cell: string) => number | undefined;

/** A function from a cell to its number. */
export const parseNumberIn = ({ numbers }: Spelling): Parse =>
  numbers === undefined ? parseNumber : (cell) => parseSpelled(cell, numbers);

/** A function from a cell to its date, in days since 1970-01-01. */
export const parseDateIn = ({ dates }: Spelling): Parse =>
  dates === undefined ? parseDate : (cell) => parseDate(cell) ?? parseLocalDate(cell, dates);

type SpellingsFound =
  | { readonly kind: 'number' | 'date'; readonly spelling: Spelling }
  | { readonly unreadable?: string };

/** The spelling that the distinct cells of a column of text share; if most are numbers or dates but share none, why. */
export function spellingsOf(cells: readonly string[]): SpellingsFound {
  const numbers = spellingOf(cells);
  if (numbers.spelling !== undefined) return { kind: 'number', spelling: { numbers: numbers.spelling } };
  const dates = dateOrderOf(cells);
  if (dates.order !== undefined) return { kind: 'date', spelling: { dates: dates.order } };
  const [what, found] = dates.share > numbers.share ? ['dates', dates] : ['numbers', numbers];
  if (found.why === undefined || 2 * found.share < 1) return {};
  return { unreadable: `its ${what}, such as ${quote(found.example!)}, ${found.why}` };
}
