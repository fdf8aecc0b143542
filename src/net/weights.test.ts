/** Rows and classes that do not all count alike, held against PyTorch (test/outside/weights.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sampled } from '../../test/runs.ts';
import { InputError } from '../base/errors.ts';
import { tensor } from '../base/tensor.ts';
import { readTable } from '../data/read/read.ts';
import type { Engine } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { wasmEngine } from '../engines/wasm/index.ts';
import { check } from '../explain/check.ts';
import { explain } from '../explain/explanation.ts';
import { train } from '../train/train.ts';
import { trainingLoop } from '../train/trainer.ts';
import type { Setup } from './rows-setup.ts';
import { experiment } from './setup.ts';

type Json = Readonly<Record<string, unknown>>;
interface Case {
  readonly optimizer: 'sgd' | 'adam';
  readonly before: Readonly<Record<string, number[] | number[][]>>;
  readonly batches: readonly number[];
  readonly after: Readonly<Record<string, number[] | number[][]>>;
  readonly final: number;
}
const { data, ...cases } = JSON.parse(
  readFileSync(new URL('../../test/outside/weights.json', import.meta.url), 'utf8'),
) as {
  data: Readonly<Record<'inputs' | 'numbers' | 'bits', number[][]>> &
    Readonly<Record<'labels' | 'weights' | 'classes' | 'balanced', number[]>>;
} & Record<string, Case>;

const optimizers = {
  sgd: { name: 'sgd', learningRate: 0.1, momentum: 0.9 },
  adam: { name: 'adam', learningRate: 0.05 },
};
/** [out, in] of PyTorch as [in, out]. */
const ours = (values: number[] | number[][]) =>
  Array.isArray(values[0])
    ? (values as number[][])[0].flatMap((_, i) => (values as number[][]).map((row) => row[i]))
    : (values as number[]);
const named = (state: Case['before']) =>
  new Map(
    Object.entries(state).map(([name, values]) => [
      name.replace(/^(\d)/, (i) => `layers.${Number(i) / 2}`),
      ours(values),
    ]),
  );

const classWeights = { 0: 0.5, 1: 2, 2: 3 };
const settings: Record<string, { loss: string; targets: unknown; weights?: number[]; classWeights?: unknown }> = {
  'crossEntropy, classes': { loss: 'crossEntropy', targets: data.labels, classWeights },
  'crossEntropy, balanced': { loss: 'crossEntropy', targets: data.labels, classWeights: 'balanced' },
  'crossEntropy, rows and classes': {
    loss: 'crossEntropy',
    targets: data.labels,
    weights: data.weights,
    classWeights,
  },
  mse: { loss: 'mse', targets: data.numbers, weights: data.weights },
  // halfMse does not divide by the outputs: of two outputs it is the mse
  halfMse: { loss: 'halfMse', targets: data.numbers, weights: data.weights },
  huber: { loss: 'huber', targets: data.numbers, weights: data.weights },
  binaryCrossEntropy: { loss: 'binaryCrossEntropy', targets: data.bits, weights: data.weights },
};
const lastOf: Record<string, string> = { crossEntropy: 'softmax', binaryCrossEntropy: 'sigmoid' };

function setupOf(name: string, training: Json = {}, outputs = name.startsWith('cross') ? 3 : 2): Setup {
  const { loss, targets, weights, classWeights } = settings[name];
  const setup = experiment({
    network: {
      layers: [
        { dense: 4, activation: 'tanh' },
        { dense: outputs, activation: lastOf[loss] ?? 'linear' },
      ],
    },
    data: { inputs: data.inputs, targets, ...(weights && { weights }) },
    training: {
      loss,
      optimizer: optimizers[cases[name].optimizer],
      batchSize: 4,
      shuffle: false,
      stop: { epochs: 3 },
      ...(classWeights !== undefined && { classWeights }),
      ...training,
    },
  });
  const given = named(cases[name].before);
  return {
    ...setup,
    parameters: new Map(
      [...setup.parameters].map(([key, { shape }]) => [key, tensor(shape, Float64Array.from(given.get(key)!))]),
    ),
  };
}

function run(engine: Engine, setup: Setup) {
  const loop = trainingLoop(engine, setup);
  for (;;) {
    const { value, done } = loop.next();
    if (done) return value;
  }
}
// each number is a few hundred roundings of numbers near 1
const near = (found: number, wanted: number) =>
  expect(Math.abs(found - wanted), `${found}, not ${wanted}`).toBeLessThan(1e-12 * Math.max(1, Math.abs(wanted)));

