import { describe, expect, test } from 'vitest';
import { Slices } from './slices.ts';

/** A loop over epochs of some steps, each of which takes so many seconds; it records the slices. */
function timedLoop(stepsPerEpoch: number, secondsPerStep: number) {
  const slices: number[] = [];
  let position = 0;
  let seconds = 0;
  return {
    slices,
    now: () => seconds,
    position: () => position,
    run(steps: number) {
      slices.push(steps);
      seconds += steps * secondsPerStep;
      const ended = Math.floor((position + steps) / stepsPerEpoch);
      position = (position + steps) % stepsPerEpoch;
      return ended;
    },
  };
}

function slicesOf(stepsPerEpoch: number, secondsPerStep: number, seconds: number, maxMore: number, count: number) {
  const loop = timedLoop(stepsPerEpoch, secondsPerStep);
  const slices = new Slices(loop, stepsPerEpoch, seconds, loop.now);
  const ended = Array.from({ length: count }, () => slices.run(maxMore));
  return { steps: loop.slices, ended };
}

describe('slices', () => {
  test('without a length, a slice is one step', () => {
    expect(slicesOf(2, 1, 0, 100, 4)).toEqual({ steps: [1, 1, 1, 1], ended: [0, 1, 0, 1] });
  });

  test('a slice grows at most eightfold, up to as many steps as take its time', () => {
    // 100 steps fit
    expect(slicesOf(1, 2 ** -10, 100 * 2 ** -10, 1000, 5).steps).toEqual([1, 8, 64, 100, 100]);
  });

  test('a slice ends with an epoch, or within the one it began in', () => {
    const { steps, ended } = slicesOf(10, 2 ** -10, 25 * 2 ** -10, 1000, 6);
    expect(steps).toEqual([1, 8, 1, 8, 2, 10]);
    expect(ended).toEqual([0, 0, 1, 0, 1, 1]);
  });

  test('at most `maxMore` whole epochs follow the first', () => {
    expect(slicesOf(1, 2 ** -10, 1, 3, 4).steps).toEqual([1, 4, 4, 4]);
    expect(slicesOf(1, 2 ** -10, 1, 0, 3).steps).toEqual([1, 1, 1]);
  });
});
