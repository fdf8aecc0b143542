import { describe, expect, test } from 'vitest';
import type { Stop } from '../net/training.ts';
import { StopRules } from './stop-rules.ts';

const ended = { epoch: 5, loss: 0.5, gradientNorm: 0.1 };
const reason = (stop: Stop, change: object = {}, seconds?: number) =>
  new StopRules(stop).reasonAfter({ ...ended, ...change }, seconds);

describe('stop rules', () => {
  test('without a condition, training continues', () => {
    expect(reason({})).toBe(undefined);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('a loss of %s is divergence', (loss) => {
    expect(reason({ epochs: 5 }, { loss })).toBe('diverged');
  });

  test('each condition holds at its value and not just before it', () => {
    expect(reason({ loss: 0.5 })).toBe('loss');
    expect(reason({ loss: 0.49 })).toBe(undefined);
    expect(reason({ gradientNorm: 0.1 })).toBe('gradientNorm');
    expect(reason({ gradientNorm: 0.09 })).toBe(undefined);
    expect(reason({ gradientNorm: 0.1 }, { gradientNorm: Number.NaN })).toBe(undefined);
    expect(reason({ epochs: 5 })).toBe('epochs');
    expect(reason({ epochs: 6 })).toBe(undefined);
    // a training that is already beyond the new limit
    expect(reason({ epochs: 4 })).toBe('epochs');
  });

  test('time counts only if it was measured', () => {
    expect(reason({ seconds: 2 }, {}, 2)).toBe('seconds');
    expect(reason({ seconds: 2 }, {}, 1.9)).toBe(undefined);
    expect(reason({ seconds: 0 })).toBe(undefined);
  });

  test('of several conditions the loss comes first, then the gradient norm, patience, epochs and seconds', () => {
    const all = { loss: 0.5, gradientNorm: 0.1, patience: 0, epochs: 5, seconds: 0 };
    expect(reason(all, {}, 1)).toBe('loss');
    expect(reason({ ...all, loss: 0 }, {}, 1)).toBe('gradientNorm');
    expect(reason({ patience: 0, epochs: 5, seconds: 0 }, {}, 1)).toBe('patience');
    expect(reason({ epochs: 5, seconds: 0 }, {}, 1)).toBe('epochs');
  });
});

describe('patience', () => {
  /** The epoch after which training stops. */
  const stopsAfter = (scores: readonly number[], stop: Stop, from?: ConstructorParameters<typeof StopRules>[1]) => {
    const rules = new StopRules(stop, from);
    return (
      scores.findIndex((score, e) => {
        rules.count(score);
        return rules.reasonAfter({ ...ended, epoch: e + 1 }) === 'patience';
      }) + 1
    );
  };

  test('counts epochs in a row without an improvement', () => {
    expect(stopsAfter([3, 2, 2, 3, 1, 1, 1, 1], { patience: 3 })).toBe(8);
    expect(stopsAfter([3, 3], { patience: 1 })).toBe(2);
    expect(stopsAfter([3, 2, 1], { patience: 1 })).toBe(0);
  });

  test('an improvement must be larger than minDelta', () => {
    expect(stopsAfter([3, 2.5, 2], { patience: 1, minDelta: 0.5 })).toBe(2);
    expect(stopsAfter([3, 2.25, 1.5], { patience: 1, minDelta: 0.5 })).toBe(0);
  });

  test('a score that is not a number is no improvement', () => {
    expect(stopsAfter([3, Number.NaN, Number.NaN], { patience: 2 })).toBe(3);
  });

  test('continues from the state of an interrupted training', () => {
    const rules = new StopRules({ patience: 3 });
    for (const score of [3, 4, 4]) rules.count(score);
    expect(rules.state).toEqual({ patient: 3, waited: 2 });
    expect(stopsAfter([4], { patience: 3 }, rules.state)).toBe(1);
  });
});
