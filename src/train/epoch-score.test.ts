import { expect, test } from 'vitest';
import { tensor } from '../base/tensor.ts';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { epochScorer } from './epoch-score.ts';

const rows = { inputs: [[0], [1]], targets: [0, 1] };
const setupOf = (training: object = {}, validation?: object): Setup =>
  experiment({
    network: { layers: [{ dense: 1, activation: 'sigmoid' }] },
    data: { ...rows, ...(validation && { validation }) },
    training: {
      loss: 'binaryCrossEntropy',
      optimizer: { name: 'sgd', learningRate: 1 },
      stop: { epochs: 1 },
      ...training,
    },
  });

/** An evaluation with a loss of 7 and one right class of two. */
const found = { loss: 7, outputs: tensor([2, 1], [0.1, 0.2]), targets: tensor([2, 1], [0, 1]) };
const steps = (stepsPerEpoch: number) => ({ stepsPerEpoch });

test('without validation rows, the training loss is the score and nothing is evaluated', () => {
  const scorer = epochScorer(steps(1), setupOf(), true);
  expect(scorer.judge(3)).toEqual({ value: 3, score: 3 });
  expect([scorer.evaluates, scorer.scoresStart]).toEqual([undefined, true]);
});

test('the loss of several batches does not score the weights that the epoch started with', () => {
  expect(epochScorer(steps(2), setupOf(), true).scoresStart).toBe(false);
});

test('with validation rows, their loss is the score', () => {
  const scorer = epochScorer(steps(1), setupOf({}, rows), true);
  expect(scorer.judge(3, found)).toMatchObject({ value: 7, score: 7, validationLoss: 7, metrics: { accuracy: 0.5 } });
  expect([scorer.evaluates?.kind, scorer.scoresStart]).toEqual(['validation', false]);
});

test('a watched metric that should rise has its negative as the score', () => {
  const scorer = epochScorer(steps(1), setupOf({ stop: { epochs: 1, watch: 'accuracy', patience: 1 } }, rows), true);
  expect(scorer.judge(3, found)).toMatchObject({ value: 0.5, score: -0.5, validationLoss: 7 });
});

test('averaged weights are evaluated only if something depends on their score', () => {
  const setup = setupOf({ ema: 0.9 });
  const unused = epochScorer(steps(1), setup, false);
  expect([unused.evaluates, unused.scoresStart, unused.judge(3).score]).toEqual([undefined, false, 3]);
  const used = epochScorer(steps(1), setup, true);
  expect([used.evaluates?.kind, used.scoresStart, used.judge(3, found).score]).toEqual(['training', false, 7]);
});
