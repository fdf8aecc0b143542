import { expect, test } from 'vitest';
import { toRows } from '../../base/tensor.ts';
import { prepareTable } from '../prepare/prepare.ts';
import { readTable } from '../read/read.ts';
import { type Encoding, inputNames } from './encoding.ts';
import { encodeRows } from './rows.ts';

const classes: Encoding = {
  task: 'classification',
  scale: 'standard',
  features: [
    { kind: 'number', name: 'age', scaling: { mean: 40, std: 10 }, fill: 35 },
    { kind: 'number', name: 'height', scaling: { min: 1, max: 3 }, fill: 2 },
    { kind: 'number', name: 'constant', scaling: { mean: 7, std: 0 }, fill: 7 },
    { kind: 'category', name: 'home', of: 'text', values: ['Biscoe', 'Dream'], fill: 'Dream' },
    { kind: 'category', name: 'smokes', of: 'boolean', values: ['false', 'true'], fill: 'false' },
  ],
  target: { kind: 'classes', name: 'grade', of: 'number', values: ['1', '2', '3'], coding: 'oneHot' },
};
const header = 'age,height,constant,home,smokes';
const encode = (lines: string, options?: { targets: boolean }) =>
  encodeRows(classes, readTable(lines, { name: 'new.csv' }), options);
const complaint = (lines: string, options?: { targets: boolean }) => {
  try {
    encode(lines, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

test('numbers are scaled, categories one-hot, columns found by name in any order', () => {
  expect(inputNames(classes)).toEqual([
    'age',
    'height',
    'constant',
    'home=Biscoe',
    'home=Dream',
    'smokes=false',
    'smokes=true',
  ]);
  const { inputs, warnings } = encode('smokes,other,home,constant,height,age\nTRUE,?,Biscoe,7,2,60\n');
  expect(toRows(inputs)).toEqual([[2, 0.5, 0, 1, 0, 0, 1]]);
  expect(warnings).toEqual([]);
});

test('missing values are filled as in training, and counted', () => {
  const { inputs, warnings } = encode(`${header}\n,3,7,,NA\n50,1,7,,true\n`);
  expect(toRows(inputs)).toEqual([
    [-0.5, 1, 0, 0, 1, 1, 0],
    [1, 0, 0, 0, 1, 0, 1],
  ]);
  expect(warnings).toEqual([
    '"age": 1 missing value filled with 35.',
    '"home": 2 missing values filled with "Dream".',
    '"smokes": 1 missing value filled with "false".',
  ]);
});

test('a category not seen in training has zeros, and is counted', () => {
  const { inputs, warnings } = encode(`${header}\n40,1,7,Torgersen,false\n40,1,7,Oslo,false\n`);
  expect(toRows(inputs)[0].slice(3)).toEqual([0, 0, 1, 0]);
  expect(warnings).toEqual([
    '"home": 2 rows have a category not seen in training ("Torgersen"); all of its inputs are 0.',
  ]);
});

test('with targets, rows without one are left out; a number matches its class in any notation', () => {
  const line = '40,1,7,Dream,true';
  const { targets, rows, warnings } = encode(`${header},grade\n${line},3.0\n${line},\n${line},1\n`, { targets: true });
  expect(toRows(targets!)).toEqual([
    [0, 0, 1],
    [1, 0, 0],
  ]);
  expect(rows).toEqual([0, 2]);
  expect(warnings).toEqual(['Left out 1 row without "grade".']);
});

test('a missing column is an error', () => {
  expect(complaint('age,height,constant,homes,smokes\n1,2,7,Dream,true\n')).toMatchInlineSnapshot(`
    "the model's features: csv "new.csv" has no column "home".
      Did you mean "homes"? Choose one of: age, height, constant, homes, smokes."
  `);
});

test('text in a numeric column is an error', () => {
  expect(complaint(`${header}\n40,1,7,Dream,true\ntall,1,7,Dream,true\n`)).toMatchInlineSnapshot(`
    "csv "new.csv" line 3, column "age": "tall" is not a number.
      Correct the cell, or pass missing: ["tall"] if it marks a missing value."
  `);
});

test('an unknown class is an error', () => {
  expect(complaint(`${header},grade\n40,1,7,Dream,true,4\n`, { targets: true })).toMatchInlineSnapshot(`
    "csv "new.csv" line 2, column "grade": "4" is not one of the model's classes.
      The classes are: 1, 2, 3. Correct the cell, or empty it to leave the row out."
  `);
});

test('a table in which no row has a label is an error', () => {
  expect(complaint(`${header},grade\n40,1,7,Dream,true,NA\n`, { targets: true })).toMatchInlineSnapshot(`
    "csv "new.csv": no row has a value for "grade".
      Pass labelled rows, or predict instead of evaluating."
  `);
  expect(complaint(`${header}\n40,1,7,Dream,true\n`, { targets: true })).toMatchInlineSnapshot(`
    "the model's target: csv "new.csv" has no column "grade".
      Choose one of: age, height, constant, home, smokes."
  `);
});

test('an encoding is plain JSON', () => {
  const { encoding } = prepareTable(readTable('x,c,y\n1,a,0.5\n2,b,1\n,a,2\n'), { target: 'y' }, 1);
  expect(JSON.parse(JSON.stringify(encoding))).toEqual(encoding);
});
