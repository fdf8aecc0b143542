import { describe, expect, test } from 'vitest';
import { runs } from '../../../test/runs.ts';
import { makeMachine } from '../code/machine.ts';
import { walkStride } from '../code/walk.ts';
import { graphOf, twoRings } from '../fixtures.ts';
import type { NodeGraph } from '../graph.ts';
import { placeInPass } from './order.ts';
import { findEdge, Walker, type WalkOptions, walkTables } from './walker.ts';
import { walksOf as allWalks } from './walks.ts';

/** A triangle 0-1-2 with a tail 2-3-4. */
const kite = graphOf(5, [
  [0, 1],
  [0, 2],
  [1, 2],
  [2, 3],
  [3, 4],
]);
const weightedKite = graphOf(5, [
  [0, 1, 4],
  [0, 2, 0.5],
  [1, 2, 2],
  [2, 3, 1],
  [3, 4, 3],
]);

function walksOf(graph: NodeGraph, options: WalkOptions, count: number, seed = 7): number[][] {
  const walker = new Walker(graph, options, seed);
  const out = new Uint32Array(options.walkLength);
  return Array.from({ length: count }, (_, number) => [...out.subarray(0, walker.walk(number, out))]);
}

/** The weight of a step from `current` to `next` after `previous`, by the definition of node2vec and of node2vec+. */
function weightOf(graph: NodeGraph, { p, q, extended }: WalkOptions, previous: number, current: number, next: number) {
  const weight = (from: number, to: number) => {
    const entry = findEdge(graph, from, to);
    return entry === -1 ? 0 : (graph.weights?.[entry] ?? 1);
  };
  const typical = (node: number) => {
    const row = graph.weights!.subarray(graph.offsets[node], graph.offsets[node + 1]);
    return row.reduce((sum, each) => sum + each, 0) / row.length;
  };
  const w = weight(current, next);
  if (next === previous) return w / p;
  const between = weight(previous, next);
  if (!extended) return between > 0 ? w : w / q;
  if (between >= typical(next)) return w;
  if (w < typical(current)) return w * Math.min(1, 1 / q);
  return w * (1 / q + (1 - 1 / q) * (between / typical(next)));
}

const rules: readonly (WalkOptions & { readonly isWeighted?: boolean })[] = [
  { walkLength: 12, p: 1, q: 1 },
  { walkLength: 12, p: 0.25, q: 4 },
  { walkLength: 12, p: 4, q: 0.25 },
  { walkLength: 12, p: 1, q: 1, isWeighted: true },
  { walkLength: 12, p: 0.25, q: 2, isWeighted: true },
  { walkLength: 12, p: 2, q: 0.5, isWeighted: true },
  { walkLength: 12, p: 0.5, q: 0.5, isWeighted: true, extended: true },
  { walkLength: 12, p: 0.5, q: 3, isWeighted: true, extended: true },
];
const nameOf = ({ p, q, isWeighted, extended }: (typeof rules)[number]) =>
  `p = ${p}, q = ${q}${isWeighted ? ', weighted' : ''}${extended ? ', node2vec+' : ''}`;

describe.each(rules.map((rule) => [nameOf(rule), rule] as const))('walks with %s', (_, rule) => {
  const graph = rule.isWeighted ? weightedKite : kite;

  test('each step has the probability of its definition, within five standard errors', () => {
    const counts = new Map<string, Map<number, number>>();
    for (const walk of walksOf(graph, rule, runs(2000, 8000))) {
      for (let t = 2; t < walk.length; t++) {
        const key = `${walk[t - 2]},${walk[t - 1]}`;
        const row = counts.get(key) ?? new Map<number, number>();
        counts.set(key, row.set(walk[t], (row.get(walk[t]) ?? 0) + 1));
      }
    }
    let checked = 0;
    for (const [key, row] of counts) {
      const [previous, current] = key.split(',').map(Number);
      const neighbors = [...graph.neighbors.subarray(graph.offsets[current], graph.offsets[current + 1])];
      const weights = neighbors.map((next) => weightOf(graph, rule, previous, current, next));
      const total = weights.reduce((sum, each) => sum + each, 0);
      const draws = [...row.values()].reduce((sum, each) => sum + each, 0);
      for (const [i, next] of neighbors.entries()) {
        const share = weights[i] / total;
        const error = Math.sqrt((share * (1 - share)) / draws);
        expect(Math.abs((row.get(next) ?? 0) / draws - share), `${key} to ${next}`).toBeLessThanOrEqual(5 * error);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(15);
  });

  test('the generated code has the same bits', () => {
    const large = twoRings(23, rule.isWeighted);
    const machine = makeMachine({ graph: large, walks: rule, tables: walkTables(large, rule), seed: 7, threads: 1 });
    machine.write(0, 200);
    const written = Array.from({ length: 200 }, (_, i) => [
      ...machine.written.nodes.subarray(i * walkStride(12), i * walkStride(12) + machine.written.lengths[i]),
    ]);
    expect(written).toEqual(walksOf(large, rule, 200));
    machine.count(0, 200);
    expect([...machine.counts()].reduce((sum, each) => sum + each)).toBe(written.flat().length);
  });
});

test('each node starts one walk in a pass, in another order in the next pass', () => {
  const { length } = kite.ids;
  const walks = walksOf(kite, { walkLength: 3, p: 1, q: 1 }, 8 * length);
  const passes = Array.from({ length: 8 }, (_, pass) =>
    walks.slice(pass * length, (pass + 1) * length).map(([first]) => first),
  );
  for (const pass of passes) expect(pass.toSorted()).toEqual([0, 1, 2, 3, 4]);
  expect(new Set(passes.map((pass) => pass.join())).size).toBeGreaterThan(4);
});

test('the order of a pass is a permutation for every number of nodes', () => {
  for (const count of [1, 2, 3, 4, 5, 63, 64, 65, 1000]) {
    const places = Array.from({ length: count }, (_, i) => placeInPass(count, i, 3, 1));
    expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  }
});

test('the walks of a graph are one after another, beyond one block of them', () => {
  const graph = twoRings(20);
  const options = { walkLength: 7, p: 1, q: 1 };
  const walks = Array.from(allWalks(graph, { ...options, walksPerNode: 9, seed: 7 }), (walk) => [...walk]);
  expect(walks).toEqual(walksOf(graph, options, 360));
});

test('a walk ends at a node without edges', () => {
  const graph = graphOf(3, [[0, 1]], true);
  const walks = walksOf(graph, { walkLength: 5, p: 0.5, q: 2 }, 3);
  expect(walks.toSorted()).toEqual([[0, 1], [1], [2]]);
});

test('other seeds give other walks', () => {
  const options = { walkLength: 20, p: 1, q: 1 };
  expect(walksOf(kite, options, 5, 1)).not.toEqual(walksOf(kite, options, 5, 2));
});
