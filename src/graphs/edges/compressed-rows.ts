/**
 * Edges sorted into compressed sparse rows by two counting sorts, in time and memory that grow with the edges alone. The first
 * sort is by the column and the second by the row. Both are stable, so that a row's columns ascend, and weights of repeated edges
 * are added in the order of the edges.
 */
import { fail } from '../../base/errors.ts';
import type { GrowingArray } from './growing-array.ts';

/** Edges by the indices of their nodes. */
export interface IndexedEdges {
  readonly sources: GrowingArray<Uint32Array>;
  readonly targets: GrowingArray<Uint32Array>;
  /** Undefined where every edge has the weight 1. */
  readonly weights: GrowingArray<Float64Array> | undefined;
}

export interface CompressedRows {
  readonly offsets: Uint32Array;
  readonly neighbors: Uint32Array;
  readonly weights: Float64Array | undefined;
}

/** Entries bucket by bucket: those of bucket `b` are `others[offsets[b]]` to `others[offsets[b + 1] - 1]`. */
interface Buckets {
  readonly offsets: Uint32Array;
  readonly others: Uint32Array;
  readonly weights: Float64Array | undefined;
}

/** The rows of the adjacency matrix. An undirected edge is in the rows of both nodes, a self-loop once. */
export function compressedRows(edges: IndexedEdges, nodes: number, isDirected: boolean): CompressedRows {
  return mergeRepeated(transpose(byColumn(edges, nodes, isDirected)));
}

/** First sort: for each column, its rows in the order of the edges. */
function byColumn({ sources, targets, weights }: IndexedEdges, nodes: number, isDirected: boolean): Buckets {
  const offsets = new Uint32Array(nodes + 1);
  for (let e = 0; e < targets.length; e++) {
    const [source, target] = [sources.at(e), targets.at(e)];
    offsets[target + 1]++;
    if (!isDirected && source !== target) offsets[source + 1]++;
  }
  for (let node = 0; node < nodes; node++) offsets[node + 1] += offsets[node];
  const others = new Uint32Array(offsets[nodes]);
  const sorted = weights && new Float64Array(offsets[nodes]);
  const next = offsets.slice(0, nodes);
  for (let e = 0; e < targets.length; e++) {
    const [source, target] = [sources.at(e), targets.at(e)];
    if (sorted !== undefined) sorted[next[target]] = weights!.at(e);
    others[next[target]++] = source;
    if (isDirected || source === target) continue;
    if (sorted !== undefined) sorted[next[source]] = weights!.at(e);
    others[next[source]++] = target;
  }
  return { offsets, others, weights: sorted };
}

/** Second sort: the same entries by the other index, so that each bucket ascends. */
function transpose({ offsets, others, weights }: Buckets): Buckets {
  const nodes = offsets.length - 1;
  const starts = new Uint32Array(nodes + 1);
  for (const other of others) starts[other + 1]++;
  for (let node = 0; node < nodes; node++) starts[node + 1] += starts[node];
  const columns = new Uint32Array(others.length);
  const sorted = weights && new Float64Array(others.length);
  const next = starts.slice(0, nodes);
  for (let column = 0; column < nodes; column++) {
    for (let i = offsets[column]; i < offsets[column + 1]; i++) {
      const at = next[others[i]]++;
      columns[at] = column;
      if (sorted !== undefined) sorted[at] = weights![i];
    }
  }
  return { offsets: starts, others: columns, weights: sorted };
}

function hasRepeated({ offsets, others }: Buckets): boolean {
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let i = offsets[row] + 1; i < offsets[row + 1]; i++) {
      if (others[i] === others[i - 1]) return true;
    }
  }
  return false;
}

/** Adds the weights of equal entries, in place. Throws an InputError where a sum is not finite. */
function mergeRepeated(rows: Buckets): CompressedRows {
  const { offsets, others } = rows;
  if (!hasRepeated(rows)) return { offsets, neighbors: others, weights: unlessAllOne(rows.weights) };
  const weights = rows.weights ?? new Float64Array(others.length).fill(1);
  let end = 0;
  let start = 0;
  for (let row = 0; row + 1 < offsets.length; row++) {
    const first = end;
    for (let i = start; i < offsets[row + 1]; i++) {
      if (end > first && others[end - 1] === others[i]) weights[end - 1] += weights[i];
      else {
        others[end] = others[i];
        weights[end++] = weights[i];
      }
      if (weights[end - 1] === Number.POSITIVE_INFINITY) {
        fail({
          what: 'the weights of a repeated edge add up to more than a number can hold',
          where: 'edges',
          fix: 'Divide all weights by the same number: only their ratios matter.',
        });
      }
    }
    start = offsets[row + 1];
    offsets[row + 1] = end;
  }
  return { offsets, neighbors: others.slice(0, end), weights: unlessAllOne(weights.slice(0, end)) };
}

const unlessAllOne = (weights: Float64Array | undefined) =>
  weights?.every((weight) => weight === 1) ? undefined : weights;
