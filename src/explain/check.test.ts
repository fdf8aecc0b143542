import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/runs.ts';
import { tensor } from '../base/tensor.ts';
import { max, mul, sub, tanh } from '../core/formula.ts';
import { activation } from '../core/ops/activations.ts';
import { dense } from '../net/layers/dense.ts';
import { loss } from '../net/losses.ts';
import { names } from '../net/names.ts';
import { initialize, network } from '../net/network.ts';
import { sgd } from '../net/optimizers.ts';
import { setUpRows } from '../net/rows-setup.ts';
import { assemble } from '../net/training.ts';
import { check } from './check.ts';
import { explanation } from './explanation.ts';
import { classes, page, problemOf, randomProblem } from './fixtures.ts';

test("the textbook example's gradients agree with central differences", () => {
  const { agrees, worst, rows } = check(page());
  expect(agrees).toBe(true);
  expect(worst).toBeLessThan(1e-10);
  expect(rows).toHaveLength(8);
  expect(rows.map(({ error }) => error)).toEqual(rows.map(({ error }) => error).sort((a, b) => b - a));
  const first = rows.find(({ quantity }) => quantity === 'layers.0.weight[0][0]');
  expect(first?.gradient).toBeCloseTo(0.078678, 6);
});

test('at a minimum beside a corner, where only small steps fit, both numbers are zero up to rounding', () => {
  const pinball = loss('pinball', { f: (y, t) => max(mul(0.9, sub(t, y)), mul(0.1, sub(y, t))) });
  // nine of ten targets are below the prediction, and the next one is 1e-4 above it
  const problem = setUpRows(
    network([dense(1, { weight: [[0.45]], bias: [0.4499] })]),
    { inputs: Array.from({ length: 100 }, () => [1]), targets: Array.from({ length: 100 }, (_, i) => [i / 100]) },
    assemble({ loss: pinball, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 } }),
  );
  const { agrees, rows } = check(problem);
  expect(agrees).toBe(true);
  for (const { gradient, kink } of rows) {
    expect(Math.abs(gradient)).toBeLessThan(1e-15);
    expect(kink).toBe(null);
  }
});

test('if only some rows are in memory, those rows are checked and explained, with their weights', () => {
  const stream = { rows: 9000, read: () => {} };
  const problem = { ...page(), stream, weights: tensor([9000, 1], new Float64Array(9000).fill(2)) };
  const { agrees, notes } = check(problem);
  expect(agrees).toBe(true);
  expect(notes).toEqual(['The check uses the first 3 of 9000 rows because the others are not in memory.']);
  expect(explanation(problem).setting.at(-1)).toBe('Step 1: epoch 1, the first 3 of 9000 samples');
});

test('averaged factors and sequential updates disagree, and the result gives the reason', () => {
  const averaged = check(page({ gradient: 'averagedFactors' }));
  expect(averaged.agrees).toBe(false);
  expect(averaged.worst).toBeGreaterThan(0.1);
  const sequential = check(page({ update: 'sequential' }));
  expect(sequential.agrees).toBe(false);
  expect([...averaged.notes, ...sequential.notes]).toMatchInlineSnapshot(`
    [
      "averagedFactors does not compute the gradient of the loss, so the two differ.",
      "Under sequential updates, the gradients below the last layer are computed with weights that were already updated, so they differ from the gradients of the loss.",
    ]
  `);
});

const elementwise = names.activations.filter((name) => !/softmax/i.test(name));
const pairs = names.losses.flatMap((loss) => {
  if (loss === 'crossEntropy') return ['softmax', 'logSoftmax'].map((last) => [loss, last]);
  if (loss === 'binaryCrossEntropy') return [[loss, 'sigmoid']];
  if (loss === 'hinge') return [[loss, 'linear']];
  return names.activations.map((last) => [loss, last]);
});

