/** Values for the entries of a graph's adjacency matrix, in the order of its neighbors. */
import type { NodeGraph } from '../graph.ts';

/** The sum of the weights of each node's row, `[nodes]`. */
export function weightedDegrees({ offsets, weights }: NodeGraph): Float64Array {
  const degrees = new Float64Array(offsets.length - 1);
  for (let u = 0; u < degrees.length; u++) {
    if (weights === undefined) degrees[u] = offsets[u + 1] - offsets[u];
    else for (let e = offsets[u]; e < offsets[u + 1]; e++) degrees[u] += weights[e];
  }
  return degrees;
}

/** `value(weight, u, v)` for each entry (u, v). */
export function entriesOf(
  { offsets, neighbors, weights }: NodeGraph,
  value: (weight: number, u: number, v: number) => number,
): Float64Array {
  const values = new Float64Array(neighbors.length);
  for (let u = 0; u + 1 < offsets.length; u++) {
    for (let e = offsets[u]; e < offsets[u + 1]; e++) {
      values[e] = value(weights === undefined ? 1 : weights[e], u, neighbors[e]);
    }
  }
  return values;
}

/** Each row divided by its sum: the probabilities of a random step. */
export function markovWeights(graph: NodeGraph): Float64Array {
  const degrees = weightedDegrees(graph);
  return entriesOf(graph, (weight, u) => weight / degrees[u]);
}

/**
 * Each weight divided by the square roots of its row's and its column's sum. Undirected: w/√(dᵤ dᵥ).
 * Source: Kipf and Welling, "Semi-supervised classification with graph convolutional networks" (ICLR 2017).
 */
export function symmetricWeights(graph: NodeGraph): Float64Array {
  const rows = weightedDegrees(graph);
  const columns = new Float64Array(rows.length);
  const values = entriesOf(graph, (weight) => weight);
  for (let e = 0; e < values.length; e++) columns[graph.neighbors[e]] += values[e];
  return entriesOf(graph, (weight, u, v) => weight / Math.sqrt(rows[u] * columns[v]));
}
