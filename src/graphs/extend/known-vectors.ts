/** Vectors of a file for the nodes of a graph, found by name. */
import { fail } from '../../base/errors.ts';
import type { NodeGraph, NodeId } from '../graph.ts';
import type { StartVectors } from '../method.ts';
import type { NodeVectors } from '../node-vectors.ts';

/**
 * An index of names. A text that no name equals finds the number that is written so, because most formats of vectors store texts
 * only: "7" finds 7, and 7 finds "7".
 */
export function indexOfIds(ids: readonly NodeId[]): (id: NodeId) => number | undefined {
  const exact = new Map<NodeId, number>();
  const texts = new Map<string, number>();
  for (const [i, id] of ids.entries()) {
    exact.set(id, i);
    if (typeof id !== 'string') texts.set(String(id), i);
  }
  return (id) => exact.get(id) ?? (typeof id === 'string' ? texts.get(id) : exact.get(String(id)));
}

/** The vectors for the nodes of a graph. Throws an InputError if no node has one. */
export function knownVectors({ ids }: NodeGraph, from: NodeVectors, where: string): StartVectors {
  const { dimensions } = from;
  const indexOf = indexOfIds(from.ids);
  const vectors = new Float32Array(ids.length * dimensions);
  const isKnown = new Uint8Array(ids.length);
  for (const [node, id] of ids.entries()) {
    const index = indexOf(id);
    if (index === undefined) continue;
    isKnown[node] = 1;
    vectors.set(from.vectors.subarray(index * dimensions, (index + 1) * dimensions), node * dimensions);
  }
  if (!isKnown.includes(1)) {
    fail({
      what: 'the vectors and the graph have no node in common',
      where,
      fix: 'Pass vectors of an earlier version of the graph, with the same names of nodes.',
    });
  }
  return { vectors, isKnown };
}
