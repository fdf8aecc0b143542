/**
 * FastRP: a very sparse random projection of weighted powers of the adjacency matrix. Nothing is trained, and no two rows are compared.
 *
 * Sources: Chen and others, "Fast and accurate network embeddings via very sparse random projection" (CIKM 2019); rows of unit
 * length in each iteration, self-influence and node features as in the Graph Data Science library of Neo4j. The symmetric
 * weights are those of Kipf and Welling (ICLR 2017).
 */
import * as z from 'zod/mini';
import { pow } from '../../base/math.ts';
import type { Numbers } from '../../engines/engine.ts';
import { describe } from '../../net/form.ts';
import type { NodeGraph } from '../graph.ts';
import { productsOf, propagationMemory } from '../linear-algebra/products.ts';
import { normalizeRows } from '../linear-algebra/rows.ts';
import type { EmbeddingMethod } from '../method.ts';
import { fillHashed, sparseEntry } from './initial.ts';
import { counted, real } from './options.ts';
import { report } from './progress.ts';
import { addProperties, type NodeFeatures } from './properties.ts';
import { markovWeights, symmetricWeights, weightedDegrees } from './weights.ts';

const options = z.object({
  dimensions: counted(128, 'number of dimensions of each vector'),
  iterationWeights: describe(
    z._default(z.array(z.number()).check(z.minLength(1)), [0, 0, 1, 1, 1, 1]),
    'weights of the vectors after each iteration; one iteration for each weight',
  ),
  selfInfluence: real(0, 'weight of the initial vector'),
  normalizationStrength: real(
    0,
    "exponent of a node's degree that scales its initial vector; below 0, hubs count less",
  ),
  neighborWeights: describe(
    z._default(z.enum(['symmetric', 'mean']), 'symmetric'),
    'symmetric: w/sqrt(degree · degree); mean: w/degree, as in the paper and in graph databases',
  ),
  features: describe(
    z.optional(z.custom<NodeFeatures>((value) => typeof value === 'object' && value !== null)),
    'numeric properties of the nodes by name, in the order of the ids',
  ),
  featureProperties: describe(z.optional(z.array(z.string())), 'the properties to use; default: all of features'),
  propertyRatio: describe(
    z._default(z.number().check(z.gte(0), z.lte(1)), 0),
    'share of the dimensions that is initialized from the properties',
  ),
});

export type FastrpOptions = z.infer<typeof options>;

/**
 * The sum of a node's vectors after each iteration, each of unit length, times the iteration's weight. An iteration replaces
 * each vector by the weighted sum of its neighbors' vectors. The initial vectors are hashed from the ids and the seed: √3, 0 or -√3 with
 * probability 1/6, 2/3 and 1/6, times degree^normalizationStrength. In a directed graph, a node gets the vectors of the nodes that
 * its edges lead to. An isolated node has the zero vector, or its initial one times `selfInfluence`.
 *
 * Throws an InputError for properties without numbers, or for a `propertyRatio` without properties.
 */
export const fastrp: EmbeddingMethod<FastrpOptions> = {
  name: 'fastrp',
  summary: 'random projection of the powers of the adjacency matrix; the fastest method, without training',
  isBaseline: true,
  options,
  warning: (_, { features, propertyRatio }) =>
    features !== undefined && propertyRatio === 0
      ? 'The features are not used, because propertyRatio is 0. Pass --property-ratio 0.5, for example.'
      : undefined,
  memory: (graph, { dimensions }) => propagationMemory(graph, dimensions, { tall: 2, entries: 2 }),
  async embed(graph, own, context) {
    const { dimensions, iterationWeights, selfInfluence, neighborWeights } = own;
    const initial = initialVectors(graph, own, context.seed);
    const vectors = new Float32Array(initial.length);
    const isConnected = graph.neighbors.length > 0;
    const products = isConnected ? productsOf(graph, dimensions) : undefined;
    products?.values.set(neighborWeights === 'mean' ? markovWeights(graph) : symmetricWeights(graph));
    products?.before.set(initial);
    normalizeRows(initial, dimensions);
    addTimes(vectors, selfInfluence, initial);
    for (const [i, weight] of iterationWeights.entries()) {
      await report(context, i / iterationWeights.length, vectors);
      if (products === undefined) continue;
      products.spread();
      normalizeRows(products.after, dimensions);
      addTimes(vectors, weight, products.after);
      products.before.set(products.after);
    }
    await report(context, 1, vectors);
    return vectors;
  },
};

/** to += factor · from */
function addTimes(to: Numbers, factor: number, from: Numbers): void {
  if (factor === 0) return;
  for (let i = 0; i < to.length; i++) to[i] += factor * from[i];
}

/** Random vectors, and in the last dimensions the projected properties, `[nodes, dimensions]`. */
function initialVectors(graph: NodeGraph, own: FastrpOptions, seed: number): Float32Array {
  const { dimensions, propertyRatio, normalizationStrength } = own;
  const nodes = graph.ids.length;
  const ofProperties = Math.floor(propertyRatio * dimensions);
  const ofNode = dimensions - ofProperties;
  const initial = new Float32Array(nodes * dimensions);
  const degrees = weightedDegrees(graph);
  fillHashed(initial, ofNode, graph.ids, seed, sparseEntry, dimensions);
  for (let u = 0; u < nodes; u++) {
    const factor = degrees[u] === 0 ? 1 : pow(degrees[u], normalizationStrength);
    for (let c = 0; c < ofNode; c++) initial[u * dimensions + c] *= factor;
  }
  if (ofProperties > 0) addProperties(initial, { dimensions, first: ofNode, nodes, seed }, own);
  return initial;
}
