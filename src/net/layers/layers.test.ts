/** Normalization, residual and activation layers, held against PyTorch (test/outside/layers.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tensor } from '../../base/tensor.ts';
import type { Engine } from '../../engines/engine.ts';
import { reference } from '../../engines/reference/index.ts';
import { wasmEngine } from '../../engines/wasm/index.ts';
import { check } from '../../explain/check.ts';
import { explain } from '../../explain/explanation.ts';
import { load } from '../../model/load.ts';
import { Model } from '../../model/model.ts';
import { train } from '../../train/train.ts';
import { trainingLoop } from '../../train/trainer.ts';
import { experiment } from '../setup.ts';

interface Case {
  readonly before: Readonly<Record<string, number[] | number[][]>>;
  readonly losses: readonly number[];
  readonly after: Readonly<Record<string, number[] | number[][]>>;
  readonly outputs: readonly number[][];
}
const { data, ...cases } = JSON.parse(
  readFileSync(new URL('../../../test/outside/layers.json', import.meta.url), 'utf8'),
) as { data: { inputs: number[][]; targets: number[][] } } & Record<string, Case>;

/** The layers, and what each tensor of PyTorch's is called here. */
const linear = (theirs: string, ours: string) => ({
  [`${theirs}.weight`]: `${ours}.weight`,
  [`${theirs}.bias`]: `${ours}.bias`,
});
const running = (theirs: string, ours: string) => ({
  [`${theirs}.running_mean`]: `${ours}.runningMean`,
  [`${theirs}.running_var`]: `${ours}.runningVariance`,
});
const networks: Record<string, { layers: object[]; names: Record<string, string> }> = {
  batchNorm: {
    layers: [{ dense: 4 }, { batchNorm: true }, { activate: 'tanh' }, { dense: 2 }],
    names: {
      ...linear('0', 'layers.0'),
      ...linear('1', 'layers.1'),
      ...running('1', 'layers.1'),
      ...linear('3', 'layers.3'),
    },
  },
  'batchNorm, options': {
    layers: [{ dense: 4 }, { batchNorm: true, epsilon: 0.01, momentum: 0.3, affine: false }, { dense: 2 }],
    names: { ...linear('0', 'layers.0'), ...running('1', 'layers.1'), ...linear('2', 'layers.2') },
  },
  layerNorm: {
    layers: [{ dense: 4 }, { layerNorm: true }, { activate: 'sigmoid' }, { dense: 2 }],
    names: { ...linear('0', 'layers.0'), ...linear('1', 'layers.1'), ...linear('3', 'layers.3') },
  },
  'layerNorm, options': {
    layers: [{ layerNorm: true, epsilon: 0.02, affine: false }, { dense: 2 }],
    names: linear('1', 'layers.1'),
  },
  residual: {
    layers: [
      { dense: 4 },
      { residual: [{ dense: 5, activation: 'tanh' }, { dense: 4 }, { layerNorm: true }] },
      { dense: 2 },
    ],
    names: {
      ...linear('0', 'layers.0'),
      ...linear('1.layers.0', 'layers.1.layers.0'),
      ...linear('1.layers.2', 'layers.1.layers.1'),
      ...linear('1.layers.3', 'layers.1.layers.2'),
      ...linear('2', 'layers.2'),
    },
  },
};

/** PyTorch's numbers in our order: weights of dense layers are [in, out]. */
const ours = (values: number[] | number[][]) =>
  Array.isArray(values[0])
    ? (values as number[][])[0].flatMap((_, i) => (values as number[][]).map((row) => row[i]))
    : (values as number[]);

function setupOf(name: string, training: object = {}) {
  const setup = experiment({
    network: { layers: networks[name].layers },
    data,
    training: { loss: 'halfMse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 5 }, ...training },
  });
  const { names } = networks[name];
  const given = new Map(Object.entries(cases[name].before).map(([theirs, values]) => [names[theirs], ours(values)]));
  expect([...given.keys()].sort()).toEqual([...setup.parameters.keys()].sort());
  return {
    ...setup,
    parameters: new Map(
      [...setup.parameters].map(([key, { shape }]) => [key, tensor(shape, Float64Array.from(given.get(key)!))]),
    ),
  };
}

function run(engine: Engine, name: string) {
  const loop = trainingLoop(engine, setupOf(name));
  for (;;) {
    const { value, done } = loop.next();
    if (done) return value;
  }
}
const near = (found: ArrayLike<number>, wanted: readonly number[]) => {
  wanted.forEach((value, i) => {
    expect(Math.abs(found[i] - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)));
  });
};

