/**
 * Cross-validation in k folds: each row is held out once, and predicted by a model that was trained on the other folds. Scaling,
 * fill values and categories are learned in each fold, from the rows that it trains on.
 */

import { aFunction, anyValue, aSignal, options } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { permutation } from '../base/random.ts';
import { show } from '../base/show.ts';
import { toRows } from '../base/tensor.ts';
import { classIndexer } from '../data/encode/targets/classes.ts';
import type { ClassTarget } from '../data/encode/targets/stored-target.ts';
import { classesOf } from '../data/encode/targets/stored-target.ts';
import { classIndices } from '../data/encode/units.ts';
import { pickRows } from '../data/feeds.ts';
import type { InlineData } from '../data/inline/inline.ts';
import type { Prepared } from '../data/prepare/prepare.ts';
import { cellsOf } from '../data/table/columns.ts';
import { findColumn } from '../data/table/table.ts';
import { takeRows } from '../data/table/take-rows.ts';
import { chooseEngine } from '../model/engine-choice.ts';
import type { Network } from '../net/network.ts';
import type { OwnMetric } from '../net/own-metric.ts';
import { rowsIn } from '../net/problem.ts';
import type { Setup } from '../net/rows-setup.ts';
import type { StepRecipe } from '../net/step.ts';
import { setUp, type TableData } from '../net/table-setup.ts';
import { assemble, type Schedule, type TrainingOptions } from '../net/training.ts';
import { checkTrainingOptions } from '../net/training-options.ts';
import { checkArguments, inCode } from '../train/arguments.ts';
import type { Callbacks } from '../train/callbacks.ts';
import type { PartResult, Trained } from '../train/run.ts';
import { train } from '../train/train.ts';

export interface Fold {
  /** Loss and metrics on the held-out rows, of the model trained on the others. For a table, the loss is in training units. */
  readonly loss: number;
  readonly metrics: PartResult;
  readonly stop: Trained['stop'];
  readonly rows: { readonly training: number; readonly validation: number; readonly heldOut: number };
  readonly warnings: readonly string[];
}

/** A row's prediction by the model that did not train on it. */
export interface HeldOut {
  /** The row of the table or of the inputs, counted from 0. */
  readonly row: number;
  /** The fold, counted from 0. */
  readonly fold: number;
  /** For a table, a class or a number in the column's units (several columns by name); otherwise the outputs. */
  readonly prediction: number | string | boolean | readonly number[] | Readonly<Record<string, number>>;
  readonly probabilities?: Readonly<Record<string, number>>;
}

export interface CrossValidated {
  readonly folds: readonly Fold[];
  /** The mean of the loss and of each metric over the folds. */
  readonly mean: PartResult;
  /** The sample standard deviation (divided by folds - 1). */
  readonly std: PartResult;
  /** In the order of the rows. Rows without a target, or left out because of a missing value, have no prediction. */
  readonly predictions: readonly HeldOut[];
  /** How the folds were made. */
  readonly notes: readonly string[];
}

export interface FoldOptions {
  /** The number of folds, from 2 to the number of rows; default 5. */
  readonly folds?: number | undefined;
  /** If aborted, the result has the folds that were complete. If there are none, `mean` and `std` are empty. */
  readonly signal?: AbortSignal | undefined;
  /** Called when a fold is done (`fold` counts from 0). Training waits for it; an error in it rejects. */
  readonly onFold?: ((result: Fold, fold: number) => unknown) | undefined;
  /** Called after each epoch of each fold. */
  readonly onEpoch?:
    | ((...args: [...Parameters<NonNullable<Callbacks['onEpoch']>>, fold: number]) => unknown)
    | undefined;
}

export type CrossValidation = TrainingOptions & FoldOptions;

/** The rows to divide, and how to make a setup of the rows that train. */
interface Source {
  readonly rows: readonly number[];
  /** The class of each of `rows`, for a classification. */
  readonly classes?: ArrayLike<number>;
  /** The names of the classes. */
  readonly names?: readonly string[];
  setUp(training: readonly number[]): Setup;
  hold(trained: Trained, held: readonly number[]): Pick<Fold, 'loss' | 'metrics' | 'warnings'> & HeldOutScores;
  readonly notes: readonly string[];
}

interface HeldOutScores {
  readonly predictions: readonly Omit<HeldOut, 'row' | 'fold'>[];
}

