/** Small graphs for tests. */
import type { NodeGraph } from './graph.ts';

/** The graph of `[from, to, weight?]`; undirected by default. Without weights, every weight is 1. */
export function graphOf(
  nodes: number,
  edges: readonly (readonly [number, number, number?])[],
  isDirected = false,
): NodeGraph {
  const rows = Array.from({ length: nodes }, () => new Map<number, number>());
  for (const [from, to, weight = 1] of edges) {
    rows[from].set(to, weight);
    if (!isDirected) rows[to].set(from, weight);
  }
  const entries = rows.map((row) => [...row].sort(([a], [b]) => a - b));
  const offsets = new Uint32Array(nodes + 1);
  for (const [node, row] of entries.entries()) offsets[node + 1] = offsets[node] + row.length;
  const flat = entries.flat();
  return {
    isDirected,
    ids: Array.from({ length: nodes }, (_, i) => i),
    offsets,
    neighbors: Uint32Array.from(flat, ([to]) => to),
    weights: edges.some(([, , weight]) => weight !== undefined)
      ? Float64Array.from(flat, ([, weight]) => weight)
      : undefined,
  };
}

/** Two rings of `size` nodes with chords, joined by one edge; the weights vary if asked for. */
export function twoRings(size: number, isWeighted = false): NodeGraph {
  const edges: [number, number, number?][] = [];
  for (let ring = 0; ring < 2; ring++) {
    for (let i = 0; i < size; i++) {
      for (const step of [1, 3]) {
        const weight = isWeighted ? 0.25 + ((7 * i + 3 * step) % 5) : undefined;
        edges.push([ring * size + i, ring * size + ((i + step) % size), weight]);
      }
    }
  }
  edges.push([0, size, isWeighted ? 0.5 : undefined]);
  return graphOf(2 * size, edges);
}
