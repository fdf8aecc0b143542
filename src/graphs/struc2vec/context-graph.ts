/**
 * The layered graph on which struc2vec walks. In layer k, an edge of two nodes has the weight e^(−fₖ), where fₖ adds the distances of
 * their rings 0 to k; there is none if one of the nodes has no ring k. A move to the next layer has the weight ln(Γ + e), where Γ is the
 * number of the node's edges that weigh more than the layer's mean, and a move back has the weight 1.
 *
 * Source: struc2vec (KDD 2017), sections 3.1 to 3.3. A node is compared with about 2·log₂(nodes) others of similar degree (its
 * optimization 2), in a limited number of layers (optimization 3).
 */
import { exp, log } from '../../base/math.ts';
import { type AliasTable, aliasScratch, fillAlias } from '../alias.ts';
import type { NodeGraph } from '../graph.ts';
import type { EmbeddingContext } from '../method.ts';
import { report } from '../methods/progress.ts';
import { indexBits } from '../walks/order.ts';
import { threshold } from '../words.ts';
import { type DegreeList, RingReader } from './degree-lists.ts';
import { orderByDegree } from './node-order.ts';
import { warpingDistance } from './time-warping.ts';

/** The layers one after another: the row of a node in a layer is layer·nodes + node. */
export interface LayeredGraph {
  readonly nodes: number;
  readonly layers: number;
  /** `[layers·nodes + 1]` */
  readonly offsets: Uint32Array;
  /** `[entries]` */
  readonly neighbors: Uint32Array;
  /** Choices of a neighbor by weight, `[entries]`. */
  readonly alias: AliasTable;
  /** A random word below it moves to the next layer, `[layers·nodes]`; 0 where the node has no edge in that layer. */
  readonly up: Uint32Array;
}

export interface LayerOptions {
  /** The maximum number of layers. */
  readonly layers: number;
  /** Whether each node is compared with all others. */
  readonly allPairs: boolean;
}

/** How many nodes before it, in the order by degree, a node is compared with. As many after it are compared with it. */
export function reachOf(nodes: number, { allPairs }: Pick<LayerOptions, 'allPairs'>): number {
  return Math.max(1, Math.min(nodes - 1, allPairs ? nodes - 1 : indexBits(nodes)));
}

/** fₖ of pairs, by layer: that of the nodes at positions i and i − 1 − b of the order is number i·reach + b; NaN where there is none. */
export interface PairDistances {
  readonly order: Uint32Array;
  readonly reach: number;
  readonly layers: readonly Float64Array[];
}

/** Milliseconds of work between two breaks. */
const workMilliseconds = 20;

/** The distances of nodes near each other in the order. Lists are kept only as long as they are compared. */
export async function pairDistances(
  graph: NodeGraph,
  options: LayerOptions,
  context: Pick<EmbeddingContext, 'onProgress' | 'signal'>,
  last = graph.ids.length,
): Promise<PairDistances> {
  const order = orderByDegree(graph);
  const nodes = order.length;
  const reach = reachOf(nodes, options);
  const rings = new RingReader(graph);
  const recent: DegreeList[][] = [];
  const layers: Float64Array[] = [];
  let since = performance.now();
  for (let i = 0; i < last; i++) {
    const own = rings.lists(order[i], options.layers);
    while (layers.length < own.length) layers.push(new Float64Array(nodes * reach).fill(Number.NaN));
    for (let back = 0; back < Math.min(reach, i); back++) {
      compare(own, recent[(i - 1 - back) % reach], layers, i * reach + back);
    }
    recent[i % reach] = own;
    if (performance.now() - since < workMilliseconds) continue;
    await report(context, i / nodes);
    since = performance.now();
  }
  return { order, reach, layers };
}

/** Writes f₀, f₁, … of two nodes: the sums of the distances of their rings. An infinite distance is none. */
function compare(
  a: readonly DegreeList[],
  b: readonly DegreeList[],
  layers: readonly Float64Array[],
  at: number,
): void {
  let sum = 0;
  for (let k = 0; k < Math.min(a.length, b.length); k++) {
    sum += warpingDistance(a[k], b[k]);
    if (sum === Number.POSITIVE_INFINITY) return;
    layers[k][at] = sum;
  }
}

/** Calls `visit` with each neighbor of the node at a position, in the order's order, and their fₖ. */
function eachPair(
  { order, reach }: PairDistances,
  distances: Float64Array,
  position: number,
  visit: (node: number, distance: number) => void,
): void {
  const last = Math.min(order.length - 1, position + reach);
  for (let other = Math.max(0, position - reach); other <= last; other++) {
    if (other === position) continue;
    const [low, high] = other < position ? [other, position] : [position, other];
    const distance = distances[high * reach + high - low - 1];
    if (!Number.isNaN(distance)) visit(order[other], distance);
  }
}

/** The layers with their weights. */
export function layeredGraph(pairs: PairDistances): LayeredGraph {
  const { order, reach, layers } = pairs;
  const nodes = order.length;
  const offsets = new Uint32Array(layers.length * nodes + 1);
  const count = new Uint32Array(layers.length * nodes);
  for (const [k, distances] of layers.entries()) {
    for (const [position, node] of order.entries()) {
      eachPair(pairs, distances, position, () => {
        count[k * nodes + node] += 1;
      });
    }
  }
  for (let row = 0; row < count.length; row++) offsets[row + 1] = offsets[row] + count[row];
  const entries = offsets[count.length];
  const neighbors = new Uint32Array(entries);
  const alias = { thresholds: new Uint32Array(entries), aliases: new Uint32Array(entries) };
  const up = new Uint32Array(count.length);
  const scratch = aliasScratch(2 * reach);
  for (const [k, distances] of layers.entries()) {
    const mean = meanWeight(distances);
    for (const [position, node] of order.entries()) {
      const row = k * nodes + node;
      const found: number[] = [];
      let heavy = 0;
      eachPair(pairs, distances, position, (other, distance) => {
        neighbors[offsets[row] + found.length] = other;
        found.push(distance);
        if (exp(-distance) > mean) heavy += 1;
      });
      if (found.length === 0) continue;
      // relative to the nearest, so that not all weights of a row round to 0
      const least = found.reduce((a, b) => Math.min(a, b));
      const weights = found.map((distance) => exp(least - distance));
      fillAlias(alias, offsets[row], weights, scratch);
      if (k + 1 < layers.length && count[row + nodes] > 0) {
        const weight = log(heavy + Math.E);
        up[row] = threshold(weight / (weight + 1));
      }
    }
  }
  return { nodes, layers: layers.length, offsets, neighbors, alias, up };
}

/** The mean of e^(−fₖ) over the edges of a layer. */
function meanWeight(distances: Float64Array): number {
  let [sum, edges] = [0, 0];
  for (const distance of distances) {
    if (Number.isNaN(distance)) continue;
    sum += exp(-distance);
    edges += 1;
  }
  return edges === 0 ? 0 : sum / edges;
}
