/** From a table to what training takes: task, features, gaps, split, encoding; each choice is said in a note. */
import { fail } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import { diagnoseInputs } from './encode/diagnose.ts';
import {
  type ClassCoding,
  type ClassTarget,
  classIndexer,
  type Encoding,
  encodeInputs,
  encodeTargets,
  failOnClass,
  inputNames,
  inputWidth,
  readWeights,
  type Scale,
  showFill,
  streamRows,
  targetWidth,
  unknownIn,
  unknownWarnings,
} from './encode/encoding.ts';
import {
  chooseFeatures,
  type Feature,
  type FeatureOptions,
  minIdentifiers,
  nanWarnings,
  targetNames,
} from './encode/features.ts';
import { fitClassTarget, fitFeature, fitNumbersTarget, fitNumberTarget } from './encode/fit.ts';
import { inferTask, type Task } from './encode/task.ts';
import { type Split, type SplitOptions, splitRows } from './split.ts';
import { cellsOf, countValues, failOnCell, type Profile, presentCells, profile } from './table/columns.ts';
import { countWhere, type RowStream, range } from './table/rows.ts';
import { type Column, columnPlace, findColumn, type Table, tablePlace } from './table/table.ts';
import { count, firstOf } from './words.ts';

/** The `data` section of an experiment, for a table. */
export interface DataOptions extends FeatureOptions {
  /** Default: as `inferTask` finds. */
  readonly task?: Task;
  /** Default: all rows train. */
  readonly split?: SplitOptions;
  /** Default `standard`. */
  readonly scale?: Scale;
  /**
   * Rows with a gap in a feature: `impute` (default) fills it with the training part's median or most frequent
   * category, `drop` leaves the row out. A row without a target is always left out.
   */
  readonly gaps?: 'impute' | 'drop';
  /** A model's, which training goes on with: scaling, categories and classes are that model's, not learned from this table. */
  readonly encoding?: Encoding;
}

export interface PreparedPart {
  /** [n, inputs] */
  readonly inputs: Tensor;
  /** [n, classes], [n, 1]; a regression's in training units. */
  readonly targets: Tensor;
  /** [n, 1], where a column says how much a row counts; of all rows, also of a large table. */
  readonly weights?: Tensor;
  /** Which of the table's rows these are, from 0, ascending. */
  readonly rows: ArrayLike<number>;
  /** All rows, of a large table; `inputs` and `targets` are then the first of them alone. */
  readonly stream?: RowStream;
}

export interface Prepared {
  readonly task: Task;
  readonly encoding: Encoding;
  readonly train: PreparedPart;
  readonly validation?: PreparedPart;
  readonly test?: PreparedPart;
  /** The names of the classes, in the order of their indices. */
  readonly classes?: readonly string[];
  /** The names of the inputs, as `inputNames` gives them. */
  readonly inputNames: readonly string[];
  /** What was chosen and done. */
  readonly notes: readonly string[];
  /** What may go wrong, and what to do about it. */
  readonly warnings: readonly string[];
}

const asAsked = ', as asked';

/** The task, and why, as words after the target's name; complains of a target that does not suit it. */
function decideTask(
  table: Table,
  column: Column,
  target: Profile,
  given: Task | undefined,
): { task: Task; why: string } {
  const { kind, odd } = target;
  const { name } = column;
  if (kind === 'empty') {
    fail({ what: 'the target has no value', where: columnPlace(table, name), fix: 'Name another column as target.' });
  }
  if (given === 'classification') return { task: given, why: asAsked };
  const asClasses = 'set "task": "classification"';
  if (kind === 'mixed') failOnCell(table, odd!.row, name, odd!.value, asClasses, odd!.among);
  if (kind === 'date') {
    fail({
      what: 'a date is no target',
      where: columnPlace(table, name),
      fix: `Give a column of numbers, such as days, or ${asClasses}.`,
    });
  }
  if (given === undefined) {
    const { task, why } = inferTask({ ...target, kind });
    return { task, why: ` is ${why}` };
  }
  if (kind !== 'number') {
    const cells = cellsOf(column);
    const row = range(table.rows).find((each) => cells.has(each) && Number.isNaN(cells.number(each)))!;
    failOnCell(table, row, name, cells.text(row)!, asClasses);
  }
  return { task: given, why: asAsked };
}

