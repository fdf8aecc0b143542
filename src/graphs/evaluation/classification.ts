/**
 * Node classification by the protocol of DeepWalk: logistic regressions of each class against the rest, trained on a part of the
 * labeled nodes; the number of labels of each other node is known, and that many classes with the highest scores are predicted.
 *
 * Source: Perozzi, Al-Rfou and Skiena, "DeepWalk" (KDD 2014), section 5; the protocol is of Tang and Liu (KDD 2009).
 */
import { permutation } from '../../base/random.ts';
import type { EmbeddingContext } from '../method.ts';
import { report } from '../methods/progress.ts';
import { type F1, f1Scores, topClasses } from './f1.ts';
import type { NodeLabels } from './labels.ts';
import { logisticRegression } from './logistic.ts';
import { columnScale } from './standardize.ts';

export interface ClassificationOptions extends Pick<EmbeddingContext, 'onProgress' | 'signal'> {
  /** Shares of the labeled nodes that are trained on. */
  readonly ratios: readonly number[];
  readonly shuffles: number;
  readonly seed: number;
  /** Whether to score with standardized columns as well, which takes several times as long. Default: true. */
  readonly standardize?: boolean;
}

/** The scores of one share, one for each shuffle. */
export interface ClassificationScores {
  readonly ratio: number;
  /** The vectors as they are, C = 1: the setting of published tables. It depends on the vectors' scale. */
  readonly raw: readonly F1[];
  /** Columns with mean 0 and variance 1 over the training nodes, and C chosen among the training nodes. */
  readonly standardized: readonly F1[];
}

/** Values of C to choose from, ascending. */
const choices = [0.001, 0.01, 0.1, 1, 10];
/** The share of the training nodes that choose C. */
const choosing = 0.2;
/** Which C is best shows long before the weights are exact. */
const roughly = 1e-2;

/** The labeled nodes as rows. */
interface Rows {
  /** `[rows, columns]`, the last column is 1. */
  readonly features: Float64Array;
  readonly of: readonly (readonly number[])[];
  readonly columns: number;
  readonly classes: number;
}

/** Scores the vectors `[nodes, dimensions]`, row after row, for each ratio. */
export async function classifyNodes(
  vectors: ArrayLike<number>,
  dimensions: number,
  labels: NodeLabels,
  { ratios, shuffles, seed, standardize = true, ...context }: ClassificationOptions,
): Promise<ClassificationScores[]> {
  const rows = rowsOf(vectors, dimensions, labels);
  const scores = ratios.map((ratio) => ({ ratio, raw: [] as F1[], standardized: [] as F1[] }));
  for (const [i, { ratio, raw, standardized }] of scores.entries()) {
    for (let shuffle = 0; shuffle < shuffles; shuffle++) {
      await report(context, (i + shuffle / shuffles) / ratios.length);
      const order = permutation(labels.of.length, seed, 'split', shuffle);
      const train = order.subarray(0, Math.floor(ratio * order.length));
      const test = order.subarray(train.length);
      raw.push(scoreOf(rows, trainOn(rows, train)({ C: 1 }), test));
      if (!standardize) continue;
      const scaled = { ...rows, features: rows.features.slice() };
      columnScale(rows.features, rows.columns, train)(scaled.features);
      standardized.push(scoreOf(scaled, trainOn(scaled, train)({ C: chooseC(scaled, train) }), test));
    }
  }
  await report(context, 1);
  return scores;
}

function rowsOf(vectors: ArrayLike<number>, dimensions: number, labels: NodeLabels): Rows {
  const columns = dimensions + 1;
  const features = new Float64Array(labels.nodes.length * columns);
  labels.nodes.forEach((node, row) => {
    if (node >= 0) {
      for (let d = 0; d < dimensions; d++) features[row * columns + d] = vectors[node * dimensions + d];
    }
    features[row * columns + dimensions] = 1;
  });
  return { features, of: labels.of, columns, classes: labels.classes.length };
}

/** A trainer on some of the rows. */
function trainOn({ features, of, columns, classes }: Rows, chosen: Uint32Array) {
  const own = new Float64Array(chosen.length * columns);
  const targets = new Float64Array(chosen.length * classes);
  chosen.forEach((row, i) => {
    own.set(features.subarray(row * columns, (row + 1) * columns), i * columns);
    for (const k of of[row]) targets[i * classes + k] = 1;
  });
  const train = logisticRegression({ features: own, targets, rows: chosen.length, columns, classes });
  // A class without a row to learn from is never predicted.
  const seen = new Uint8Array(classes);
  for (const row of chosen) for (const k of of[row]) seen[k] = 1;
  return (options: Parameters<typeof train>[0]) => ({ weights: train(options), seen });
}

function scoreOf(
  { features, of, columns, classes }: Rows,
  { weights, seen }: { readonly weights: Float64Array; readonly seen: Uint8Array },
  test: Uint32Array,
): F1 {
  const scores = new Float64Array(classes);
  const predicted = Array.from(test, (row) => {
    scores.fill(0);
    for (let d = 0; d < columns; d++) {
      const x = features[row * columns + d];
      for (let k = 0; k < classes; k++) scores[k] += x * weights[d * classes + k];
    }
    for (let k = 0; k < classes; k++) if (seen[k] === 0) scores[k] = Number.NEGATIVE_INFINITY;
    return topClasses(scores, of[row].length);
  });
  return f1Scores(
    Array.from(test, (row) => of[row]),
    predicted,
    classes,
  );
}

/** The C with the highest micro F1 on the last fifth of the training rows. */
function chooseC(rows: Rows, train: Uint32Array): number {
  const count = Math.floor(train.length * (1 - choosing));
  const trainer = trainOn(rows, train.subarray(0, count));
  let best = { C: 1, micro: -1 };
  let start: Float64Array | undefined;
  for (const C of choices) {
    const found = trainer({ C, start, tolerance: roughly });
    start = found.weights;
    const { micro } = scoreOf(rows, found, train.subarray(count));
    if (micro > best.micro) best = { C, micro };
  }
  return best.C;
}
