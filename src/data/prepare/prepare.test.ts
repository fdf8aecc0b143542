import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toRows } from '../../base/tensor.ts';
import { readTable } from '../read/read.ts';
import { splitRows } from '../split/split.ts';
import { type DataOptions, prepareTable } from './prepare.ts';

const penguins = readTable(readFileSync(new URL('../../../examples/penguins.csv', import.meta.url), 'utf8'), {
  name: 'penguins.csv',
});
const small = (text: string, options: DataOptions = { target: 'y' }) =>
  prepareTable(readTable(text, { name: 'a.csv' }), options, 1);
const complaint = (text: string, options?: DataOptions) => {
  try {
    small(text, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};
const repeat = (lines: string, times: number) => `${lines}\n`.repeat(times);

test('penguins: the task is inferred, missing values are filled, splits have their sizes, and notes report all of it', () => {
  const split = { validation: 0.2, test: 0.1 };
  const prepared = prepareTable(penguins, { target: 'species', split }, 1);
  expect(prepared.notes).toMatchInlineSnapshot(`
    [
      ""species" is text, so the task is classification (3 classes): Adelie 152, Chinstrap 68, Gentoo 124.",
      "241 rows for training, 69 for validation, 34 for test, stratified by class.",
      "Numeric columns are standardized: (x - mean)/std, with the mean and std of the training split.",
      ""bill_length_mm": 2 missing values ("NA") filled with 44.5, the median of the training split.",
      ""bill_depth_mm": 2 missing values ("NA") filled with 17.5, the median of the training split.",
      ""flipper_length_mm": 2 missing values ("NA") filled with 197, the median of the training split.",
      ""body_mass_g": 2 missing values ("NA") filled with 4100, the median of the training split.",
      ""sex": 11 missing values ("NA") filled with "male", the most frequent value of the training split. If "NA" is a value here, pass --not-missing sex=NA (notMissing in a program or file).",
    ]
  `);
  expect(prepared.warnings).toEqual([]);
  expect(prepared.inputNames).toMatchInlineSnapshot(`
    [
      "island=Biscoe",
      "island=Dream",
      "island=Torgersen",
      "bill_length_mm",
      "bill_depth_mm",
      "flipper_length_mm",
      "body_mass_g",
      "sex=female",
      "sex=male",
    ]
  `);
  expect(prepared.classes).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
  expect(prepared.train.inputs.shape).toEqual([241, 9]);
  expect(prepared.train.targets.shape).toEqual([241, 3]);
  expect(prepared.validation!.inputs.shape).toEqual([69, 9]);
  expect(prepared.test!.targets.shape).toEqual([34, 3]);
});

test('scaling is learned from the training split only: it has mean 0 and deviation 1, other splits do not', () => {
  const options: DataOptions = { target: 'body_mass_g', features: ['flipper_length_mm'], handleMissing: 'drop' };
  const { train, validation } = prepareTable(penguins, { ...options, split: { validation: 0.2 } }, 1);
  const moments = ({ data }: { data: Float64Array }) => {
    const mean = data.reduce((a, b) => a + b) / data.length;
    return [mean, Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length)];
  };
  for (const tensor of [train.inputs, train.targets]) {
    const [mean, std] = moments(tensor);
    expect(mean).toBeCloseTo(0, 13);
    expect(std).toBeCloseTo(1, 13);
  }
  expect(Math.abs(moments(validation!.inputs)[0])).toBeGreaterThan(1e-6);
});

test('"minMax" scales the training split to [0, 1] and does not scale a regression target', () => {
  const { train, encoding } = small('x,y\n-1,0.5\n3,1\n1,2\n', { target: 'y', scale: 'minMax' });
  expect(toRows(train.inputs)).toEqual([[0], [1], [0.5]]);
  expect(toRows(train.targets)).toEqual([[0.5], [1], [2]]);
  expect(encoding.target).toEqual({ kind: 'number', name: 'y', scaling: 'none' });
});

test('the task option decides: a mixed column becomes text classes, integers become a regression', () => {
  const text = `x,y\n${repeat('1,1\n2,2\n3,high', 10)}`;
  expect(small(text, { target: 'y', task: 'classification' }).classes).toEqual(['1', '2', 'high']);
  const numbers = small(text.replaceAll('high', '3'), { target: 'y', task: 'regression' });
  expect(numbers.train.targets.shape).toEqual([30, 1]);
  expect(numbers.notes[0]).toMatchInlineSnapshot(`""y": as requested, the task is regression."`);
});

test('without stratify, a class that is missing from the training split is reported', () => {
  const text = `x,y\n${repeat('1,a', 8)}2,b\n3,a\n`;
  const seed = seedForValidation(10, 0.1, [8]);
  const options: DataOptions = { target: 'y', split: { validation: 0.1, stratify: false } };
  expect(prepareTable(readTable(text), options, seed).warnings).toEqual([
    'The training split lacks a class. Set "stratify": true, or choose another seed.',
  ]);
  expect(prepareTable(readTable(text), { target: 'y', split: { validation: 0.1 } }, seed).warnings).toEqual([]);
});

/** A seed that puts the given rows, and no others, into the validation part. */
function seedForValidation(n: number, validation: number, rows: readonly number[]): number {
  for (let seed = 1; ; seed++) if (splitRows(n, { validation }, seed).validation!.join() === rows.join()) return seed;
}

test('fill values and categories are learned from the training split only', () => {
  const text = `x,c,y\n${repeat('1,a,0.5', 6)}1000,b,0.5\n,a,0.5\n2,a,1.5\n`;
  const options: DataOptions = { target: 'y', split: { validation: 0.12 }, scale: 'none' };
  const { encoding, validation, warnings } = prepareTable(readTable(text), options, seedForValidation(9, 0.12, [6]));
  expect(encoding.features).toEqual([
    { kind: 'number', name: 'x', scaling: 'none', fill: 1 },
    { kind: 'category', name: 'c', of: 'text', values: ['a'], fill: 'a' },
  ]);
  expect(toRows(validation!.inputs)).toEqual([[1000, 0]]);
  expect(warnings).toMatchInlineSnapshot(`
    [
      "In the validation split, "c": 1 row has a category not seen in training ("b"); all of its inputs are 0.",
    ]
  `);
});

test('the same seed gives the same numbers, another seed another split', () => {
  const prepare = (seed: number) => prepareTable(penguins, { target: 'species', split: { validation: 0.2 } }, seed);
  expect(prepare(1)).toEqual(prepare(1));
  expect(prepare(2).validation!.rows).not.toEqual(prepare(1).validation!.rows);
});

test('a constant column that is listed becomes zeros, with a warning', () => {
  const { train, warnings } = small('k,x,y\n5,1,a\n5,2,b\n5,3,a\n', { target: 'y', features: ['k', 'x'] });
  expect(toRows(train.inputs).map((row) => row[0])).toEqual([0, 0, 0]);
  expect(warnings).toEqual(['"k" is used because you listed it, but it has the same value in every row.']);
});

test('columns that teach nothing or leak the order of the file are left out, with a note', () => {
  const lines = Array.from({ length: 12 }, (_, i) => `${i + 1},Name ${i},k,,${i * i},${i % 2 ? 'a' : 'b'}`);
  const { inputNames, notes } = small(`Id,name,constant,gap,x,y\n${lines.join('\n')}\n`);
  expect(inputNames).toEqual(['x']);
  expect(notes).toMatchInlineSnapshot(`
    [
      ""y" is text, so the task is classification (2 classes): a 6, b 6.",
      ""Id" is left out: it numbers the rows.",
      ""name" is left out: every row has a different text.",
      ""constant" is left out: it has the same value in every row.",
      ""gap" is left out: it has no values.",
      "All 12 rows are used for training.",
      "Numeric columns are standardized: (x - mean)/std, with the mean and std of the training split.",
    ]
  `);
});

test('numeric and mixed columns are categories if listed as such', () => {
  const { inputNames } = small('zip,size,y\n10,1,a\n9,XL,b\n10,2,a\n', { target: 'y', categories: ['zip', 'size'] });
  expect(inputNames).toEqual(['zip=9', 'zip=10', 'size=1', 'size=2', 'size=XL']);
});

test('rows without a target are left out; with "drop", rows with missing features too', () => {
  const text = 'x,z,y\n1,1,a\n,2,b\n3,3,\n4,4,b\n';
  expect(small(text).train.rows).toEqual([0, 1, 3]);
  const dropped = small(text, { target: 'y', handleMissing: 'drop' });
  expect(dropped.train.rows).toEqual([0, 3]);
  expect(dropped.notes.slice(1, 3)).toEqual([
    'Left out 1 row without "y".',
    'Left out 1 row with a missing feature value.',
  ]);
  // the missing value is in a column that is not used
  expect(small(text, { target: 'y', handleMissing: 'drop', features: ['z'] }).train.rows).toEqual([0, 1, 3]);
});

test('numeric classes are sorted by value; of many classes the first and the last are shown', () => {
  const text = `x,y\n${repeat('1,10\n2,9\n3,2', 10)}`;
  expect(small(text).classes).toEqual(['2', '9', '10']);
  const many = Array.from({ length: 26 }, (_, i) => repeat(`${i},class ${String.fromCharCode(97 + i)}`, 2)).join('');
  expect(small(`x,y\n${many}`).notes[0]).toMatchInlineSnapshot(
    `""y" is text, so the task is classification (26 classes): class a 2, class b 2, class c 2, class d 2, class e 2, class f 2, class g 2, class h 2, …, class z 2."`,
  );
});

test('two classes under one output are 0 and 1, or -1 and 1', () => {
  const table = readTable('x,y\n1,no\n2,yes\n');
  const targets = (coding: 'binary' | 'sign') => toRows(prepareTable(table, { target: 'y' }, 1, coding).train.targets);
  expect(targets('binary')).toEqual([[0], [1]]);
  expect(targets('sign')).toEqual([[-1], [1]]);
});

test('unscaled inputs with widely different ranges are reported', () => {
  expect(prepareTable(penguins, { target: 'species', scale: 'none' }, 1).warnings).toMatchInlineSnapshot(`
    [
      "The ranges of the inputs differ widely: "body_mass_g" ranges from 2700 to 6300, "island=Biscoe" from 0 to 1, a range 3600 times smaller. Set "scale": "standard".",
    ]
  `);
});

test('"nan" among texts gives a warning', () => {
  const { warnings } = small('x,y\na,p\nnan,q\na,p\n');
  expect(warnings).toEqual(['"x": "nan" is treated as a category. Pass missing: ["nan"] if it marks a missing value.']);
});

test('a target with nearly as many classes as rows gives a warning', () => {
  expect(
    small(`x,y\n${Array.from({ length: 12 }, (_, i) => `${i * i},class ${i % 8}`).join('\n')}\n`).warnings,
  ).toMatchInlineSnapshot(`
    [
      ""y" has fewer than two rows per class. Did you mean another target?",
    ]
  `);
});

test('a target column that does not exist', () => {
  expect(complaint('x,species\n1,a\n', { target: 'specis' })).toMatchInlineSnapshot(`
    "data.target: csv "a.csv" has no column "specis".
      Did you mean "species"? Choose one of: x, species."
  `);
});

test('a feature column that does not exist', () => {
  expect(complaint('x,y\n1,a\n', { target: 'y', features: ['x', 'length'] })).toMatchInlineSnapshot(`
    "data.features[1]: csv "a.csv" has no column "length".
      Choose one of: x, y."
  `);
});

test('a feature that is the target, or appears twice', () => {
  expect(complaint('x,y\n1,a\n', { target: 'y', features: ['x', 'y'] })).toMatchInlineSnapshot(`
    "data.features[1]: "y" is the target.
      Remove it from the features: a network that gets the target as an input learns nothing."
  `);
  expect(complaint('x,y\n1,a\n', { target: 'y', features: ['x', 'x'] })).toMatchInlineSnapshot(`
    "data.features[1]: "x" is listed twice.
      List each feature once."
  `);
});

test('a category that is not a feature', () => {
  expect(complaint('x,y\n1,a\n', { target: 'y', categories: ['z'] })).toMatchInlineSnapshot(`
    "data.categories[0]: "z" is not a feature.
      Did you mean "x"? Choose one of: x."
  `);
});

test('text in a numeric column', () => {
  expect(complaint('age,y\n30,a\n\n"4\n0",b\nabc,a\n50,b\n')).toMatchInlineSnapshot(`
    "csv "a.csv" line 4, column "age": "4\\n0" is not a number.
      Correct the cell, or pass missing: ["4\\n0"] if it marks a missing value, or encode the column as a category: categories: ["age"]."
  `);
});

test('NaN in the data', () => {
  expect(complaint('age,y\n30,a\nNaN,b\n')).toMatchInlineSnapshot(`
    "csv "a.csv" line 3, column "age": "NaN" is not a finite number.
      Correct the cell, or pass missing: ["NaN"] if it marks a missing value."
  `);
});

test('an infinity in the target', () => {
  expect(complaint('x,y\n30,1\n40,1e999\n50,3\n')).toMatchInlineSnapshot(`
    "csv "a.csv" line 3, column "y": "1e999" is not a finite number.
      Correct the cell, or pass missing: ["1e999"] if it marks a missing value."
  `);
});

test('text in the target of a regression', () => {
  expect(complaint('x,y\n30,1\n40,high\n50,3\n')).toMatchInlineSnapshot(`
    "csv "a.csv" line 3, column "y": "high" is not a number.
      Correct the cell, or pass missing: ["high"] if it marks a missing value, or set "task": "classification"."
  `);
  expect(complaint('x,y\n30,a\n40,b\n', { target: 'y', task: 'regression' })).toMatchInlineSnapshot(`
    "csv "a.csv" line 2, column "y": "a" is not a number.
      Correct the cell, or pass missing: ["a"] if it marks a missing value, or set "task": "classification"."
  `);
});

test('only one class', () => {
  expect(complaint('x,y\n1,a\n2,a\n')).toMatchInlineSnapshot(`
    "csv "a.csv", column "y": every row has the class "a", and a classification needs at least two classes.
      Add rows of another class, or choose another target."
  `);
});

test('a different class in each row', () => {
  const lines = Array.from({ length: 12 }, (_, i) => `${i * i},row ${i}`);
  expect(complaint(`x,y\n${lines.join('\n')}\n`)).toMatchInlineSnapshot(`
    "csv "a.csv", column "y": each of the 12 rows has a different class, so there is nothing to learn.
      Choose another target, or set "task": "regression" if its values are numbers."
  `);
});

test('three classes under one output', () => {
  const table = readTable('x,y\n1,a\n2,b\n3,c\n');
  expect(() => prepareTable(table, { target: 'y' }, 1, 'binary')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: data.target: "y" has 3 classes, but one output distinguishes only two.
      End the network with dense(3, softmax), and use the loss crossEntropy.]
  `);
});

test('a target without values', () => {
  expect(complaint('x,y\n1,NA\n2,\n')).toMatchInlineSnapshot(`
    "csv "a.csv", column "y": the target column has no values.
      Choose another target column."
  `);
});

test('no usable row', () => {
  expect(complaint('x,z,y\n1,,a\n,2,b\n3,,b\n,4,\n', { target: 'y', handleMissing: 'drop' })).toMatchInlineSnapshot(`
    "csv "a.csv": none of the 4 rows can be used. Left out 1 row without "y". Left out 3 rows with a missing feature value.
      Impute missing values (handleMissing: "impute"), or leave the columns that have them out of the features."
  `);
});

test('no feature left', () => {
  expect(complaint('x,y\n1,a\n1,b\n')).toMatchInlineSnapshot(`
    "csv "a.csv", column "y": there are no features to learn from.
      List the columns to use in "features". "x" is left out: it has the same value in every row."
  `);
  expect(complaint('x,y\n1,a\n1,b\n', { target: 'y', features: [] })).toMatchInlineSnapshot(`
    "data.features: there are no features to learn from.
      List the columns to use in "features"."
  `);
});

test('a feature without values, in the table or in the training split', () => {
  expect(complaint('x,y\n,a\n,b\n', { target: 'y', features: ['x'] })).toMatchInlineSnapshot(`
    "csv "a.csv", column "x": the column has no values.
      Leave it out of the features."
  `);
  const table = readTable('x,y\n,0.5\n,1\n,2\n1,3\n2,4\n,5\n', { name: 'a.csv' });
  const options: DataOptions = { target: 'y', features: ['x'], split: { validation: 0.33 } };
  const seed = seedForValidation(6, 0.33, [3, 4]);
  expect(() => prepareTable(table, options, seed)).toThrowErrorMatchingInlineSnapshot(`
    [InputError: csv "a.csv", column "x": every value in the training split is missing.
      Leave the column out of the features.]
  `);
});

describe('dates', () => {
  const dates = Array.from({ length: 30 }, (_, r) => new Date(Date.UTC(2024, 0, 1 + 9 * r)).toISOString().slice(0, 10));
  const rows = dates.map((date, r) => `${r % 7 === 3 ? '' : date},${r}`);

  test('become days, scaled, and their phase in the year and the week; missing ones get the median', () => {
    const { encoding, inputNames, train, notes } = prepareTable(
      readTable(`when,y\n${rows.join('\n')}\n`),
      { target: 'y' },
      1,
    );
    expect(inputNames).toEqual(['when', 'when year sin', 'when year cos', 'when week sin', 'when week cos']);
    expect(encoding.features[0]).toMatchObject({ kind: 'date', cycles: ['year', 'week'] });
    const [scaled, ...places] = toRows(train.inputs)[5];
    const { mean, std } = (encoding.features[0] as { scaling: { mean: number; std: number } }).scaling;
    const days = Date.UTC(2024, 0, 46) / 86_400_000;
    expect(scaled).toBe((days - mean) / std);
    const angles = [365.2425, 7].map((period) => (2 * Math.PI * days) / period);
    angles
      .flatMap((angle) => [Math.sin(angle), Math.cos(angle)])
      .forEach((want, k) => {
        // the angle is some 20,000 days around: 14 bits are lost of 53
        expect(places[k]).toBeCloseTo(want, 10);
      });
    expect(notes.find((note) => note.startsWith('"when"'))).toMatch(
      /^"when": 4 missing values filled with 2024-\d\d-\d\d.*, the median/,
    );
  });

  test('a cell that is not a date is reported with its line; as a category it is accepted', () => {
    const table = readTable(`when,y\n${[...rows, 'yesterday,30'].join('\n')}\n`, { name: 'a.csv' });
    expect(() => prepareTable(table, { target: 'y' }, 1)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: csv "a.csv" line 32, column "when": "yesterday" is not a date, but the other values are.
        Write it as 2026-11-27 (ISO 8601), or pass missing: ["yesterday"] if it marks a missing value, or encode the column as a category: categories: ["when"].]
    `);
    expect(prepareTable(table, { target: 'y', categories: ['when'] }, 1).inputNames.length).toBeGreaterThan(20);
  });

  test('cannot be the target', () => {
    const table = readTable(`when,y\n${rows.join('\n')}\n`, { name: 'a.csv' });
    expect(() => prepareTable(table, { target: 'when' }, 1)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: csv "a.csv", column "when": a date cannot be the target.
        Choose a numeric column, such as days, or set "task": "classification".]
    `);
  });
});
