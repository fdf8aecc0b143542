/** The order of nodes in which those with a similar surrounding are near each other. */
import type { NodeGraph } from '../graph.ts';
import { degreesOf } from './degree-lists.ts';

/**
 * Nodes by degree. Of equal degrees, the sum of the neighbors' degrees decides, then the sum of these sums over the neighbors, then
 * the index: struc2vec compares a node with those of the most similar degree, and leaves open which ones of many.
 */
export function orderByDegree(graph: NodeGraph): Uint32Array {
  const degrees = Float64Array.from(degreesOf(graph));
  const ofNeighbors = sums(graph, degrees);
  const beyond = sums(graph, ofNeighbors);
  return Uint32Array.from(degrees, (_, node) => node).sort(
    (a, b) => degrees[a] - degrees[b] || ofNeighbors[a] - ofNeighbors[b] || beyond[a] - beyond[b] || a - b,
  );
}

/** The sum of a number over the neighbors of each node. */
function sums({ offsets, neighbors }: NodeGraph, values: Float64Array): Float64Array {
  return values.map((_, node) => {
    let sum = 0;
    for (let e = offsets[node]; e < offsets[node + 1]; e++) sum += values[neighbors[e]];
    return sum;
  });
}
