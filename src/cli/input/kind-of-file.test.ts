import { expect, test } from 'vitest';
import { isExperiment, isObjectLines, isRowsOfNumbers, startOf } from './kind-of-file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('a JSON object is an experiment; a list, one object per line, and anything else are tables', () => {
  const kinds = ['{ "network": {} }', '[{ "a": 1 }]', '{"a":1}\n{"a":2}', 'a,b\n1,2', ''].map((text) =>
    isExperiment(bytes(text), 'input'),
  );
  expect(kinds).toEqual([true, false, false, false, false]);
});

test('the extension decides where the content does not: .json is an experiment, .jsonl a table', () => {
  expect(isExperiment(bytes('{"a":1}\n{"a":2}'), 'e.json')).toBe(true);
  expect(isExperiment(bytes('[1]'), 'e.json')).toBe(false);
  expect(isExperiment(bytes('{"a":1}'), 'rows.jsonl')).toBe(false);
});

test('a byte order mark and blanks before the content do not matter', () => {
  expect(startOf(bytes('\ufeff \n{ "network": 1 }'))).toBe('{ "network": 1 }');
});

test('lists of numbers, and objects with them, are rows; a list of objects is a table', () => {
  const starts = ['[[1, 2]]', '[]', '{ "inputs": [[1]] }', '{ "experiment": {} }', '[{ "inputs": 1 }]', 'inputs\n1'];
  expect(starts.map(isRowsOfNumbers)).toEqual([true, true, true, true, false, false]);
});

test('two objects on two lines are JSON Lines, one object on several lines is not', () => {
  expect(isObjectLines('{"inputs":1}\n{"inputs":2}', 'x')).toBe(true);
  expect(isObjectLines('{\n  "inputs": [{ "a": 1 }]\n}', 'x')).toBe(false);
});
