import { audit } from 'chainrule/explain';
import { expect, test } from 'vitest';
import json from '../../../../examples/textbook-3-2-1.json';
import { Answerer } from './answer.ts';
import { slipText } from './learner-words.ts';
import type { Contents, Marks } from './protocol.ts';

const opened = { json: { experiment: json.experiment, printed: [] }, files: {} };
const answerer = new Answerer((tex) => (typeof tex === 'string' ? tex : tex.join(' ')));
const audited = (printed: readonly { quantity: string; value: string; after?: number }[]) =>
  answerer.answer({ kind: 'audit', opened, printed, all: false }) as Marks;

test('the contents of an example have every number with its name, and none of the results', () => {
  const contents = answerer.answer({ kind: 'open', opened, step: 1 }) as Contents;
  expect(contents.lines.length).toBe(74);
  expect(contents.lines[3]).toEqual({
    quantity: 'layers.1.output[0][0]',
    after: 0,
    name: { text: 'y', markup: 'y' },
    heading: 'Forward pass, sample 1',
    phase: 'forward',
  });
  // the output of sample 1 and the gradient of w1
  expect(JSON.stringify(contents)).not.toMatch(/0\.9072|0\.0671/);
});

test('a row that cannot be checked says why, and the others are checked', () => {
  const { rows, faulty } = audited([
    { quantity: 'loss', value: 'abc' },
    { quantity: 'layers.0.output[0][0]', value: '2.4' },
    { quantity: 'layers.7.sum[0][0]', value: '1' },
    { quantity: 'loss', value: '' },
    { quantity: '<img src=x>', value: '1' },
    { quantity: 'loss', value: '1', after: -1 },
  ]);
  expect(rows.map(({ index, status, name }) => [index, status, name.text])).toEqual([[1, 'agrees', 'h1⁽¹⁾']]);
  expect(faulty.map(({ index }) => index).sort()).toEqual([0, 2, 4, 5]);
  for (const { problem } of faulty) expect(problem).not.toMatch(/printed\[/);
});

test('hints give the formula, then its numbers, then the result', () => {
  const hint = (level: 'formula' | 'numbers' | 'result') =>
    answerer.answer({ kind: 'hint', opened, step: 1, quantity: 'layers.1.sum[0][0]', after: 0, level });
  expect([hint('formula'), hint('numbers'), hint('result')]).toEqual([
    'h_{1} \\cdot w_{1} + h_{2} \\cdot w_{2}',
    '2.4 \\cdot 0.8 + 1.8 \\cdot 0.2',
    '2.28',
  ]);
});

test('the audit is that of the library', () => {
  const { rows } = audited(json.printed);
  const expected = audit(json, { maxListed: 2 }).rows;
  expect(rows.map(({ computed, status, explanation }) => ({ computed, status, explanation }))).toEqual(
    expected.map(({ computed, status, explanation }) => ({ computed, status, explanation })),
  );
});

test('a slip is told to a learner without numbers that are still to be filled in', () => {
  const { rows } = audited([{ quantity: 'layers.1.weight[0][0]', value: '0.8336', after: 1 }]);
  expect(rows[0].explanation).toContain('0.0671828');
  expect(slipText(rows[0].explanation)).toEqual(
    expect.stringMatching(/^It would follow if the update adds ∂E\/∂w1 instead of subtracting it; or/),
  );
  expect(slipText('The printed value follows if it is written with the opposite sign.')).toBe(
    'Your value follows if it is written with the opposite sign.',
  );
  expect(slipText(audited([{ quantity: 'loss', value: '77' }]).rows[0].explanation)).toBe(
    'No single slip explains this value. A hint shows the formula.',
  );
});
