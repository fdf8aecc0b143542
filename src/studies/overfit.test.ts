import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromRows } from '../base/tensor.ts';
import { linear, relu, sigmoid, softmax } from '../core/ops/activations.ts';
import { readTable } from '../data/read/read.ts';
import { binaryCrossEntropy, crossEntropy, hinge, huber, mae, mse } from '../net/losses.ts';
import { experiment } from '../net/setup.ts';
import { equalRows, minimumLoss } from './minimum-loss.ts';
import { overfitBatch } from './overfit.ts';

const rows = (n: number, width: number) =>
  Array.from({ length: n }, (_, r) => Array.from({ length: width }, (_, c) => Math.sin(3 * r + 7 * c + r * c)));
const xs = rows(40, 3);

const setup = (
  training: object = {},
  {
    layers,
    targets,
    inputs = xs,
    seed = 1,
  }: { layers?: object[]; targets?: unknown; inputs?: number[][]; seed?: number } = {},
) =>
  experiment({
    network: { layers: layers ?? [{ dense: 32, activation: 'tanh' }, { dense: 1 }] },
    data: { inputs, targets: targets ?? inputs.map(([a, b]) => [a * b]) },
    training: { loss: 'mse', optimizer: { name: 'adam', learningRate: 0.02 }, stop: { epochs: 1 }, ...training },
    seed,
  });

describe('the minimum loss that rows allow', () => {
  const column = (...values: number[]) =>
    fromRows(
      values.map((value) => [value]),
      'targets',
    );
  const together = [[0, 1, 2, 3]];

  test.each([
    // targets 0, 0, 0, 1 with equal inputs: variance 3/16; of absolute errors the median's, 1/4; entropy of 1/4
    ['mse', mse, linear, column(0, 0, 0, 1), 3 / 16],
    ['mae', mae, linear, column(0, 0, 0, 1), 1 / 4],
    [
      'binaryCrossEntropy',
      binaryCrossEntropy,
      sigmoid,
      column(0, 0, 0, 1),
      -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75),
    ],
    // Huber's loss with δ = 1 is half the square there.
    ['huber', huber(), linear, column(0, 0, 0, 1), 3 / 32],
    // of -1, -1, -1, 1 twice the smaller share
    ['hinge', hinge, linear, column(-1, -1, -1, 1), 1 / 2],
    // Outputs of relu are at least 0.
    ['mse of relu', mse, relu, column(-1, -1, -1, -1), 1],
  ])('%s of contradicting or unreachable targets', (_, loss, activation, targets, wanted) => {
    expect(minimumLoss(targets, together, { loss, activation })).toBeCloseTo(wanted, 6);
  });

  test('rows count with their weights', () => {
    // Three rows of 0, and one row of 1 with weight 3: half each.
    const weights = column(1, 1, 1, 3);
    const found = minimumLoss(column(0, 0, 0, 1), together, { loss: mse, activation: linear }, weights);
    expect(found).toBeCloseTo(1 / 4, 10);
  });

  test('the minimum is the entropy of soft targets, and 0 for hard targets', () => {
    const soft = fromRows(
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      'targets',
    );
    expect(minimumLoss(soft, [[0], [1]], { loss: crossEntropy, activation: softmax })).toBeCloseTo(Math.LN2, 8);
    const hard = fromRows(
      [
        [0, 1],
        [1, 0],
      ],
      'targets',
    );
    // Only near 0, because the minimum is at infinity.
    expect(minimumLoss(hard, [[0], [1]], { loss: crossEntropy, activation: softmax })).toBeLessThan(1e-6);
  });

  test('rows are grouped by their inputs; many groups are searched in parts', () => {
    expect(
      equalRows(
        fromRows(
          [
            [1, 2],
            [3, 4],
            [1, 2],
          ],
          'inputs',
        ),
      ),
    ).toEqual([[0, 2], [1]]);
    const targets = column(...Array.from({ length: 70 }, (_, i) => i % 2));
    const pairs = Array.from({ length: 35 }, (_, i) => [2 * i, 2 * i + 1]);
    expect(minimumLoss(targets, pairs, { loss: mse, activation: linear })).toBeCloseTo(1 / 4, 10);
  });
});

