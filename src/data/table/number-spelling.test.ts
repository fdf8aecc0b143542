import { describe, expect, test } from 'vitest';
import { toRows } from '../../base/tensor.ts';
import { dateOrderOf, parseLocalDate, showDate } from '../encode/dates.ts';
import type { Encoding } from '../encode/encoding.ts';
import { readEncoding } from '../encode/read-encoding.ts';
import { encodeRows } from '../encode/rows.ts';
import { prepareTable } from '../prepare/prepare.ts';
import { readTable } from '../read/read.ts';
import { readTableStream } from '../read/stream.ts';
import { presentNumbers, profile } from './columns.ts';
import { parseSpelled, spellingOf } from './number-spelling.ts';

const read = (...cells: string[]) => {
  const { spelling, why } = spellingOf(cells);
  return spelling === undefined ? (why ?? 'text') : cells.map((cell) => parseSpelled(cell, spelling));
};

test('one spelling of a whole column is read', () => {
  expect(read('12.5%', '-3 %', '0.5%')).toEqual([12.5, -3, 0.5]);
  expect(read('$1,234.50', '-$999.00', '$7')).toEqual([1234.5, -999, 7]);
  expect(read('($1,234.50)', '$20.00')).toEqual([-1234.5, 20]);
  expect(read('1.234,56', '999,5', '-7')).toEqual([1234.56, 999.5, -7]);
  expect(read('1,5', '2,25')).toEqual([1.5, 2.25]);
  expect(read('0,500', '1,250')).toEqual([0.5, 1.25]);
  expect(read('12.5 kg', '3 kg')).toEqual([12.5, 3]);
  expect(read('1 234,5', '12\u00A0345,5')).toEqual([1234.5, 12345.5]);
  expect(read("CHF 1'234.50", 'CHF 7.00')).toEqual([1234.5, 7]);
  expect(read('12,34,567.5', '1,234.5')).toEqual([1234567.5, 1234.5]);
  expect(read('\u22127,5 €', '3,1 €')).toEqual([-7.5, 3.1]);
  expect(read('5 µg/m³', '7.5 µg/m³')).toEqual([5, 7.5]);
});

test('what can be read in two ways, or has several units, is said to be so', () => {
  expect(read('1,234', '5,678')).toBe('can be read with a decimal point or a decimal comma');
  expect(read('1.234 €', '5.678 €')).toBe('can be read with a decimal point or a decimal comma');
  expect(read('1.5 kg', '3 lb')).toBe('have different units or signs');
  expect(read('5%', '0.05')).toBe('have different units or signs');
});

test('codes, versions, ranges, addresses and ordinals are texts', () => {
  expect(read('A1', 'B2', 'C3')).toBe('text');
  expect(read('1.2.3', '1.2.4', '2.0.0')).toBe('text');
  expect(read('5-10', '10-20')).toBe('text');
  expect(read('192.168.0.1', '10.0.0.1')).toBe('text');
  expect(read('5f', '7ab', '9c', '1d', '2e', '3aa', '4b', '6bb', '8cc', '9dd')).toBe('text');
  expect(read('01 23 45', '02 34 56')).toBe('text');
});

const column = (cells: readonly string[]) => readTable({ v: cells }).columns[0];