describe.each(Object.keys(settings).map((name, i) => [name, i] as const))('%s', (name, i) => {
  test("three epochs of batches give PyTorch's parameters and losses", () => {
    const setup = setupOf(name);
    const { parameters, history, loss } = run(reference, setup);
    for (const [key, wanted] of named(cases[name].after)) {
      wanted.forEach((value, i) => {
        near(parameters.get(key)!.data[i], value);
      });
    }
    near(loss.final, cases[name].final);
    // an epoch's loss counts each batch by what its rows' weights add up to, so that it is one mean over all rows
    const { data: counts } = setup.weights!;
    const sum = (from: number, to: number) => counts.subarray(from, to).reduce((a, b) => a + b, 0);
    const [a, b, c] = cases[name].batches;
    near(history[0].loss, (a * sum(0, 4) + b * sum(4, 8) + c * sum(8, 11)) / sum(0, 11));
  });

  test('every engine has the same bits, in batches, shuffled and as one batch', () => {
    const trainings = [{}, { shuffle: true }, { batchSize: 'full' }, { batchSize: 'full', shuffle: true }];
    for (const training of sampled(trainings, 2, i)) {
      const setup = setupOf(name, training);
      const wanted = run(reference, setup);
      for (const unrollUpTo of [0, Number.POSITIVE_INFINITY]) {
        const found = run(wasmEngine({ unrollUpTo, threads: 1 }), setup);
        expect(found.history.map(({ loss }) => loss)).toEqual(wanted.history.map(({ loss }) => loss));
        expect(found.parameters).toEqual(wanted.parameters);
        expect(found.loss).toEqual(wanted.loss);
      }
    }
  });

  test('its gradient agrees with central differences', () => {
    expect(check(setupOf(name, { batchSize: 'full', l2: 0.1 })).agrees).toBe(true);
  });
});

/** y = w·x from 0; rows (1, 1), (1, 3), weights as given. */
const line = (weights: readonly unknown[] | undefined, training: Json = {}, more: Json = {}) =>
  experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[0]] }] },
    data: { inputs: [[1], [1]], targets: [[1], [3]], ...(weights && { weights }), ...more },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.25 }, stop: { epochs: 1 }, ...training },
  });

