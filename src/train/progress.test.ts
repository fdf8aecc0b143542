import { expect, test } from 'vitest';
import { ProgressRecord } from './progress.ts';

const rowOf = (epoch: number) => ({
  epoch,
  step: epoch,
  loss: 1 / epoch,
  learningRate: 0.1,
  gradientNorm: 1,
  seconds: 0,
});

/** A clock that is set by hand. */
function clockAt(start: number) {
  let seconds = start;
  return { now: () => seconds, set: (to: number) => (seconds = to) };
}

test('the seconds of a slice are spread evenly over its epochs', () => {
  const { now, set } = clockAt(100);
  const progress = new ProgressRecord(0, 1, undefined, now);
  set(102);
  expect([0].map(progress.endSlice(1))).toEqual([2]);
  set(106);
  expect([0, 1, 2, 3].map(progress.endSlice(4))).toEqual([3, 4, 5, 6]);
  expect(progress.seconds).toBe(6);
});

test('the lowest loss ignores losses that are not numbers', () => {
  const progress = new ProgressRecord(0, 1);
  for (const loss of [3, Number.NaN, 2, 4]) progress.note(loss);
  expect(progress.lowest).toBe(2);
});

test('a resumed training continues with the seconds, losses and history of the interrupted one', () => {
  const { now, set } = clockAt(0);
  const interrupted = new ProgressRecord(0, 9, undefined, now);
  interrupted.note(2);
  for (const epoch of [1, 2]) interrupted.add(rowOf(epoch));
  set(5);
  const { first, ...held } = interrupted.state;
  const later = clockAt(1000);
  const resumed = new ProgressRecord(2, first, held, later.now);
  expect({ ...resumed.state }).toEqual({ first, ...held });
  later.set(1001);
  expect(resumed.elapsed()).toBe(6);
  resumed.add(rowOf(3));
  expect(resumed.finish().map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
});

test('the history of a training without epochs is empty', () => {
  expect(new ProgressRecord(0, 1).finish()).toEqual([]);
});
