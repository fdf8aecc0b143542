import { describe, expect, test } from 'vitest';
import type { Saved } from '../engines/engine.ts';
import { SavedWeights } from './saved-weights.ts';

const place = { count: 0, position: 0, total: 0, most: 0 };

/** A loop whose only number is its epoch; it records its calls. */
function fakeLoop() {
  const calls: string[] = [];
  let epoch = 0;
  let position = 0;
  return {
    calls,
    moveTo(to: number, within = 0) {
      epoch = to;
      position = within;
    },
    position: () => position,
    losses: new Float64Array(4),
    norms: new Float64Array(4),
    save(over?: Saved): Saved {
      calls.push(over === undefined ? `save ${epoch}` : `save ${epoch} over ${over.epoch}`);
      return { ...place, epoch };
    },
    restore(saved: Saved) {
      calls.push(`restore ${saved.epoch}`);
      epoch = saved.epoch;
    },
    run(steps: number) {
      calls.push(`run ${steps}`);
      const ended = Math.min(steps / 3, 2);
      epoch += ended;
      return ended;
    },
    load: (at: Omit<Saved, 'bytes'>): Saved => ({ ...at }),
  };
}

describe('saved weights', () => {
  test('returning to an epoch restores the start of its slice and repeats the epochs', () => {
    const loop = fakeLoop();
    const weights = new SavedWeights(loop, 3);
    weights.markBest(5);
    loop.moveTo(9);
    weights.returnTo(weights.best);
    expect(loop.calls).toEqual(['save 0', 'restore 0', 'run 15', 'run 9', 'run 3']);
  });

  test('a save is overwritten once no moment needs it', () => {
    const loop = fakeLoop();
    const weights = new SavedWeights(loop, 3);
    weights.startSlice();
    expect(loop.calls.pop()).toBe('save 0');
    loop.moveTo(1);
    weights.startSlice();
    expect(loop.calls.pop()).toBe('save 1 over 0');
    weights.markGood(1);
    weights.markBest(2);
    loop.moveTo(4);
    weights.startSlice();
    expect(loop.calls.pop()).toBe('save 4 over 0');
    expect([weights.good.saved.epoch, weights.start.epoch]).toEqual([1, 4]);
  });

  test('a slice that begins within an epoch keeps the save of the epoch’s start', () => {
    const loop = fakeLoop();
    const weights = new SavedWeights(loop, 3);
    loop.moveTo(0, 2);
    weights.startSlice();
    expect(loop.calls).toEqual(['save 0']);
  });

  test('of a snapshot: the loop is where it was, and the moments are the same', () => {
    const loop = fakeLoop();
    const places = [7, 6, 2].map((epoch) => ({ ...place, epoch }));
    const progress = { places, now: 0, start: 1, good: { save: 1, epoch: 7 }, kept: { save: 2, epoch: 4 } };
    const weights = new SavedWeights(loop, 3, { progress, saves: places.map(() => new Map()) } as never);
    expect(loop.calls).toEqual(['restore 7']);
    expect(weights.start.epoch).toBe(6);
    expect([weights.good.saved.epoch, weights.good.epoch]).toEqual([6, 7]);
    expect([weights.best.saved.epoch, weights.best.epoch]).toEqual([2, 4]);
  });
});
