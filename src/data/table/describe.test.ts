import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readTable } from '../read/read.ts';
import { describe } from './describe.ts';

const url = new URL('../../../examples/penguins.csv', import.meta.url);

test('penguins: 344 rows, counts and means as in the palmerpenguins documentation', () => {
  const { rows, columns } = describe(readTable(readFileSync(url, 'utf8'), { name: 'penguins.csv' }));
  const [species, island, billLength, billDepth, flipperLength, bodyMass, sex] = columns;
  expect(rows).toBe(344);
  expect(species.top).toEqual([
    { value: 'Adelie', rows: 152 },
    { value: 'Gentoo', rows: 124 },
    { value: 'Chinstrap', rows: 68 },
  ]);
  expect(island.distinct).toBe(3);
  expect([billLength, billDepth, flipperLength, bodyMass].map(({ mean }) => mean!.toFixed(2))).toEqual([
    '43.92',
    '17.15',
    '200.92',
    '4201.75',
  ]);
  expect([billLength.missing, sex.missing]).toEqual([2, 11]);
  expect(sex.marks).toEqual(['NA']);
});

test('each column is described as a feature and as the target', () => {
  const text = 'id,color,n,age,flag,k,none\na,red,1,3,true,1,\nb,blue,2.5,abc,false,1,\nc,red,,5,true,1,\n';
  const { columns } = describe(readTable(text, { name: 'a.csv' }));
  expect(
    columns.map(({ name, kind, asFeature, asTarget }) => [name, kind, asFeature, asTarget].join(' | ')),
  ).toMatchInlineSnapshot(`
    [
      "id | text | one-hot, 3 inputs | classification, 3 classes (text)",
      "color | text | one-hot, 2 inputs | classification, 2 classes (text)",
      "n | number | a number; missing values filled with the median | regression (a number)",
      "age | mixed | error: csv "a.csv" line 3, column "age": "abc" is not a number | error: csv "a.csv" line 3, column "age": "abc" is not a number",
      "flag | boolean | one-hot, 2 inputs | classification, 2 classes (true or false)",
      "k | number | left out: it has the same value in every row | regression (an integer, but not every value is in at least 10 rows)",
      "none | empty | left out: it has no values | error: it has no values",
    ]
  `);
});
