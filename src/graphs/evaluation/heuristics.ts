/**
 * Scores of a pair of nodes from its neighborhood alone. A trained score that is not above them proves nothing.
 * Source: Liben-Nowell and Kleinberg, "The link-prediction problem for social networks" (CIKM 2003).
 */
import { log } from '../../base/math.ts';
import type { NodeGraph } from '../graph.ts';
import type { NodePairs } from './hold-out.ts';

/** The scores of pairs by each heuristic, in the order of the pairs. */
export interface HeuristicScores {
  readonly commonNeighbors: Float64Array;
  /** Common neighbors over all neighbors of the two. */
  readonly jaccard: Float64Array;
  /** The sum over the common neighbors of 1/ln(degree). */
  readonly adamicAdar: Float64Array;
  /** Preferential attachment: the product of the two degrees. */
  readonly degreeProduct: Float64Array;
}

/** Scores pairs in a graph. Weights and, for the neighbors of a node, directions towards it do not count. */
export function heuristicScores({ offsets, neighbors }: NodeGraph, { from, to }: NodePairs): HeuristicScores {
  const scores = {
    commonNeighbors: new Float64Array(from.length),
    jaccard: new Float64Array(from.length),
    adamicAdar: new Float64Array(from.length),
    degreeProduct: new Float64Array(from.length),
  };
  const degree = (u: number) => offsets[u + 1] - offsets[u];
  from.forEach((u, i) => {
    const v = to[i];
    let common = 0;
    let rare = 0;
    let [a, b] = [offsets[u], offsets[v]];
    while (a < offsets[u + 1] && b < offsets[v + 1]) {
      const [x, y] = [neighbors[a], neighbors[b]];
      if (x === y) {
        common++;
        // a node of degree 1 is no common neighbor of two nodes, except in a directed graph
        rare += degree(x) > 1 ? 1 / log(degree(x)) : 0;
      }
      if (x <= y) a++;
      if (y <= x) b++;
    }
    const all = degree(u) + degree(v) - common;
    scores.commonNeighbors[i] = common;
    scores.jaccard[i] = all === 0 ? 0 : common / all;
    scores.adamicAdar[i] = rare;
    scores.degreeProduct[i] = degree(u) * degree(v);
  });
  return scores;
}
