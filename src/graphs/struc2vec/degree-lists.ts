/**
 * The degrees in the rings around a node: R₀ is the node itself, R₁ its neighbors, Rₖ the nodes at distance k. A list has each degree
 * once, in ascending order, with the number of nodes that have it.
 *
 * Source: Ribeiro, Saverese, Figueiredo, "struc2vec: learning node representations from structural identity" (KDD 2017), sections 3.1
 * and 3.1.1 (compressed lists, its optimization 1).
 */
import type { NodeGraph } from '../graph.ts';

/** A compressed list of degrees. */
export interface DegreeList {
  /** Ascending, each once. */
  readonly degrees: Float64Array;
  readonly counts: Float64Array;
}

export const degreesOf = ({ offsets }: NodeGraph): Uint32Array =>
  Uint32Array.from({ length: offsets.length - 1 }, (_, node) => offsets[node + 1] - offsets[node]);

/** Reads the rings of nodes by breadth-first search, with memory that all searches share. */
export class RingReader {
  private readonly graph: NodeGraph;
  private readonly degrees: Uint32Array;
  /** The number of the search that has seen a node. */
  private readonly seen: Uint32Array;
  private readonly queue: Uint32Array;
  /** How many nodes of a ring have a degree. */
  private readonly counts: Uint32Array;
  private search = 0;

  constructor(graph: NodeGraph) {
    const nodes = graph.ids.length;
    this.graph = graph;
    this.degrees = degreesOf(graph);
    this.seen = new Uint32Array(nodes);
    this.queue = new Uint32Array(nodes);
    this.counts = new Uint32Array(this.degrees.reduce((a, b) => Math.max(a, b), 0) + 1);
  }

  /** The lists of the rings around a node, at most `layers` of them; rings without a node are left out. */
  lists(root: number, layers: number): DegreeList[] {
    const { queue, seen } = this;
    const { offsets, neighbors } = this.graph;
    this.search += 1;
    seen[root] = this.search;
    queue[0] = root;
    const lists: DegreeList[] = [];
    let [from, end] = [0, 1];
    while (from < end && lists.length < layers) {
      lists.push(this.list(from, end));
      const ringEnd = end;
      if (lists.length === layers) break;
      for (; from < ringEnd; from++) {
        const node = queue[from];
        for (let e = offsets[node]; e < offsets[node + 1]; e++) {
          const other = neighbors[e];
          if (seen[other] === this.search) continue;
          seen[other] = this.search;
          queue[end++] = other;
        }
      }
    }
    return lists;
  }

  /** The list of the nodes in a part of the queue. */
  private list(from: number, end: number): DegreeList {
    const { counts, degrees, queue } = this;
    const found: number[] = [];
    for (let i = from; i < end; i++) {
      const degree = degrees[queue[i]];
      if (counts[degree] === 0) found.push(degree);
      counts[degree] += 1;
    }
    found.sort((a, b) => a - b);
    const list = { degrees: Float64Array.from(found), counts: Float64Array.from(found, (degree) => counts[degree]) };
    for (const degree of found) counts[degree] = 0;
    return list;
  }
}
