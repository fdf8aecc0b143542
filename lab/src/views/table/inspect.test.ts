import { readTable } from 'chainrule/data';
import { expect, test } from 'vitest';
import { readTableBlob } from '../../training/table-file.ts';
import { inspect, portableText } from './inspect.ts';
import { maxLinkedBytes } from './limits.ts';

const read = async (text: string, name = 'data.csv') => {
  const file = new Blob([text]);
  return { file, table: await readTableBlob(file, { name }) };
};

test('a CSV text is its own portable text', async () => {
  const { table, file } = await read('a;b\n1,5;x\n2,5;NA\n');
  expect(await portableText(table, file)).toBe('a;b\n1,5;x\n2,5;NA\n');
});

test('a table of another format becomes CSV that is read as the same table', async () => {
  const { table, file } = await read('[{"a": 1, "b": "x, y"}, {"a": null, "b": "z"}]', 'data.json');
  const text = await portableText(table, file);
  expect(text).toBe('a,b\n1,"x, y"\n,z\n');
  expect(readTable(text!).columns.map(({ values }) => values)).toEqual(table.columns.map(({ values }) => values));
});

test('a table that CSV cannot write without a change has no portable text', async () => {
  // the text "NA" is a value there, and a mark of a missing value in CSV
  const { file } = await read('[{"a": "NA"}, {"a": "b"}]', 'data.json');
  const kept = await readTableBlob(file, { name: 'data.json', notMissing: ['NA'] });
  expect(await portableText(kept, file)).toBeUndefined();
});

test('columns have distributions, and a large table no text', async () => {
  const { table, file } = await read('n,c,day\n1,a,2026-01-01\n2,b,2026-01-03\n4,a,\n');
  const info = await inspect(table, file);
  expect(info.columns.map(({ histogram }) => histogram?.counts.reduce((a, b) => a + b))).toEqual([3, undefined, 2]);
  expect(info.columns[1].top).toEqual([
    { value: 'a', rows: 2 },
    { value: 'b', rows: 1 },
  ]);
  const rows = `x\n${'123456789\n'.repeat(maxLinkedBytes / 10)}`;
  const large = await read(rows);
  expect((await inspect(large.table, large.file)).text).toBeUndefined();
});
