/** The one structure that every method of this folder reads: a graph in compressed sparse rows. */
import { kind } from '../base/arguments.ts';

/** A node as the user names it. `1` and `'1'` are different nodes. */
export type NodeId = string | number | bigint;

/**
 * A graph in compressed sparse rows. The neighbors of node `u` are `neighbors[offsets[u]]` to `neighbors[offsets[u + 1] - 1]`, in
 * ascending order and each of them once: repeated edges have added their weights.
 *
 * An undirected edge is in the rows of both of its nodes, a self-loop once in the row of its node. A directed edge is in the row
 * of its source.
 */
export interface NodeGraph {
  readonly isDirected: boolean;
  /** The names of the nodes, `[nodes]`. A node's index is its place here. */
  readonly ids: readonly NodeId[];
  /** `[nodes + 1]` */
  readonly offsets: Uint32Array;
  /** Indices of nodes, `[entries]` */
  readonly neighbors: Uint32Array;
  /** Positive finite weights, `[entries]`; undefined where every edge has the weight 1. */
  readonly weights: Float64Array | undefined;
}

/** A graph by its form. */
export const aNodeGraph = kind(
  'a graph',
  ({ ids, offsets, neighbors }: NodeGraph) =>
    Array.isArray(ids) && offsets.length === ids.length + 1 && typeof neighbors.length === 'number',
  "Pass fromEdges([['ada', 'bob'], ['bob', 'cy']]).",
);

export const aNodeId = kind('the name of a node', (value) => ['string', 'number', 'bigint'].includes(typeof value));
