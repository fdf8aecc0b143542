import { expect, test } from 'vitest';
import { readTable } from './read.ts';

const complaint = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

test('empty cells and the usual marks are missing, and the marks are kept for messages', () => {
  const table = readTable('a,b\n1,x\n,NA\nn/a,?\n#N/A,.\nNULL,null\n');
  expect(table.columns[0].values).toEqual(['1', undefined, undefined, undefined, undefined]);
  expect(table.columns[1].values).toEqual(['x', undefined, undefined, undefined, undefined]);
  expect(table.columns.map((column) => column.marks)).toEqual([
    ['', 'n/a', '#N/A', 'NULL'],
    ['NA', '?', '.', 'null'],
  ]);
});

test('NaN marks a missing value only if the option says so', () => {
  expect(readTable('a\nNaN\n').columns[0].values).toEqual(['NaN']);
  expect(readTable('a\nNaN\nNA\n', { missing: ['NaN'] }).columns[0].values).toEqual([undefined, undefined]);
});

test('rows and columns in memory give the same table; a key that a row lacks is a missing value', () => {
  const rows = readTable([{ x: 1, y: 'a' }, { x: 0.1 }, { x: null, y: true }]);
  const columns = readTable({ x: [1, 0.1, null], y: ['a', undefined, true] });
  expect(rows).toEqual(columns);
  expect(rows).toEqual({
    name: 'data',
    rows: 3,
    columns: [
      { name: 'x', values: ['1', '0.1', undefined], marks: [] },
      { name: 'y', values: ['a', undefined, 'true'], marks: [] },
    ],
  });
});

test('typed arrays are columns', () => {
  expect(readTable({ x: Float64Array.of(1e-7, 1e21) }).columns[0].values).toEqual(['1e-7', '1e+21']);
});

test('no rows', () => {
  expect(complaint(() => readTable([], { name: 'people' }))).toMatchInlineSnapshot(`
    "people: the table is empty.
      Pass at least one row and one column."
  `);
});

test('columns of different lengths', () => {
  expect(complaint(() => readTable({ x: [1, 2], y: [1] }))).toMatchInlineSnapshot(`
    "data.y: 1 cell, but column "x" has 2.
      Pass the same number of cells for every column."
  `);
});

test('a row that is a list', () => {
  expect(complaint(() => readTable([[1, 2]] as never))).toMatchInlineSnapshot(`
    "data[0]: the row is not an object.
      Write each row as { "column": value }, or pass the table as columns: { "column": [values] }."
  `);
});

test('a cell that is a list', () => {
  expect(complaint(() => readTable([{ x: 1 }, { x: [2] as never }]))).toMatchInlineSnapshot(`
    "data: no column can be used. "x": its cell in data[1] is a list.
      Split lists and structures into columns of numbers and texts."
  `);
});
