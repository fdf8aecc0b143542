/** From a table to the tensors that training takes: target, features, rows, split, encoding; each choice has a note. */
import {
  anObject,
  anyValue,
  aSeed,
  aText,
  checkCall,
  type Kind,
  listOf,
  oneOf,
  optional,
  record,
} from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import type { Tensor } from '../../base/tensor.ts';
import { anEncoding } from '../encode/an-encoding.ts';
import { type ChosenFeature, chooseFeatures, type FeatureOptions } from '../encode/choose-features.ts';
import { diagnoseInputs } from '../encode/diagnose.ts';
import { type Encoding, inputNames, inputWidth, targetWidth } from '../encode/encoding.ts';
import { checkSomePresent } from '../encode/features/kind.ts';
import { learnerOf } from '../encode/features/learner.ts';
import { type UnknownCategories, unknownWarnings } from '../encode/findings.ts';
import * as forTables from '../encode/for-tables.ts';
import { leakWarnings } from '../encode/leaks.ts';
import { provideTables } from '../encode/provided.ts';
import { encodeInputs, encodeTargets, readWeights, streamRows, unknownIn } from '../encode/rows.ts';
import type { Scale } from '../encode/scaling.ts';
import { fitClassTarget } from '../encode/targets/classes.ts';
import { fitNumbersTarget, fitNumberTarget } from '../encode/targets/numbers.ts';
import type { ClassCoding } from '../encode/targets/stored-target.ts';
import { type TargetEncoding, targetColumns } from '../encode/targets/stored-target.ts';
import type { Task } from '../encode/task.ts';
import { type Split, type SplitOptions, splitRows } from '../split/split.ts';
import { profile } from '../table/columns.ts';
import { storedReading } from '../table/reading.ts';
import type { RowStream } from '../table/rows.ts';
import { aTable, type Column, type Table } from '../table/table.ts';
import { missingNotes, scaleNotes, spellingNotes, splitNote } from './notes.ts';
import { chooseTarget, chooseTask, findTargets, type TargetChoice } from './target.ts';
import { type MissingRule, usableRows } from './usable-rows.ts';

/** The `data` section of an experiment, for a table. */
export interface DataOptions extends FeatureOptions {
  /** Default: inferred from the target column, as `inferTask` does. */
  readonly task?: Task | undefined;
  /** Default: all rows are used for training. */
  readonly split?: SplitOptions | undefined;
  /** Default `standard`. */
  readonly scale?: Scale | undefined;
  /**
   * How to handle missing feature values: `impute` (default) fills them with the median or the most frequent category of
   * the training split, `drop` leaves their rows out. A row without a target is always left out.
   */
  readonly handleMissing?: MissingRule | undefined;
  /** The encoding of a model that training continues from: nothing is learned from this table. */
  readonly encoding?: Encoding | undefined;
}

export interface PreparedSplit {
  /** [n, inputs] */
  readonly inputs: Tensor;
  /** [n, classes] or [n, 1]; a regression's are in training units. */
  readonly targets: Tensor;
  /** [n, 1], where a column of weights is named; of all rows, also of a large table. */
  readonly weights?: Tensor;
  /** The indices of these rows in the table, from 0, ascending. */
  readonly rows: ArrayLike<number>;
  /** All rows of a large table; `inputs` and `targets` then hold only the first of them. */
  readonly stream?: RowStream;
}

export interface Prepared {
  readonly task: Task;
  readonly encoding: Encoding;
  readonly train: PreparedSplit;
  readonly validation?: PreparedSplit;
  readonly test?: PreparedSplit;
  /** The names of the classes, in the order of their indices. */
  readonly classes?: readonly string[];
  /** The names of the inputs, as `inputNames` gives them. */
  readonly inputNames: readonly string[];
  /** Notes on the choices that were made. */
  readonly notes: readonly string[];
  /** Warnings, with fixes. */
  readonly warnings: readonly string[];
}