interface Recipe {
  readonly recipe: StepRecipe;
  readonly schedule: Schedule;
  readonly metrics?: readonly OwnMetric[];
}

/**
 * Trains a network once for each fold, on the other folds, and measures it on that fold.
 *
 * The network's seed determines the folds, in a random stream of their own; they are stratified by class. Every fold starts
 * from the same seed. A table's validation split is taken from each fold's training rows. Your own validation rows
 * (`data.validation`) are observed by every fold and held out by none. A test split is ignored, because each row is held out
 * once. The types of a table's columns (numbers, categories, left out) are inferred from all rows; their values are learned
 * from a fold's training rows alone.
 *
 * Rejects with an InputError if the input is wrong, or if a class has so few rows that a fold would train without it.
 *
 * @example await crossValidate(network([dense(1)]), { inputs: [[0], [1], [2], [3]], targets: [[1], [3], [5], [7]] }, { folds: 2, loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 200 } })
 */
export async function crossValidate(
  network: Network,
  data: InlineData | TableData,
  options: CrossValidation,
): Promise<CrossValidated> {
  const { folds, signal, onFold, onEpoch, ...training } = options ?? ({} as CrossValidation);
  return inCode(async () => {
    await checkTrainingOptions(options === undefined ? (undefined as never) : training);
    checkArguments(network, data, 'crossValidate');
    foldOptions({ folds, signal, onFold, onEpoch }, 'options');
    return validateFolds(network, data, assemble(training), { folds, signal, onFold, onEpoch });
  });
}

const foldOptions = options({ folds: anyValue, signal: aSignal, onFold: aFunction, onEpoch: aFunction });

/** The same, for a recipe and a schedule. */
export async function validateFolds(
  network: Network,
  data: InlineData | TableData,
  training: Recipe,
  { folds: k = 5, signal, onFold, onEpoch }: FoldOptions = {},
): Promise<CrossValidated> {
  const source = 'table' in data ? ofTable(network, data, training) : ofRows(network, data, training);
  const parts = drawFolds(source, k, network.seed);
  const folds: Fold[] = [];
  const predictions: HeldOut[] = [];
  let ofEngine: readonly string[] = [];
  for (const [f, held] of parts.entries()) {
    const training = parts.flatMap((part, g) => (g === f ? [] : part)).sort((a, b) => a - b);
    const setup = source.setUp(training);
    if (f === 0) ofEngine = (await chooseEngine(setup)).warnings;
    const trained = await train(setup, {
      signal,
      ...(onEpoch && { onEpoch: (row) => onEpoch(row, f) }),
    });
    // a fold that was not trained to its end says little about the others
    if (signal?.aborted && trained.stop.reason === 'aborted') break;
    const { predictions: own, ...measured } = source.hold(trained, held);
    const validation = setup.validation === undefined ? 0 : rowsIn(setup.validation);
    const fold = {
      ...measured,
      stop: trained.stop,
      rows: { training: rowsIn(setup), validation, heldOut: held.length },
    };
    folds.push(fold);
    // One by one: as arguments of a single call they would overflow the stack.
    own.forEach((each, i) => {
      predictions.push({ row: held[i], fold: f, ...each });
    });
    await onFold?.(fold, f);
    if (signal?.aborted) break;
  }
  const scores = folds.map(({ loss, metrics }) => ({ loss, ...metrics }));
  return {
    folds,
    mean: overFolds(scores, mean),
    std: overFolds(scores, sampleDeviation),
    predictions: predictions.sort((a, b) => a.row - b.row),
    notes: [...source.notes, `${parts.length} folds${source.classes ? ', stratified by class' : ''}.`, ...ofEngine],
  };
}

/**
 * The rows of each fold, ascending. They are dealt out in turn, class by class, in an order from the seed, so that the sizes of
 * folds differ by at most one row, also within a class. Throws an InputError if there are too few rows.
 */
function drawFolds({ rows, classes, names }: Source, k: number, seed: number): number[][] {
  if (!Number.isInteger(k) || k < 2 || k > rows.length) {
    fail({
      what: `${rows.length} rows cannot be divided into ${show(k)} folds`,
      where: ['folds'],
      fix: `Give an integer from 2 to ${rows.length}, such as ${Math.min(5, rows.length)}.`,
    });
  }
  const groups: number[][] = [];
  for (const i of permutation(rows.length, seed, 'folds', 0)) {
    const group = classes?.[i] ?? 0;
    groups[group] ??= [];
    groups[group].push(rows[i]);
  }
  const alone = groups.findIndex((group) => group?.length === 1);
  if (classes !== undefined && alone !== -1) {
    fail({
      what: `class "${names?.[alone] ?? alone}" has a single row, so the fold that holds it out would train without this class`,
      where: ['folds'],
      fix: 'Leave the row out, or merge the class with another.',
    });
  }
  const parts = Array.from({ length: k }, (): number[] => []);
  groups.flat().forEach((row, i) => {
    parts[i % k].push(row);
  });
  return parts.map((part) => part.sort((a, b) => a - b));
}

