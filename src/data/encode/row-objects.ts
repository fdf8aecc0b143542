/** Rows as objects, as a program has them: to a network's inputs, and the predictions for them. */
import { isObject, refuse } from '../../base/arguments.ts';
import { fail, listNames, nearest } from '../../base/errors.ts';
import { inside, type Where } from '../../base/reference.ts';
import { show } from '../../base/show.ts';
import type { Tensor } from '../../base/tensor.ts';
import { type ColumnMarks, marksOf } from '../table/missing-marks.ts';
import { range } from '../table/rows.ts';
import type { Column } from '../table/table.ts';
import type { Predictions } from './decode.ts';
import type { Encoding } from './encoding.ts';
import type { RowFindings } from './findings.ts';
import { encodeInputs } from './rows.ts';

function textOf(cell: unknown, marks: ColumnMarks, where: () => Where): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell !== 'string' && typeof cell !== 'number' && typeof cell !== 'boolean') {
    return fail({
      what: `${show(cell)} is not a cell`,
      where: where(),
      fix: 'Use a number, a text, true, false or null.',
    });
  }
  const text = String(cell).trim();
  return marks.has(text) ? undefined : text;
}

/**
 * The inputs [rows, inputs] of rows, with the missing values that were filled and the categories that training did not see.
 * null and undefined are missing values, as are the marks that training was told; keys that are no feature are ignored.
 * Throws an InputError at the row's place if it is not an object, if it lacks a column, and for a cell that does not fit.
 */
export function encodeObjects(
  encoding: Encoding,
  rows: readonly object[],
  placeOf: (row: number) => Where,
): RowFindings & { readonly inputs: Tensor } {
  rows.forEach((row, r) => {
    if (!isObject(row)) refuse(row, placeOf(r), 'an object', 'Pass { column: value }, such as { age: 39 }.');
  });
  const columns = encoding.features.map(({ name, reading }): Column => {
    const marks = marksOf(reading ?? {});
    const values = rows.map((row, r) => {
      if (!Object.hasOwn(row, name)) refuseWithout(name, row, encoding, placeOf(r));
      return textOf((row as Record<string, unknown>)[name], marks, () => inside(placeOf(r), name));
    });
    return { name, values, marks: [] };
  });
  return encodeInputs(encoding, { name: 'rows', rows: rows.length, columns }, range(rows.length));
}

/** Throws the InputError for a row that lacks a column. Another key of the row may be the column, misspelled. */
function refuseWithout(name: string, row: object, { features }: Encoding, where: Where): never {
  const columns = features.map((feature) => feature.name);
  const misspelled = nearest(
    name,
    Object.keys(row).filter((key) => !columns.includes(key)),
  );
  return fail({
    what: `the row has no "${name}"${misspelled === undefined ? '' : `; its "${misspelled}" may be a misspelling of it`}`,
    where,
    fix: `Add it; null marks a missing value. The model's columns: ${listNames(columns)}.`,
  });
}

/** Predictions row by row, each with the warnings if there are any. */
export const rowPredictions = ({ predictions, probabilities }: Predictions, warnings: readonly string[]) =>
  predictions.map((prediction, r) => ({
    prediction,
    ...(probabilities && { probabilities: probabilities[r] }),
    ...(warnings.length > 0 && { warnings }),
  }));
