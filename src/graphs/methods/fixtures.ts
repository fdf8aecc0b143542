/** Graphs for the tests of this folder and of `evaluation/`. Not part of the package. */

import type { NodeGraph, NodeId } from '../graph.ts';
import type { EmbeddingContext } from '../method.ts';

/** An undirected graph of pairs, each once, with weights where they are given. Further ids are isolated nodes. */
export function graphOf(
  pairs: readonly (readonly [NodeId, NodeId, number?])[],
  { isolated = [], isDirected = false }: { readonly isolated?: readonly NodeId[]; readonly isDirected?: boolean } = {},
): NodeGraph {
  const ids = [...new Set([...pairs.flatMap(([u, v]) => [u, v] as const), ...isolated])];
  const rows = ids.map((): [number, number][] => []);
  const at = (id: NodeId) => ids.indexOf(id);
  for (const [u, v, weight = 1] of pairs) {
    rows[at(u)].push([at(v), weight]);
    if (u !== v && !isDirected) rows[at(v)].push([at(u), weight]);
  }
  const offsets = new Uint32Array(ids.length + 1);
  rows.forEach((row, u) => {
    row.sort(([a], [b]) => a - b);
    offsets[u + 1] = offsets[u] + row.length;
  });
  const entries = rows.flat();
  return {
    isDirected,
    ids,
    offsets,
    neighbors: Uint32Array.from(entries, ([v]) => v),
    weights: pairs.some(([, , weight]) => weight !== undefined)
      ? Float64Array.from(entries, ([, weight]) => weight)
      : undefined,
  };
}

const friends: Readonly<Record<number, readonly number[]>> = {
  1: [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18, 20, 22, 32],
  2: [3, 4, 8, 14, 18, 20, 22, 31],
  3: [4, 8, 9, 10, 14, 28, 29, 33],
  4: [8, 13, 14],
  5: [7, 11],
  6: [7, 11, 17],
  7: [17],
  9: [31, 33, 34],
  10: [34],
  14: [34],
  15: [33, 34],
  16: [33, 34],
  19: [33, 34],
  20: [34],
  21: [33, 34],
  23: [33, 34],
  24: [26, 28, 30, 33, 34],
  25: [26, 28, 32],
  26: [32],
  27: [30, 34],
  28: [34],
  29: [32, 34],
  30: [33, 34],
  31: [33, 34],
  32: [33, 34],
  33: [34],
};

/** The 78 friendships in a karate club. Source: Zachary, "An information flow model for conflict and fission" (1977). */
export const karatePairs: readonly (readonly [number, number])[] = Object.entries(friends).flatMap(([u, others]) =>
  others.map((v): [number, number] => [Number(u), v]),
);
export const karate = graphOf(karatePairs);

/** The members who stayed with the instructor, node 1, when the club split. */
export const instructorsSide = new Set([1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 17, 18, 20, 22]);

export const context = (seed = 1): EmbeddingContext => ({ seed, threads: 1 });

/** The product of two rows of vectors `[nodes, width]`. */
export function rowProduct(vectors: ArrayLike<number>, width: number, u: number, v: number): number {
  let sum = 0;
  for (let c = 0; c < width; c++) sum += vectors[u * width + c] * vectors[v * width + c];
  return sum;
}
