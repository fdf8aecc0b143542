/**
 * struc2vec: nodes whose surroundings have the same structure become similar, wherever they are in the graph. Degrees in rings around the
 * nodes are compared, walks go between similar nodes, and skip-gram trains on them.
 *
 * Source: Ribeiro, Saverese, Figueiredo, "struc2vec: learning node representations from structural identity" (KDD 2017), with its three
 * optimizations: compressed lists of degrees, few candidates of similar degree for each node, and a limited number of layers.
 */
import * as z from 'zod/mini';
import { describe } from '../../net/form.ts';
import type { NodeGraph } from '../graph.ts';
import type { EmbeddingMethod } from '../method.ts';
import { type SkipGramOptions, skipGramShape, walkShape } from '../skip-gram/options.ts';
import { skipGramHooks } from '../skip-gram/run.ts';
import { trainSkipGram } from '../skip-gram/train.ts';
import { layeredGraph, pairDistances } from '../struc2vec/context-graph.ts';
import { struc2vecBytes, struc2vecSeconds } from '../struc2vec/estimate.ts';
import { flag } from './options.ts';
import { checkUndirected } from './undirected.ts';

const options = z.object({
  ...skipGramShape,
  ...walkShape,
  epochs: describe(z._default(z.int().check(z.gte(1), z.lte(10_000)), 5), 'the number of epochs, each with new walks'),
  layers: describe(
    z._default(z.int().check(z.gte(1), z.lte(1000)), 10),
    'the maximum number of layers: rings around a node up to this distance, counting the node itself, are compared',
  ),
  stayProbability: describe(
    z._default(z.number().check(z.gte(0.01), z.lte(1)), 0.3),
    'the probability that a walk steps to a similar node rather than to another layer',
  ),
  allPairs: flag(
    false,
    'whether each node is compared with all others rather than with about 2 log2(nodes) of similar degree',
  ),
});

export type Struc2vecOptions = z.infer<typeof options>;

const skipGramOf = (own: Struc2vecOptions): SkipGramOptions => ({ ...own, p: 1, q: 1 });

/**
 * Vectors by struc2vec. A degree is the number of a node's neighbors; weights are not used. An isolated node is similar to isolated nodes
 * alone. Throws an InputError for a directed graph.
 */
export const struc2vec: EmbeddingMethod<Struc2vecOptions> = {
  name: 'struc2vec',
  summary: 'skip-gram on walks between nodes with similar degrees around them, near or far; weights are not used',
  options,
  isResumable: true,
  positionUnit: 'walks',
  warmStarts: true,
  memory: (graph, own) => struc2vecBytes(graph, skipGramOf(own), own),
  seconds(graph, own, seed, now) {
    checkGraph(graph);
    return struc2vecSeconds(graph, skipGramOf(own), own, { seed, now });
  },
  async embed(graph, own, context) {
    checkGraph(graph);
    // the distances are about a third of the time on graphs of some thousand nodes
    const part = (from: number, to: number): typeof context.onProgress =>
      context.onProgress &&
      ((progress) => context.onProgress!({ ...progress, done: from + (to - from) * progress.done }));
    const pairs = await pairDistances(graph, own, { ...context, onProgress: part(0, 1 / 3) });
    const layered = { graph: layeredGraph(pairs), options: own };
    const training = { ...context, onProgress: part(1 / 3, 1) };
    const { input } = await trainSkipGram(graph, skipGramOf(own), training, { ...skipGramHooks(context), layered });
    return input;
  },
};

const checkGraph = (graph: NodeGraph) =>
  checkUndirected(graph, 'struc2vec', 'struc2vec compares the degrees of an undirected one');
