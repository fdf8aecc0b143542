import { expect, test } from 'vitest';
import { digitsIn, readTyped } from './typed.ts';

test('a decimal comma is read as a point, and the page says so', () => {
  expect(readTyped(' 0,84 ')).toEqual({ value: '0.84', note: 'Read as 0.84: the decimal mark here is a point.' });
  expect(
    ['-0,0672', '−,5', '0,234', '12,5', '1234,567', '1,5e-7', '1.234,5', '1,234.5', '12,345,678'].map(
      (text) => readTyped(text).value,
    ),
  ).toEqual(['-0.0672', '−0.5', '0.234', '12.5', '1234.567', '1.5e-7', '1234.5', '1234.5', '12345678']);
});

test('a comma that can be both is asked about', () => {
  expect(readTyped('1,234')).toEqual({ value: '', problem: '"1,234" can be read in two ways: type 1.234 or 1234.' });
  expect(readTyped('0,8,4').problem).toBe('"0,8,4" is not a number: type it with one point, such as 0.84.');
});

test('everything else is left to the audit', () => {
  expect(['', '0.84', 'abc', 'a,b', '1e-5'].map(readTyped)).toEqual(
    ['', '0.84', 'abc', 'a,b', '1e-5'].map((value) => ({ value })),
  );
});

test('significant digits', () => {
  expect(['0.9', '0.910', '−12', '1.50e-7', '0', '.05'].map(digitsIn)).toEqual([1, 3, 2, 3, 0, 1]);
});
