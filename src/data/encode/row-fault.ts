/** The words for rows that are passed to a model in another form than it takes. */
import { isObject } from '../../base/arguments.ts';
import { fail, listNames } from '../../base/errors.ts';
import type { Encoding } from './encoding.ts';

/** How to pass rows of numbers whose width is wrong. For a model of a table, its columns are probably meant. */
export function widthFix(inputs: number, encoding: Encoding | undefined): string {
  if (encoding === undefined) return `Give rows of ${inputs} numbers, in the order of training.`;
  const names = listNames(encoding.features.map(({ name }) => name));
  return `Rows of numbers are encoded inputs: give ${inputs} numbers each. Rows of the table are objects with the columns ${names}.`;
}

/** Throws an InputError for a single row in place of the list of rows that `predict` takes. */
export function refuseSingleRow(rows: unknown): void {
  if (!isObject(rows)) return;
  fail({
    what: 'it is one object, not a list of rows',
    where: ['rows'],
    fix: 'Pass a list, predict([row]), or call predictRow(row).',
  });
}
