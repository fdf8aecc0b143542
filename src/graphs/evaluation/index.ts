/** The quality of vectors: how well they predict labels of nodes, compared with random vectors of the same size. */

import { aCount, aList, aNumber, aSeed, checkCall, listOf, numbers, optional, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import type { NodeGraph } from '../graph.ts';
import { contextOptions, type EmbeddingContext } from '../method.ts';
import { random } from '../methods/random.ts';
import { type ClassificationScores, classifyNodes } from './classification.ts';
import type { F1 } from './f1.ts';
import { type LabelOfNode, labelsOf, someLabels } from './labels.ts';

export { type LabelOfNode, parseLabels } from './labels.ts';
export { type Embed, evaluateLinks, type LinkEvaluation, type LinkOptions, type LinkScore } from './links.ts';
export type { NegativeKind } from './negatives.ts';

export interface EmbeddingEvaluationOptions extends Pick<EmbeddingContext, 'onProgress' | 'signal'> {
  /** Nodes, by their ids written as text, and their labels; several a node. */
  readonly labels: Iterable<LabelOfNode>;
  /** Shares of the labeled nodes to train on. Default: 0.1, 0.2 … 0.9. */
  readonly ratios?: readonly number[];
  /** Default: 10. */
  readonly shuffles?: number;
  /** Default: 1. */
  readonly seed?: number;
}

/** A mean over shuffles, and its standard error: the shuffles' standard deviation divided by the root of their number. */
export interface MeanScore {
  readonly mean: number;
  readonly standardError: number;
}

export interface F1Summary {
  readonly micro: MeanScore;
  readonly macro: MeanScore;
}

/** The scores for one share of labeled nodes. */
export interface RatioEvaluation {
  readonly ratio: number;
  /** Vectors as they are, C = 1, as in published tables. */
  readonly raw: F1Summary;
  /** Standardized columns, and C chosen inside the training part. */
  readonly standardized: F1Summary;
  /** The same two for random vectors. */
  readonly random: { readonly raw: F1Summary; readonly standardized: F1Summary };
}

export interface EmbeddingEvaluation {
  readonly classes: readonly string[];
  /** How many nodes have labels, and how many of those the graph lacks. The vectors of the latter count as 0. */
  readonly labeled: number;
  readonly missing: number;
  readonly shuffles: number;
  readonly ratios: readonly RatioEvaluation[];
}

const evaluationOptions = record({
  labels: someLabels,
  ratios: optional(listOf(aNumber, 1)),
  shuffles: optional(aCount),
  seed: optional(aSeed),
  ...contextOptions,
});

/**
 * Node classification by DeepWalk's protocol, for vectors `[nodes, dimensions]`, row after row.
 * Throws an InputError if a ratio leaves no node to train on or to test, or if the vectors' length is no multiple of the nodes.
 */
export async function evaluateEmbedding(
  graph: Pick<NodeGraph, 'ids'>,
  vectors: ArrayLike<number>,
  options: EmbeddingEvaluationOptions,
): Promise<EmbeddingEvaluation> {
  checkCall('evaluateEmbedding(graph, vectors, { labels, ratios, shuffles, seed })', {
    graph: [graph, record({ ids: aList }, { isOpen: true })],
    vectors: [vectors, numbers],
    options: [options, evaluationOptions],
  });
  const { labels, ratios = defaultRatios, shuffles = 10, seed = 1, onProgress, signal } = options;
  const nodes = graph.ids.length;
  const dimensions = vectors.length / nodes;
  if (!Number.isInteger(dimensions) || dimensions === 0) {
    fail({
      what: `${vectors.length} numbers for ${nodes} nodes`,
      where: 'vectors',
      fix: 'Pass one vector for each node.',
    });
  }
  const found = labelsOf(graph, labels);
  checkRatios(ratios, found.of.length);
  const scoresOf = (numbers: ArrayLike<number>, from: number) =>
    classifyNodes(numbers, dimensions, found, {
      ratios,
      shuffles,
      seed,
      signal,
      onProgress: ({ done }) => onProgress?.({ done: from + done / 2 }),
    });
  const own = await scoresOf(vectors, 0);
  const whole = {
    ...graph,
    isDirected: false,
    offsets: new Uint32Array(nodes + 1),
    neighbors: new Uint32Array(),
    weights: undefined,
  };
  const baseline = await scoresOf(await random.embed(whole, { dimensions }, { seed, threads: 1 }), 0.5);
  return {
    classes: found.classes,
    labeled: found.of.length,
    missing: found.missing,
    shuffles,
    ratios: own.map((scores, i) => ({ ratio: scores.ratio, ...summaries(scores), random: summaries(baseline[i]) })),
  };
}

const defaultRatios = Array.from({ length: 9 }, (_, i) => (i + 1) / 10);

function checkRatios(ratios: readonly number[], labeled: number): void {
  for (const ratio of ratios) {
    const training = Math.floor(ratio * labeled);
    if (training >= 1 && training < labeled) continue;
    fail({
      what: `a ratio of ${ratio} of ${labeled} labeled nodes leaves ${training >= 1 ? 'none to test' : 'none to train on'}`,
      where: 'ratios',
      fix: 'Pass ratios between 0 and 1, or more labels.',
    });
  }
}

const summaries = ({ raw, standardized }: ClassificationScores) => ({
  raw: summaryOf(raw),
  standardized: summaryOf(standardized),
});

const summaryOf = (scores: readonly F1[]): F1Summary => ({
  micro: meanScore(scores.map(({ micro }) => micro)),
  macro: meanScore(scores.map(({ macro }) => macro)),
});

/** The standard error of one score is NaN. */
export function meanScore(values: readonly number[]): MeanScore {
  const count = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / count;
  const squares = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  return { mean, standardError: Math.sqrt(squares / (count - 1) / count) };
}
