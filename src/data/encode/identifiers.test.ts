import { describe, expect, test } from 'vitest';
import { prepareTable } from '../prepare/prepare.ts';
import { readTable } from '../read/read.ts';
import { profile } from '../table/columns.ts';
import { reasonToLeaveOut } from './identifiers.ts';

const n = 30;
const reasonOf = (name: string, cell: (i: number) => unknown, rows = n) => {
  const { columns } = readTable({ [name]: Array.from({ length: rows }, (_, i) => cell(i) as number) });
  return reasonToLeaveOut(columns[0], profile(columns[0]));
};
const numbers = 'it numbers the rows';
/** A permutation of 0 … n-1. */
const shuffled = (i: number) => (7 * i + 3) % n;

describe('a column that counts the rows', () => {
  test.each(['Unnamed: 0', 'RowNumber', 'Serial No.', 'X', 'sno', 'anything'])('"%s": from 0 or 1', (name) => {
    expect(reasonOf(name, (i) => i)).toBe(numbers);
    expect(reasonOf(name, (i) => i + 1)).toBe(numbers);
  });
  test('backward, and as 1.0, 2.0, …', () => {
    expect(reasonOf('rank', (i) => n - i)).toBe(numbers);
    expect(reasonOf('n', (i) => `${i + 1}.0`)).toBe(numbers);
  });
  test('years, steps, counters with gaps and rows in another order are no counters under other names', () => {
    expect(reasonOf('year', (i) => 1990 + i)).toBeUndefined();
    expect(reasonOf('dose', (i) => 5 * i)).toBeUndefined();
    expect(reasonOf('age', (i) => i + (i > 9 ? 1 : 0))).toBeUndefined();
    expect(reasonOf('size', shuffled)).toBeUndefined();
    expect(reasonOf('few', (i) => i, 9)).toBeUndefined();
  });
  test('an index of filtered or shuffled rows is one under the name of an index', () => {
    expect(reasonOf('Unnamed: 0', (i) => 3 * i + 5)).toBe(numbers);
    expect(reasonOf('index', shuffled)).toBe(numbers);
    expect(reasonOf('...1', (i) => shuffled(i) + 1)).toBe(numbers);
  });
});

const rows = Array.from({ length: n }, (_, i) => `${i + 1},${(i * 7) % 11},${i < 15 ? 'a' : 'b'}`).join('\n');

test('a nameless first column is left out with a note, and so are nameless columns without values', () => {
  const table = readTable(`,x,y,,\n${rows.replaceAll('\n', ',,\n')},,\n`);
  const { notes, inputNames } = prepareTable(table, { target: 'y' }, 1);
  expect(inputNames).toEqual(['x']);
  expect(notes.filter((note) => note.includes('left out'))).toEqual([
    '"Unnamed: 0" is left out: it numbers the rows.',
    '"Unnamed: 3" is left out: it has no values.',
    '"Unnamed: 4" is left out: it has no values.',
  ]);
});

test('a nameless column with values is used, with a warning', () => {
  const table = readTable(`,x,y,\n${rows.replaceAll('\n', ',5\n')},6\n`);
  expect(prepareTable(table, { target: 'y' }, 1).warnings).toEqual([
    '"Unnamed: 3" has no name in the file. Check that its cells are in the right column.',
  ]);
});

test('a counter that is the only feature is used, with a warning; one that is listed as well', () => {
  const table = readTable(`x,y\n${Array.from({ length: n }, (_, i) => `${i},${2 * i + 0.5}`).join('\n')}\n`);
  const alone = prepareTable(table, { target: 'y' }, 1);
  expect(alone.inputNames).toEqual(['x']);
  expect(alone.warnings).toEqual(['"x" is used because there is no other feature, but it numbers the rows.']);
  expect(alone.notes.join()).not.toContain('left out');
  expect(prepareTable(table, { target: 'y', features: ['x'] }, 1).warnings).toHaveLength(1);
});
