/**
 * Metrics: what people ask of a trained network, beside its loss. Classes are counted in a confusion matrix, and the
 * rest is read from it; numbers are compared in the units they are given in (`toUnits` gives the column's).
 */
import { exp, log } from '../base/math.ts';
import { sameShape, showShape } from '../base/shape.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import { classIndices, type OutputKind, toUnits } from '../data/decode.ts';
import type { ClassCoding, Encoding } from '../data/encoding.ts';

/** Rows are true classes, columns predicted ones; each entry counts samples. */
export type ConfusionMatrix = readonly (readonly number[])[];

function checkShapes(outputs: Tensor, targets: Tensor): void {
  if (sameShape(outputs.shape, targets.shape)) return;
  throw new Error(`outputs ${showShape(outputs.shape)} beside targets ${showShape(targets.shape)}`);
}

/**
 * The confusion matrix [classes, classes] of outputs and targets, both [n, classes] (the largest counts) or, under
 * `binary` and `sign`, [n, 1].
 */
export function confusionMatrix(outputs: Tensor, targets: Tensor, coding: ClassCoding = 'oneHot'): ConfusionMatrix {
  checkShapes(outputs, targets);
  const classes = coding === 'oneHot' ? outputs.shape[1] : 2;
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const predicted = classIndices(outputs, coding);
  classIndices(targets, coding).forEach((actual, i) => {
    matrix[actual][predicted[i]]++;
  });
  return matrix;
}

/** The share of samples whose class is predicted right; NaN without samples. */
export function accuracy(matrix: ConfusionMatrix): number {
  const right = matrix.reduce((sum, row, k) => sum + row[k], 0);
  return right / matrix.flat().reduce((a, b) => a + b, 0);
}

export interface ClassScores {
  /** Of the samples predicted as this class, the share that are; 0 where none is predicted. */
  readonly precision: number;
  /** Of this class's samples, the share that are predicted as it; 0 where there is none. */
  readonly recall: number;
  /** The harmonic mean of both, 2·right / (predicted + samples); 0 where there is neither. */
  readonly f1: number;
  /** How many samples are of this class. */
  readonly samples: number;
}

/** Precision, recall and F1 of each class. */
export function classScores(matrix: ConfusionMatrix): ClassScores[] {
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return matrix.map((row, k) => {
    const samples = row.reduce((a, b) => a + b, 0);
    const predicted = matrix.reduce((sum, other) => sum + other[k], 0);
    const right = row[k];
    return {
      precision: share(right, predicted),
      recall: share(right, samples),
      f1: share(2 * right, predicted + samples),
      samples,
    };
  });
}

/** The mean precision or recall of the classes that are there, as `macroF1`. */
export function macroScore(matrix: ConfusionMatrix, score: 'precision' | 'recall' | 'f1'): number {
  const there = classScores(matrix).filter(({ samples }, k) => samples > 0 || matrix.some((row) => row[k] > 0));
  return there.reduce((sum, each) => sum + each[score], 0) / there.length;
}

/** The mean F1 of the classes that are there, as targets or as predictions (as scikit-learn's `average="macro"`). */
export const macroF1 = (matrix: ConfusionMatrix): number => macroScore(matrix, 'f1');

/**
 * The area under the receiver operating characteristic: the share of pairs, one sample of the class and one of the others,
 * in which the former has the larger output; equal ones count half. Of several classes the mean, each against the rest. NaN
 * where there is no such pair. Source: Hanley and McNeil (1982), by the rank sum of Mann and Whitney.
 */
export function rocAuc(outputs: Tensor, targets: Tensor, coding: ClassCoding = 'oneHot'): number {
  checkShapes(outputs, targets);
  const [n, width] = outputs.shape;
  const actual = classIndices(targets, coding);
  const areas = Array.from({ length: width }, (_, k) => {
    const scores = Float64Array.from({ length: n }, (_, r) => outputs.data[r * width + k]);
    const isOfClass = (r: number) => actual[r] === (coding === 'oneHot' ? k : 1);
    return areaByRanks(scores, isOfClass);
  });
  // a class of which there is no sample has no area
  const known = areas.filter((area) => !Number.isNaN(area));
  return known.reduce((sum, area) => sum + area, 0) / known.length;
}

function areaByRanks(scores: Float64Array, isOfClass: (r: number) => boolean): number {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  const n = order.length;
  let ranks = 0;
  let inClass = 0;
  for (let start = 0; start < n; ) {
    let end = start + 1;
    while (end < n && scores[order[end]] === scores[order[start]]) end += 1;
    // ranks from 1; equal scores share the mean of theirs
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) {
      if (!isOfClass(order[i])) continue;
      inClass += 1;
      ranks += rank;
    }
    start = end;
  }
  return (ranks - (inClass * (inClass + 1)) / 2) / (inClass * (n - inClass));
}