describe('how weights count', () => {
  const steps = (setup: Setup) => run(reference, setup);

  test('by hand: Σ ω·(t − y)² / Σ ω, and the step that follows', () => {
    const { loss, parameters } = steps(line([3, 1]));
    expect(loss.first).toBe((3 * 1 + 1 * 9) / 4);
    // dE/dw = 2·(3·(0 − 1) + 1·(0 − 3))/4 = −3
    expect([...parameters.get('layers.0.weight')!.data]).toEqual([0.75]);
  });

  test('equal weights that are a power of 2 change no bit, because the loss is divided by their sum', () => {
    const plain = steps(line(undefined, { stop: { epochs: 7 } }));
    for (const weight of [1, 4, 0.5]) {
      expect(steps(line([weight, weight], { stop: { epochs: 7 } })).parameters).toEqual(plain.parameters);
    }
  });

  test('a row of weight 0 has no effect', () => {
    const without = experiment({
      ...line(undefined).json,
      data: { inputs: [[1]], targets: [[1]] },
    } as never);
    expect(steps(line([2, 0])).parameters).toEqual(steps(without).parameters);
  });

  test('a batch whose weights are all 0 changes nothing, and is not NaN', () => {
    const { parameters, history } = steps(line([0, 2], { batchSize: 1, shuffle: false, stop: { epochs: 1 } }));
    expect([...parameters.get('layers.0.weight')!.data]).toEqual([1.5]);
    expect(history[0].loss).toBe(9);
    const found = run(wasmEngine({ unrollUpTo: 0 }), line([0, 2], { batchSize: 1, shuffle: false }));
    expect(found.history[0].loss).toBe(9);
  });

  test('validation rows count equally unless they have weights; class weights apply to training only', async () => {
    const validation = { inputs: [[1], [1]], targets: [[1], [3]] };
    const at = async (more: Json) =>
      (await train(line([3, 1], { stop: { epochs: 0 } }, { validation: { ...validation, ...more } }))).validation!.loss;
    expect(await at({})).toBe(5);
    expect(await at({ weights: [3, 1] })).toBe(3);
  });

  test('evaluate takes weights too', async () => {
    const { model } = await train(line(undefined, { stop: { epochs: 0 } }));
    const rows = { inputs: [[1], [1]], targets: [[1], [3]] };
    expect(model.evaluate(rows).loss).toBe(5);
    expect(model.evaluate({ ...rows, weights: [3, 1] }).loss).toBe(3);
    // the metrics count each row once
    expect(model.evaluate({ ...rows, weights: [3, 1] }).metrics).toEqual(model.evaluate(rows).metrics);
  });

  test('the explanation shows the weights, their sum and each factor', () => {
    const lines = explain(line([3, 1]));
    const shown = lines.filter(({ phase, after }) => phase === 'loss' && after === 0);
    expect(
      shown.map(({ quantity, name, formula, numbers, value }) => [quantity, name, formula, numbers, value]),
    ).toMatchInlineSnapshot(`
      [
        [
          "sampleWeight[0]",
          "ω",
          "",
          "",
          3,
        ],
        [
          "sampleWeight[1]",
          "ω",
          "",
          "",
          1,
        ],
        [
          "sampleWeight.sum",
          "Ω",
          "ω⁽¹⁾ + ω⁽²⁾",
          "3 + 1",
          4,
        ],
        [
          "loss[0][0]",
          "E⁽¹⁾",
          "ω·(a1 − t)²/Ω",
          "3·(0 − 1)²/4",
          0.75,
        ],
        [
          "loss[1][0]",
          "E⁽²⁾",
          "ω·(a1 − t)²/Ω",
          "1·(0 − 3)²/4",
          2.25,
        ],
        [
          "loss",
          "E",
          "E⁽¹⁾ + E⁽²⁾",
          "0.75 + 2.25",
          3,
        ],
      ]
    `);
    const [gradient] = lines.filter(({ quantity }) => quantity === 'gradient(layers.0.sum[0][0])');
    expect([gradient.formula, gradient.numbers, gradient.value]).toMatchInlineSnapshot(`
      [
        "ω·2·(a1 − t)/Ω",
        "3·2·(0 − 1)/4",
        -1.5,
      ]
    `);
  });
});

describe('a table', () => {
  const csv = 'a,b,count,kind\n1,2,1,x\n2,1,3,y\n3,3,2,y\n4,1,0,y\n5,0,1,x\n6,2,2,y\n';
  const table = (training: Json = {}, more: Json = { weights: 'count' }, text = csv) =>
    experiment(
      {
        network: { layers: [{ dense: 2, activation: 'softmax' }] },
        data: { file: 't.csv', target: 'kind', features: ['a', 'b'], ...more },
        training: { loss: 'crossEntropy', optimizer: { name: 'adam' }, stop: { epochs: 2 }, ...training },
      },
      { read: () => readTable(text, { name: 't.csv' }) },
    );

  test('a column of weights is not a feature', () => {
    const setup = table({}, { weights: 'count', features: undefined });
    expect(setup.inputNames).toEqual(['a', 'b']);
    expect([...setup.weights!.data]).toEqual([1, 3, 2, 0, 1, 2]);
  });

  test("balanced equals scikit-learn's compute_class_weight, and multiplies the weights of rows", () => {
    const setup = table({ classWeights: 'balanced' });
    // n/(classes·count): 6/(2·2) and 6/(2·4)
    expect([...setup.weights!.data]).toEqual([1.5, 2.25, 1.5, 0, 1.5, 1.5]);
    expect(setup.notes).toContain('Class weights: x 1.5, y 0.75.');
    expect([...table({ classWeights: { x: 5 } }, {}).weights!.data]).toEqual([5, 1, 1, 1, 5, 1]);
  });

  test('each split has the weights of its rows, and evaluate finds the column', async () => {
    const setup = table({}, { weights: 'count', split: { validation: 0.34 } });
    const { rows } = setup.prepared!.validation!;
    expect([...setup.validation!.weights!.data]).toEqual(Array.from(rows, (row) => [1, 3, 2, 0, 1, 2][row]));
    const { model } = await train(setup);
    const labelled = readTable(csv, { name: 't.csv' });
    expect(model.evaluate({ table: labelled, weights: 'count' }).loss).not.toBe(
      model.evaluate({ table: labelled }).loss,
    );
  });

  test('a weight that is missing, not a number or below 0 is an error at its cell', () => {
    for (const [cell, words] of [
      ['', 'the weight is missing'],
      ['-1', '-1 is below 0'],
      ['many', '"many" is not a number'],
    ]) {
      expect(() => table({}, undefined, csv.replace('3,3,2,y', `3,3,${cell},y`))).toThrow(words);
    }
    expect(said(() => table({}, undefined, csv.replace('3,3,2,y', '3,3,-1,y')))).toMatchInlineSnapshot(`
      "csv "t.csv" line 4, column "count": -1 is below 0.
        Use weights of at least 0; a row with weight 0 does not count."
    `);
    expect(said(() => table({}, { weights: 'kind' }))).toMatchInlineSnapshot(`
      "data.weights: "kind" is the target.
        Name another column, or leave it out."
    `);
  });
});

