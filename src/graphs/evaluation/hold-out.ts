/** Holds out a share of a graph's edges for link prediction, so that the rest is as connected as the whole graph. */
import { permutation } from '../../base/random.ts';
import type { NodeGraph } from '../graph.ts';

/** Pairs of nodes: pair i is nodes `from[i]` and `to[i]`. */
export interface NodePairs {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

export interface HeldOutEdges {
  /** The graph without the edges held out. */
  readonly rest: NodeGraph;
  readonly heldOut: NodePairs;
  /** The edges of `rest`, without loops. */
  readonly kept: NodePairs;
}

/** Sets of connected nodes. Source: Tarjan, "Efficiency of a good but not linear set union algorithm" (1975), with halved paths. */
function components(nodes: number): (u: number, v: number) => boolean {
  const parent = Uint32Array.from({ length: nodes }, (_, u) => u);
  const root = (u: number) => {
    let at = u;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  /** Joins two sets; false if they are one. */
  return (u, v) => {
    const [a, b] = [root(u), root(v)];
    if (a === b) return false;
    parent[Math.max(a, b)] = Math.min(a, b);
    return true;
  };
}

/** An entry of the lower triangle of an undirected graph is the same edge as one of the upper: only one counts. */
const isCounted = ({ isDirected }: NodeGraph, u: number, v: number) => u !== v && (isDirected || u < v);

/**
 * Holds out `share` of the edges, chosen by the seed. A random spanning forest stays, so that the rest has the components of the
 * whole graph; of a tree nothing can be held out. Loops stay.
 */
export function holdOutEdges(graph: NodeGraph, share: number, seed: number): HeldOutEdges {
  const { offsets, neighbors } = graph;
  const nodes = graph.ids.length;
  const edges: number[] = [];
  const sources = new Uint32Array(neighbors.length);
  for (let u = 0; u < nodes; u++) {
    for (let e = offsets[u]; e < offsets[u + 1]; e++) {
      sources[e] = u;
      if (isCounted(graph, u, neighbors[e])) edges.push(e);
    }
  }
  const order = permutation(edges.length, seed, 'folds', 0);
  const join = components(nodes);
  const free: number[] = [];
  for (const i of order) if (!join(sources[edges[i]], neighbors[edges[i]])) free.push(edges[i]);
  const taken = new Uint8Array(neighbors.length);
  for (const e of free.slice(0, Math.floor(share * edges.length))) taken[e] = 1;
  const pairs = (chosen: readonly number[]): NodePairs => ({
    from: Uint32Array.from(chosen, (e) => sources[e]),
    to: Uint32Array.from(chosen, (e) => neighbors[e]),
  });
  return {
    rest: without(graph, sources, taken),
    heldOut: pairs(edges.filter((e) => taken[e] === 1)),
    kept: pairs(edges.filter((e) => taken[e] === 0)),
  };
}

/** The graph without the taken entries; of an undirected one without their mirror images too. */
function without(graph: NodeGraph, sources: Uint32Array, taken: Uint8Array): NodeGraph {
  const { offsets, neighbors, weights, isDirected } = graph;
  const entryOf = entryFinder(graph);
  const remains = (e: number) => {
    const [u, v] = [sources[e], neighbors[e]];
    return taken[isDirected || u <= v ? e : entryOf(v, u)] === 0;
  };
  const kept = Uint32Array.from(neighbors, (_, e) => e).filter(remains);
  const starts = new Uint32Array(offsets.length);
  for (const e of kept) starts[sources[e] + 1]++;
  for (let u = 1; u < starts.length; u++) starts[u] += starts[u - 1];
  return {
    ...graph,
    offsets: starts,
    neighbors: kept.map((e) => neighbors[e]),
    weights: weights && Float64Array.from(kept, (e) => weights[e]),
  };
}

/** Finds the entry of an edge by halving the row; -1 if it is not there. */
export function entryFinder({
  offsets,
  neighbors,
}: Pick<NodeGraph, 'offsets' | 'neighbors'>): (u: number, v: number) => number {
  return (u, v) => {
    let [low, high] = [offsets[u], offsets[u + 1]];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (neighbors[middle] < v) low = middle + 1;
      else high = middle;
    }
    return low < offsets[u + 1] && neighbors[low] === v ? low : -1;
  };
}
