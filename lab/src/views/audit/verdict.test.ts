import type { AuditStatus } from 'chainrule/explain';
import { expect, test } from 'vitest';
import type { Marked } from './protocol.ts';
import { explanations, verdictText } from './verdict.ts';

const row = (index: number, status: AuditStatus, explanation = ''): Marked => ({
  index,
  status,
  explanation,
  name: { text: `q${index}`, markup: '' },
  computed: 0,
  candidates: 0,
});
const verdict = (...statuses: AuditStatus[]) =>
  verdictText({ rows: statuses.map((status, i) => row(i, status)), faulty: [], ok: true }, ({ name }) => name.text);

test('the verdict counts the rows, and names those that are wrong', () => {
  expect([
    verdict(),
    verdict('agrees'),
    verdict('agrees', 'agrees'),
    verdict('agrees', 'convention', 'rounded'),
    verdict('agrees', 'slip', 'unexplained', 'rounded'),
  ]).toEqual([
    'There are no printed numbers yet.',
    'The printed number agrees.',
    'All 2 printed numbers agree with the computed ones.',
    '1 of 3 printed numbers agree. 2 follow under another convention or with rounding on the way. None is wrong.',
    '1 of 4 printed numbers agree. 2 are wrong: q1, q2. 1 follows under another convention or with rounding on the way.',
  ]);
});

test('a cause that several rows share is written at the first of them', () => {
  const first = row(0, 'slip', 'a divisor');
  const found = explanations([first, row(1, 'agrees', 'a note'), row(2, 'slip', 'a divisor'), row(3, 'agrees')]);
  expect([...found]).toEqual([
    [0, { text: 'a divisor' }],
    [1, { text: 'a note' }],
    [2, { as: first }],
  ]);
});
