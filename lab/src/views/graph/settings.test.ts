import { expect, test } from 'vitest';
import { commandOf, firstSettings, optionValue, readSettings } from './settings.ts';

test('settings that a link lacks are as at first', () => {
  expect(readSettings(undefined)).toEqual(firstSettings);
  expect(readSettings({ seed: 7 })).toEqual({ ...firstSettings, seed: 7 });
});

test('settings survive JSON', () => {
  const settings = {
    data: { kind: 'text', name: 'a.csv', edges: 'a,b\n', labels: 'a\tx\n' },
    method: 'fastrp',
    options: { dimensions: 8, iterationWeights: [0, 1] },
    seed: 3,
    map: 'umap',
    colors: 'community',
    selected: '<b>',
  } as const;
  expect(readSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
});

test.each([
  [[], 'its settings are not an object'],
  [{ seed: -1 }, 'its seed is not a number'],
  [{ seed: '1' }, 'its seed is not a number'],
  [{ options: { dimensions: { toString: 1 } } }, 'its options are not simple values'],
  [{ data: { kind: 'built-in', name: '../secret' } }, 'its data are of no known kind'],
  [{ data: { kind: 'text', name: 'x', edges: 5 } }, 'its data are of no known kind'],
  [{ method: 5 }, 'its method is not a name'],
  [{ map: 'tsne' }, 'its kind of map is unknown'],
])('settings of a wrong form are refused: %j', (value, why) => {
  expect(() => readSettings(value)).toThrow(why);
});

test('a field of a form is the number, the text or the list that the option takes', () => {
  expect([optionValue('0.5', 'number'), optionValue('', 'number'), optionValue('x', 'integer')]).toEqual([
    0.5,
    undefined,
    'x',
  ]);
  expect(optionValue('0, 1 2', 'array')).toEqual([0, 1, 2]);
});

test('the command quotes names for a shell', () => {
  const data = { kind: 'text', name: "it's $(rm).csv", edges: '' } as const;
  expect(commandOf({ ...firstSettings, data, options: { walkLength: 20, whiten: false } }, 'v.vec')).toBe(
    "chainrule embed 'it'\\''s $(rm).csv' --method node2vec --walk-length 20 --no-whiten --seed 1 --out v.vec",
  );
});
