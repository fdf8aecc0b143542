/**
 * Cleora: random initial vectors are replaced by the mean of their neighbors' vectors again and again (left Markov
 * propagation), each time with rows of unit length and, by default, whitened columns. Nothing is trained.
 *
 * Source: Rychalska and others, "Cleora: a simple, strong and scalable graph embedding scheme" (ICONIP 2021). Whitening in
 * each iteration keeps the vectors from collapsing to the first eigenvectors.
 */
import * as z from 'zod/mini';
import { type Products, productsOf, propagationMemory } from '../linear-algebra/products.ts';
import { centerColumns, normalizeRows } from '../linear-algebra/rows.ts';
import { scaledEigenvectors } from '../linear-algebra/symmetric.ts';
import { nodesPerDimension } from '../linear-algebra/whitening.ts';
import type { EmbeddingMethod } from '../method.ts';
import { fillHashed } from './initial.ts';
import { counted, flag } from './options.ts';
import { report } from './progress.ts';
import { markovWeights } from './weights.ts';

const options = z.object({
  dimensions: counted(128, 'number of dimensions of each vector'),
  iterations: counted(10, "number of iterations; each replaces a vector by the mean of its neighbors' vectors"),
  whiten: flag(true, 'whether each iteration makes the columns uncorrelated, with variance 1'),
});

type CleoraOptions = z.infer<typeof options>;

/**
 * Vectors by left Markov propagation. A node's initial vector is hashed from its id and the seed. An isolated node has the
 * zero vector. In a directed graph, a node gets the mean of the nodes that its edges lead to. With `whiten`, dimensions beyond the
 * rank of the vectors are 0.
 */
export const cleora: EmbeddingMethod<CleoraOptions> = {
  name: 'cleora',
  summary: 'propagation: means of the neighbors, whitened in each iteration; no training',
  isBaseline: true,
  options,
  warning({ ids }, { dimensions, whiten }) {
    if (!whiten || ids.length >= nodesPerDimension * dimensions) return undefined;
    const most = Math.max(1, Math.floor(ids.length / nodesPerDimension));
    return `cleora makes the columns uncorrelated, which makes the vectors of ${ids.length} nodes in ${dimensions} dimensions nearly orthogonal, so that cosines say little. Use at most ${most} dimensions, --no-whiten, or another method.`;
  },
  memory: (graph, { dimensions }) => propagationMemory(graph, dimensions, { tall: 1, entries: 1 }),
  async embed(graph, { dimensions, iterations, whiten }, context) {
    if (graph.neighbors.length === 0) return new Float32Array(graph.ids.length * dimensions);
    const products = productsOf(graph, dimensions);
    products.values.set(markovWeights(graph));
    fillHashed(products.before, dimensions, graph.ids, context.seed, (word) => 2 ** -31 * word - 1);
    for (let i = 0; i < iterations; i++) {
      await report(context, i / iterations, products.before);
      if (i > 0) normalizeRows(products.before, dimensions);
      products.spread();
      normalizeRows(products.after, dimensions);
      if (whiten) whitenInto(products, dimensions);
      else products.before.set(products.after);
    }
    await report(context, 1, products.before);
    return Float32Array.from(products.before);
  },
};

/** before = the centered rows of after, times a matrix that makes their columns uncorrelated with variance 1. */
function whitenInto(products: Products, width: number): void {
  const rows = centerColumns(products.after, width);
  products.mix(scaledEigenvectors(products.gram(), width, (value) => Math.sqrt(rows / value)));
}