test('a working setup memorizes a batch: all but a hundredth of the loss of a constant', async () => {
  const result = await overfitBatch(setup());
  expect(result).toMatchObject({ passed: true, causes: [], contradictions: [], notes: [] });
  expect(result.rows).toEqual(Array.from({ length: 32 }, (_, i) => i));
  expect(result.loss.final).toBeLessThanOrEqual(0.01 * result.loss.constant);
  expect(result.losses).toHaveLength(result.steps + 1);
});

test('the penguins table passes; the batch is the first batch of a training', async () => {
  const table = readTable(readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8'), {
    name: 'penguins.csv',
  });
  const penguins = experiment(
    {
      network: { layers: [{ dense: 16, activation: 'relu' }, { dropout: 0.5 }, { dense: 3, activation: 'softmax' }] },
      data: { file: 'penguins.csv', target: 'species' },
      training: { loss: 'crossEntropy', optimizer: 'adam', batchSize: 16, l2: 1, stop: { epochs: 1 } },
    },
    { read: () => table },
  );
  const { passed, rows } = await overfitBatch(penguins);
  expect(passed).toBe(true);
  expect(rows).not.toEqual([...rows].sort((a, b) => a - b));
});

test('dropout, penalties and weight decay are off', async () => {
  const layers = [
    { residual: [{ dense: 3, activation: 'tanh' }, { dropout: 0.9 }] },
    { dense: 32, activation: 'tanh' },
    { dropout: 0.9 },
    { dense: 1 },
  ];
  const heavy = { l1: 5, l2: 5, optimizer: { name: 'adamW', learningRate: 0.02, weightDecay: 0.9 } };
  const plain = layers.slice(0, 2).concat(layers.slice(3));
  expect((await overfitBatch(setup(heavy, { layers }))).passed).toBe(true);
  const losses = async (training: object, of: object[]) => (await overfitBatch(setup(training, { layers: of }))).losses;
  const without = { optimizer: { name: 'adamW', learningRate: 0.02, weightDecay: 0 } };
  // The layer after the dropout initializes its weights by its own index; otherwise the network is the same.
  expect(await losses(heavy, layers)).toEqual(await losses(without, layers));
  expect(plain).toHaveLength(3);
});

describe('after a failure, the likeliest cause comes first', () => {
  const first = async (...args: Parameters<typeof setup>) => {
    const { passed, causes } = await overfitBatch(setup(...args), { steps: 300 });
    expect(passed).toBe(false);
    return causes[0];
  };

  test('a learning rate that is too high', async () => {
    expect(await first({ optimizer: { name: 'sgd', learningRate: 50 } })).toMatchInlineSnapshot(
      `"The learning rate 50 is too high: the loss is no longer finite. Try 5."`,
    );
  });

  test('a learning rate that is too low', async () => {
    for (const learningRate of [1e-4, 1e-6, 1e-8]) {
      expect(await first({ optimizer: { name: 'sgd', learningRate } })).toContain('may be too low');
      expect(await first({ optimizer: { name: 'adam', learningRate } })).toContain('may be too low');
    }
    expect(await first({ optimizer: { name: 'sgd', learningRate: 1e-3 } })).toMatchInlineSnapshot(
      `"The learning rate 0.001 may be too low: the loss was still falling after 300 steps, from 0.286 halfway to 0.254. Try 0.01."`,
    );
  });

  test('all layers frozen', async () => {
    const layers = [
      { dense: 4, activation: 'tanh', trainable: false },
      { dense: 1, trainable: false },
    ];
    expect(await first({}, { layers })).toMatchInlineSnapshot(
      `"Nothing is trained: layers.0.weight, layers.0.bias, layers.1.weight, layers.1.bias are frozen. Set "trainable": true."`,
    );
  });

  test('dead units', async () => {
    const layers = [
      {
        dense: 4,
        activation: 'relu',
        weight: [
          [1, 1, 1, 1],
          [1, 1, 1, 1],
          [1, 1, 1, 1],
        ],
        bias: [-9, -9, -9, -9],
      },
      { dense: 1 },
    ];
    expect(await first({}, { layers })).toMatchInlineSnapshot(
      `"Dead units: 4 of the 4 of layer 0 (relu) pass no gradient for any row. Try a lower learning rate, scaled inputs, or leakyRelu."`,
    );
  });

  test('saturated units', async () => {
    const layers = [{ dense: 1, activation: 'sigmoid', weight: [[0], [0], [0]], bias: [60] }];
    expect(await first({}, { layers, targets: xs.map(([a]) => [a > 0 ? 1 : 0]) })).toMatchInlineSnapshot(
      `"The gradient vanished (its norm is 0), but the loss did not: units are saturated, or the loss is flat around these weights. Scale the inputs, or try another initializer or activation."`,
    );
  });

  test('a gradient rule that is not the gradient', async () => {
    const { causes } = await overfitBatch(setup({ gradient: 'averagedFactors' }), { steps: 100 });
    expect(causes).toContain(
      'The gradient rule averagedFactors is not the gradient of the loss. Use "gradient": "exact".',
    );
  });

  test('a network that is too small for the batch', async () => {
    const { causes } = await overfitBatch(setup({}, { layers: [{ dense: 1 }] }), { steps: 500 });
    expect(causes.filter((cause) => /small|layer of weights/.test(cause))).toMatchInlineSnapshot(`
      [
        "The network is small: 4 parameters for 32 targets of 32 rows. Give it more units, or test fewer rows.",
        "The network has one layer of weights, so it is linear except for its activation. Add a hidden layer.",
      ]
    `);
  });
});

