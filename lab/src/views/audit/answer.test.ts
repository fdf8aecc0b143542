import { audit } from 'chainrule/explain';
import { expect, test } from 'vitest';
import json from '../../../../examples/textbook-3-2-1.json';
import { Answerer } from './answer.ts';
import type { Contents, Marks, SheetMarks } from './protocol.ts';

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

test('a sheet is marked without its results', () => {
  const { lines } = answerer.answer({ kind: 'open', opened, step: 1 }) as Contents;
  const typed: Record<string, string> = {
    'layers.0.sum[0][1]': '1.3',
    'layers.1.sum[0][0]': '2.18',
    'layers.1.output[1][0]': '0.7x',
    loss: '0.0489',
  };
  const printed = lines.map(({ quantity, after }) => ({
    quantity,
    after,
    value: after > 0 ? '' : (typed[quantity] ?? ''),
  }));
  const { rows, faulty } = answerer.answer({ kind: 'mark', opened, printed }) as SheetMarks;
  expect(rows.map(({ index, ...mark }) => ({ of: lines[index].quantity, ...mark }))).toEqual([
    {
      of: 'layers.0.sum[0][1]',
      status: 'slip',
      explanation: 'Your value follows if x3⁽¹⁾·v32 is left out.',
    },
    {
      of: 'layers.1.sum[0][0]',
      status: 'follows',
      explanation: 'Right, given your h2⁽¹⁾: correct that first.',
    },
    { of: 'loss', status: 'right', explanation: '' },
  ]);
  expect(faulty.map(({ index }) => lines[index].quantity)).toEqual(['layers.1.output[1][0]']);
});
