import { describe, expect, test } from 'vitest';
import { lowestLoss, quietUntil } from './quiet-epochs.ts';

const ended = { losses: [5, 4, 3, 2, 1], norms: [1, 1, 0.5, 1, 1] };

describe('quiet epochs', () => {
  test('without a limit on loss or gradient norm, all are quiet', () => {
    expect(quietUntil(ended, 0, 5, {})).toBe(5);
    expect(quietUntil(ended, 2, 4, {})).toBe(4);
    expect(quietUntil(ended, 4, 4, {})).toBe(4);
    // A training that has to stop at once has a limit before its start.
    expect(quietUntil(ended, 4, 2, {})).toBe(4);
  });

  test('the first epoch at or below the loss of `stop` is not quiet', () => {
    expect(quietUntil(ended, 0, 5, { loss: 3 })).toBe(2);
    expect(quietUntil(ended, 0, 5, { loss: 2.5 })).toBe(3);
  });

  test('the first epoch at or below the gradient norm of `stop` is not quiet', () => {
    expect(quietUntil(ended, 0, 5, { gradientNorm: 0.5 })).toBe(2);
    expect(quietUntil(ended, 0, 5, { gradientNorm: 0.4 })).toBe(5);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('a loss of %s is not quiet', (loss) => {
    expect(quietUntil({ ...ended, losses: [5, loss, 3, 2, 1] }, 0, 5, {})).toBe(1);
  });

  test('a gradient norm that is not a number does not end training', () => {
    expect(quietUntil({ ...ended, norms: [Number.NaN, 1, 1, 1, 1] }, 0, 5, { gradientNorm: 0.5 })).toBe(5);
  });

  test('the lowest loss is that of the range', () => {
    expect(lowestLoss(ended, 1, 4)).toBe(2);
    expect(lowestLoss(ended, 2, 2)).toBe(Number.POSITIVE_INFINITY);
  });
});
