/**
 * ProNE: a sparse matrix of shifted log probabilities is factorized, and the vectors then pass a spectral filter of the graph.
 *
 * Source: Zhang, Dong, Wang, Tang and Ding, "ProNE: fast and scalable network representation learning" (IJCAI 2019). Where the
 * paper leaves a choice, it is that of the authors' code.
 */
import * as z from 'zod/mini';
import { log, pow } from '../../base/math.ts';
import { describe } from '../../net/form.ts';
import type { NodeGraph } from '../graph.ts';
import { factorize, type MatrixValues, orthogonalize } from '../linear-algebra/factorization.ts';
import { productsOf, propagationMemory } from '../linear-algebra/products.ts';
import { normalizeRows } from '../linear-algebra/rows.ts';
import type { EmbeddingMethod } from '../method.ts';
import { fillHashed } from './initial.ts';
import { counted, real } from './options.ts';
import { report } from './progress.ts';
import { spectralPropagation } from './spectral-propagation.ts';
import { checkUndirected } from './undirected.ts';
import { entriesOf, weightedDegrees } from './weights.ts';

const options = z.object({
  dimensions: counted(128, 'number of dimensions of each vector'),
  mu: real(0.2, 'center of the band of eigenvalues that the filter changes'),
  theta: describe(z._default(z.number().check(z.gt(0)), 0.5), 'width of the band'),
  order: counted(10, 'number of terms of the filter; 1 disables the propagation'),
  noiseExponent: real(0.75, 'exponent of the frequency with which nodes are drawn as negative samples'),
});

type ProneOptions = z.infer<typeof options>;

/** Power iterations of the factorization, as in the authors' code. */
const powerIterations = 5;

/** The share of the work before the filter. */
const factorizing = 0.5;

/**
 * Vectors of unit length from a factorization and a filter. An isolated node has the zero vector, and dimensions beyond the
 * rank of the factorized matrix are 0. The filter adds a loop of weight 1 to each node, so that the scale of the weights matters. Throws an InputError for a directed graph.
 */
export const prone: EmbeddingMethod<ProneOptions> = {
  name: 'prone',
  summary: 'factorization of a sparse matrix, then spectral propagation; no training',
  isBaseline: true,
  options,
  memory: (graph, { dimensions }) => propagationMemory(graph, dimensions, { tall: 4, entries: 3 }),
  async embed(graph, { dimensions, mu, theta, order, noiseExponent }, context) {
    checkUndirected(graph, 'prone', 'prone factorizes the matrix of an undirected one');
    if (graph.neighbors.length === 0) return new Float32Array(graph.ids.length * dimensions);
    const products = productsOf(graph, dimensions);
    const { before } = products;
    await report(context, 0);
    fillHashed(before, dimensions, graph.ids, context.seed, (word) => 2 ** -31 * word - 1);
    factorize(products, dimensions, shiftedLogs(graph, noiseExponent), powerIterations);
    normalizeRows(before, dimensions);
    await report(context, factorizing, before);
    if (order > 1) {
      await spectralPropagation(graph, products, { mu, theta, order }, (done) =>
        report(context, factorizing + (1 - factorizing) * done),
      );
      orthogonalize(products, dimensions);
      normalizeRows(before, dimensions);
    }
    await report(context, 1, before);
    return Float32Array.from(before);
  },
};

/**
 * For an edge (u, v): ln(w/dᵤ) - ln(nᵥ), where nᵥ is the probability with which v is drawn as a negative: the sum of the steps that
 * lead to v, to the power `exponent`, divided by the sum over all nodes.
 */
function shiftedLogs(graph: NodeGraph, exponent: number): MatrixValues {
  const degrees = weightedDegrees(graph);
  const steps = entriesOf(graph, (weight, u) => weight / degrees[u]);
  const noise = new Float64Array(degrees.length);
  for (let e = 0; e < steps.length; e++) noise[graph.neighbors[e]] += steps[e];
  let total = 0;
  for (let v = 0; v < noise.length; v++) {
    noise[v] = noise[v] === 0 ? 0 : pow(noise[v], exponent);
    total += noise[v];
  }
  const logs = noise.map((x) => log(x / total));
  const logDegrees = degrees.map((degree) => log(degree));
  return {
    matrix: entriesOf(graph, (weight, u, v) => log(weight) - logDegrees[u] - logs[v]),
    transpose: entriesOf(graph, (weight, u, v) => log(weight) - logDegrees[v] - logs[u]),
  };
}
