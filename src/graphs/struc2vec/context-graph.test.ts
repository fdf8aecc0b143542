import { describe, expect, test } from 'vitest';
import { makeMachine } from '../code/machine.ts';
import { walkStride } from '../code/walk.ts';
import { graphOf, twoRings } from '../fixtures.ts';
import { layeredGraph, pairDistances } from './context-graph.ts';
import { RingReader } from './degree-lists.ts';
import { LayeredWalker } from './layered-walker.ts';
import { orderByDegree } from './node-order.ts';

/** A triangle 0, 1, 2 with a tail 2–3–4, and the isolated node 5. */
const kite = graphOf(6, [
  [0, 1],
  [0, 2],
  [1, 2],
  [2, 3],
  [3, 4],
]);
const all = { layers: 10, allPairs: true };

describe('rings', () => {
  const rings = new RingReader(kite);
  const lists = (node: number, layers = 10) =>
    rings.lists(node, layers).map(({ degrees, counts }) => Array.from(degrees, (degree, i) => [degree, counts[i]]));

  test('have each degree once, with its count', () => {
    expect(lists(0)).toEqual([
      [[2, 1]],
      [
        [2, 1],
        [3, 1],
      ],
      [[2, 1]],
      [[1, 1]],
    ]);
    expect(lists(2)).toEqual([[[3, 1]], [[2, 3]], [[1, 1]]]);
    expect(lists(5)).toEqual([[[0, 1]]]);
  });

  test('are at most as many as wanted', () => {
    expect(lists(0, 2)).toEqual(lists(0).slice(0, 2));
  });
});

test('nodes are ordered by degree, then by the degrees around them', () => {
  expect([...orderByDegree(kite)]).toEqual([5, 4, 3, 0, 1, 2]);
});

describe('the layered graph', () => {
  test('adds the distances of rings: equivalent nodes are 0 apart in every layer', async () => {
    const { order, reach, layers } = await pairDistances(kite, all, {});
    const f = (k: number, u: number, v: number) => {
      const [i, j] = [order.indexOf(u), order.indexOf(v)].sort((a, b) => b - a);
      return layers[k][i * reach + i - j - 1];
    };
    expect([0, 1, 2, 3].map((k) => f(k, 0, 1))).toEqual([0, 0, 0, 0]);
    // f₀: 3/2 − 1; R₁ of 0 is {2, 3}, of 2 three times 2: (2, 1)–(2, 3) and (3, 1)–(2, 3), for (3/2 − 1)·3
    expect(f(0, 0, 2)).toBe(0.5);
    expect(f(1, 0, 2)).toBe(2);
    // R₂: 2 against 1
    expect(f(2, 0, 2)).toBe(3);
    // node 2 has no ring 3
    expect(f(3, 0, 2)).toBeNaN();
    expect(f(0, 0, 5)).toBeNaN();
  });

  test('weighs an edge by e^(−f), and a move up by the edges above the mean', async () => {
    const layered = layeredGraph(await pairDistances(kite, all, {}));
    const row = (layer: number, node: number) => {
      const r = layer * layered.nodes + node;
      return [...layered.neighbors.subarray(layered.offsets[r], layered.offsets[r + 1])];
    };
    expect(row(0, 0).toSorted()).toEqual([1, 2, 3, 4]);
    expect(row(0, 5)).toEqual([]);
    expect(row(3, 0).toSorted()).toEqual([1, 4]);
    // the weights of layer 0: e⁰ three times (0, 1, 3 among themselves), e^(−1/2) three times (with 2), e^(−1) three times (4 with them), e^(−2)
    const mean = (3 + 3 * Math.exp(-0.5) + 3 * Math.exp(-1) + Math.exp(-2)) / 10;
    const heavy = [1, 1, Math.exp(-0.5), Math.exp(-1)].filter((weight) => weight > mean).length;
    const up = Math.log(heavy + Math.E);
    expect(layered.up[0] / 2 ** 32).toBeCloseTo(up / (up + 1), 9);
    // no layer above, and an isolated node
    expect(layered.up[(layered.layers - 1) * 6]).toBe(0);
    expect(layered.up[5]).toBe(0);
  });

  test('with few candidates, a node is compared with those near it in the order', async () => {
    const graph = twoRings(40);
    const { order, reach } = await pairDistances(graph, { layers: 3, allPairs: false }, {});
    const layered = layeredGraph(await pairDistances(graph, { layers: 3, allPairs: false }, {}));
    expect(reach).toBe(7);
    expect(layered.layers).toBe(3);
    for (const [position, node] of order.entries()) {
      const near = [...layered.neighbors.subarray(layered.offsets[node], layered.offsets[node + 1])];
      const wanted = [...order.subarray(Math.max(0, position - 7), position + 8)].filter((other) => other !== node);
      expect(near).toEqual(wanted);
    }
  });
});

describe('walks on the layers', () => {
  test('step to a node in proportion to its weight, within five standard errors', async () => {
    const layered = layeredGraph(await pairDistances(kite, { layers: 1, allPairs: true }, {}));
    const walker = new LayeredWalker(layered, { walkLength: 30, stayProbability: 0.3 }, 7);
    const out = new Uint32Array(30);
    const steps = new Map<string, number>();
    let fromZero = 0;
    for (let number = 0; number < 6000; number++) {
      const length = walker.walk(number, out);
      for (let i = 1; i < length; i++) {
        if (out[i - 1] !== 0) continue;
        fromZero += 1;
        steps.set(`${out[i]}`, (steps.get(`${out[i]}`) ?? 0) + 1);
      }
    }
    const weights: Record<string, number> = { 1: 1, 2: Math.exp(-0.5), 3: 1, 4: Math.exp(-1) };
    const total = Object.values(weights).reduce((a, b) => a + b);
    for (const [node, weight] of Object.entries(weights)) {
      const share = weight / total;
      const error = Math.sqrt((share * (1 - share)) / fromZero);
      expect(Math.abs(steps.get(node)! / fromZero - share)).toBeLessThan(5 * error);
    }
    expect(walker.walk(0, out)).toBeLessThanOrEqual(30);
  });

  test('the generated code has the same bits', async () => {
    const graph = graphOf(47, [
      ...Array.from({ length: 45 }, (_, i): [number, number] => [i, (i * i + 1) % 46]),
      [3, 9],
    ]);
    const layered = layeredGraph(await pairDistances(graph, { layers: 6, allPairs: false }, {}));
    expect(layered.layers).toBeGreaterThan(3);
    const options = { walkLength: 12, stayProbability: 0.3 };
    const machine = makeMachine({
      graph,
      walks: { ...options, p: 1, q: 1 },
      tables: {},
      seed: 7,
      threads: 1,
      layered: { graph: layered, options },
    });
    machine.write(0, 200);
    const walker = new LayeredWalker(layered, options, 7);
    const out = new Uint32Array(12);
    for (let i = 0; i < 200; i++) {
      const walk = machine.written.nodes.subarray(i * walkStride(12), i * walkStride(12) + machine.written.lengths[i]);
      expect([...walk]).toEqual([...out.subarray(0, walker.walk(i, out))]);
    }
    machine.count(0, 200);
    expect(machine.counts().reduce((a, b) => a + b)).toBe(
      machine.written.lengths.subarray(0, 200).reduce((a, b) => a + b),
    );
  });
});
