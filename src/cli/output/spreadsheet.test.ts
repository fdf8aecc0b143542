import { expect, test } from 'vitest';
import { parseCsv } from '../../data/read/csv/reader.ts';
import { writeCsv } from '../../data/read/csv/writer.ts';
import { isFormula, SpreadsheetCells } from './spreadsheet.ts';

test.each([
  ["=cmd|' /C calc'!A0", true],
  ['=1+1', true],
  ['+1+1', true],
  ['-1+1', true],
  ['@SUM(A1)', true],
  ['\t=1', true],
  ['\r=1', true],
  ['＝1+1', true],
  ['-5', false],
  ['+3.5e-7', false],
  ['-.5', false],
  ['2024-03-01', false],
  ['-', false],
  ['+', false],
  ['ok', false],
  ['a=b', false],
  ['', false],
])('%j as a formula: %s', (text, expected) => {
  expect(isFormula(text)).toBe(expected);
});

test('the cells of a CSV file read back the same, except for an apostrophe before a formula', () => {
  const texts = ["=cmd|' /C calc'!A0", 'a;=1', 'two\nlines', 'q"\'`\\', '-5', '-', '\u202egnp', '@x'];
  const cells = new SpreadsheetCells();
  const { records } = parseCsv(
    writeCsv(
      ['a'],
      texts.map((text) => [cells.cell(text)]),
    ),
    'x',
  );
  expect(records.map(([text]) => text)).toEqual(texts.map((text) => (/^[=@]/.test(text) ? `'${text}` : text)));
  expect(cells.warnings()).toMatchInlineSnapshot(`
    [
      "2 cells begin like a spreadsheet formula, such as "=cmd|' /C calc'!A0". The CSV has an apostrophe in front of them; --format json writes the exact text.",
    ]
  `);
});

test('numbers are never changed, and there is no warning', () => {
  const cells = new SpreadsheetCells();
  expect([-5, 1e-300, Number.NEGATIVE_INFINITY, true].map((value) => cells.cell(value))).toEqual([
    '-5',
    '1e-300',
    '-Infinity',
    'true',
  ]);
  expect(cells.warnings()).toEqual([]);
});