function findTargets(table: Table, target: DataOptions['target']): readonly Column[] {
  const names = targetNames(target);
  if (names.length === 0)
    fail({ what: 'no column is named', where: 'data.target', fix: 'Name the column to predict.' });
  const seen = new Set<string>();
  return names.map((name, k) => {
    const where = typeof target === 'string' ? 'data.target' : `data.target[${k}]`;
    if (seen.has(name)) fail({ what: `"${name}" appears twice`, where, fix: 'Name each column once.' });
    seen.add(name);
    return findColumn(table, name, where);
  });
}

/** As `decideTask`; several targets are numbers. */
function decideTasks(table: Table, targets: readonly Column[], given: Task | undefined) {
  if (targets.length === 1) return decideTask(table, targets[0], profile(targets[0]), given);
  if (given === 'classification') {
    fail({
      what: 'classes are told of one column',
      where: 'data.target',
      fix: 'Name one column, or set "task": "regression" where all are numbers.',
    });
  }
  for (const target of targets) {
    const found = profile(target);
    if (found.kind === 'text' || found.kind === 'boolean') {
      fail({
        what: `"${target.name}" is no number, and several targets are numbers`,
        where: 'data.target',
        fix: 'Name columns of numbers, or that one alone.',
      });
    }
    decideTask(table, target, found, 'regression');
  }
  return { task: 'regression' as const, why: asAsked };
}

function describeNumbers(targets: readonly Column[]): Classes {
  return {
    notes: [`${targets.map(({ name }) => `"${name}"`).join(', ')}: regression, an output each.`],
    warnings: targets
      .filter((target) => profile(target).counts.size === 1)
      .map(({ name }) => `"${name}" has the same value in every row: nothing can be learned.`),
  };
}

/** The rows to use, and a note on those that are not. */
function usableRows(
  table: Table,
  targets: readonly Column[],
  features: readonly Feature[],
  gaps: 'impute' | 'drop',
): { rows: Uint32Array; notes: string[] } {
  const withCell = (rows: Uint32Array, column: Column) => {
    if (profile(column).missing === 0) return rows;
    const cells = cellsOf(column);
    return rows.filter((row) => cells.has(row));
  };
  const labelled = targets.reduce(withCell, range(table.rows));
  const rows = gaps === 'drop' ? features.reduce((left, { column }) => withCell(left, column), labelled) : labelled;
  const notes: string[] = [];
  const unlabelled = table.rows - labelled.length;
  if (unlabelled > 0)
    notes.push(`${count(unlabelled, 'row')} without "${targets.map(({ name }) => name).join('" and "')}" left out.`);
  const gappy = labelled.length - rows.length;
  if (gappy > 0) notes.push(`${count(gappy, 'row')} with a gap in a feature left out.`);
  if (rows.length === 0) {
    fail({
      what: `no row is left of ${table.rows}: ${notes.join(' ')}`.replace(/\.$/, ''),
      where: tablePlace(table),
      fix: 'Fill gaps instead (gaps: "impute"), or leave the columns that have them out of the features.',
    });
  }
  return { rows, notes };
}

function describeSplit({ train, validation, test }: Split, stratified: boolean): string {
  if (validation === undefined && test === undefined) return `All ${count(train.length, 'row')} train.`;
  const parts = [
    `${count(train.length, 'row')} for training`,
    validation && `${validation.length} for validation`,
    test && `${test.length} for test`,
  ];
  return `${parts.filter(Boolean).join(', ')}${stratified ? ', each class in its share' : ''}.`;
}

/** Notes on gaps that are filled: how many rows, what marked them, what stands there now. */
function gapNotes(features: readonly Feature[], encoding: Encoding, rows: ArrayLike<number>): string[] {
  const notes = features.flatMap(({ column, profile: { missing }, as }, i) => {
    const { name, marks } = column;
    const cells = cellsOf(column);
    const gaps = missing === 0 ? 0 : countWhere(rows, (row) => !cells.has(row));
    if (gaps === 0) return [];
    const shown = marks.filter((mark) => mark !== '').map((mark) => `"${mark}"`);
    const how = as === 'number' || as === 'date' ? 'the median' : 'the most frequent';
    const marked = shown.length > 0 ? ` (${shown.join(', ')})` : '';
    return [
      `"${name}": ${count(gaps, 'gap')}${marked} filled with ${showFill(encoding.features[i])}, ${how} in training.`,
    ];
  });
  return firstOf(notes);
}

