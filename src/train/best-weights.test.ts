import { expect, test } from 'vitest';
import { BestWeights } from './best-weights.ts';
import type { Moment } from './saved-weights.ts';

const saved = { epoch: 0, count: 0, position: 0, total: 0, most: 0 };
const weightsOf = () => ({
  best: { saved, epoch: 0 } as Moment,
  markBest(epoch: number) {
    this.best = { saved, epoch };
  },
});

/** The epoch whose weights are the best after epochs with these scores. */
function bestOf(scores: readonly number[], scoresStart: boolean) {
  const weights = weightsOf();
  const best = new BestWeights(weights, scoresStart);
  scores.forEach((score, e) => {
    best.after(e + 1, score);
  });
  return { best, epoch: weights.best.epoch };
}

test('the best epoch is the first of those with the lowest score', () => {
  expect(bestOf([3, 1, 2, 1], false).epoch).toBe(2);
  expect(bestOf([3, Number.NaN, 2], false).epoch).toBe(3);
});

test('a loss that is computed before the epoch’s update scores the epoch before', () => {
  expect(bestOf([3, 1, 2], true).epoch).toBe(1);
});

test('training returns to the best weights only if they are earlier than the last ones', () => {
  expect(bestOf([3, 1, 2], false).best.areEarlier(3, 9)).toBe(true);
  expect(bestOf([3, 2, 1], false).best.areEarlier(3, 9)).toBe(false);
  expect(bestOf([], false).best.areEarlier(0, 9)).toBe(false);
});

test('final weights that no epoch scored are kept if their loss is at most the best score', () => {
  expect(bestOf([3, 2, 1], true).best.areEarlier(3, 1)).toBe(false);
  expect(bestOf([3, 2, 1], true).best.areEarlier(3, 1.5)).toBe(true);
});

test('a resumed training continues with the best score', () => {
  const weights = weightsOf();
  const best = new BestWeights(weights, false, 2);
  best.after(7, 3);
  expect(weights.best.epoch).toBe(0);
  best.after(8, 1);
  expect(weights.best.epoch).toBe(8);
});
