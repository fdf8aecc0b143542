import { expect, test } from 'vitest';
import { isExperiment, isRowsOfNumbers } from './kind-of-file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const isTrained = (text: string, file = 'input', hasTarget = false) => isExperiment(bytes(text), file, hasTarget);
const isRows = (text: string, file = 'input') => isRowsOfNumbers(bytes(text), file);

test('a JSON object is an experiment; a list, one object per line, and anything else are tables', () => {
  const kinds = ['{ "network": {} }', '[{ "a": 1 }]', '{"a":1}\n{"a":2}', 'a,b\n1,2', ''].map((text) =>
    isTrained(text),
  );
  expect(kinds).toEqual([true, false, false, false, false]);
});

test('JSON Lines and columns are tables under any name; .json is an experiment where the content does not decide', () => {
  expect(isTrained('{"a":1}\n{"a":2}', 'e.json')).toBe(false);
  expect(isTrained('{"a":[1,2],"y":[3,4]}', 'e.json')).toBe(false);
  expect(isTrained('{"data":[1,2],"title":["a","b"]}', 'e.json')).toBe(false);
  expect(isTrained('[1]', 'e.json')).toBe(false);
  expect(isTrained('', 'e.json')).toBe(true);
  expect(isTrained('{"a":1}', 'rows.jsonl')).toBe(false);
});

test('with a target, an object that is no experiment is a table; without, it is an experiment with a misspelled key', () => {
  const nested = '{"a":{"0":1.5,"1":2.5},"y":{"0":1,"1":2}}';
  expect(isTrained(nested, 't.json', true)).toBe(false);
  expect(isTrained('{ "netwrok": { "layers": [] } }', 'e.json')).toBe(true);
  expect(isTrained('{ "seed": 3, "network": { "layers": [] } }', 'e.json', true)).toBe(true);
});

test('a byte order mark and blanks before the content do not matter', () => {
  expect(isTrained('\ufeff \n{ "network": {} }')).toBe(true);
});

test('lists of numbers, and objects with them, are rows; a list of objects is a table', () => {
  const starts = ['[[1, 2]]', '[]', '{ "inputs": [[1]] }', '{ "experiment": {} }', '[{ "inputs": 1 }]', 'inputs\n1'];
  expect(starts.map((text) => isRows(text))).toEqual([true, true, true, true, false, false]);
  expect(isRows('{"targets":[1,2],"inputs":[[1],[2]]}')).toBe(true);
});

test('two objects on two lines are JSON Lines, one object on several lines is not', () => {
  expect(isRows('{"inputs":1}\n{"inputs":2}')).toBe(false);
  expect(isRows('{\n  "inputs": [[1]],\n  "targets": [{}]\n}')).toBe(true);
});
