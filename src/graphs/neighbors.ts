/** The nodes nearest to a node, by the cosine of the angle between their vectors. */
import { anyValue, checkCall, record } from '../base/arguments.ts';
import { didYouMean, fail } from '../base/errors.ts';
import { show } from '../base/show.ts';
import { aNodeId, type NodeId } from './graph.ts';
import { type NodeVectors, someNodeVectors } from './node-vectors.ts';

export interface NeighborOptions {
  /** The number of neighbors. Default 10. */
  readonly count?: number;
}

export interface Neighbor {
  readonly id: NodeId;
  /** The cosine, from -1 to 1. */
  readonly similarity: number;
}

/**
 * The index of a node. A text also finds a node whose name is a number that is written so, as on a command line: `'1'` finds 1 if no
 * node is named `'1'`. Throws an InputError for an unknown node, with the nearest known name.
 */
export function nodeIndex(ids: readonly NodeId[], id: NodeId): number {
  const exact = ids.indexOf(id);
  const found = exact >= 0 || typeof id !== 'string' ? exact : ids.findIndex((each) => String(each) === id);
  if (found >= 0) return found;
  return fail({
    what: `there is no node ${show(typeof id === 'bigint' ? String(id) : id)}`,
    where: 'neighbors',
    fix: didYouMean(String(id), ids.map(String)),
  });
}

/**
 * The nodes whose vectors have the largest cosine with the vector of a node, the largest first and equal ones in the order of the nodes.
 * The node itself is not among them. A vector of zeros, such as an isolated node may have, has the cosine 0 with every other.
 *
 * All nodes are compared, so that the result is exact: a million vectors of 64 numbers take about a tenth of a second, and an
 * approximate index would take minutes to build.
 *
 * Throws an InputError for an unknown node, a node whose vector is zero, and a count below 1.
 *
 * @example neighbors({ ids: ['ada', 'bob'], vectors: Float32Array.of(1, 0, 2, 0), dimensions: 2 }, 'ada')  // [{ id: 'bob', similarity: 1 }]
 */
export function neighbors(nodes: NodeVectors, id: NodeId, options: NeighborOptions = {}): Neighbor[] {
  checkCall('neighbors(vectors, id, { count })', {
    vectors: [nodes, someNodeVectors],
    id: [id, aNodeId],
    options: [options, record({ count: anyValue })],
  });
  const { count = 10 } = options;
  if (!Number.isInteger(count) || count < 1) {
    fail({ what: `count is ${show(count)}`, where: 'neighbors', fix: 'Pass a whole number of at least 1.' });
  }
  const { ids, vectors, dimensions } = nodes;
  const index = nodeIndex(ids, id);
  const query = Float64Array.from(vectors.subarray(index * dimensions, (index + 1) * dimensions));
  const length = Math.sqrt(query.reduce((sum, x) => sum + x * x, 0));
  if (length === 0) {
    fail({
      what: `the vector of ${show(String(id))} is zero, so its cosine with other vectors is undefined`,
      where: 'neighbors',
      fix: 'Choose a node with edges.',
    });
  }
  const best = new Best(Math.min(count, ids.length - 1));
  for (let node = 0; node < ids.length; node++) {
    if (node !== index) best.add(node, cosine(query, length, vectors, node * dimensions));
  }
  return best.sorted().map(([node, similarity]) => ({ id: ids[node], similarity }));
}

/** The cosine of a query and the vector at an offset, in float64. */
function cosine(query: Float64Array, length: number, vectors: Float32Array, offset: number): number {
  let product = 0;
  let square = 0;
  for (let d = 0; d < query.length; d++) {
    const x = vectors[offset + d];
    product += query[d] * x;
    square += x * x;
  }
  return square === 0 ? 0 : product / (length * Math.sqrt(square));
}

/** The largest values so far, ascending. Nearly all values are below the least of them, so that insertion is rare. */
class Best {
  private readonly nodes: number[] = [];
  private readonly values: number[] = [];
  private readonly room: number;

  constructor(room: number) {
    this.room = room;
  }

  add(node: number, value: number): void {
    const { nodes, values, room } = this;
    if (values.length === room) {
      if (room === 0 || value <= values[0]) return;
      values.shift();
      nodes.shift();
    }
    let [low, high] = [0, values.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      // before equal values, which came earlier and are sorted first when the list is reversed
      if (values[middle] < value) low = middle + 1;
      else high = middle;
    }
    values.splice(low, 0, value);
    nodes.splice(low, 0, node);
  }

  /** The largest first. */
  sorted(): (readonly [number, number])[] {
    return this.nodes.map((node, i) => [node, this.values[i]] as const).reverse();
  }
}
