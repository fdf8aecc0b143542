/** Learning an encoding from the rows of the training part, and from no others. */
import { fail } from '../base/errors.ts';
import {
  type CellKind,
  countValues,
  mostFrequent,
  type Profile,
  parseNumber,
  presentCells,
  sortCategories,
  summarize,
} from './columns.ts';
import type { ClassCoding, ClassTarget, FeatureEncoding, NumberTarget, Scale, Scaling } from './encoding.ts';
import { type Feature, minIdentifiers } from './features.ts';
import { type Column, columnPlace, type Table } from './table.ts';

/** The kind that a column's cells have as categories: text where they are mixed. */
function cellKind({ kind }: Profile): CellKind {
  return kind === 'number' || kind === 'boolean' ? kind : 'text';
}

function fitScaling(numbers: readonly number[], scale: Scale): Scaling {
  if (scale === 'none') return 'none';
  const { min, max, mean, std } = summarize(numbers);
  return scale === 'standard' ? { mean, std } : { min, max };
}

/**
 * A feature's scaling and fill (the median), or its categories and fill (the most frequent), from the cells that are
 * not missing. The median, because one outlier moves a mean as far as it likes.
 */
export function fitFeature(
  { column, profile, as }: Feature,
  rows: readonly number[],
  scale: Scale,
  table: Table,
): FeatureEncoding {
  const { name } = column;
  const cells = presentCells(column, rows);
  if (cells.length === 0) {
    fail({
      what: 'every row of the training part has a gap here',
      where: columnPlace(table, name),
      mend: 'Leave the column out of the features.',
    });
  }
  if (as === 'number') {
    const numbers = cells.map((cell) => parseNumber(cell)!);
    return { kind: 'number', name, scaling: fitScaling(numbers, scale), fill: summarize(numbers).median };
  }
  const of = cellKind(profile);
  const counts = countValues(of, cells);
  const [[fill]] = mostFrequent(of, counts);
  return { kind: 'category', name, of, values: sortCategories(of, counts.keys()), fill };
}

/** A regression's target: standardized under `standard`, else as it is. */
export function fitNumberTarget(column: Column, rows: readonly number[], scale: Scale): NumberTarget {
  const numbers = presentCells(column, rows).map((cell) => parseNumber(cell)!);
  return { kind: 'number', name: column.name, scaling: fitScaling(numbers, scale === 'standard' ? scale : 'none') };
}

/**
 * The classes of all rows that are used, and how many rows each has. Throws an InputError for one class only, a class
 * of its own for each row, or too many for the coding.
 */
export function fitClassTarget(
  column: Column,
  profile: Profile,
  rows: readonly number[],
  coding: ClassCoding,
  table: Table,
): { target: ClassTarget; counts: ReadonlyMap<string, number> } {
  const { name } = column;
  const of = cellKind(profile);
  const cells = presentCells(column, rows);
  const counts = countValues(of, cells);
  const values = sortCategories(of, counts.keys());
  if (values.length === 1) {
    fail({
      what: `every row has the class "${values[0]}", so there is nothing to tell apart`,
      where: columnPlace(table, name),
      mend: 'Give rows of at least two classes, or name another target.',
    });
  }
  if (values.length === cells.length && cells.length >= minIdentifiers) {
    fail({
      what: `each of the ${cells.length} rows has a class of its own, so there is nothing to learn`,
      where: columnPlace(table, name),
      mend: 'Name another target, or set "task": "regression" if its values are numbers.',
    });
  }
  if (coding !== 'oneHot' && values.length > 2) {
    fail({
      what: `"${name}" has ${values.length} classes, but one output tells two apart`,
      where: 'data.target',
      mend: `End the network in dense(${values.length}, softmax), with the loss crossEntropy.`,
    });
  }
  return { target: { kind: 'classes', name, of, values, coding }, counts };
}
