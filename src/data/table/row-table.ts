/** The table of rows as objects, without the readers of files: what a model predicts for. Its cells are those of `readTable`. */
import { refuse } from '../../base/arguments.ts';
import { inside, type Where } from '../../base/reference.ts';
import { missingMarks } from './missing-marks.ts';
import type { Table } from './table.ts';

const marks = new Set(missingMarks);

/**
 * A table with the given columns. A row has more keys, or lacks some: a cell that it lacks is missing. Throws an InputError
 * for a row that is not an object, and for a cell that is not a number, a text, a boolean, null or undefined.
 */
export function tableOfRows(rows: readonly object[], columns: readonly string[], where: Where): Table {
  rows.forEach((row, r) => {
    if (Object.prototype.toString.call(row) === '[object Object]') return;
    refuse(row, inside(where, r), 'a row', 'Pass an object of cells by column, such as { age: 39 }.');
  });
  return {
    name: 'rows',
    rows: rows.length,
    columns: columns.map((name) => ({
      name,
      values: rows.map((row, r) => cellText((row as Record<string, unknown>)[name], () => inside(where, r, name))),
      marks: [],
    })),
  };
}

/** The text of a cell; undefined if it is missing. */
function cellText(cell: unknown, where: () => Where): string | undefined {
  if (cell === undefined || cell === null) return undefined;
  if (typeof cell === 'string') {
    const text = cell.trim();
    return marks.has(text) ? undefined : text;
  }
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  return refuse(cell, where(), 'a cell', 'Use a number, a text, true, false or null.');
}
