import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

/** How many of the turns are alone, if an item takes these seconds together and alone. */
function turnsAlone(count: number, together: number, alone: number, pace = new Pace()): number {
  let turns = 0;
  for (let i = 0; i < count; i++) {
    const isAlone = pace.isAlone();
    pace.note(isAlone, isAlone ? alone : together);
    if (isAlone) turns += 1;
  }
  return turns;
}

test('threads work together while that is faster, and are tried again while it is not', () => {
  expect(turnsAlone(320, 1, 1.8)).toBeLessThan(15);
  expect(turnsAlone(320, 5, 1)).toBeGreaterThan(305);
});

test('when the load ends, threads work together again', () => {
  const pace = new Pace();
  turnsAlone(100, 50, 1, pace);
  turnsAlone(700, 0.6, 1, pace);
  expect(turnsAlone(320, 0.6, 1, pace)).toBeLessThan(15);
});