const scaleNotes: Readonly<Record<Scale, string>> = {
  standard: 'Numbers are standardized: (x - mean)/std, of the training part.',
  minMax: 'Numeric features are scaled to [0, 1]: (x - min)/(max - min), of the training part.',
  none: 'Numbers are taken as they are.',
};

/** `classification, 3 classes: Adelie 152, Chinstrap 68, Gentoo 124`; of many classes the first and the last. */
function showClasses(values: readonly string[], counts: ReadonlyMap<string, number>): string {
  const shown = values.map((value) => `${value} ${counts.get(value) ?? 0}`);
  if (shown.length > 10) shown.splice(8, shown.length - 9, '…');
  return `classification, ${values.length} classes: ${shown.join(', ')}`;
}

/** The target's classes, and each row's; none in a regression. */
interface Classes {
  readonly target?: ClassTarget;
  /** The class index of each usable row. */
  readonly ofRows?: Uint32Array;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

function decideClasses(
  table: Table,
  column: Column,
  found: Profile,
  rows: Uint32Array,
  {
    task,
    why,
    coding,
    known,
  }: {
    readonly task: Task;
    readonly why: string;
    readonly coding: ClassCoding;
    readonly known?: Encoding['target'];
  },
): Classes {
  const name = `"${column.name}"`;
  if (task === 'regression') {
    const doubtful = why !== asAsked && found.counts.size <= 20;
    const instead = doubtful ? ' If its values are classes, set "task": "classification".' : '';
    const constant =
      found.counts.size === 1 ? [`${name} has the same value in every row: nothing can be learned.`] : [];
    return { notes: [`${name}${why}: regression.${instead}`], warnings: constant };
  }
  const { target, counts } =
    known?.kind === 'classes'
      ? { target: { ...known, coding }, counts: countValues(known.of, presentCells(column, rows)) }
      : fitClassTarget(column, found, rows, coding, table);
  const indexOf = classIndexer(target);
  const cells = cellsOf(column);
  const unknown = known && rows.find((row) => indexOf(cells.text(row)!) === undefined);
  if (unknown !== undefined) failOnClass(table, unknown, target, cells.text(unknown)!);
  const warnings = nanWarnings(column.name, found);
  if (rows.length >= minIdentifiers && target.values.length > rows.length / 2) {
    warnings.push(`${name} has less than two rows for each class. Is it the target that you mean?`);
  }
  return {
    target,
    ofRows: rows.map((row) => indexOf(cells.text(row)!)!),
    notes: [`${name}${known === undefined ? why : ', as the model has it'}: ${showClasses(target.values, counts)}.`],
    warnings,
  };
}

/** What a target asks for, before anything is prepared. Throws as `prepareTable`, of what it looks at. */
export function inspectTarget(
  table: Table,
  options: Pick<DataOptions, 'target' | 'task'>,
): { readonly task: Task; readonly classes?: readonly string[] } {
  const targets = findTargets(table, options.target);
  const [target] = targets;
  const found = profile(target);
  const { task } = decideTasks(table, targets, options.task);
  if (task === 'regression') return { task };
  const { rows } = usableRows(table, targets, [], 'impute');
  return { task, classes: fitClassTarget(target, found, rows, 'oneHot', table).target.values };
}

/** Numbers of a part of a large table that stand in memory: 64 MiB. */
const mostInMemory = 2 ** 23;
/** Rows of which the whole is judged where all do not stand in memory. */
const sampleRows = 4096;

/** The options that a model's encoding stands for, in place of those of features. Throws where the target is another. */
function asGiven(options: DataOptions, { task, scale, features, target }: Encoding): DataOptions {
  const names = target.kind === 'numbers' ? target.columns.map(({ name }) => name) : [target.name];
  if (String(names) !== String(options.target)) {
    fail({
      what: `the model predicts "${names.join('" and "')}", and the target is "${String(options.target)}"`,
      where: 'data.target',
      fix: 'Go on with the same target, or train a network of its own.',
    });
  }
  const ofKind = (wanted: string) => features.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  return {
    ...options,
    task,
    scale,
    features: features.map(({ name }) => name),
    categories: ofKind('category'),
    embed: ofKind('index'),
  };
}

/** A part whose rows are encoded when they are asked for. */
function streamed(encoding: Encoding, table: Table, rows: Uint32Array): PreparedPart {
  const first = rows.subarray(0, sampleRows);
  return {
    inputs: encodeInputs(encoding, table, first).inputs,
    targets: encodeTargets(encoding, table, first),
    rows,
    stream: streamRows(encoding, table, rows),
  };
}

/**
 * Prepares a table for training. The seed decides the split, and nothing else is drawn. `coding` says how classes
 * become targets; the loss and the network's outputs decide it.
 *
 * Throws an InputError for a column that is not there, text or NaN where numbers belong (file, line, column), a target
 * of one class, no rows or columns left to learn from, and a split that leaves a part empty.
 */
export function prepareTable(table: Table, given: DataOptions, seed: number, coding: ClassCoding = 'oneHot'): Prepared {
  const { encoding: known } = given;
  const options = known === undefined ? given : asGiven(given, known);
  const { scale = 'standard', gaps = 'impute', split: shares = {} } = options;
  const targets = findTargets(table, options.target);
  const [target] = targets;
  const profiles = new Map(table.columns.map((column) => [column, profile(column)]));
  const { task, why } = decideTasks(table, targets, options.task);
  const { features, ...chosen } = chooseFeatures(table, profiles, options);
  const { rows, ...usable } = usableRows(table, targets, features, gaps);
  const classes =
    targets.length > 1
      ? describeNumbers(targets)
      : decideClasses(table, target, profiles.get(target)!, rows, { task, why, coding, known: known?.target });

  const split = splitRows(rows.length, shares, seed, classes.ofRows);
  const tableRows = (part: readonly number[]) => Uint32Array.from(part, (index) => rows[index]);
  const trainRows = tableRows(split.train);
  const encoding: Encoding = {
    task,
    scale,
    features: known?.features ?? features.map((feature) => fitFeature(feature, trainRows, scale, table)),
    target:
      classes.target ??
      known?.target ??
      (targets.length > 1 ? fitNumbersTarget(targets, trainRows, scale) : fitNumberTarget(target, trainRows, scale)),
  };

  const notes = [
    ...classes.notes,
    ...(known === undefined
      ? chosen.notes
      : ['Scaling, categories and what fills gaps are those of the model it goes on with.']),
    ...usable.notes,
    ...(options.weights === undefined ? [] : [`Rows count in the loss as "${options.weights}" says.`]),
    describeSplit(split, classes.ofRows !== undefined && shares.stratify !== false),
    ...(known === undefined && features.some(({ as }) => as === 'number') ? [scaleNotes[scale]] : []),
    ...gapNotes(features, encoding, rows),
  ];
  const warnings = [...classes.warnings, ...(known === undefined ? chosen.warnings : [])];
  if (
    known === undefined &&
    classes.target &&
    new Set(split.train.map((index) => classes.ofRows![index])).size < classes.target.values.length
  ) {
    warnings.push('The training part lacks a class. Set "stratify": true, or choose another seed.');
  }
  const encodePart = (part: readonly number[], name: string): PreparedPart => {
    const own = tableRows(part);
    const weights = options.weights !== undefined && { weights: readWeights(table, options.weights, own) };
    const numbers = own.length * (inputWidth(encoding) + targetWidth(encoding));
    const tell = (unknown: ReturnType<typeof unknownIn>) => {
      for (const warning of unknownWarnings(unknown, encoding)) warnings.push(`In the ${name} part, ${warning}`);
    };
    if (features.some(({ column }) => column.packed) && numbers > mostInMemory) {
      tell(unknownIn(encoding, table, own));
      return { ...streamed(encoding, table, own), ...weights };
    }
    const { inputs, unknown } = encodeInputs(encoding, table, own);
    tell(unknown);
    return { inputs, targets: encodeTargets(encoding, table, own), ...weights, rows: Array.from(own) };
  };
  const train = encodePart(split.train, 'training');
  const names = inputNames(encoding);
  if (scale === 'none') warnings.push(...diagnoseInputs(train.inputs, { names, fix: 'Set "scale": "standard".' }));
  return {
    task,
    encoding,
    train,
    validation: split.validation && encodePart(split.validation, 'validation'),
    test: split.test && encodePart(split.test, 'test'),
    classes: classes.target?.values,
    inputNames: names,
    notes,
    warnings,
  };
}