/** Probabilities are kept this far from 0 and 1, so that a sure mistake has a finite loss (as scikit-learn does). */
const leastProbability = Number.EPSILON;

/** The mean of -ln p of the true class, of probabilities [n, classes] or, of the second of two classes, [n, 1]. */
export function logLoss(probabilities: Tensor, targets: Tensor, coding: ClassCoding = 'oneHot'): number {
  checkShapes(probabilities, targets);
  const [n, width] = probabilities.shape;
  let sum = 0;
  classIndices(targets, coding).forEach((actual, r) => {
    const p = coding === 'oneHot' ? probabilities.data[r * width + actual] : probabilities.data[r];
    const ofTrue = coding === 'oneHot' || actual === 1 ? p : 1 - p;
    sum -= log(Math.min(Math.max(ofTrue, leastProbability), 1 - leastProbability));
  });
  return sum / n;
}

/** The mean of |y - t| over samples and outputs. */
export function meanAbsoluteError(outputs: Tensor, targets: Tensor): number {
  checkShapes(outputs, targets);
  let sum = 0;
  outputs.data.forEach((y, i) => {
    sum += Math.abs(y - targets.data[i]);
  });
  return sum / outputs.data.length;
}

/** The root of the mean of (y - t)^2 over samples and outputs. */
export function rootMeanSquaredError(outputs: Tensor, targets: Tensor): number {
  checkShapes(outputs, targets);
  let sum = 0;
  outputs.data.forEach((y, i) => {
    const error = y - targets.data[i];
    sum += error * error;
  });
  return Math.sqrt(sum / outputs.data.length);
}

/**
 * The coefficient of determination, 1 - Σ(t - y)²/Σ(t - mean t)², the mean over outputs: 1 for right outputs, 0 for as
 * good as the targets' mean, NaN where targets do not vary.
 */
export function r2(outputs: Tensor, targets: Tensor): number {
  checkShapes(outputs, targets);
  const [n, width] = targets.shape;
  let total = 0;
  for (let k = 0; k < width; k++) {
    let mean = 0;
    for (let r = 0; r < n; r++) mean += targets.data[r * width + k] / n;
    let residual = 0;
    let variation = 0;
    for (let r = 0; r < n; r++) {
      const target = targets.data[r * width + k];
      const error = target - outputs.data[r * width + k];
      residual += error * error;
      variation += (target - mean) * (target - mean);
    }
    total += variation === 0 ? Number.NaN : 1 - residual / variation;
  }
  return total / width;
}

/** What to measure: classes in a coding, or numbers, in a column's units where they came from one. */
export interface Measure {
  readonly coding?: ClassCoding;
  readonly units?: Encoding;
}

/** Metrics by name, in the order that they are shown in. */
export type Metrics = Readonly<Record<string, number>>;

/** The metrics of outputs and targets, [n, outputs] each: accuracy and macro F1 of classes, errors and R² of numbers. */
export function metricsOf({ coding, units }: Measure, outputs: Tensor, targets: Tensor): Metrics {
  if (coding !== undefined) {
    const matrix = confusionMatrix(outputs, targets, coding);
    return { accuracy: accuracy(matrix), macroF1: macroF1(matrix) };
  }
  const [y, t] = units === undefined ? [outputs, targets] : [toUnits(units, outputs), toUnits(units, targets)];
  return { meanAbsoluteError: meanAbsoluteError(y, t), rootMeanSquaredError: rootMeanSquaredError(y, t), r2: r2(y, t) };
}

/** All metrics: of classes also what needs the outputs' order, and the log loss where they are probabilities. */
export function allMetrics(measure: Measure, outputs: Tensor, targets: Tensor, kind: OutputKind): Metrics {
  const metrics = metricsOf(measure, outputs, targets);
  const { coding } = measure;
  if (coding === undefined) return metrics;
  const matrix = confusionMatrix(outputs, targets, coding);
  const probabilities = kind === 'logProbabilities' ? tensor(outputs.shape, outputs.data.map(exp)) : outputs;
  return {
    ...metrics,
    macroPrecision: macroScore(matrix, 'precision'),
    macroRecall: macroScore(matrix, 'recall'),
    rocAuc: rocAuc(outputs, targets, coding),
    ...(kind !== 'scores' && coding !== 'sign' && { logLoss: logLoss(probabilities, targets, coding) }),
  };
}