/** The task of a target, and its classes, before anything is prepared. Throws an InputError as `prepareTable` does. */
export function inspectTarget(
  table: Table,
  options: Pick<DataOptions, 'target' | 'task'>,
): { readonly task: Task; readonly classes?: readonly string[] } {
  const targets = findTargets(table, options.target);
  const [target] = targets;
  const { task } = chooseTask(table, targets, options.task);
  if (task === 'regression') return { task };
  const { rows } = usableRows(table, targets, [], 'impute');
  return { task, classes: fitClassTarget(target, profile(target), rows, 'oneHot', table).target.values };
}

/** The options, with those that a model's encoding determines. Throws an InputError if the target differs. */
function withEncoding(options: DataOptions, { task, scale, features, target }: Encoding): DataOptions {
  const names = targetColumns(target);
  if (String(names) !== String(options.target)) {
    fail({
      what: `the model predicts "${names.join('" and "')}", but the target is "${String(options.target)}"`,
      where: ['data', 'target'],
      fix: 'Keep the target, or train a new model.',
    });
  }
  const listed: { categories?: string[]; embed?: string[] } = {};
  for (const feature of features) {
    const { option } = learnerOf(feature);
    if (option === undefined) continue;
    listed[option] = [...(listed[option] ?? []), feature.name];
  }
  return { ...options, categories: [], embed: [], ...listed, task, scale, features: features.map(({ name }) => name) };
}

/** The encoding learned from the training rows, or that of a model. */
function fitEncoding(
  table: Table,
  targets: readonly Column[],
  features: readonly ChosenFeature[],
  {
    task,
    scale,
    rows,
    known,
    classes,
  }: {
    readonly task: Task;
    readonly scale: Scale;
    readonly rows: Uint32Array;
    readonly known?: Encoding;
    readonly classes: TargetEncoding | undefined;
  },
): Encoding {
  const fitFeature = ({ kind, column, profile }: ChosenFeature) => {
    const training = { table, column, profile, rows, scale };
    checkSomePresent(training);
    return { ...kind.fit(training), ...storedReading(column) } as Encoding['features'][number];
  };
  return {
    task,
    scale,
    features: known?.features ?? features.map(fitFeature),
    target:
      classes ??
      known?.target ??
      (targets.length > 1 ? fitNumbersTarget(targets, rows, scale) : fitNumberTarget(targets[0], rows, scale)),
  };
}

/** Values of a split of a large table that may be in memory: 64 MiB. */
const maxValuesInMemory = 2 ** 23;
/** A sample of the rows, if not all are in memory. */
const sampleRows = 4096;

/** A split's rows, encoded now or, of a large table, as they are read. */
function encodeSplit(
  encoding: Encoding,
  table: Table,
  rows: Uint32Array,
  { weights, isPacked }: { readonly weights?: string; readonly isPacked: boolean },
): { split: PreparedSplit; unknown: UnknownCategories } {
  const own = weights !== undefined && { weights: readWeights(table, weights, rows) };
  const isLarge = isPacked && rows.length * (inputWidth(encoding) + targetWidth(encoding)) > maxValuesInMemory;
  if (isLarge) {
    const first = rows.subarray(0, sampleRows);
    const unknown = unknownIn(encoding, table, rows);
    const { inputs } = encodeInputs(encoding, table, first);
    const targets = encodeTargets(encoding, table, first);
    return { split: { inputs, targets, rows, stream: streamRows(encoding, table, rows), ...own }, unknown };
  }
  const { inputs, unknown } = encodeInputs(encoding, table, rows);
  return { split: { inputs, targets: encodeTargets(encoding, table, rows), ...own, rows: Array.from(rows) }, unknown };
}

const lacksClass = ({ train }: Split, { classes, classOfRow }: TargetChoice) =>
  classes !== undefined && new Set(train.map((index) => classOfRow![index])).size < classes.values.length;

const namesOrName: Kind = (value, where) => (typeof value === 'string' ? undefined : listOf(aText, 1)(value, where));

