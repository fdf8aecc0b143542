/** Which method a graph gets, and the reason that is given. */
import { expect, test } from 'vitest';
import { type AdviceOptions, chooseMethod } from './advice.ts';
import type { NodeGraph } from './graph.ts';

/** A graph of this size; only its lengths are read. */
const sized = (nodes: number, entries: number, more: Partial<NodeGraph> = {}): NodeGraph => ({
  isDirected: false,
  ids: new Array<number>(nodes).fill(0),
  offsets: { length: nodes + 1 } as Uint32Array,
  neighbors: { length: entries } as Uint32Array,
  weights: undefined,
  ...more,
});

const blog = sized(10_312, 667_966);
const weights = new Float64Array();
const all = ['node2vec', 'deepwalk', 'cleora', 'fastrp', 'prone'];

test.each<[string, NodeGraph, AdviceOptions, string, string]>([
  ['undirected, without weights', blog, {}, 'prone', 'the highest scores on the two largest of four measured graphs'],
  [
    'weights',
    sized(10_312, 667_966, { weights }),
    {},
    'cleora',
    'the filter of prone adds loops of weight 1, so that its result depends on the unit of the weights',
  ],
  [
    'weights, and fewer nodes than four for each dimension',
    sized(77, 508, { weights }),
    {},
    'fastrp',
    'the filter of prone adds loops of weight 1, so that its result depends on the unit of the weights; cleora makes the columns uncorrelated, which makes the vectors of few nodes nearly orthogonal',
  ],
  ['a direction', sized(10_312, 667_966, { isDirected: true }), {}, 'cleora', 'prone needs an undirected graph'],
  ['one second', blog, { seconds: 1.5 }, 'cleora', 'prone would take 1.8 s'],
  ['a tenth of a second', blog, { seconds: 0.1 }, 'fastrp', 'the fastest method, although it takes longer than 0.10 s'],
  [
    'a sparse graph, walks available',
    sized(2708, 10_556),
    { available: all },
    'deepwalk',
    '3.9 neighbors on average: walks scored highest on a sparse graph',
  ],
  [
    'a sparse graph in a second',
    sized(2708, 10_556),
    { available: all, seconds: 1 },
    'prone',
    'the highest scores on the two largest of four measured graphs',
  ],
  [
    'a dense graph, walks available',
    blog,
    { available: all },
    'prone',
    'the highest scores on the two largest of four measured graphs',
  ],
  [
    'more than fits in a memory',
    sized(4.1e6, 1.64e7),
    { available: all },
    'deepwalk',
    '4.0 neighbors on average: walks scored highest on a sparse graph',
  ],
])('%s', (_, graph, options, method, why) => {
  const advice = chooseMethod(graph, options);
  expect(advice.method).toBe(method);
  expect(advice.why.split(/; (?=about|less than)/)).toEqual([
    why,
    expect.stringMatching(/^(about|less than) [\d.]+ s of processor time$/),
  ]);
});

test('a graph for which no method has the memory is an error', () => {
  expect(() => chooseMethod(sized(5e6, 2e7))).toThrow('auto: each method needs');
});

test('estimates for BlogCatalog are within a factor of two of what was measured', () => {
  // bench/propagation.mjs on a two-core server
  const measured = { fastrp: 0.3, cleora: 1.2, prone: 1.9 };
  const { seconds } = chooseMethod(blog);
  for (const [method, took] of Object.entries(measured)) {
    expect(seconds[method] / took).toBeGreaterThan(0.5);
    expect(seconds[method] / took).toBeLessThan(2);
  }
});
