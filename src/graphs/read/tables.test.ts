import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { readEdges } from './read-edges.ts';

const file = (columns: Parameters<typeof parquetWriteBuffer>[0]['columnData']) =>
  new Uint8Array(parquetWriteBuffer({ columnData: columns }));
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Tables as a knowledge-graph pipeline writes them: columns that no edge needs hold lists, as JSON here and as lists below. */
const relationships = file([
  { name: 'id', data: ['r0', 'r1', 'r2'] },
  { name: 'source', data: ['ADA', 'BOB', 'ADA'] },
  { name: 'target', data: ['BOB', 'CY', 'BOB'] },
  { name: 'weight', data: [2, 1, 0.5], type: 'DOUBLE' },
  { name: 'text_unit_ids', data: [['t1'], ['t1', 't2'], []] },
]);
const entities = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'id', data: ['e0', 'e1', 'e2', 'e3'] },
      { name: 'title', data: ['ADA', 'BOB', 'CY', 'DI'] },
      { name: 'text_unit_ids', data: [['t1'], [], [], []] },
    ],
    schema: [
      { name: 'root', num_children: 3 },
      { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'title', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'text_unit_ids', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ],
  }),
);

test('entities and relationships as two Parquet tables, whose lists are passed over', async () => {
  const { graph, format, notes } = await readEdges(relationships, { nodes: entities });
  expect(format).toBe('Parquet');
  expect(graph.ids).toEqual(['ADA', 'BOB', 'CY', 'DI']);
  expect([...graph.offsets]).toEqual([0, 1, 3, 4, 4]);
  expect([...graph.weights!]).toEqual([2.5, 2.5, 1, 1]);
  expect(notes).toEqual(['Column not used: "id".', 'Column "title" of nodes names the nodes; 1 of them has no edge.']);
});

test('numbers stay numbers, and other columns may be named', async () => {
  const edges = file([
    { name: 'p', data: [1, 2], type: 'INT32' },
    { name: 'q', data: [2, 3], type: 'INT32' },
    { name: 'n', data: [4, 1], type: 'INT32' },
    { name: 'more', data: ['x', 'y'] },
  ]);
  const { graph } = await readEdges(edges, { source: 'p', target: 'q', weight: 'n' });
  expect(graph.ids).toEqual([1, 2, 3]);
  expect([...graph.weights!]).toEqual([4, 4, 1, 1]);
  await expect(readEdges(edges, { name: 'e.parquet' })).rejects.toThrow(
    'e.parquet: no two of the columns "p", "q", "n", "more" are known to name the nodes of an edge',
  );
});

test('a wrong weight names the row', async () => {
  const edges = file([
    { name: 'source', data: ['a', 'b'] },
    { name: 'target', data: ['b', 'c'] },
    { name: 'weight', data: [1, -1], type: 'DOUBLE' },
  ]);
  await expect(readEdges(edges, { name: 'e.parquet' })).rejects.toThrow('e.parquet[1]: the weight -1 is negative');
});

test('nodes may be a text table; without a known name, the error lists the columns', async () => {
  const { graph } = await readEdges(bytesOf('a b\n'), { nodes: bytesOf('kind,label\n1,a\n2,z\n') });
  expect(graph.ids).toEqual(['a', 'b', 'z']);
  await expect(
    readEdges(bytesOf('a b\n'), { nodes: bytesOf('x,y\n1,2\n'), nodesOptions: { name: 'n.csv' } }),
  ).rejects.toThrow('n.csv: no column names a node of the edges.\n  The columns are: "x", "y".');
  const options = { nodes: bytesOf('x,y\n1,2\n'), nodesOptions: { column: 'y' } };
  expect((await readEdges(bytesOf('a b\n'), options)).graph.ids).toEqual(['a', 'b', '2']);
});
