/** Rows as objects, as a program has them, to a network's inputs. */
import { didYouMean, fail } from '../base/errors.ts';
import { inside, type Where } from '../base/reference.ts';
import { show } from '../base/show.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Encoding } from '../data/encode/encoding.ts';
import { unknownWarnings } from '../data/encode/findings.ts';
import { encodeInputs } from '../data/encode/rows.ts';
import { missingMarks } from '../data/read/read.ts';
import { range } from '../data/table/rows.ts';
import type { Column } from '../data/table/table.ts';

/** A value of a row; null and undefined are missing. */
export type Cell = string | number | boolean | null | undefined;

/** A row: its values by the names of the columns. Other columns are ignored. */
export type Row = object;

const marks = new Set(missingMarks);

function textOf(cell: unknown, where: Where): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  if (typeof cell !== 'string') {
    return fail({ what: `${show(cell)} is not a cell`, where, fix: 'Use a number, a text, true, false or null.' });
  }
  const text = cell.trim();
  return marks.has(text) ? undefined : text;
}

/**
 * The inputs [rows, inputs] of rows, and warnings about categories that training did not see. Throws an InputError if a row
 * lacks a column: a missing value is null.
 */
export function encodeObjects(
  encoding: Encoding,
  rows: readonly Row[],
): { readonly inputs: Tensor; readonly warnings: readonly string[] } {
  const columns = encoding.features.map(({ name }): Column => {
    const values = rows.map((row, r) => {
      if (typeof row !== 'object' || row === null || Array.isArray(row)) {
        fail({ what: `${show(row)} is not an object`, where: inside(['rows'], r), fix: 'Pass { column: value }.' });
      }
      if (!Object.hasOwn(row, name)) {
        fail({
          what: `the row has no "${name}"`,
          where: inside(['rows'], r),
          fix: `Add it; null marks a missing value. ${didYouMean(name, Object.keys(row))}`,
        });
      }
      return textOf((row as Record<string, unknown>)[name], inside(['rows'], r, name));
    });
    return { name, values, marks: [] };
  });
  const { inputs, unknown } = encodeInputs(encoding, { name: 'rows', rows: rows.length, columns }, range(rows.length));
  return { inputs, warnings: unknownWarnings(unknown, encoding) };
}
