/**
 * Baselines: the scores of a constant and of a linear model on the same rows, with the same encoding and the same metrics. The
 * linear model is a network of one layer. L-BFGS trains it on least squares or the likelihood, with an l2 penalty.
 */
import { aSignal, options } from '../base/arguments.ts';
import { log } from '../base/math.ts';
import { sample } from '../base/random.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import { linear, sigmoid, softmax } from '../core/ops/activations.ts';
import { classIndices } from '../data/encode/units.ts';
import { Model } from '../model/model.ts';
import { zeros } from '../net/initializers.ts';
import { dense } from '../net/layers/dense.ts';
import { binaryCrossEntropy, crossEntropy, type Loss, mse } from '../net/losses.ts';
import { type Network, network, type Parameters } from '../net/network.ts';
import { lbfgs } from '../net/optimizers.ts';
import { type Dataset, rowsAt, rowsIn } from '../net/problem.ts';
import { aSetup, type Setup } from '../net/rows-setup.ts';
import { watchOf } from '../net/watch.ts';

import type { PartResult } from '../train/run.ts';
import { train } from '../train/train.ts';

export interface Baseline {
  readonly model: Model;
  /** Loss and metrics; empty without such a split. The loss is the network's, without penalties. */
  readonly training: PartResult;
  readonly validation: PartResult;
  readonly test: PartResult;
}

export interface LinearBaseline extends Baseline {
  /** The penalty, in the units of the option `l2`. */
  readonly l2: number;
  /** The same in the units of scikit-learn: `alpha` of `Ridge`, 1/`C` of `LogisticRegression`. */
  readonly strength: number;
  /** The number of rows that it was trained on. If these are not all rows, the seed determines them. */
  readonly rows: number;
  readonly iterations: number;
}

export interface Baselines {
  /** The mean of the targets, or the most frequent class with the classes' shares as probabilities. */
  readonly constant: Baseline & {
    /** The index of the class; the mean in training units. */
    readonly value: number;
  };
  /** Undefined if rows are so wide that even a few of them would take long, and for columns of indices. */
  readonly linear?: LinearBaseline;
}

/** Strengths of the penalty to choose from by the validation split, and the one to use without such a split. */
const strengths = [100, 10, 1, 0.1, 0.01];
const usual = 1;

/** The maximum number of multiplications of the search: about a second or two. */
const budget = 2.5e9;
/** L-BFGS has converged by then, or nearly. */
const maxIterations = 200;
const typicalIterations = 30;
/** A smaller slope changes no digit that people see. */
const flatGradient = 1e-7;
/** With fewer rows, the linear model is no fair competitor of the network. */
const minRows = 1000;

/** The maximum number of rows for measuring baselines. */
export const maxMeasuredRows = 100_000;
/** The maximum number of values in these rows: 64 MiB. */
const maxMeasuredValues = 2 ** 23;

/** The linear model that fits the targets: its activation, its loss, its penalty. */
interface Kind {
  /** The loss that trains it. */
  readonly likelihood: Loss;
  readonly link: typeof linear;
  /** Strength 1 is the penalty 1/2 |w|^2 added to a sum over rows, or |w|^2 added to a sum of squares; l2 is added to a mean. */
  readonly unit: number;
  /** Converts targets -1 and 1 to 0 and 1. */
  readonly signed: boolean;
}

function kindOf({ measure: { coding }, targets }: Setup): Kind {
  const [, outputs] = targets.shape;
  if (coding === undefined) return { likelihood: mse, link: linear, unit: 2 / outputs, signed: false };
  // The squares of the two weight vectors w/2 and -w/2 add up to half of the square of w.
  if (coding === 'oneHot')
    return { likelihood: crossEntropy, link: softmax, unit: outputs === 2 ? 2 : 1, signed: false };
  return { likelihood: binaryCrossEntropy, link: sigmoid, unit: 1 / outputs, signed: coding === 'sign' };
}

/** One layer, whose weights start at 0. */
const oneLayer = (setup: Setup, link: typeof linear): Network =>
  network([dense(setup.targets.shape[1], { activation: link, initializer: zeros })], {
    inputs: setup.inputs.shape[1],
    seed: setup.network.seed,
  });

/** A layer's parameters as a model that is measured like the network. Its outputs are scores if the loss takes nothing else. */
function asModel(setup: Setup, { link, signed }: Kind, parameters: Parameters): Model {
  const { loss, optimizer } = setup.recipe;
  return new Model({
    network: oneLayer(setup, signed ? linear : link),
    inputs: setup.inputs.shape[1],
    parameters,
    loss,
    optimizer,
    encoding: setup.prepared?.encoding,
  });
}

/** The rows to measure on: the seed chooses some of a large split. */
export function partInMemory(data: Dataset, seed: number): Dataset {
  if (!isLarge(data)) return data;
  const width = data.inputs.shape[1] + data.targets.shape[1];
  return rowsAt(data, sample(rowsIn(data), Math.min(maxMeasuredRows, Math.ceil(maxMeasuredValues / width)), seed));
}

/** Whether baselines are measured on only some of the rows. */
export const isLarge = (data: Dataset): boolean => data.stream !== undefined || rowsIn(data) > maxMeasuredRows;

function inMemory(setup: Setup): Setup {
  const { validation, test, network } = setup;
  const part = (data: Dataset) => partInMemory(data, network.seed);
  return {
    ...setup,
    ...part(setup),
    stream: undefined,
    validation: validation && part(validation),
    test: test && part(test),
  };
}

