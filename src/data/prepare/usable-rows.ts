/** The rows that can be used: those with a target and, if so requested, without missing feature values. */
import { fail } from '../../base/errors.ts';
import { count } from '../../base/wording.ts';
import type { ChosenFeature } from '../encode/choose-features.ts';
import { cellsOf, profile } from '../table/columns.ts';
import { marksNote } from '../table/missing-marks.ts';
import { range } from '../table/rows.ts';
import { type Column, type Table, tablePlace } from '../table/table.ts';

/** `impute`: fill a missing feature value; `drop`: leave its row out. */
export type MissingRule = 'impute' | 'drop';

/** The usable rows, from 0, with a note on those that are left out. Throws an InputError if none is left. */
export function usableRows(
  table: Table,
  targets: readonly Column[],
  features: readonly ChosenFeature[],
  handleMissing: MissingRule,
): { rows: Uint32Array; notes: string[] } {
  const withCell = (rows: Uint32Array, column: Column) => {
    if (profile(column).missing === 0) return rows;
    const cells = cellsOf(column);
    return rows.filter((row) => cells.has(row));
  };
  const labelled = targets.reduce(withCell, range(table.rows));
  const rows =
    handleMissing === 'drop' ? features.reduce((left, { column }) => withCell(left, column), labelled) : labelled;
  const notes: string[] = [];
  const unlabelled = table.rows - labelled.length;
  if (unlabelled > 0) {
    const words = targets.filter((column) => profile(column).kind === 'text').map(marksNote);
    const marks = targets.flatMap((column) => column.marks.filter((mark) => mark !== '').map((mark) => `"${mark}"`));
    const marked = marks.length > 0 ? ` (${[...new Set(marks)].join(', ')})` : '';
    const names = targets.map(({ name }) => name).join('" or "');
    notes.push(`Left out ${count(unlabelled, 'row')} without "${names}"${marked}.${words.join('')}`);
  }
  const incomplete = labelled.length - rows.length;
  if (incomplete > 0) notes.push(`Left out ${count(incomplete, 'row')} with a missing feature value.`);
  if (rows.length === 0) {
    fail({
      what: `none of the ${count(table.rows, 'row')} can be used. ${notes.join(' ')}`.replace(/\.$/, ''),
      where: tablePlace(table),
      fix: 'Impute missing values (handleMissing: "impute"), or leave the columns that have them out of the features.',
    });
  }
  return { rows, notes };
}
