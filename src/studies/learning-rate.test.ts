import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTable } from '../data/read/read.ts';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { train } from '../train/train.ts';
import { findLearningRate } from './learning-rate.ts';

/** L = w²·mean(x²) over w alone, of which plain descent diverges at a rate above 1/mean(x²). */
const parabola = (steepness: number, training: object = {}): Setup =>
  experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[1]] }] },
    data: { inputs: [[Math.sqrt(steepness)]], targets: [[0]] },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 1 }, stop: { epochs: 1 }, ...training },
  });

const penguins = (training: object = {}): Setup =>
  experiment(
    {
      network: {
        layers: [
          { dense: 16, activation: 'relu' },
          { dense: 3, activation: 'softmax' },
        ],
      },
      data: { file: 'penguins.csv', target: 'species', split: { validation: 0.2 } },
      training: { loss: 'crossEntropy', optimizer: 'adam', batchSize: 32, stop: { epochs: 10 }, ...training },
    },
    {
      read: () =>
        readTable(readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8'), {
          name: 'penguins.csv',
        }),
    },
  );

describe('gradient descent on a parabola of curvature 2a, which diverges beyond a rate of 1/a', () => {
  test.each([1, 100, 1e-3])('a = %d: the suggestion is below that, and explodesAt above', async (a) => {
    const { points, suggestion, explodesAt } = await findLearningRate(parabola(a), { to: 1e5 });
    expect(suggestion).toBeLessThan(1 / a);
    // It is large enough to learn: the loss halves within a hundred steps.
    expect(suggestion).toBeGreaterThan(1e-3 / a);
    expect(explodesAt).toBeGreaterThan(1 / a);
    // Rates grow by a constant factor.
    const factors = points.slice(1).map(({ learningRate }, i) => learningRate / points[i].learningRate);
    for (const factor of factors) expect(factor).toBeCloseTo(factors[0], 10);
    expect(points[0].learningRate).toBe(1e-7);
  });

  test('losses are those of the steps: w is multiplied by 1 - 2aη each time', async () => {
    const { points } = await findLearningRate(parabola(1), { from: 0.01, to: 0.1, steps: 10 });
    let w = 1;
    let running = 0;
    points.forEach(({ learningRate, loss, smoothed }, i) => {
      expect(loss).toBeCloseTo(w * w, 12);
      running = 0.9 * running + 0.1 * loss;
      expect(smoothed).toBeCloseTo(running / (1 - 0.9 ** (i + 1)), 12);
      w *= 1 - 2 * learningRate;
    });
    expect(points.at(-1)!.learningRate).toBe(0.1);
  });
});

test('a real table: the suggestion trains it, a hundredth of it hardly does', async () => {
  const { suggestion, points } = await findLearningRate(penguins());
  expect(points.length).toBeGreaterThan(50);
  const after = async (learningRate: number) =>
    (await train(penguins({ optimizer: { name: 'adam', learningRate } }))).validation!.loss;
  // ln 3 is the loss of uniform probabilities.
  expect(await after(suggestion!)).toBeLessThan(0.2 * Math.log(3));
  expect(await after(suggestion! / 100)).toBeGreaterThan(0.5 * Math.log(3));
});

test('the numbers are the same each time, on any engine and with any learning rate or schedule', async () => {
  const first = await findLearningRate(penguins({ engine: 'reference' }));
  const cosine = { name: 'adam', learningRate: { name: 'cosine', learningRate: 7 } };
  expect(await findLearningRate(penguins({ engine: 'wasm', optimizer: cosine }))).toEqual(first);
});

test('if the loss never falls, there is no suggestion', async () => {
  const flat = experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[0]] }] },
    data: { inputs: [[1]], targets: [[0]] },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 1 }, stop: { epochs: 1 } },
  });
  const { suggestion, points } = await findLearningRate(flat);
  expect(suggestion).toBeUndefined();
  expect(points).toHaveLength(100);
});

test('an aborted test ends with the results so far', async () => {
  const { points } = await findLearningRate(parabola(1), { signal: AbortSignal.abort() });
  expect(points).toEqual([]);
});

test('setups that cannot be tested are refused', async () => {
  const complaint = async (promise: Promise<unknown>) => ((await promise.catch((error) => error)) as Error).message;
  const lbfgs = parabola(1, { optimizer: 'lbfgs' });
  expect(await complaint(findLearningRate(lbfgs))).toMatchInlineSnapshot(`
    "training.optimizer: lbfgs finds the length of its steps by a line search, so there is no learning rate to find.
      Keep its learning rate, or test another optimizer."
  `);
  expect(await complaint(findLearningRate(parabola(1), { from: 1, to: 0.1 }))).toMatchInlineSnapshot(`
    "from, to: 1 to 0.1 is not a range of learning rates.
      Give 0 < from < to."
  `);
  expect(await complaint(findLearningRate(parabola(1), { steps: 5 }))).toMatchInlineSnapshot(`
    "steps: 5 steps are too few.
      Give an integer of at least 10."
  `);
  expect(await complaint(findLearningRate(parabola(1), { smoothing: 1 }))).toMatchInlineSnapshot(`
    "smoothing: 1 is not in [0, 1).
      Give 0.9, or leave it out."
  `);
});
