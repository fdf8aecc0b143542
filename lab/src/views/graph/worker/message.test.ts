import { fromEdges } from 'chainrule/graphs';
import { expect, test } from 'vitest';
import { messageTo } from './message.ts';

/** a with b, c, d and e, b with c, and a loop at a. */
const graph = fromEdges(['ab', 'ac', 'ad', 'ae', 'bc', 'aa'].map(([from, to]): [string, string] => [from, to]));
const vectors = Float32Array.from({ length: 15 }, (_, i) => i);

test('the mean and the normalized sum run over all neighbors, without the loop', () => {
  const message = messageTo(0, graph, { vectors, dimensions: 3 });
  expect(message.nodes.map(({ node }) => node)).toEqual([0, 1, 2, 3]);
  expect(message.nodes.map(({ degree }) => degree)).toEqual([4, 2, 2, 1]);
  expect(message.neighborCount).toBe(4);
  expect(message.mean).toEqual([(3 + 6 + 9 + 12) / 4, (4 + 7 + 10 + 13) / 4]);
  const first = 0 / 5 + (3 + 6) / Math.sqrt(5 * 3) + (9 + 12) / Math.sqrt(5 * 2);
  expect(message.normalized[0]).toBeCloseTo(first, 12);
});
