import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type DataOptions, prepareTable } from '../prepare/prepare.ts';
import { readTable } from '../read/read.ts';

const leaksOf = (text: string, options: DataOptions): string[] =>
  prepareTable(readTable(text, { name: 't.csv' }), options, 1).warnings.flatMap(
    (warning) => /^(.*) row by row, which may be a leak/.exec(warning)?.[1] ?? [],
  );

const rows = Array.from({ length: 60 }, (_, i) => i);
const csv = (head: string, row: (i: number) => readonly unknown[]) =>
  `${head}\n${rows.map((i) => row(i).join(',')).join('\n')}\n`;
const noise = (i: number) => Math.sin(i * i).toFixed(3);

describe('a feature that determines the target row by row', () => {
  test('a code for the class', () => {
    const text = csv('x,code,species', (i) => [noise(i), 'ABC'[i % 3], ['cat', 'dog', 'cow'][i % 3]]);
    expect(leaksOf(text, { target: 'species' })).toEqual(['"code" determines "species"']);
  });

  test('a number in another unit, also rounded', () => {
    const text = csv('x,fahrenheit,celsius', (i) => [noise(i), (1.8 * (i / 3) + 32).toFixed(1), (i / 3).toFixed(2)]);
    expect(leaksOf(text, { target: 'celsius' })).toEqual(['"fahrenheit" determines "celsius"']);
  });

  test('of several classes, a level that belongs to one class each', () => {
    const text = csv('x,level,paid', (i) => [noise(i), i % 6, i % 6 < 4 ? 'yes' : 'no']);
    expect(leaksOf(text, { target: 'paid' })).toEqual(['"level" determines "paid"']);
  });
});

describe('no leak', () => {
  test('in the bundled tables, whatever the target', () => {
    const penguins = readFileSync(new URL('../../../examples/penguins.csv', import.meta.url), 'utf8');
    for (const target of penguins.split('\n')[0].trim().split(',')) expect(leaksOf(penguins, { target })).toEqual([]);
  });

  test('where values do not repeat, one row differs, or a class is rare', () => {
    expect(
      leaksOf(
        csv('x,id,y', (i) => [noise(i), 100 + i, i % 2]),
        { target: 'y' },
      ),
    ).toEqual([]);
    const almost = csv('x,code,y', (i) => [noise(i), i === 7 ? 0 : i % 2, i % 2]);
    expect(leaksOf(almost, { target: 'y' })).toEqual([]);
    const rare = csv('x,flag,y', (i) => [noise(i), Number(i < 3), Number(i < 3)]);
    expect(leaksOf(rare, { target: 'y', task: 'classification' })).toEqual([]);
  });

  test('from the only feature: there is nothing else to learn from', () => {
    expect(
      leaksOf(
        csv('x,y', (i) => [i % 5, 2 * (i % 5) + 1]),
        { target: 'y' },
      ),
    ).toEqual([]);
  });
});
