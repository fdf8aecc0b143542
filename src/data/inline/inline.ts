/** Data in the experiment itself: lists of numbers, checked against the loss. */

import { isNumberList } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { inside, type Where } from '../../base/reference.ts';
import { show } from '../../base/show.ts';
import { fromRows, type Matrix, type Tensor, tensor } from '../../base/tensor.ts';
import { count } from '../../base/wording.ts';
import { type Feed, type Feeds, someFeeds } from '../feeds.ts';

export interface InlineRows {
  readonly inputs: Matrix;
  /** Rows; or a list of numbers for one output, or a list of class indices for a loss of probabilities. */
  readonly targets: Matrix | ArrayLike<number>;
  /** The weight of each row in the loss: numbers of at least 0, not all 0. Default: equal weights. */
  readonly weights?: ArrayLike<number>;
  /** Feeds that layers read by name in addition to the inputs, such as `{ ids: { rowShape: [], type: 'int32', data } }`. */
  readonly feeds?: Readonly<Record<string, Feed>>;
}

export interface InlineData extends InlineRows {
  readonly validation?: InlineRows;
}

/** The targets that a loss takes (`Loss.targets`): any number, numbers in a closed range, some values, or probabilities. */
export type TargetKind =
  | 'any'
  | { readonly range: readonly [number, number] }
  | { readonly values: readonly number[] }
  | 'probabilities';

export interface InlineOptions {
  readonly targets: TargetKind;
  /** The network's number of outputs, if it is known; else the targets decide it. */
  readonly outputs?: number;
  /** The rows are a batch of more rows, so their weights may all be 0. */
  readonly some?: boolean;
}

export interface InlineTensors {
  /** [n, inputs] */
  readonly inputs: Tensor;
  /** [n, outputs] */
  readonly targets: Tensor;
  /** [n, 1] */
  readonly weights?: Tensor;
  readonly feeds?: Feeds;
}

// sums of decimal probabilities such as 0.1 differ from 1 by only a few times 1e-16
const sumTolerance = 1e-9;
const probabilitiesFix =
  'Write probabilities that sum to 1 for each row, or the classes as a list of integers: [0, 2, 1].';

/** The numbers of a flat list, or of a typed array; undefined for rows. */
function flatList(targets: Matrix | ArrayLike<number>): readonly number[] | undefined {
  if (!isNumberList(targets) || targets.length === 0) return undefined;
  const list = Array.isArray(targets) ? targets : Array.from(targets);
  return list.some(isNumberList) ? undefined : list;
}

/** Class indices 0 … classes-1 as one-hot rows. */
function oneHot(indices: readonly number[], outputs: number | undefined, where: Where): Tensor {
  indices.forEach((index, r) => {
    if (!Number.isSafeInteger(index) || index < 0) {
      fail({
        what: `${show(index)} is not a class`,
        where: inside(where, r),
        fix: 'Number the classes 0, 1, 2 …, or write the probabilities of each row: [0, 1].',
      });
    }
  });
  const classes = outputs ?? indices.reduce((a, b) => Math.max(a, b), 1) + 1;
  const rows = tensor([indices.length, classes]);
  indices.forEach((index, r) => {
    if (index >= classes) {
      fail({
        what: `class ${index} does not exist: there are ${classes} classes, 0 to ${classes - 1}`,
        where: inside(where, r),
        fix: `Number the classes from 0, or give the last layer ${index + 1} units.`,
      });
    }
    rows.data[r * classes + index] = 1;
  });
  return rows;
}

/** Throws an InputError for the first target that the loss does not take; `place` names the target of row r, output k. */
function checkTargets(
  { shape: [n, outputs], data }: Tensor,
  kind: TargetKind,
  place: (r: number, k: number) => Where,
): void {
  if (kind === 'any') return;
  const isOne = typeof kind === 'object' && 'values' in kind;
  const [low, high] = typeof kind === 'object' && 'range' in kind ? kind.range : [0, 1];
  for (let r = 0; r < n; r++) {
    for (let k = 0; k < outputs; k++) {
      const value = data[r * outputs + k];
      if (isOne ? kind.values.includes(value) : value >= low && value <= high) continue;
      if (isOne) {
        fail({
          what: `the loss takes ${kind.values.join(' or ')}, not ${value}`,
          where: place(r, k),
          fix: `Write the two classes as ${kind.values.join(' and ')}.`,
        });
      }
      fail({
        what: `the loss takes targets from ${low} to ${high}, not ${value}`,
        where: place(r, k),
        fix:
          kind === 'probabilities'
            ? probabilitiesFix
            : 'Scale the targets into that range, or choose a loss without a range, such as mse.',
      });
    }
  }
}

/** Throws an InputError for the first row [classes] whose probabilities do not sum to 1. */
function checkSums({ shape: [n, classes], data }: Tensor, where: Where): void {
  for (let r = 0; r < n; r++) {
    const sum = data.subarray(r * classes, (r + 1) * classes).reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) <= sumTolerance) continue;
    fail({ what: `the probabilities sum to ${sum}, not 1`, where: inside(where, r), fix: probabilitiesFix });
  }
}