function said(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

test('invalid weights are an error with a fix', () => {
  const ofProbabilities = () =>
    experiment({
      network: { layers: [{ dense: 2, activation: 'softmax' }] },
      data: {
        inputs: [[1], [2]],
        targets: [
          [1, 0],
          [0.5, 0.5],
        ],
      },
      training: { loss: 'crossEntropy', optimizer: { name: 'adam' }, stop: { epochs: 1 }, classWeights: 'balanced' },
    });
  const attempts = [
    () => line([1]),
    () => line(undefined, {}, { weights: 3 }),
    () => line([1, -1]),
    () => line([0, 0]),
    () => line([1, '2']),
    () => line([1, 2], { gradient: 'averagedFactors' }),
    () => line(undefined, { classWeights: 'balanced' }),
    () => setupOf('crossEntropy, classes', { classWeights: { 3: 1 } }),
    () => setupOf('crossEntropy, classes', { classWeights: { 0: -1 } }),
    () => setupOf('binaryCrossEntropy', { classWeights: 'balanced' }),
    ofProbabilities,
  ];
  expect(attempts.map(said).join('\n')).toMatchInlineSnapshot(`
    "data.weights: 1 weight for 2 rows.
      Write a list with one number for each row.
    data.weights: 3 is not a list.
      Write a list here.
    data.weights[1]: -1 is below 0.
      Use weights of at least 0; a row with weight 0 does not count.
    data.weights: all weights are 0.
      Give at least one row a weight above 0.
    data.weights[1]: "2" is not a finite number.
      Replace it with a number, or leave the row out.
    training.gradient: averagedFactors averages over samples without weights, but these samples have weights.
      Use "gradient": "exact", or leave the weights out.
    training.classWeights: the targets are not classes.
      Leave it out, and give rows their weights with "weights" in the data.
    training.classWeights: unknown class "3".
      Did you mean "0"? Choose one of: 0, 1, 2.
    training.classWeights.0: -1 is not at least 0.
      Give a number at least 0.
    training.classWeights: each row has 2 targets, not one class.
      Leave it out, and give rows their weights with "weights" in the data.
    training.classWeights: row 1 has probabilities of several classes (0.5, 0.5), so no single class weight applies.
      Leave it out, and give rows their weights with "weights" in the data."
  `);
});

test('class weights of a rare 0/1 column, which is taken as a number: the error names the task', () => {
  const rows = Array.from({ length: 200 }, (_, i) => `${i % 7},${Number(i % 50 === 0)}`);
  const attempt = (task?: 'classification') =>
    experiment(
      {
        network: { layers: [task === undefined ? { dense: 1 } : { dense: 1, activation: 'sigmoid' }] },
        data: { file: 't.csv', target: 'fraud', ...(task && { task }) },
        training: {
          loss: task === undefined ? 'mse' : 'binaryCrossEntropy',
          optimizer: 'adam',
          stop: { epochs: 1 },
          classWeights: 'balanced',
        },
      },
      { read: () => `a,fraud\n${rows.join('\n')}\n` },
    );
  expect(said(() => attempt())).toMatchInlineSnapshot(`
    "training.classWeights: "fraud" is taken as a number, not as classes: it has 2 values, of which some are rare.
      Set "task": "classification"."
  `);
  // the fix works: 196 and 4 of 200 rows
  expect(attempt('classification').notes).toContain('Class weights: 0 0.5102, 1 25.');
});
