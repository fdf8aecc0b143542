/** Splits rows into training, validation and test rows. Only the seed decides. */

import {
  aBoolean,
  anyValue,
  aSeed,
  aWholeNumber,
  checkCall,
  isNumberList,
  kind,
  optional,
  record,
} from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { permutation } from '../../base/random.ts';
import { message, setting } from '../../base/reference.ts';
import { show } from '../../base/show.ts';

export interface SplitOptions {
  /** The share of all rows, in [0, 1); 0 or left out: no validation split. */
  readonly validation?: number | undefined;
  /** The share of all rows, in [0, 1); 0 or left out: no test split. */
  readonly test?: number | undefined;
  /** Whether the splits preserve the share of each class, as closely as possible. Default: true if there are classes. */
  readonly stratify?: boolean | undefined;
}

/** The row indices of each split, ascending. */
export interface Split {
  readonly train: readonly number[];
  readonly validation?: readonly number[];
  readonly test?: readonly number[];
}

/** The number of rows of a split: round(share·n). Throws an InputError if that is 0. */
function splitSize(name: 'validation' | 'test', share: number, n: number): number {
  const where = ['data', 'split', name];
  if (!(typeof share === 'number' && share >= 0 && share < 1)) {
    fail({
      what: `${show(share)} is not a share of the rows`,
      where,
      fix: 'Pass a number from 0 to below 1, such as 0.2.',
    });
  }
  const size = Math.round(share * n);
  if (share > 0 && size === 0) {
    fail({
      what: `${share} of ${n} rows rounds to 0 rows`,
      where,
      fix: `Pass a share of at least ${1 / n}, or leave the split out.`,
    });
  }
  return size;
}

/**
 * Divides `total` among classes of the given sizes by the largest remainder (of equal ones the first), never more than the
 * room in a class.
 */
function apportion(total: number, share: number, sizes: readonly number[], room: readonly number[]): number[] {
  const given = sizes.map((size, k) => Math.min(Math.floor(share * size), room[k]));
  for (let rest = total - given.reduce((a, b) => a + b, 0); rest > 0; rest--) {
    const lacks = (k: number) => share * sizes[k] - given[k];
    let next = -1;
    for (let k = 0; k < sizes.length; k++) {
      if (given[k] < room[k] && (next < 0 || lacks(k) > lacks(next))) next = k;
    }
    if (next < 0) break;
    given[next]++;
  }
  return given;
}

const classIndices = kind(
  'a list of classes from 0',
  (value: ArrayLike<number>) =>
    isNumberList(value) && Array.from(value).every((each) => Number.isInteger(each) && each >= 0),
);
const splitOptions = record({ validation: anyValue, test: anyValue, stratify: optional(aBoolean) });

/**
 * Splits rows 0 … n-1. The validation and test splits have exactly round(share·n) rows, and the training split has the rest;
 * each keeps the order of the rows. `classes` holds the class of each row, from 0; with it the split is stratified unless
 * `stratify` is false, and the last row of a class stays in the training split if possible.
 *
 * Throws an InputError for shares out of range, an empty split, and `stratify` without classes.
 */
export function splitRows(n: number, shares: SplitOptions, seed: number, classes?: ArrayLike<number>): Split {
  checkCall('splitRows(n, { validation, test, stratify }, seed, classes)', {
    n: [n, aWholeNumber],
    shares: [shares, splitOptions],
    seed: [seed, aSeed],
    classes: [classes, optional(classIndices)],
  });
  const { validation = 0, test = 0, stratify } = shares;
  if (classes !== undefined && classes.length !== n) {
    fail({
      what: `${classes.length} classes for ${n} rows`,
      where: 'splitRows: classes',
      fix: 'Pass the class of each row.',
    });
  }
  if (stratify === true && classes === undefined) {
    fail({
      what: 'a regression cannot be stratified, because it has no classes',
      where: ['data', 'split', 'stratify'],
      fix: message`Leave it out, or set ${setting(['data', 'task'], 'classification')}.`,
    });
  }
  const sizes = [splitSize('validation', validation, n), splitSize('test', test, n)];
  if (sizes[0] + sizes[1] >= n) {
    fail({
      what: `validation and test take ${sizes[0] + sizes[1]} of ${n} rows, and no row is left for training`,
      where: ['data', 'split'],
      fix: 'Pass shares whose sum is well below 1.',
    });
  }
  const groups: number[][] = [];
  for (const row of permutation(n, seed, 'split', 0)) {
    const group = stratify === false ? 0 : (classes?.[row] ?? 0);
    groups[group] ??= [];
    groups[group].push(row);
  }
  const members = Array.from(groups, (group) => group ?? []);
  const counts = members.map((group) => group.length);
  const take = (size: number, share: number): number[] => {
    const left = members.map((group) => group.length);
    // first without the last row of any class, then with them if that is too few
    const spared = apportion(
      size,
      share,
      counts,
      left.map((rows) => Math.max(0, rows - 1)),
    );
    const missing = size - spared.reduce((a, b) => a + b, 0);
    const last = apportion(
      missing,
      0,
      counts,
      left.map((rows, k) => rows - spared[k]),
    );
    return members.flatMap((group, k) => group.splice(0, spared[k] + last[k])).sort((a, b) => a - b);
  };
  const parts = [take(sizes[0], validation), take(sizes[1], test)];
  return {
    train: members.flat().sort((a, b) => a - b),
    validation: sizes[0] > 0 ? parts[0] : undefined,
    test: sizes[1] > 0 ? parts[1] : undefined,
  };
}