function readTargets(
  targets: Matrix | ArrayLike<number>,
  { targets: kind, outputs }: InlineOptions,
  where: Where,
): Tensor {
  const list = flatList(targets);
  const flat = list !== undefined;
  if (flat && kind === 'probabilities') return oneHot(list, outputs, where);
  const rows = flat ? asColumn(list, where) : fromRows(targets as Matrix, where);
  const [, width] = rows.shape;
  if (outputs !== undefined && width !== outputs) {
    fail({
      what: `the targets are ${flat ? 'a list of numbers' : `rows of ${count(width, 'number')}`}, but the network has ${count(outputs, 'output')}`,
      where,
      fix: `Write each target as a row of ${count(outputs, 'number')}, or give the last layer ${count(width, 'unit')}.`,
    });
  }
  checkTargets(rows, kind, (r, k) => (flat ? inside(where, r) : inside(where, r, k)));
  if (kind === 'probabilities') checkSums(rows, where);
  return rows;
}

/** A list of numbers as [n, 1]. */
function asColumn(values: readonly number[], where: Where): Tensor {
  values.forEach((value, r) => {
    if (typeof value === 'number' && Number.isFinite(value)) return;
    fail({
      what: `${show(value)} is not a finite number`,
      where: inside(where, r),
      fix: 'Replace it with a number, or leave the row out.',
    });
  });
  return tensor([values.length, 1], values);
}

/**
 * Throws an InputError for the first weight below 0, and, if `where` names them all, for weights that are all 0; `place`
 * names the weight of row r.
 */
export function checkWeights(weights: ArrayLike<number>, place: (r: number) => Where, where?: Where): void {
  let some = false;
  for (let r = 0; r < weights.length; r++) {
    some ||= weights[r] > 0;
    if (weights[r] >= 0) continue;
    fail({
      what: `${weights[r]} is below 0`,
      where: place(r),
      fix: 'Use weights of at least 0; a row with weight 0 does not count.',
    });
  }
  if (!some && where !== undefined)
    fail({ what: 'all weights are 0', where, fix: 'Give at least one row a weight above 0.' });
}

function readWeights(weights: ArrayLike<number>, rows: number, where: Where, isSome = false): Tensor {
  if (!isNumberList(weights) || weights.length !== rows) {
    fail({
      what: isNumberList(weights)
        ? `${count(weights.length, 'weight')} for ${count(rows, 'row')}`
        : 'the weights are not a list',
      where,
      fix: 'Write a list with one number for each row.',
    });
  }
  const column = asColumn(Array.from(weights), where);
  checkWeights(column.data, (r) => inside(where, r), isSome ? undefined : where);
  return column;
}

function readRows(
  { inputs, targets, weights, feeds }: InlineRows,
  options: InlineOptions,
  where: Where,
): InlineTensors {
  if (feeds !== undefined) someFeeds(feeds, inside(where, 'feeds'));
  const rows = fromRows(inputs, inside(where, 'inputs'));
  if (rows.shape[1] === 0) {
    fail({ what: 'the rows are empty', where: inside(where, 'inputs'), fix: 'Write at least one number in each row.' });
  }
  const wanted = readTargets(targets, options, inside(where, 'targets'));
  if (rows.shape[0] !== wanted.shape[0]) {
    fail({
      what: `${count(wanted.shape[0], 'target')} for ${count(rows.shape[0], 'row')} of inputs`,
      where: inside(where, 'targets'),
      fix: 'Write one target for each row of inputs.',
    });
  }
  const [n] = rows.shape;
  return {
    inputs: rows,
    targets: wanted,
    ...(weights !== undefined && { weights: readWeights(weights, n, inside(where, 'weights'), options.some) }),
    ...(feeds !== undefined && { feeds: new Map(Object.entries(feeds)) }),
  };
}

/**
 * The tensors of inline data.
 *
 * Throws an InputError with the path (`data.targets[1][0]`) for rows of unequal length, a value that is not a finite number,
 * a target that the loss does not take, and inputs and targets (or training and validation) that do not match.
 */
export function inlineData(
  data: InlineData,
  options: InlineOptions,
): { train: InlineTensors; validation?: InlineTensors } {
  const train = readRows(data, options, ['data']);
  return data.validation === undefined
    ? { train }
    : { train, validation: validationRows(data.validation, train, options) };
}

/** The tensors of the validation rows. Throws an InputError if they do not match those of training. */
export function validationRows(rows: InlineRows, train: InlineTensors, options: InlineOptions): InlineTensors {
  // the training targets decide the number of outputs, so that both have the same classes
  const outputs = options.outputs ?? train.targets.shape[1];
  const validation = readRows(rows, { ...options, outputs }, ['data', 'validation']);
  const [, inputs] = train.inputs.shape;
  if (validation.inputs.shape[1] !== inputs) {
    fail({
      what: `the rows have ${count(validation.inputs.shape[1], 'number')}, but those of data.inputs have ${inputs}`,
      where: ['data', 'validation', 'inputs'],
      fix: 'Use the same columns in both.',
    });
  }
  return validation;
}
