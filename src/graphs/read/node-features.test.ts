import { expect, test } from 'vitest';
import { readNodeFeatures } from './node-features.ts';

async function* bytes(text: string) {
  yield new TextEncoder().encode(text);
}
const ids = ['a', 'b', 7];

test('numeric columns are properties in the order of the nodes; missing nodes and empty cells count as 0', async () => {
  const table = 'name,age,city,height\n7,30,Rome,1.5\na,40,Oslo,\nz,50,Bern,2\n';
  const features = await readNodeFeatures(bytes(table), ids);
  expect(features).toEqual({ age: Float64Array.of(40, 0, 30), height: Float64Array.of(0, 0, 1.5) });
});

test('a column may be named, and errors list the columns', async () => {
  const table = 'key,name,age\n1,a,2\n2,b,3\n';
  expect(Object.keys(await readNodeFeatures(bytes(table), ids, { column: 'name' }))).toEqual(['key', 'age']);
  await expect(readNodeFeatures(bytes(table), ids, { name: 'n.csv', column: 'id' })).rejects.toThrow(
    'n.csv: there is no column "id".',
  );
  await expect(readNodeFeatures(bytes('x,y\np,1\nq,2\n'), ids)).rejects.toThrow(
    'no column names the nodes of the graph',
  );
  await expect(readNodeFeatures(bytes('name,city\na,Rome\nb,Oslo\n'), ids)).rejects.toThrow('has numbers in every row');
});