describe.each(Object.keys(networks))('%s', (name) => {
  test("losses, tensors and outputs are PyTorch's", () => {
    const { history, parameters } = run(reference, name);
    near(
      history.map(({ loss }) => loss),
      cases[name].losses,
    );
    for (const [theirs, values] of Object.entries(cases[name].after)) {
      near(parameters.get(networks[name].names[theirs])!.data, ours(values));
    }
    const { network, recipe } = setupOf(name);
    const model = new Model({ network, inputs: 3, parameters, loss: recipe.loss, optimizer: recipe.optimizer });
    near(model.predict(data.inputs).flat(), cases[name].outputs.flat());
    expect(load(model.save()).predict(data.inputs)).toEqual(model.predict(data.inputs));
  });

  test.each([
    ['unrolled', {}],
    ['loops, two threads', { unrollUpTo: 0, threads: 2 }],
  ] as const)('wasm, %s: the bits of the reference', (_name, options) => {
    const [slow, quick] = [run(reference, name), run(wasmEngine(options), name)];
    expect([...quick.parameters]).toEqual([...slow.parameters]);
    expect(quick.loss).toEqual(slow.loss);
  });

  test('every gradient agrees with its central difference', () => {
    const { agrees, rows } = check(setupOf(name));
    expect(agrees).toBe(true);
    expect(rows.length).toBeGreaterThan(5);
  });

  test('a step is explained', () => {
    const lines = explain(setupOf(name), { step: 2 });
    for (const { value, formula, name: shown } of lines) {
      expect(Number.isFinite(value)).toBe(true);
      expect(formula.length * shown.length).toBeGreaterThan(0);
    }
  });
});

test('batches of one row, and a last batch of one: the numbers stay finite', async () => {
  for (const batchSize of [1, 5]) {
    const { loss, model } = await train(setupOf('batchNorm', { batchSize }));
    expect(Number.isFinite(loss.final)).toBe(true);
    expect(model.parameters.get('layers.1.runningVariance')!.data.every((v) => v >= 0)).toBe(true);
  }
});

test('two layers of the same form in a residual start from different weights', () => {
  const { parameters } = experiment({
    network: { layers: [{ residual: [{ dense: 3 }, { dense: 3 }] }, { dense: 3 }] },
    data: { inputs: [[1, 2, 3]], targets: [[1, 2, 3]] },
    training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 1 } },
  });
  const starts = ['layers.0.layers.0.weight', 'layers.0.layers.1.weight', 'layers.1.weight'].map((name) =>
    String(parameters.get(name)!.data),
  );
  expect(new Set(starts).size).toBe(3);
});

const complaint = (layers: object[], training: object = {}) => {
  try {
    experiment({
      network: { layers },
      data,
      training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 1 }, ...training },
    });
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

test('errors name the position of the wrong value', () => {
  expect(complaint([{ residual: [{ dense: 4 }] }, { dense: 2 }])).toMatchInlineSnapshot(`
    "network.layers[0]: its layers output 4 units, but its input has 3.
      Give the last of its layers 3 units."
  `);
  expect(complaint([{ residual: [{ dense: 3, activation: 'rleu' }] }, { dense: 2 }])).toMatchInlineSnapshot(`
    "network.layers[0].residual[0].activation: unknown activation "rleu".
      Did you mean "relu"? Choose one of: linear, sigmoid, tanh, relu, leakyRelu, elu, selu, gelu, geluTanh, silu, softplus, softsign, hardSigmoid, hardSwish, mish, celu, relu6, softmax, logSoftmax."
  `);
  expect(complaint([{ residual: [] }, { dense: 2 }])).toMatchInlineSnapshot(`
    "network.layers[0].residual: the list is empty.
      Give at least one entry."
  `);
  expect(complaint([{ batchNorm: true, momentum: 2 }, { dense: 2 }])).toMatchInlineSnapshot(`
    "network.layers[0].momentum: 2 is not at most 1.
      Give a number at most 1."
  `);
  expect(complaint([{ layerNorm: true, eps: 1 }, { dense: 2 }])).toMatchInlineSnapshot(`
    "network.layers[0].eps: unknown key "eps".
      Did you mean "epsilon"? Choose one of: layerNorm, epsilon, affine, trainable."
  `);
  expect(complaint([{ dense: 2 }, { activate: 'relu' }])).toMatchInlineSnapshot(`
    "network.layers[1]: the network ends in activate, but the loss needs a layer with weights at the end.
      End in a dense layer, such as { "dense": 1 }."
  `);
  expect(complaint([{ batchNorm: true }, { dense: 2 }], { optimizer: 'lbfgs' })).toMatchInlineSnapshot(`
    "network.layers[0]: batchNorm keeps statistics each time, and lbfgs compares losses.
      Leave the layer out (l2 is another regularizer), or use another optimizer."
  `);
  expect(
    complaint([{ layerNorm: true }, { dense: 2, activation: 'tanh' }], { gradient: 'averagedFactors' }),
  ).toMatchInlineSnapshot(`"no complaint"`);
});
