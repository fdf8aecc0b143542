/**
 * node2vec and DeepWalk: skip-gram with negative sampling on random walks.
 *
 * Sources: Perozzi, Al-Rfou, Skiena, "DeepWalk: online learning of social representations" (KDD 2014); Grover, Leskovec,
 * "node2vec: scalable feature learning for networks" (KDD 2016); Liu, Hirn, Krishnan, node2vec+ (Bioinformatics 2023).
 */
import * as z from 'zod/mini';
import type { EmbeddingMethod } from '../method.ts';
import { biasShape, skipGramBytes, skipGramShape, walkShape } from '../skip-gram/options.ts';
import { skipGramRun } from '../skip-gram/run.ts';

const biased = z.object({ ...skipGramShape, ...walkShape, ...biasShape });
const plain = z.object({ ...skipGramShape, ...walkShape });

export type Node2vecOptions = z.infer<typeof biased>;
export type DeepwalkOptions = z.infer<typeof plain>;

/** Walks that prefer to return (p < 1) or to move away (q < 1); with p = q = 1, those of DeepWalk. Weights are respected. */
export const node2vec: EmbeddingMethod<Node2vecOptions> = {
  name: 'node2vec',
  summary: 'skip-gram on biased random walks',
  options: biased,
  memory: (graph, options) => skipGramBytes(graph, options),
  skipGram: (options) => options,
  ...skipGramRun((options) => options),
};

/** node2vec where an edge counts as one in proportion to its weight, so that weak edges do not make neighbors. */
export const node2vecPlus: EmbeddingMethod<Node2vecOptions> = {
  name: 'node2vec+',
  summary: 'node2vec for weighted graphs: weak edges count in proportion to their weight',
  options: biased,
  memory: (graph, options) => skipGramBytes(graph, { ...options, extended: true }),
  skipGram: (options) => ({ ...options, extended: true }),
  ...skipGramRun((options) => ({ ...options, extended: true })),
};

/** Walks in which each step follows an edge in proportion to its weight. */
export const deepwalk: EmbeddingMethod<DeepwalkOptions> = {
  name: 'deepwalk',
  summary: 'skip-gram on random walks',
  options: plain,
  memory: (graph, options) => skipGramBytes(graph, { ...options, p: 1, q: 1 }),
  skipGram: (options) => ({ ...options, p: 1, q: 1 }),
  ...skipGramRun((options) => ({ ...options, p: 1, q: 1 })),
};
