/**
 * One message of a graph convolution to a node: the mean over its neighbors, as in GraphSAGE (Hamilton and others, 2017), and the sum
 * normalized by degrees over the node and its neighbors, as in the GCN of Kipf and Welling (2017). Weights of edges are not used.
 */
import type { NodeGraph, NodeVectors } from 'chainrule/graphs';
import type { GraphMessage } from '../protocol.ts';

/** Numbers of each vector, and neighbors, that are shown. */
const [shownNumbers, shownNeighbors] = [2, 3];

export function messageTo(
  node: number,
  { offsets, neighbors }: Pick<NodeGraph, 'offsets' | 'neighbors'>,
  { vectors, dimensions }: Pick<NodeVectors, 'vectors' | 'dimensions'>,
): GraphMessage {
  const othersOf = (each: number) =>
    neighbors.subarray(offsets[each], offsets[each + 1]).filter((other) => other !== each);
  const degreeOf = (each: number) => othersOf(each).length;
  const width = Math.min(shownNumbers, dimensions);
  const vectorOf = (each: number) => Array.from(vectors.subarray(each * dimensions, each * dimensions + width));
  const others = othersOf(node);
  const mean = new Array<number>(width).fill(0);
  const normalized = vectorOf(node).map((value) => value / (others.length + 1));
  for (const other of others) {
    const scale = 1 / Math.sqrt((others.length + 1) * (degreeOf(other) + 1));
    for (const [k, value] of vectorOf(other).entries()) {
      mean[k] += value / others.length;
      normalized[k] += value * scale;
    }
  }
  const rows = [node, ...others.subarray(0, shownNeighbors)];
  return {
    nodes: rows.map((each) => ({ node: each, degree: degreeOf(each), vector: vectorOf(each) })),
    neighborCount: others.length,
    dimensions,
    mean,
    normalized,
  };
}
