/**
 * Link prediction: a share of the edges is held out, vectors are made from the rest, and a logistic regression of pairs of vectors
 * ranks the edges held out among false pairs. Scores that need no vectors are always beside it.
 *
 * Source of the operators and the protocol: Grover and Leskovec, "node2vec" (KDD 2016), section 4.4. Degree-matched false pairs:
 * Aiyappa and others, "Implicit degree bias in the link prediction task" (2024).
 */
import { aCount, aFunction, aSeed, aShare, checkCall, numbers, optional, record } from '../../base/arguments.ts';
import { permutation } from '../../base/random.ts';
import { aNodeGraph, type NodeGraph } from '../graph.ts';
import { contextOptions, type EmbeddingContext } from '../method.ts';
import { report } from '../methods/progress.ts';
import { random } from '../methods/random.ts';
import { hitsAt, rankingAuc } from './auc.ts';
import { heuristicScores } from './heuristics.ts';
import { type HeldOutEdges, holdOutEdges, type NodePairs } from './hold-out.ts';
import { logisticRegression } from './logistic.ts';
import { falsePairs, type NegativeKind } from './negatives.ts';
import { columnScale } from './standardize.ts';

/** A pair's number in a column from its two numbers in that column. */
const operators = {
  hadamard: (a: number, b: number) => a * b,
  average: (a: number, b: number) => (a + b) / 2,
  l1: (a: number, b: number) => Math.abs(a - b),
  l2: (a: number, b: number) => (a - b) * (a - b),
};

export interface LinkOptions extends Pick<EmbeddingContext, 'onProgress' | 'signal'> {
  readonly seed: number;
  /** The share of the edges to hold out. Default: 0.5. */
  readonly share?: number;
  /** The maximum number of edges held out that are ranked, and of edges that the regression learns from. Default: 10,000. */
  readonly maxPairs?: number;
  /** The k of hits@k. Default: 100. */
  readonly hitsAt?: number;
}

/** The score of one ranking against one kind of false pairs. */
export interface LinkScore {
  /** `hadamard`, `average`, `l1` and `l2` of the vectors and of `random` ones, or a heuristic. */
  readonly name: string;
  readonly of: 'vectors' | 'random' | 'heuristic';
  readonly negatives: NegativeKind;
  readonly auc: number;
  readonly hits: number;
}

export interface LinkEvaluation {
  /** The share of the edges that was held out: less than wanted where connected components would have fallen apart. */
  readonly share: number;
  /** How many edges held out, and as many false pairs, were ranked. */
  readonly pairs: number;
  readonly hitsAt: number;
  readonly scores: readonly LinkScore[];
}

/** Vectors `[nodes, dimensions]` of a graph, row after row. */
export type Embed = (graph: NodeGraph) => Promise<ArrayLike<number>>;

const linkOptions = record({
  seed: aSeed,
  share: optional(aShare),
  maxPairs: optional(aCount),
  hitsAt: optional(aCount),
  ...contextOptions,
});

/** Embeds a part of the graph and ranks the rest of its edges. Equal seeds hold out the same edges, for any vectors. */
export async function evaluateLinks(graph: NodeGraph, embed: Embed, options: LinkOptions): Promise<LinkEvaluation> {
  checkCall('evaluateLinks(graph, embed, { seed, share, maxPairs, hitsAt })', {
    graph: [graph, aNodeGraph],
    embed: [embed, aFunction],
    options: [options, linkOptions],
  });
  const { seed, share = 0.5, maxPairs = 10_000, hitsAt: k = 100, ...context } = options;
  const split = holdOutEdges(graph, share, seed);
  const vectors = await embed(split.rest);
  numbers(vectors, 'evaluateLinks: the result of embed');
  const dimensions = graph.ids.length === 0 ? 0 : vectors.length / graph.ids.length;
  const baseline = await random.embed(graph, { dimensions }, { seed, threads: 1 });
  const positives = someOf(split.heldOut, maxPairs, seed);
  const learned = someOf(split.kept, maxPairs, seed);
  const scores: LinkScore[] = [];
  for (const [i, negatives] of (['uniform', 'degreeMatched'] as const).entries()) {
    await report(context, i / 2);
    const drawn = (count: number, sequence: number) => falsePairs(graph, negatives, { count, seed, sequence });
    const [trained, ranked] = [drawn(learned.from.length, 2 * i), drawn(positives.from.length, 2 * i + 1)];
    const add = (name: string, of: LinkScore['of'], score: (pairs: NodePairs) => Float64Array) => {
      const [highs, lows] = [score(positives), score(ranked)];
      scores.push({ name, of, negatives, auc: rankingAuc(highs, lows), hits: hitsAt(k, highs, lows) });
    };
    for (const [of, numbers] of [
      ['vectors', vectors],
      ['random', baseline],
    ] as const) {
      for (const [name, operator] of Object.entries(operators)) {
        if (learned.from.length === 0) continue;
        add(name, of, pairScorer({ numbers, dimensions, operator }, learned, trained));
      }
    }
    for (const name of ['commonNeighbors', 'jaccard', 'adamicAdar', 'degreeProduct'] as const) {
      add(name, 'heuristic', (pairs) => heuristicScores(split.rest, pairs)[name]);
    }
  }
  await report(context, 1);
  return { share: shareOf(split), pairs: positives.from.length, hitsAt: k, scores };
}

function shareOf({ heldOut, kept }: HeldOutEdges): number {
  const all = heldOut.from.length + kept.from.length;
  return all === 0 ? 0 : heldOut.from.length / all;
}

function someOf({ from, to }: NodePairs, count: number, seed: number): NodePairs {
  const chosen = permutation(from.length, seed, 'sample', 0).subarray(0, count);
  return { from: chosen.map((i) => from[i]), to: chosen.map((i) => to[i]) };
}

interface PairFeatures {
  readonly numbers: ArrayLike<number>;
  readonly dimensions: number;
  readonly operator: (a: number, b: number) => number;
}

/** One row for each pair, with a 1 at the end. */
function featuresOf({ numbers, dimensions, operator }: PairFeatures, { from, to }: NodePairs): Float64Array {
  const rows = new Float64Array(from.length * (dimensions + 1)).fill(1);
  from.forEach((u, i) => {
    for (let d = 0; d < dimensions; d++) {
      rows[i * (dimensions + 1) + d] = operator(numbers[u * dimensions + d], numbers[to[i] * dimensions + d]);
    }
  });
  return rows;
}

/** Trains on true and false pairs, with columns of mean 0 and variance 1 over them, and C = 1. */
function pairScorer(of: PairFeatures, positives: NodePairs, negatives: NodePairs): (pairs: NodePairs) => Float64Array {
  const columns = of.dimensions + 1;
  const [highs, lows] = [featuresOf(of, positives), featuresOf(of, negatives)];
  const features = new Float64Array(highs.length + lows.length);
  features.set(highs);
  features.set(lows, highs.length);
  const rows = features.length / columns;
  const scale = columnScale(features, columns);
  scale(features);
  const targets = new Float64Array(rows).fill(1, 0, positives.from.length);
  const weights = logisticRegression({ features, targets, rows, columns, classes: 1 })({ C: 1 });
  return (pairs) => {
    const own = featuresOf(of, pairs);
    scale(own);
    return Float64Array.from(pairs.from, (_, i) => {
      let sum = 0;
      for (let d = 0; d < columns; d++) sum += weights[d] * own[i * columns + d];
      return sum;
    });
  };
}