/** The options of a table. Columns that a kind of feature lists are checked by the kind. */
const dataOptions = record({
  target: namesOrName,
  features: optional(listOf(aText)),
  weights: optional(aText),
  categories: anyValue,
  embed: anyValue,
  task: optional(oneOf('classification', 'regression')),
  split: optional(anObject),
  scale: optional(oneOf('standard', 'minMax', 'none')),
  handleMissing: optional(oneOf('impute', 'drop')),
  encoding: optional(anEncoding),
});

/**
 * Prepares a table for training. The seed decides the split, and nothing else is random. `coding` says how classes
 * become targets; the loss and the network's outputs decide it.
 *
 * Throws an InputError for a missing column, text or NaN where numbers belong (with file, line and column), a target with
 * one class, no rows or columns to learn from, and an empty split.
 */
export function prepareTable(table: Table, given: DataOptions, seed: number, coding: ClassCoding = 'oneHot'): Prepared {
  checkCall('prepareTable(table, { target }, seed)', {
    table: [table, aTable],
    options: [given, dataOptions],
    seed: [seed, aSeed],
    coding: [coding, oneOf('oneHot', 'binary', 'sign')],
  });
  provideTables(forTables);
  const { encoding: known } = given;
  const options = known === undefined ? given : withEncoding(given, known);
  const { scale = 'standard', handleMissing = 'impute', split: shares = {}, weights } = options;

  const targets = findTargets(table, options.target);
  const profiles = new Map(table.columns.map((column) => [column, profile(column)]));
  const choice = chooseTask(table, targets, options.task);
  const { task } = choice;
  const { features, ...chosen } = chooseFeatures(table, profiles, options);
  const { rows, ...usable } = usableRows(table, targets, features, handleMissing);
  const found = chooseTarget(table, targets, rows, { task: choice, coding, known: known?.target });

  const split = splitRows(rows.length, shares, seed, found.classOfRow);
  const tableRows = (indices: readonly number[]) => Uint32Array.from(indices, (index) => rows[index]);
  const encoding = fitEncoding(table, targets, features, {
    task,
    scale,
    rows: tableRows(split.train),
    known,
    classes: found.classes,
  });
  const isScaled = features.some(({ kind }) => kind.takes.includes('number'));
  const notes = [
    ...(table.notes ?? []),
    ...found.notes,
    ...spellingNotes(features, targets),
    ...(known === undefined
      ? chosen.notes
      : ['Scaling, categories and fill values are those of the model that training continues from.']),
    ...usable.notes,
    ...(weights === undefined ? [] : [`The loss weighs each row by "${weights}".`]),
    splitNote(split, found.classOfRow !== undefined && shares.stratify !== false),
    ...(known === undefined && isScaled ? [scaleNotes[scale]] : []),
    ...missingNotes(features, encoding, rows),
  ];
  const warnings = [...found.warnings, ...(known === undefined ? chosen.warnings : [])];
  if (known === undefined && lacksClass(split, found)) {
    warnings.push('The training split lacks a class. Set "stratify": true, or choose another seed.');
  }

  const isPacked = features.some(({ column }) => column.packed !== undefined);
  const encode = (indices: readonly number[], name: string): PreparedSplit => {
    const { split, unknown } = encodeSplit(encoding, table, tableRows(indices), { weights, isPacked });
    for (const warning of unknownWarnings(unknown, encoding)) warnings.push(`In the ${name} split, ${warning}`);
    return split;
  };
  const train = encode(split.train, 'training');
  if (known === undefined) warnings.push(...leakWarnings(encoding, train));
  const names = inputNames(encoding);
  if (scale === 'none') warnings.push(...diagnoseInputs(train.inputs, { names, fix: 'Set "scale": "standard".' }));
  return {
    task,
    encoding,
    train,
    validation: split.validation && encode(split.validation, 'validation'),
    test: split.test && encode(split.test, 'test'),
    classes: found.classes?.values,
    inputNames: names,
    notes,
    warnings,
  };
}
