/** Problems for the tests of this folder: the worked examples, and random small ones. Not part of the package. */
import { withDefaults } from '../base/options.ts';
import { fillUniform } from '../base/random.ts';
import { fromRows, type Matrix } from '../base/tensor.ts';
import { activations } from '../core/ops/activations.ts';
import { resolveExperiment } from '../net/experiment.ts';
import { names } from '../net/names.ts';
import { initialize } from '../net/network.ts';
import type { Problem } from '../net/problem.ts';

type Json = Readonly<Record<string, unknown>>;

/** An experiment with inline data, resolved. */
export function problemOf(
  json: Json & { readonly data: { readonly inputs: Matrix; readonly targets: Matrix } },
): Problem {
  const { network, recipe, schedule, symbols } = resolveExperiment(json);
  const inputs = fromRows(json.data.inputs, 'data.inputs');
  const targets = fromRows(json.data.targets, 'data.targets');
  const { batchSize, shuffle } = schedule;
  return {
    network,
    parameters: initialize(network, inputs.shape[1]),
    inputs,
    targets,
    recipe,
    batchSize,
    shuffle,
    symbols,
  };
}

/** The textbook example's 3-2-1 network. */
export function page(training: Json = {}): Problem {
  return problemOf({
    network: {
      inputs: 3,
      layers: [
        {
          dense: 2,
          activation: 'linear',
          bias: false,
          weight: [
            [0.15, 0.2],
            [0.6, 0.3],
            [0.3, 0.5],
          ],
        },
        { dense: 1, activation: 'sigmoid', bias: false, weight: [[0.8], [0.2]] },
      ],
    },
    data: {
      inputs: [
        [2, 3, 1],
        [1, 0, 2],
        [3, 1, 1],
      ],
      targets: [[0.64], [0.52], [0.36]],
    },
    symbols: {
      'layers.0.weight': 'v',
      'layers.0.output': 'h',
      'layers.1.weight': 'w',
      'layers.1.sum': 's',
      'layers.1.output': 'y',
    },
    training: { loss: 'halfMse', optimizer: { name: 'sgd', learningRate: 0.5 }, stop: { epochs: 1 }, ...training },
  });
}

/** Mazur's 2-2-2 network; E = Σ½(t−o)² of one sample is halfMse. */
export function mazur(training: Json = {}): Problem {
  return problemOf({
    network: {
      inputs: 2,
      layers: [
        {
          dense: 2,
          activation: 'sigmoid',
          weight: [
            [0.15, 0.25],
            [0.2, 0.3],
          ],
          bias: [0.35, 0.35],
          trainable: ['weight'],
        },
        {
          dense: 2,
          activation: 'sigmoid',
          weight: [
            [0.4, 0.5],
            [0.45, 0.55],
          ],
          bias: [0.6, 0.6],
          trainable: ['weight'],
        },
      ],
    },
    data: { inputs: [[0.05, 0.1]], targets: [[0.01, 0.99]] },
    training: { loss: 'halfMse', optimizer: { name: 'sgd', learningRate: 0.5 }, stop: { epochs: 1 }, ...training },
  });
}

/** Twelve rows in three classes, batches of five: tanh, softmax, cross-entropy, Adam. */
export function classes(training: Json = {}, layers?: readonly Json[]): Problem {
  const rows = Array.from({ length: 12 }, (_, i) => i);
  return problemOf({
    network: {
      layers: layers ?? [
        { dense: 5, activation: 'tanh' },
        { dense: 3, activation: 'softmax' },
      ],
    },
    data: {
      inputs: rows.map((i) => [((i * 7) % 5) / 2 - 1, ((i * 3) % 7) / 3 - 1, i / 6 - 1, i % 3]),
      targets: rows.map((i) => [0, 1, 2].map((k) => Number(k === i % 3))),
    },
    training: {
      loss: 'crossEntropy',
      optimizer: { name: 'adam', learningRate: 0.01 },
      batchSize: 5,
      stop: { epochs: 1 },
      ...training,
    },
    seed: 3,
  });
}

/** Last activations for losses that accept any. */
const last = activations.flatMap((each) => {
  const made = typeof each === 'function' ? withDefaults(each) : each;
  return made.map === undefined ? [] : [made.name];
});

/** A random small problem, a function of the seed: layers, activations, loss, optimizer, penalties, clipping, batches. */
export function randomProblem(seed: number): { readonly json: Json; readonly problem: Problem; readonly step: number } {
  const draws = new Float64Array(400);
  fillUniform(draws, seed, 'check', 0);
  let used = 0;
  const draw = () => draws[used++];
  const whole = (low: number, high: number) => low + Math.floor(draw() * (high - low + 1));
  const pick = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)];
  const maybe = (share: number) => draw() < share;

  const loss = pick(names.losses);
  const averaged = maybe(0.25);
  const outputs = whole(loss === 'crossEntropy' ? 2 : 1, 3);
  const elementwise = names.activations.filter((name) => !/softmax/i.test(name));
  const activation =
    loss === 'crossEntropy'
      ? pick(['softmax', 'logSoftmax'])
      : loss === 'binaryCrossEntropy'
        ? 'sigmoid'
        : loss === 'hinge'
          ? 'linear'
          : pick(last);
  const bias = () => (maybe(0.7) ? {} : { bias: false });
  const hidden = Array.from({ length: whole(0, 2) }, () => ({
    dense: whole(1, 4),
    activation: pick(averaged ? elementwise : names.activations),
    ...bias(),
  }));
  const layers = [
    ...(!averaged && maybe(0.2) ? [{ dropout: 0.3 }] : []),
    ...hidden,
    { dense: outputs, activation, ...bias() },
  ];
  const inputs = whole(1, 3);
  const rows = whole(1, 5);
  const target = (): number[] => {
    if (loss === 'crossEntropy') {
      const chosen = whole(0, outputs - 1);
      return Array.from({ length: outputs }, (_, k) => Number(k === chosen));
    }
    return Array.from({ length: outputs }, () => (loss === 'hinge' ? pick([-1, 1]) : draw()));
  };
  // a line search has no explainable update
  const name = pick(names.optimizers.filter((name) => name !== 'lbfgs'));
  const sequential = maybe(0.2);
  const momentum = maybe(0.5) && (name === 'sgd' || name === 'rmsprop') ? { momentum: 0.9 } : {};
  const json = {
    network: { layers },
    data: {
      inputs: Array.from({ length: rows }, () => Array.from({ length: inputs }, () => 4 * draw() - 2)),
      targets: Array.from({ length: rows }, target),
    },
    training: {
      loss,
      optimizer: { name, learningRate: 0.05, ...momentum },
      gradient: averaged ? 'averagedFactors' : 'exact',
      update: sequential ? 'sequential' : 'simultaneous',
      batchSize: maybe(0.5) ? 'full' : whole(1, rows),
      ...(maybe(0.3) && { l1: 0.01 }),
      ...(maybe(0.3) && { l2: 0.1 }),
      ...(!sequential && maybe(0.3) && { clipNorm: 0.5 }),
      ...(!sequential && maybe(0.3) && { clipValue: 0.05 }),
      stop: { epochs: 1 },
    },
    seed: whole(0, 1000),
  };
  return { json, problem: problemOf(json), step: whole(1, 4) };
}