function scores(model: Model, { inputs, targets, weights, validation, test }: Setup): Omit<Baseline, 'model'> {
  const part = (data: Dataset | undefined): PartResult => {
    if (data === undefined) return {};
    const { loss, metrics } = model.evaluateTensors(data);
    return { loss, ...metrics };
  };
  return { training: part({ inputs, targets, weights }), validation: part(validation), test: part(test) };
}

/** The minimum distance of shares from 0 and 1, so that their logarithms are finite. */
const minShare = Number.EPSILON;

function constantOf(setup: Setup, kind: Kind): Baselines['constant'] {
  const { targets, inputs, weights, measure } = setup;
  const [n, outputs] = targets.shape;
  const means = new Float64Array(outputs);
  const total = weights === undefined ? n : weights.data.reduce((sum, weight) => sum + weight, 0);
  for (let r = 0; r < n; r++) {
    const share = (weights?.data[r] ?? 1) / total;
    for (let k = 0; k < outputs; k++) means[k] += targets.data[r * outputs + k] * share;
  }
  const within = (share: number) => Math.min(1 - minShare, Math.max(minShare, share));
  const bias = means.map((mean) => {
    if (measure.coding === undefined) return mean;
    if (measure.coding === 'oneHot') return log(within(mean));
    // Under the hinge loss, the class itself is the best score.
    if (kind.signed) return mean >= 0 ? 1 : -1;
    return log(within(mean) / within(1 - mean));
  });
  const model = asModel(
    setup,
    kind,
    new Map([
      ['layers.0.weight', tensor([inputs.shape[1], outputs])],
      ['layers.0.bias', tensor([outputs], bias)],
    ]),
  );
  const value = measure.coding === undefined ? means[0] : classIndices(tensor([1, outputs], means), measure.coding)[0];
  return { model, value, ...scores(model, setup) };
}

async function linearOf(setup: Setup, kind: Kind, signal?: AbortSignal): Promise<LinearBaseline | undefined> {
  const { inputs, targets, validation, schedule, network } = setup;
  // An index is not a quantity.
  if (network.layers[0].embeds !== undefined) return undefined;
  const n = inputs.shape[0];
  const perRow = 2 * inputs.shape[1] * targets.shape[1];
  const searches = validation !== undefined && perRow * n * strengths.length * typicalIterations <= budget;
  const maxRows = Math.floor(budget / (perRow * typicalIterations));
  const rows = Math.min(n, maxRows);
  if (rows < Math.min(n, minRows)) return undefined;
  const isWhole = rows === n;
  const epochs = isWhole && perRow * n * maxIterations <= budget ? maxIterations : typicalIterations;
  const drawn = isWhole ? setup : rowsAt(setup, sample(n, rows, network.seed));
  const coded = (part: Tensor) =>
    kind.signed
      ? tensor(
          part.shape,
          part.data.map((t) => (t + 1) / 2),
        )
      : part;
  const net = oneLayer(setup, kind.link);
  let parameters: Parameters = new Map([
    ['layers.0.weight', tensor([inputs.shape[1], targets.shape[1]])],
    ['layers.0.bias', tensor([targets.shape[1]])],
  ]);
  let best: { score: number; strength: number; iterations: number; parameters: Parameters } | undefined;
  // From strong to weak penalties, each search starts where the last one ended.
  for (const strength of searches ? strengths : [usual]) {
    const trained = await train(
      {
        network: net,
        parameters,
        inputs: drawn.inputs,
        targets: coded(drawn.targets),
        ...(drawn.weights && { weights: drawn.weights }),
        recipe: {
          loss: kind.likelihood,
          optimizer: lbfgs(),
          gradient: 'exact',
          update: 'simultaneous',
          l1: 0,
          l2: (kind.unit * strength) / rows,
        },
        batchSize: 'full',
        shuffle: false,
        symbols: {},
        schedule: {
          batchSize: 'full',
          shuffle: false,
          stop: { epochs, gradientNorm: flatGradient },
          keep: 'last',
          engine: 'auto',
          precision: 'float64',
          arithmetic: 'strict',
          threads: schedule.threads,
          checkpoint: false,
        },
        measure: {},
        watch: watchOf(undefined, { measure: {}, kind: 'scores' }),
        notes: [],
        warnings: [],
      },
      { signal },
    );
    ({ parameters } = trained.model);
    const score = searches
      ? trained.model.evaluateTensors({ ...validation, targets: coded(validation.targets) }).loss
      : 0;
    if (best === undefined || score < best.score) {
      best = { score, strength, iterations: trained.stop.epoch, parameters };
    }
  }
  const { strength, iterations } = best!;
  const model = asModel(setup, kind, best!.parameters);
  return { model, l2: (kind.unit * strength) / rows, strength, rows, iterations, ...scores(model, setup) };
}

/**
 * Fits a constant and a linear model to the same rows. The validation split chooses the penalty of the linear model from a
 * few; without such a split it is scikit-learn's default. Of a split of more than 100,000 rows, the seed chooses that many; if
 * rows are wide, the linear model learns from fewer. This takes a second or two at most, and the same setup gives the same
 * numbers. The setup is the result of `experiment`. Throws an InputError for anything else.
 */
export async function baselines(setup: Setup, given: { readonly signal?: AbortSignal } = {}): Promise<Baselines> {
  aSetup(setup, 'setup');
  options({ signal: aSignal })(given, 'baselines: options');
  const { signal } = given;
  const kind = kindOf(setup);
  const measured = inMemory(setup);
  return { constant: constantOf(measured, kind), linear: await linearOf(measured, kind, signal) };
}
