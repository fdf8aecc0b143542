import { describe, expect, test } from 'vitest';
import { fromEdges } from '../edges/from-edges.ts';
import { embed, planEmbedding } from '../embed.ts';
import { karatePairs, rowProduct } from './fixtures.ts';

/** The cosine of two rows. */
function cosine(vectors: Float32Array, width: number, u: number, v: number): number {
  const product = (a: number, b: number) => rowProduct(vectors, width, a, b);
  return product(u, v) / Math.sqrt(product(u, u) * product(v, v));
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

describe('nodes with the same structure around them become similar, wherever they are', () => {
  test('two copies of the karate club joined by an edge: a member and its copy are nearer than other pairs', async () => {
    const graph = fromEdges([
      ...karatePairs,
      ...karatePairs.map(([u, v]): [number, number] => [u + 34, v + 34]),
      [1, 37],
    ]);
    const { vectors, dimensions } = await embed(graph, { method: 'struc2vec', dimensions: 16, seed: 1 });
    const place = new Map(graph.ids.map((id, node) => [Number(id), node]));
    const similar = (u: number, v: number) => cosine(vectors, dimensions, place.get(u)!, place.get(v)!);
    const members = Array.from({ length: 34 }, (_, i) => i + 1);
    const copies = members.map((member) => similar(member, member + 34));
    const others = members.flatMap((u) => members.filter((v) => v !== u).map((v) => similar(u, v + 34)));
    expect(mean(copies)).toBeGreaterThan(mean(others) + 0.2);
    // the copy is among the nearest of the other club
    const ranks = members.map((u) => {
      const own = similar(u, u + 34);
      return members.filter((v) => similar(u, v + 34) > own).length;
    });
    expect(ranks.filter((rank) => rank < 5).length).toBeGreaterThan(25);
  });

  test('a barbell: the two cliques are alike, and so are the two ends of the bar', async () => {
    const size = 8;
    const clique = (first: number) =>
      Array.from({ length: size }, (_, i) =>
        Array.from({ length: i }, (_, j): [number, number] => [first + i, first + j]),
      ).flat();
    // cliques 0–7 and 16–23, the bar 8–15 between 7 and 16
    const bar = Array.from({ length: size + 1 }, (_, i): [number, number] => [size - 1 + i, size + i]);
    const graph = fromEdges([...clique(0), ...bar, ...clique(2 * size)], {
      nodes: Array.from({ length: 3 * size }, (_, i) => i),
    });
    const { vectors, dimensions } = await embed(graph, { method: 'struc2vec', dimensions: 8, seed: 2, epochs: 10 });
    const similar = (u: number, v: number) => cosine(vectors, dimensions, u, v);
    const across = Array.from({ length: size - 1 }, (_, i) => similar(i, 2 * size + 1 + i));
    const toBar = Array.from({ length: size - 1 }, (_, i) => similar(i, size + i));
    expect(mean(across)).toBeGreaterThan(mean(toBar) + 0.3);
    expect(similar(size, 2 * size - 1)).toBeGreaterThan(similar(size, 0) + 0.3);
  });
});

describe('a run', () => {
  const graph = fromEdges(karatePairs);
  const options = { method: 'struc2vec', dimensions: 36, epochs: 1, walksPerNode: 2, walkLength: 20 } as const;

  test('has the same bytes with any number of threads, and others with another seed', async () => {
    const one = await embed(graph, options);
    expect((await embed(graph, { ...options, threads: 2 })).vectors).toEqual(one.vectors);
    expect((await embed(graph, { ...options, seed: 2 })).vectors).not.toEqual(one.vectors);
    expect(one.vectors.every(Number.isFinite)).toBe(true);
  });

  test('does not use weights, and refuses directions', async () => {
    const weighted = fromEdges(karatePairs.map(([u, v]): [number, number, number] => [u, v, u + v]));
    expect((await embed(weighted, options)).vectors).toEqual((await embed(graph, options)).vectors);
    await expect(embed(fromEdges(karatePairs, { directed: true }), options)).rejects.toThrow('pass --no-directed');
  });

  test('isolated nodes and one edge are enough', async () => {
    const small = fromEdges([['a', 'b']], { nodes: ['c', 'd'] });
    const { vectors } = await embed(small, options);
    expect(vectors.every(Number.isFinite)).toBe(true);
  });

  test('a graph whose layers do not fit in memory is refused before the run, with the reason', () => {
    const nodes = 60_000;
    const ring = {
      isDirected: false,
      ids: Array.from({ length: nodes }, (_, i) => i),
      offsets: Uint32Array.from({ length: nodes + 1 }, (_, i) => 2 * i),
      neighbors: Uint32Array.from({ length: 2 * nodes }, (_, e) => ((e >> 1) + (e % 2 === 0 ? nodes - 1 : 1)) % nodes),
      weights: undefined,
    };
    expect(() => planEmbedding(ring, { method: 'struc2vec', allPairs: true })).toThrow('not enough memory');
    expect(planEmbedding(graph, { method: 'struc2vec' }).memory).toBeLessThan(2 ** 22);
  });
});
