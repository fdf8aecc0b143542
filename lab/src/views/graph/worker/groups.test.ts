import { fromEdges } from 'chainrule/graphs';
import { expect, test } from 'vitest';
import { communities, groupsByLabel, maxGroups } from './groups.ts';

test('labels: the largest group first, a node by its first label, a node without one in no group', () => {
  const groups = groupsByLabel({ ids: ['a', 'b', 'c', 4, 'e'] }, [
    ['a', 'red'],
    ['b', 'blue'],
    ['b', 'red'],
    ['c', 'blue'],
    ['4', 'red'],
    ['x', 'green'],
  ]);
  expect(groups).toMatchObject({ by: 'label', names: ['blue', 'red'], counts: [2, 2] });
  expect([...groups.of]).toEqual([1, 0, 0, 1, -1]);
});

test('more groups than there are marks: the smallest are one group', () => {
  const ids = Array.from({ length: 100 }, (_, i) => i);
  const groups = groupsByLabel(
    { ids },
    ids.map((id) => [String(id), `label ${id % 30}`]),
  );
  expect(groups.names).toHaveLength(maxGroups);
  expect(groups.names.at(-1)).toBe('15 others');
  expect(groups.counts.reduce((a, b) => a + b)).toBe(100);
});

test('communities: two cliques with one edge between them, the same each time', async () => {
  const clique = (from: number) =>
    [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].filter((j) => j > i).map((j): [number, number] => [from + i, from + j]));
  const graph = fromEdges([...clique(0), ...clique(10), [0, 10]]);
  const groups = await communities(graph);
  expect(groups.counts).toEqual([4, 4]);
  expect(new Set([...groups.of].slice(0, 4)).size).toBe(1);
  expect(await communities(graph)).toEqual(groups);
});
