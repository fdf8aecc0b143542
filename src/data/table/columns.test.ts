import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTable } from '../read/read.ts';
import { failOnCell, parseNumber, profile, sortCategories, summarize } from './columns.ts';

const kindOf = (...cells: (string | undefined)[]) => profile({ name: 'c', values: cells, marks: [] }).kind;

test('every finite number is read back from its text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(parseNumber(String(x))).toBe(x === 0 ? 0 : x);
    }),
    { seed: 1 },
  );
});

test('decimal forms are numbers; hexadecimal, infinities, separators and words are not', () => {
  expect(['1', '-1', '+1.', '.5', '1e3', ' 7 '].map(parseNumber)).toEqual([1, -1, 1, 0.5, 1000, 7]);
  for (const text of ['', '0x10', 'Infinity', 'NaN', '1,5', '1 000', '1e999', '5%', '1e', '.']) {
    expect(parseNumber(text), text).toBeUndefined();
  }
});

test('a column has the kind of all its cells that are not missing', () => {
  expect(kindOf('1', undefined, '2.5')).toBe('number');
  expect(kindOf('true', 'False', undefined)).toBe('boolean');
  expect(kindOf('red', '1', 'true')).toBe('text');
  expect(kindOf(undefined, undefined)).toBe('empty');
});

test('numbers with up to half other cells are mixed, and the first such cell is reported', () => {
  expect(kindOf('1', '2', 'abc')).toBe('mixed');
  expect(kindOf('1', 'abc')).toBe('mixed');
  expect(kindOf('1', 'abc', 'def')).toBe('text');
  expect(profile({ name: 'c', values: [undefined, '1', 'NaN', 'x'], marks: [] }).odd).toEqual({
    row: 2,
    value: 'NaN',
    among: 'numbers',
  });
});

test('ambiguous commas and infinities count as malformed numbers, not as text', () => {
  expect(kindOf('1,500', '2,500')).toBe('mixed');
  expect(kindOf('inf', '-Infinity', '1e999')).toBe('mixed');
});

test('different texts with the same value are counted together', () => {
  const counts = (...values: string[]) => [...profile({ name: 'c', values, marks: [] }).counts];
  expect(counts('1', '1.0', '01', '-0', '0')).toEqual([
    ['1', 3],
    ['0', 2],
  ]);
  expect(counts('True', 'TRUE', 'false')).toEqual([
    ['true', 2],
    ['false', 1],
  ]);
  expect(counts('a', 'A')).toEqual([
    ['a', 1],
    ['A', 1],
  ]);
});

test('numbers sort by value, text by code point: no locale, and not by UTF-16 unit either', () => {
  expect(sortCategories('number', ['10', '9', '-1', '2.5'])).toEqual(['-1', '2.5', '9', '10']);
  expect(sortCategories('text', ['b', 'ä', 'a', 'Z', 'aa', '\u{1F427}', '\uFF5E'])).toEqual([
    'Z',
    'a',
    'aa',
    'b',
    'ä',
    '\uFF5E',
    '\u{1F427}',
  ]);
});

test('the summary: known values, the deviation over n', () => {
  // the textbook's 2 4 4 4 5 5 7 9 has mean 5 and standard deviation 2
  expect(summarize([9, 2, 4, 4, 5, 4, 5, 7])).toEqual({ min: 2, max: 9, mean: 5, std: 2, median: 4.5 });
  expect(summarize([0.1, 0.1, 0.1])).toEqual({ min: 0.1, max: 0.1, mean: 0.1, std: 0, median: 0.1 });
});

test('the summary of the largest numbers is finite', () => {
  const { mean, std, median } = summarize([Number.MAX_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_VALUE]);
  for (const value of [mean, std, median]) expect(value).toBeLessThanOrEqual(Number.MAX_VALUE);
});

const complaint = (value: string, alternative?: string) => {
  try {
    failOnCell(readTable('name,age\nA,1\n', { name: 'people.csv' }), 0, 'age', value, alternative);
  } catch (error) {
    return (error as Error).message;
  }
};

test('a word in a numeric column', () => {
  expect(complaint('abc', 'encode the column as a category: categories: ["age"]')).toMatchInlineSnapshot(`
    "csv "people.csv" line 2, column "age": "abc" is not a number.
      Correct the cell, or pass missing: ["abc"] if it marks a missing value, or encode the column as a category: categories: ["age"]."
  `);
});

test('a number that is not finite', () => {
  expect(complaint('NaN', 'not offered')).toMatchInlineSnapshot(`
    "csv "people.csv" line 2, column "age": "NaN" is not a finite number.
      Correct the cell, or pass missing: ["NaN"] if it marks a missing value."
  `);
});

test('a decimal comma', () => {
  expect(complaint('1,5')).toMatchInlineSnapshot(`
    "csv "people.csv" line 2, column "age": "1,5" is not a number.
      Write numbers with a decimal point and without separators: 1234.5."
  `);
});
