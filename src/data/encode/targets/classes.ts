/** The target of a classification: the classes of one column, and how they are coded. */
import { fail, listNames } from '../../../base/errors.ts';
import { choice, distinctTexts, fields, refuse } from '../../../base/readers.ts';
import { quote } from '../../../base/wording.ts';
import {
  canonical,
  categoriesAs,
  countValues,
  type Profile,
  presentCells,
  sortCategories,
} from '../../table/columns.ts';
import { cellsAs, storedReading } from '../../table/reading.ts';
import { type Column, cellPlace, columnPlace, findColumn, type Table } from '../../table/table.ts';
import { cellKind, columnFields } from '../column-fields.ts';
import { minIdentifiers } from '../identifiers.ts';
import { checkAllKept, checkCategories, checkCountable } from '../stored.ts';
import type { TargetKind } from './kind.ts';
import type { ClassCoding, ClassTarget } from './stored-target.ts';

const oneClassOnly = (table: Table, name: string, value: string): never =>
  fail({
    what: `every row has the class "${value}", and a classification needs at least two classes`,
    where: columnPlace(table, name),
    fix: 'Add rows of another class, or choose another target.',
  });

const asRegression = 'Choose another target, or set "task": "regression" if its values are numbers.';

/**
 * The classes of all rows that are used, and how many rows each has. Throws an InputError for a single class, a different
 * class in every row, or too many classes for the coding.
 */
export function fitClassTarget(
  column: Column,
  profile: Profile,
  rows: ArrayLike<number>,
  coding: ClassCoding,
  table: Table,
): { target: ClassTarget; counts: ReadonlyMap<string, number> } {
  const { name } = column;
  checkCountable(profile, table, name, asRegression);
  const of = categoriesAs(profile);
  const counts = countValues(of, presentCells(column, rows));
  const cells = [...counts.values()].reduce((a, b) => a + b, 0);
  const values = sortCategories(of, counts.keys());
  if (values.length === 1) oneClassOnly(table, name, values[0]);
  if (values.length === cells && cells >= minIdentifiers) {
    fail({
      what: `each of the ${cells} rows has a different class, so there is nothing to learn`,
      where: columnPlace(table, name),
      fix: asRegression,
    });
  }
  if (coding !== 'oneHot' && values.length > 2) {
    fail({
      what: `"${name}" has ${values.length} classes, but one output distinguishes only two`,
      where: ['data', 'target'],
      fix: `End the network with dense(${values.length}, softmax), and use the loss crossEntropy.`,
    });
  }
  return { target: { kind: 'classes', name, ...storedReading(column), of, values, coding }, counts };
}

/** A function from a cell to its class's index; undefined if it is none of the classes. */
export function classIndexer({ of, values }: ClassTarget): (cell: string) => number | undefined {
  const index = new Map(values.map((value, i) => [value, i]));
  return (cell) => index.get(canonical[of](cell));
}

/** Throws an InputError for a cell that is none of the classes. */
export function failOnClass(table: Table, row: number, { name, values }: ClassTarget, cell: string): never {
  fail({
    what: `${quote(cell)} is not one of the model's classes`,
    where: cellPlace(table, row, name),
    fix: `The classes are: ${listNames(values)}. Correct the cell, or empty it to leave the row out.`,
  });
}

const readClasses = fields({
  kind: choice(['classes']),
  ...columnFields,
  of: cellKind,
  values: distinctTexts(2),
  coding: choice(['oneHot', 'binary', 'sign']),
});

export const classTarget: TargetKind<ClassTarget> = {
  name: 'classes',
  task: 'classification',
  read(value, path) {
    const found = readClasses(value, path);
    const { coding, values } = found;
    if (coding !== 'oneHot' && values.length !== 2) {
      refuse(`${values.length} classes cannot be coded as ${coding}`, [...path, 'coding']);
    }
    checkCategories(found, path);
    return found;
  },
  width: ({ values, coding }) => (coding === 'oneHot' ? values.length : 1),
  write(target, table, rows, out, position) {
    const column = findColumn(table, target.name, ['data', 'target']);
    checkAllKept(table, column, target.of);
    const cells = cellsAs(column, target.reading);
    const indexOf = classIndexer(target);
    const { coding, values } = target;
    for (let i = 0; i < rows.length; i++) {
      const cell = cells.text(rows[i])!;
      const found = indexOf(cell);
      if (found === undefined) failOnClass(table, rows[i], target, cell);
      if (coding === 'oneHot') out[position(i) * values.length + found] = 1;
      else out[position(i)] = coding === 'sign' ? 2 * found - 1 : found;
    }
  },
  describe: ({ values }) => `target: ${values.length} classes`,
};
