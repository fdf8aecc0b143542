/** Columns that identify rows instead of describing them: row numbers, indices, names and codes. Their contents decide. */
import { cellsOf, type Profile } from '../table/columns.ts';
import type { Column } from '../table/table.ts';

/** With fewer rows, distinct texts mean nothing: three rows with three colours have no identifiers. */
export const minIdentifiers = 10;

/** Names of numbers of rows, and of the indices that pandas, R and readr write without a name. */
const numberingName =
  /^(id|index|no|nr|#|row|row ?names?|row ?(id|no|number|num)|(serial|s|sr|sl)[ _.]*no\.?|unnamed: ?\d+(\.\d+)?|level_\d+|__index_level_\d+__|\.\.\.1)$|[ _-]id$|[a-z]I[dD]$/i;

/** The name that pandas gives a column without a name. */
export const isUnnamed = ({ name }: Column): boolean => /^unnamed: ?\d+(\.\d+)?(_level_\d+)?$/i.test(name);

/**
 * Whether a numeric column counts the rows, forward or backward, from 0 or 1: in a file that is sorted by its target, such a
 * column gives the target away. Under the name of an index, also from another number, with gaps, or in another order of the rows.
 */
function numbersTheRows(column: Column, { missing, present, counts, many }: Profile): boolean {
  if (missing > 0 || present < minIdentifiers || (many !== true && counts.size < present)) return false;
  const cells = cellsOf(column);
  const [first, last] = [cells.number(0), cells.number(present - 1)];
  const step = Math.sign(last - first);
  let [isConsecutive, isRising, isInteger] = [true, true, Number.isInteger(first)];
  let [low, high] = [first, first];
  for (let row = 1, before = first; row < present; row++) {
    const value = cells.number(row);
    isConsecutive &&= value === first + step * row;
    isRising &&= value > before;
    isInteger &&= Number.isInteger(value);
    low = Math.min(low, value);
    high = Math.max(high, value);
    before = value;
  }
  const start = Math.min(first, last);
  if (isConsecutive && (start === 0 || start === 1)) return true;
  if (!numberingName.test(column.name)) return false;
  // distinct integers between 0 or 1 and the number of rows are the rows in another order
  const isPermutation = many !== true && isInteger && (low === 0 || low === 1) && high - low === present - 1;
  return isConsecutive || isPermutation || (isInteger && isRising);
}

/** Why a column should not be a feature, as the end of "left out: …"; undefined if nothing is against it. */
export function reasonToLeaveOut(column: Column, found: Profile): string | undefined {
  const { kind, counts, present, many } = found;
  if (kind === 'empty') return 'it has no values';
  if (column.isIndex && kind !== 'date') return 'it is the index of a pandas table';
  if (counts.size === 1) return 'it has the same value in every row';
  const unreadable =
    found.unreadable && `${found.unreadable}. Write them as 1234.5, or dates as 2026-11-27, to use the column`;
  if (kind === 'text' && present >= minIdentifiers && counts.size > present / 2) {
    if (unreadable !== undefined) return unreadable;
    return counts.size === present
      ? 'every row has a different text'
      : `it has ${counts.size} different texts in ${present} rows`;
  }
  if (kind === 'text' && many) return unreadable ?? `it has more than ${counts.size} different texts`;
  if (kind === 'number' && numbersTheRows(column, found)) return rowNumbers;
  return undefined;
}

/** The reason for a column that counts the rows. */
export const rowNumbers = 'it numbers the rows';
