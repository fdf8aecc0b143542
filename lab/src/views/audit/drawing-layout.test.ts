import { expect, test } from 'vitest';
import { layoutOf } from './drawing-layout.ts';
import { graphLayoutOf } from './graph-layout.ts';

test('a network of dense layers is drawn with its first units and the signs of its weights', () => {
  const layers = [
    { dense: 9, activation: { name: 'leakyRelu' } },
    { dense: 1, weight: [[-1]] },
  ];
  const layout = layoutOf({ network: { inputs: 2, layers } })!;
  expect(layout.layers.map(({ title, units, more }) => [title, units.length, more])).toEqual([
    ['inputs', 2, 0],
    ['leakyRelu', 6, 3],
    ['linear', 1, 0],
  ]);
  expect(layout.edges.length).toBe(2 * 6 + 6);
  expect(layout.edges[12].weight).toBe(-1);
  for (const other of [
    undefined,
    {},
    { network: { inputs: 2, layers: [{ dropout: 0.5 }] } },
    { network: { layers } },
  ]) {
    expect(layoutOf(other)).toBeUndefined();
  }
});

test('the graph of walks has each node once', () => {
  const layout = graphLayoutOf({
    walks: {
      edges: [
        ['a', 'b'],
        ['b', 1, 2],
        ['a', 1],
      ],
    },
  })!;
  expect(layout.nodes.map(({ id }) => id)).toEqual(['a', 'b', '1']);
  expect(layout.edges).toEqual([
    [0, 1],
    [1, 2],
    [0, 2],
  ]);
  expect(graphLayoutOf({ walks: { edges: 'no' } })).toBeUndefined();
});