function ofRows(network: Network, data: InlineData, training: Recipe): Source {
  // Check all rows at once, so that an error in one is reported before any training.
  const whole = setUp(network, data, training);
  const { coding } = whole.measure;
  const width = whole.targets.shape[1];
  const isSingle = coding === 'oneHot' || width === 1;
  const take = (rows: readonly number[]) => {
    const of = <T>(values: ArrayLike<T>) => rows.map((row) => values[row]);
    const feeds = Object.entries(data.feeds ?? {}).map(([name, feed]) => [name, pickRows(feed, rows)] as const);
    return {
      inputs: of(data.inputs),
      ...(data.weights && { weights: of(data.weights) }),
      ...(data.feeds && { feeds: Object.fromEntries(feeds) }),
    };
  };
  // A list of class indices no longer determines the number of classes when some rows are left out.
  const targets = toRows(whole.targets);
  const inputs = (rows: readonly number[]) => ({ ...take(rows), targets: rows.map((row) => targets[row]) });
  return {
    rows: Array.from({ length: whole.inputs.shape[0] }, (_, row) => row),
    classes: coding && isSingle ? classIndices(whole.targets, coding) : undefined,
    setUp: (rows) => setUp(network, { ...data, ...inputs(rows) }, training),
    hold({ model }, rows) {
      const { loss, metrics, warnings } = model.evaluate(inputs(rows), { metrics: training.metrics });
      return {
        loss,
        metrics,
        warnings,
        predictions: model.predict(take(rows).inputs).map((prediction) => ({ prediction })),
      };
    },
    notes: [],
  };
}

function ofTable(network: Network, { table, split, ...options }: TableData, training: Recipe): Source {
  const shares = { ...split, test: 0 };
  const whole = setUp(network, { table, ...options, split: shares }, training);
  const { encoding, task, train, validation, classes } = whole.prepared as Prepared;
  const rows = [train, validation].flatMap((part) => Array.from(part?.rows ?? [])).sort((a, b) => a - b);
  const { features, target } = encoding;
  const own: Omit<TableData, 'table'> = {
    ...options,
    task,
    split: shares,
    features: features.map(({ name }) => name),
    // A column's type is that in the whole table, whichever of its cells a fold trains on.
    categories: features.flatMap((feature) => ('values' in feature ? [feature.name] : [])),
  };
  const classOf = (of: ClassTarget) => {
    const cells = cellsOf(findColumn(table, of.name, ['data', 'target']));
    const indexOf = classIndexer(of);
    return (row: number) => indexOf(cells.text(row)!)!;
  };
  const known = classesOf(target);
  const left = split?.test ? ['The test split is ignored, because each row is held out once.'] : [];
  return {
    rows,
    ...(known !== undefined && { classes: Int32Array.from(rows, classOf(known)) }),
    names: classes,
    // The categories of a fold determine the number of inputs.
    setUp: (part) => setUp({ ...network, inputs: undefined }, { table: takeRows(table, part), ...own }, training),
    hold({ model }, held) {
      const part = takeRows(table, held);
      const { loss, metrics, warnings } = model.evaluate(
        { table: part, weights: own.weights },
        { metrics: training.metrics },
      );
      const { predictions, probabilities } = model.predictTable(part);
      return {
        loss,
        metrics,
        warnings,
        predictions: predictions.map((prediction, i) => ({
          prediction,
          ...(probabilities && { probabilities: probabilities[i] }),
        })),
      };
    },
    notes: left,
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function sampleDeviation(values: readonly number[]): number {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) * (value - center), 0);
  return Math.sqrt(squares / (values.length - 1));
}

function overFolds(scores: readonly PartResult[], of: (values: readonly number[]) => number): PartResult {
  return Object.fromEntries(Object.keys(scores[0] ?? {}).map((name) => [name, of(scores.map((score) => score[name]))]));
}
