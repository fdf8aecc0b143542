/** A graph with the nodes of given vectors first, whose edges include those of new nodes. */
import { fail } from '../../base/errors.ts';
import type { NodeGraph } from '../graph.ts';
import type { StartVectors } from '../method.ts';
import type { NodeVectors } from '../node-vectors.ts';
import { indexOfIds } from './known-vectors.ts';

export interface ExtendedGraph {
  readonly graph: NodeGraph;
  readonly known: StartVectors;
}

/**
 * The nodes of the vectors in their order, then the new nodes of the graph in theirs. Nodes of the vectors that the graph lacks
 * have no edges. Throws an InputError if there is no new node, and if the vectors and the graph have no node in common.
 */
export function extendedGraph(graph: NodeGraph, from: NodeVectors): ExtendedGraph {
  const { dimensions } = from;
  const indexOf = indexOfIds(from.ids);
  const ids = [...from.ids];
  const placeOf = Uint32Array.from(graph.ids, (id) => indexOf(id) ?? ids.push(id) - 1);
  const newCount = ids.length - from.ids.length;
  if (newCount === 0) {
    fail({ what: 'every node of the graph has a vector', where: 'extend', fix: 'Pass a graph with new nodes.' });
  }
  if (newCount === graph.ids.length) {
    fail({
      what: 'the vectors and the graph have no node in common',
      where: 'extend',
      fix: 'Pass edges between new nodes and nodes of the vectors, with the same names.',
    });
  }
  const vectors = new Float32Array(ids.length * dimensions);
  vectors.set(from.vectors);
  const isKnown = new Uint8Array(ids.length).fill(1, 0, from.ids.length);
  return { graph: renumbered(graph, ids, placeOf), known: { vectors, isKnown } };
}

/** The graph with its nodes at other places. */
function renumbered(graph: NodeGraph, ids: NodeGraph['ids'], placeOf: Uint32Array): NodeGraph {
  const offsets = new Uint32Array(ids.length + 1);
  const nodeAt = new Int32Array(ids.length).fill(-1);
  for (const [node, place] of placeOf.entries()) nodeAt[place] = node;
  for (const [place, node] of nodeAt.entries()) {
    offsets[place + 1] = offsets[place] + (node === -1 ? 0 : graph.offsets[node + 1] - graph.offsets[node]);
  }
  const neighbors = new Uint32Array(graph.neighbors.length);
  const weights = graph.weights && new Float64Array(graph.neighbors.length);
  for (const [place, node] of nodeAt.entries()) {
    if (node === -1) continue;
    const row = Array.from(
      { length: graph.offsets[node + 1] - graph.offsets[node] },
      (_, i) => graph.offsets[node] + i,
    );
    row.sort((a, b) => placeOf[graph.neighbors[a]] - placeOf[graph.neighbors[b]]);
    for (const [i, entry] of row.entries()) {
      neighbors[offsets[place] + i] = placeOf[graph.neighbors[entry]];
      if (weights !== undefined) weights[offsets[place] + i] = graph.weights![entry];
    }
  }
  return { isDirected: graph.isDirected, ids, offsets, neighbors, weights };
}
