import { expect, test } from 'vitest';
import type { LabDocument } from '../../state/document.ts';
import { type Change, withChange, withLoss } from './changes.ts';

const document = (title: string): LabDocument => ({ title, experiment: {} as never, files: {}, updates: 0 });
const [start, once, twice] = ['start', 'once', 'twice'].map(document);
const change = (from: number, to: number, before: LabDocument, after: LabDocument, lossFrom: number): Change => ({
  name: 'w1',
  tex: 'w_1',
  from,
  to,
  lossFrom,
  before,
  after,
});

test('what is typed without leaving the field is one change, from the first number to the last', () => {
  const first = withChange([], change(0.8, 1, start, once, 0.05), false);
  const typed = withChange(first, change(1, 1.5, once, twice, 0.06), true);
  expect(typed).toEqual([change(0.8, 1.5, start, twice, 0.05)]);
  expect(withChange(first, change(1, 1.5, once, twice, 0.06), false)).toHaveLength(2);
});

test('the loss of a change is that of its own document, not of a later one', () => {
  const all = withChange([], change(0.8, 1, start, once, 0.05), false);
  expect(withLoss(all, start, 0.05)[0].lossTo).toBeUndefined();
  const known = withLoss(all, once, 0.04);
  expect(known[0].lossTo).toBe(0.04);
  expect(withLoss(known, twice, 0.01)).toEqual(known);
});

test('at most fifty changes are kept', () => {
  let all: readonly Change[] = [];
  for (let i = 0; i < 80; i++) all = withChange(all, change(i, i + 1, start, once, 0), false);
  expect(all).toHaveLength(50);
  expect(all.at(-1)?.to).toBe(80);
});
