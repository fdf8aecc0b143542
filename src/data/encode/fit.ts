/** Learning an encoding from the rows of the training part, and from no others. */
import { fail } from '../../base/errors.ts';
import {
  cellsOf,
  countedAs,
  countValues,
  mostFrequent,
  type Profile,
  presentCells,
  presentNumbers,
  type Summary,
  sortCategories,
  summarize,
  summarizeOwn,
} from '../table/columns.ts';
import { some } from '../table/rows.ts';
import { type Column, columnPlace, type Table } from '../table/table.ts';
import { cyclesIn } from './dates.ts';
import type {
  ClassCoding,
  ClassTarget,
  FeatureEncoding,
  NumbersTarget,
  NumberTarget,
  Scale,
  Scaling,
} from './encoding.ts';
import { type Feature, minIdentifiers } from './features.ts';

function scalingOf({ min, max, mean, std }: Summary, scale: Scale): Scaling {
  if (scale === 'none') return 'none';
  return scale === 'standard' ? { mean, std } : { min, max };
}

/** Complains of a column of so many values that they were not all kept, which could be no categories. */
function checkCountable({ many, counts }: Profile, table: Table, name: string, fix: string): void {
  if (!many) return;
  fail({ what: `there are more than ${counts.size} different values`, where: columnPlace(table, name), fix });
}

/**
 * A feature's scaling and fill (the median), or its categories and fill (the most frequent), from the cells that are
 * not missing. The median, because one outlier moves a mean as far as it likes.
 */
export function fitFeature(
  { column, profile, as }: Feature,
  rows: ArrayLike<number>,
  scale: Scale,
  table: Table,
): FeatureEncoding {
  const { name } = column;
  const cells = cellsOf(column);
  if (!some(rows, (row) => cells.has(row))) {
    fail({
      what: 'every row of the training part has a gap here',
      where: columnPlace(table, name),
      fix: 'Leave the column out of the features.',
    });
  }
  if (as === 'number') {
    const summary = summarizeOwn(presentNumbers(column, rows));
    return { kind: 'number', name, scaling: scalingOf(summary, scale), fill: summary.median };
  }
  if (as === 'date') {
    const days = presentNumbers(column, rows, 'date');
    const summary = summarize(days);
    return { kind: 'date', name, scaling: scalingOf(summary, scale), cycles: cyclesIn(days), fill: summary.median };
  }
  checkCountable(profile, table, name, 'Leave the column out of the features, or join its rare values.');
  const of = countedAs(profile.kind);
  const counts = countValues(of, presentCells(column, rows));
  const [[fill]] = mostFrequent(of, counts);
  return { kind: as, name, of, values: sortCategories(of, counts.keys()), fill };
}

/** A regression's target: standardized under `standard`, else as it is. */
export function fitNumberTarget(column: Column, rows: ArrayLike<number>, scale: Scale): NumberTarget {
  const { name } = column;
  if (scale !== 'standard') return { kind: 'number', name, scaling: 'none' };
  return { kind: 'number', name, scaling: scalingOf(summarizeOwn(presentNumbers(column, rows)), scale) };
}

/** The targets of a regression of several columns. */
export function fitNumbersTarget(columns: readonly Column[], rows: ArrayLike<number>, scale: Scale): NumbersTarget {
  const name = columns.map((column) => column.name).join(', ');
  return { kind: 'numbers', name, columns: columns.map((column) => fitNumberTarget(column, rows, scale)) };
}

/**
 * The classes of all rows that are used, and how many rows each has. Throws an InputError for one class only, a class
 * of its own for each row, or too many for the coding.
 */
export function fitClassTarget(
  column: Column,
  profile: Profile,
  rows: ArrayLike<number>,
  coding: ClassCoding,
  table: Table,
): { target: ClassTarget; counts: ReadonlyMap<string, number> } {
  const { name } = column;
  checkCountable(profile, table, name, 'Name another target, or set "task": "regression" if its values are numbers.');
  const of = countedAs(profile.kind);
  const counts = countValues(of, presentCells(column, rows));
  const cells = [...counts.values()].reduce((a, b) => a + b, 0);
  const values = sortCategories(of, counts.keys());
  if (values.length === 1) {
    fail({
      what: `every row has the class "${values[0]}", so there is nothing to tell apart`,
      where: columnPlace(table, name),
      fix: 'Give rows of at least two classes, or name another target.',
    });
  }
  if (values.length === cells && cells >= minIdentifiers) {
    fail({
      what: `each of the ${cells} rows has a class of its own, so there is nothing to learn`,
      where: columnPlace(table, name),
      fix: 'Name another target, or set "task": "regression" if its values are numbers.',
    });
  }
  if (coding !== 'oneHot' && values.length > 2) {
    fail({
      what: `"${name}" has ${values.length} classes, but one output tells two apart`,
      where: 'data.target',
      fix: `End the network in dense(${values.length}, softmax), with the loss crossEntropy.`,
    });
  }
  return { target: { kind: 'classes', name, of, values, coding }, counts };
}