describe('every activation and every loss', () => {
  test.each(pairs)('%s with %s', (loss, last) => {
    const problem = classes({ loss, l2: 0.01 }, [
      { dense: 4, activation: 'tanh' },
      { dense: 3, activation: last },
    ]);
    const result = check(loss === 'hinge' ? withTargets(problem, (t) => 2 * t - 1) : problem);
    expect(result).toMatchObject({ agrees: true });
  });

  test.each(elementwise)('%s in a hidden layer', (name) => {
    const problem = classes({}, [
      { dense: 6, activation: name },
      { dense: 3, activation: 'softmax' },
    ]);
    expect(check(problem)).toMatchObject({ agrees: true });
  });

  test('in random networks', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { problem } = randomProblem(seed);
        const recipe = { ...problem.recipe, gradient: 'exact', update: 'simultaneous' } as const;
        const result = check({ ...problem, recipe });
        if (!result.agrees) throw new Error(JSON.stringify(result.rows[0]));
      }),
      { seed: 1, numRuns: runs(60, 300) },
    );
  });
});

function withTargets(problem: ReturnType<typeof classes>, f: (t: number) => number) {
  return { ...problem, targets: { ...problem.targets, data: problem.targets.data.map(f) } };
}

test('a derivative that is off by 0.1 % is found', () => {
  const off = activation('off', { f: (x) => tanh(x), d: (_x, y) => [mul(1.001, sub(1, mul(y, y)))] });
  const net = network([dense(1, { activation: off, bias: false, weight: [[0.08], [0.02], [0.03]] })]);
  const { agrees, rows } = check({ ...page(), network: net, parameters: initialize(net, 3) });
  expect(agrees).toBe(false);
  for (const { gradient, centralDifference } of rows) expect(gradient / centralDifference).toBeCloseTo(1.001, 6);
});

test('inputs of very different sizes need other step sizes, and still agree', () => {
  const problem = problemOf({
    network: {
      layers: [
        {
          dense: 2,
          activation: 'tanh',
          weight: [
            [0.3, -0.2],
            [1e-3, 2e-3],
          ],
        },
        { dense: 1 },
      ],
    },
    data: {
      inputs: [
        [0.001, 900],
        [0.002, -400],
      ],
      targets: [[1], [2]],
    },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
  });
  expect(check(problem)).toMatchObject({ agrees: true });
});

describe('corners', () => {
  test('a relu whose sum is 0 is named, and does not count', () => {
    const problem = problemOf({
      network: {
        layers: [
          {
            dense: 2,
            activation: 'relu',
            bias: false,
            weight: [
              [0, 0.4],
              [0, 0.3],
            ],
          },
          { dense: 1, bias: false, weight: [[0.5], [0.6]] },
        ],
      },
      data: { inputs: [[1, 2]], targets: [[1]] },
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
    });
    const { agrees, rows } = check(problem);
    expect(agrees).toBe(true);
    expect(rows.filter(({ kink }) => kink !== null).map(({ quantity, kink }) => [quantity, kink])).toEqual([
      ['layers.0.weight[0][0]', 'layers.0.sum[0][0] = 0'],
      ['layers.0.weight[1][0]', 'layers.0.sum[0][0] = 0'],
    ]);
  });

  test('at the corner of a hinge, the term is named', () => {
    const problem = problemOf({
      network: { layers: [{ dense: 1, bias: false, weight: [[0.5], [0.25]] }] },
      data: { inputs: [[1, 2]], targets: [[1]] },
      training: { loss: 'hinge', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
    });
    const { agrees, rows } = check(problem);
    expect(agrees).toBe(true);
    expect(rows.map(({ kink }) => kink)).toEqual(['loss[0][0] = 0', 'loss[0][0] = 0']);
  });
});

test('of many parameters some are chosen at random, and the result says how many', () => {
  const problem = classes({}, [
    { dense: 300, activation: 'tanh' },
    { dense: 3, activation: 'softmax' },
  ]);
  const { rows, agrees, notes } = check(problem, { limit: 50 });
  expect(rows).toHaveLength(50);
  expect(agrees).toBe(true);
  expect(notes).toEqual(['50 of the 2403 trained parameters were compared, chosen at random.']);
});

test('without trained parameters there is no difference', () => {
  const { rows, agrees, worst } = check(
    problemOf({
      network: { layers: [{ dense: 1, trainable: false }] },
      data: { inputs: [[1]], targets: [[2]] },
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
    }),
  );
  expect({ rows, agrees, worst }).toEqual({ rows: [], agrees: true, worst: 0 });
});