describe('in training', () => {
  const cells = Array.from({ length: 20 }, (_, i) => `${i % 2 ? '1.' : ''}${100 + 7 * i},5`);
  const text = `v;y\n${cells.map((cell, i) => `${cell};${i % 2 ? 'a' : 'b'}`).join('\n')}\n`;
  const { encoding, notes } = prepareTable(readTable(text), { target: 'y', scale: 'none' }, 1);
  const stored: Encoding = readEncoding(JSON.parse(JSON.stringify(encoding)), ['data']);

  test('the column is a number, and a note says how it is read', () => {
    expect(encoding.features[0]).toMatchObject({ kind: 'number', reading: { numbers: { decimal: ',', group: '.' } } });
    expect(notes).toContain('"v": "100,5" is read as 100.5, and the other cells alike.');
    expect(profile(column(cells)).kind).toBe('number');
    expect(presentNumbers(column(cells))[1]).toBe(1107.5);
  });
  test('the model reads a cell that is ambiguous alone as training did', () => {
    expect(toRows(encodeRows(stored, readTable('v\n"1.234"\n')).inputs)).toEqual([[1234]]);
    expect(toRows(encodeRows(stored, readTable([{ v: 12.5 }])).inputs)).toEqual([[12.5]]);
    expect(() => encodeRows(stored, readTable('v\n12 kg\n', { name: 'n.csv' }))).toThrow(
      'csv "n.csv" line 2, column "v": "12 kg" is not a number as this column writes them: "1234,5"',
    );
  });
  test('several units in a column that is left out are named', () => {
    const units = Array.from({ length: 20 }, (_, i) => ({
      v: `${i + 0.5} ${i % 2 ? 'kg' : 'lb'}`,
      w: (i * 7) % 5,
      y: i % 2 ? 'a' : 'b',
    }));
    expect(prepareTable(readTable(units), { target: 'y' }, 1).notes).toContain(
      '"v" is left out: its numbers, such as "0.5 lb", have different units or signs. Write them as 1234.5, or dates as 2026-11-27, to use the column.',
    );
  });
  test('a large table is read alike', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => `"$${(i * 1.25).toLocaleString('en-US')}"`);
    const { columns } = await readTableStream(new TextEncoder().encode(`v\n${rows.join('\n')}\n`), {
      maxPlainLength: 10,
    });
    expect(profile(columns[0]).kind).toBe('number');
    expect(presentNumbers(columns[0])[11_999]).toBe(11_999 * 1.25);
  });
});

test('dates in local forms, where the column decides the order', () => {
  const order = (...cells: string[]) => dateOrderOf(cells).order ?? dateOrderOf(cells).why;
  expect(order('27.11.2026', '01.02.2026')).toBe('dayFirst');
  expect(order('01.02.2026', '03.04.2026')).toBe('dayFirst');
  expect(order('11/27/2026', '1/2/2026')).toBe('monthFirst');
  expect(order('2026/11/27')).toBe('yearFirst');
  expect(order('27 Nov 2026', '1 March 2026')).toBe('monthName');
  expect(order('1/2/2026', '3/4/2026')).toBe('can begin with the day or with the month');
  expect(order('1/2/26', '27/4/26')).toBe('have a year of two digits');
  expect(order('13.13.2026')).toBeUndefined();
  const days = [
    parseLocalDate('27.11.2026', 'dayFirst'),
    parseLocalDate('Nov 27, 2026', 'monthName'),
    parseLocalDate('11/27/2026 5:51 PM', 'monthFirst'),
    parseLocalDate('11/27/2026 12:05 AM', 'monthFirst'),
  ];
  expect(days.map((day) => showDate(day!))).toEqual([
    '2026-11-27',
    '2026-11-27',
    '2026-11-27T17:51:00.000Z',
    '2026-11-27T00:05:00.000Z',
  ]);
  expect(profile(column(['27.11.2026', '2026-11-28'])).kind).toBe('date');
});

test('integers of more digits than a number holds, and codes with zeros, keep their text as categories', () => {
  const ids = ['9007199254740993', '9007199254740992', '9007199254740994'];
  const cells = Array.from({ length: 30 }, (_, i) => ids[i % 3]);
  expect(profile(column(cells)).counts.size).toBe(3);
  const table = readTable({
    id: cells,
    zip: cells.map((_, i) => ['01067', '80331'][i % 2]),
    y: cells.map((_, i) => i % 3),
  });
  const { encoding } = prepareTable(table, { target: 'y', categories: ['id', 'zip'] }, 1);
  expect(encoding.features).toMatchObject([
    { values: [...ids].sort(), of: 'text' },
    { values: ['01067', '80331'], of: 'text' },
  ]);
  expect(prepareTable(table, { target: 'id', task: 'classification' }, 1).classes).toEqual([...ids].sort());
  // JSON.parse alone would round them
  const lines = readTable(JSON.parse(`[{"id":"${ids[0]}"}]`) as never).columns[0].values;
  expect(lines).toEqual([ids[0]]);
});