test('contradicting rows are reported, and the passing loss takes them into account', async () => {
  const inputs = [
    [0, 0],
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [1, 1],
  ];
  const targets = [0, 1, 0, 1, 1, 1];
  const layers = [
    { dense: 8, activation: 'tanh' },
    { dense: 2, activation: 'softmax' },
  ];
  const result = await overfitBatch(setup({ loss: 'crossEntropy' }, { layers, inputs, targets }));
  expect(result.passed).toBe(true);
  expect(result.contradictions).toEqual([[0, 1]]);
  // Two of six rows with a loss of ln 2.
  expect(result.loss.minimum).toBeCloseTo((2 * Math.LN2) / 6, 6);
  expect(result.notes).toMatchInlineSnapshot(`
    [
      "2 rows have the same inputs as another row and different targets (rows 0, 1): no network can distinguish them.",
      "The loss cannot be below 0.231, because of these rows.",
    ]
  `);
});

test('targets outside the range of the last activation are reported', async () => {
  const layers = [
    { dense: 16, activation: 'tanh' },
    { dense: 1, activation: 'sigmoid' },
  ];
  const { passed, notes } = await overfitBatch(setup({}, { layers, targets: xs.map(([a]) => [3 + a]) }), {
    steps: 500,
  });
  expect(passed).toBe(true);
  expect(notes).toMatchInlineSnapshot(`
    [
      "The loss cannot be below 4.41, because targets are soft, or outside the range of the last activation.",
    ]
  `);
});

test('equal targets are reported', async () => {
  const { passed, notes } = await overfitBatch(setup({}, { targets: xs.map(() => [2]) }));
  expect(passed).toBe(true);
  expect(notes).toEqual(['Every row has the same targets, so there is nothing to learn.']);
});

test('setups that cannot be tested are refused', async () => {
  const complaint = async (promise: Promise<unknown>) => ((await promise.catch((error) => error)) as Error).message;
  expect(await complaint(overfitBatch(setup({ optimizer: 'lbfgs' })))).toMatchInlineSnapshot(`
    "training.optimizer: lbfgs uses all rows for its line search, so it cannot train on one batch.
      Test with another optimizer, such as adam."
  `);
  expect(await complaint(overfitBatch(setup(), { rows: 0 }))).toMatchInlineSnapshot(`
    "rows: 0 is not a number of rows.
      Give a positive integer."
  `);
  expect(await complaint(overfitBatch(setup(), { steps: 0.5 }))).toMatchInlineSnapshot(`
    "steps: 0.5 is not a number of steps.
      Give a positive integer."
  `);
});
