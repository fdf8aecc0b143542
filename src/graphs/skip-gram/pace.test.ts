import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

/** How many of the turns are alone, if an item takes these seconds together and alone. */
function turnsAlone(count: number, together: number, alone: number, pace = new Pace()): number {
  let turns = 0;
  for (let i = 0; i < count; i++) {
    const { isAlone } = pace.next();
    pace.note(isAlone, isAlone ? alone : together);
    if (isAlone) turns += 1;
  }
  return turns;
}

test('threads work together while that is faster, and are tried again while it is not', () => {
  expect(turnsAlone(320, 1, 1.8)).toBeLessThan(15);
  expect(turnsAlone(320, 5, 1)).toBeGreaterThan(305);
});

test('where threads are ten times slower, trying them again costs less than 5 %', () => {
  const pace = new Pace();
  turnsAlone(10, 10, 1, pace);
  let [seconds, items] = [0, 0];
  for (let i = 0; i < 320; i++) {
    const { isAlone, share } = pace.next();
    pace.note(isAlone, isAlone ? 1 : 10);
    seconds += share * (isAlone ? 1 : 10);
    items += share;
  }
  expect(seconds / items).toBeLessThan(1.05);
});

test('when the load ends, threads work together again', () => {
  const pace = new Pace();
  turnsAlone(100, 50, 1, pace);
  turnsAlone(700, 0.6, 1, pace);
  expect(turnsAlone(320, 0.6, 1, pace)).toBeLessThan(15);
});
