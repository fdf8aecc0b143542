/**
 * Metrics of a trained network, in addition to its loss. Each is one entry of `metrics`: its name, the better direction, and the
 * quantity that it measures. Metrics of classes are computed from a confusion matrix; numbers are compared in their given units
 * (`toUnits` converts to those of the column).
 */
import { exp, log } from '../base/math.ts';
import { sameShape, showShape } from '../base/shape.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { OutputKind } from '../data/encode/decode.ts';
import type { Encoding } from '../data/encode/encoding.ts';
import type { ClassCoding } from '../data/encode/targets/stored-target.ts';
import { classIndices, toUnits } from '../data/encode/units.ts';

/** Rows are actual classes, columns are predicted classes; each entry counts samples. */
export type ConfusionMatrix = readonly (readonly number[])[];

function checkShapes(outputs: Tensor, targets: Tensor): void {
  if (sameShape(outputs.shape, targets.shape)) return;
  throw new Error(`outputs ${showShape(outputs.shape)} do not fit targets ${showShape(targets.shape)}`);
}

/**
 * The confusion matrix [classes, classes] of outputs and targets, both [n, classes] (the largest value is the class) or, for
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

/** The share of samples that are classified correctly; NaN without samples. */
export function accuracy(matrix: ConfusionMatrix): number {
  const right = matrix.reduce((sum, row, k) => sum + row[k], 0);
  return right / matrix.flat().reduce((a, b) => a + b, 0);
}

export interface ClassScores {
  /** The share of the predictions of this class that are correct; 0 if there are none. */
  readonly precision: number;
  /** The share of the samples of this class that are predicted correctly; 0 if there are none. */
  readonly recall: number;
  /** The harmonic mean of both, 2·right / (predicted + samples); 0 if there are neither. */
  readonly f1: number;
  /** The number of samples of this class. */
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

/** The mean precision or recall of the classes that occur, as in `macroF1`. */
export function macroScore(matrix: ConfusionMatrix, score: 'precision' | 'recall' | 'f1'): number {
  const occurring = classScores(matrix).filter(({ samples }, k) => samples > 0 || matrix.some((row) => row[k] > 0));
  return occurring.reduce((sum, each) => sum + each[score], 0) / occurring.length;
}

/** The mean F1 of the classes that occur, as targets or as predictions (as scikit-learn's `average="macro"`). */
export const macroF1 = (matrix: ConfusionMatrix): number => macroScore(matrix, 'f1');

/**
 * Precision, recall or F1 of all decisions counted together (as scikit-learn's `average="micro"`). If each row has one class,
 * every mistake is a false positive of one class and a false negative of another, so that all three equal the accuracy.
 * For several binary outputs (`binary` or `sign`, [n, outputs]), positives are counted over all outputs; 0 if there are none.
 */
function microScore(
  matrix: ConfusionMatrix,
  score: 'precision' | 'recall' | 'f1',
  { several }: { readonly several: boolean },
): number {
  return several ? classScores(matrix)[1][score] : accuracy(matrix);
}

/**
 * The area under the receiver operating characteristic: the share of pairs, one sample of the class and one of the others,
 * in which the former has the larger output; equal outputs count half. For several classes, the mean of each class against the
 * rest; for several binary outputs, their mean. NaN if there is no such pair.
 * Source: Hanley and McNeil (1982), by the rank sum of Mann and Whitney.
 */
export function rocAuc(outputs: Tensor, targets: Tensor, coding: ClassCoding = 'oneHot'): number {
  checkShapes(outputs, targets);
  const [n, width] = outputs.shape;
  const actual = classIndices(targets, coding);
  const areas = Array.from({ length: width }, (_, k) => {
    const scores = Float64Array.from({ length: n }, (_, r) => outputs.data[r * width + k]);
    const isOfClass = (r: number) => (coding === 'oneHot' ? actual[r] === k : actual[r * width + k] === 1);
    return areaByRanks(scores, isOfClass);
  });
  // A class without samples has no area.
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
    // Ranks begin at 1; equal scores share their mean rank.
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

/** The minimum distance of probabilities from 0 and 1, so that a confident mistake has a finite loss (as in scikit-learn). */
const leastProbability = Number.EPSILON;

/**
 * The mean of -ln p of the actual class, for probabilities [n, classes], or [n, 1] of the second of two classes; for several
 * binary outputs, also the mean over outputs.
 */
export function logLoss(probabilities: Tensor, targets: Tensor, coding: ClassCoding = 'oneHot'): number {
  checkShapes(probabilities, targets);
  const [, width] = probabilities.shape;
  let sum = 0;
  const truth = classIndices(targets, coding);
  truth.forEach((actual, r) => {
    const p = coding === 'oneHot' ? probabilities.data[r * width + actual] : probabilities.data[r];
    const ofTrue = coding === 'oneHot' || actual === 1 ? p : 1 - p;
    sum -= log(Math.min(Math.max(ofTrue, leastProbability), 1 - leastProbability));
  });
  return sum / truth.length;
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
 * The coefficient of determination, 1 - Σ(t - y)²/Σ(t - mean t)², the mean over outputs: 1 for correct outputs, 0 for the
 * mean of the targets, NaN if targets do not vary.
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

/** What to measure: classes in a coding, or numbers, in the units of their columns if they have any. */
export interface Measure {
  readonly coding?: ClassCoding;
  readonly units?: Pick<Encoding, 'target'>;
  /** Metrics of one's own, in addition. */
  readonly own?: readonly Metric[];
}

/** Outputs and targets, [n, outputs] each, with counts that are computed on first use. */
export class Scored {
  readonly outputs: Tensor;
  readonly targets: Tensor;
  readonly coding: ClassCoding;
  private readonly kind: OutputKind;
  private counted?: ConfusionMatrix;

  constructor({ coding, units }: Measure, outputs: Tensor, targets: Tensor, kind: OutputKind) {
    this.outputs = units === undefined || coding !== undefined ? outputs : toUnits(units, outputs);
    this.targets = units === undefined || coding !== undefined ? targets : toUnits(units, targets);
    this.coding = coding ?? 'oneHot';
    this.kind = kind;
  }

  get matrix(): ConfusionMatrix {
    this.counted ??= confusionMatrix(this.outputs, this.targets, this.coding);
    return this.counted;
  }

  get probabilities(): Tensor {
    const { shape, data } = this.outputs;
    return this.kind === 'logProbabilities' ? tensor(shape, data.map(exp)) : this.outputs;
  }

  /** The same for a single output. */
  column(k: number): Scored {
    const [outputs, targets] = [this.outputs, this.targets].map(({ shape: [n, width], data }) =>
      tensor(
        [n, 1],
        Float64Array.from({ length: n }, (_, r) => data[r * width + k]),
      ),
    );
    return new Scored({}, outputs, targets, this.kind);
  }

  get several(): boolean {
    return this.coding !== 'oneHot' && this.outputs.shape[1] > 1;
  }
}

/** The quantity that a metric measures: the predicted classes, the order of the outputs, probabilities, numbers, any outputs. */
export type MeasuredOf = 'classes' | 'order' | 'probabilities' | 'numbers' | 'outputs';

export interface Metric {
  readonly name: string;
  /** In words. */
  readonly text: string;
  readonly better: 'higher' | 'lower';
  readonly of: MeasuredOf;
  /** The metric that it equals if each row has one class. It is not shown then. */
  readonly repeats?: string;
  /** Whether the history of each training has it, on the validation split. */
  readonly everyEpoch?: boolean;
  /** Whether it is not chainrule's. */
  readonly isOwn?: boolean;
  /** NaN if the targets leave it undefined. */
  readonly value: (scored: Scored) => number;
}

/** All metrics, in the order of display. */
export const metrics: readonly Metric[] = [
  {
    name: 'accuracy',
    text: 'accuracy',
    better: 'higher',
    of: 'classes',
    everyEpoch: true,
    value: ({ matrix }) => accuracy(matrix),
  },
  {
    name: 'macroF1',
    text: 'macro F1',
    better: 'higher',
    of: 'classes',
    everyEpoch: true,
    value: ({ matrix }) => macroF1(matrix),
  },
  {
    name: 'macroPrecision',
    text: 'macro precision',
    better: 'higher',
    of: 'classes',
    value: ({ matrix }) => macroScore(matrix, 'precision'),
  },
  {
    name: 'macroRecall',
    text: 'macro recall',
    better: 'higher',
    of: 'classes',
    value: ({ matrix }) => macroScore(matrix, 'recall'),
  },
  {
    name: 'microF1',
    text: 'micro F1',
    repeats: 'accuracy',
    better: 'higher',
    of: 'classes',
    value: (scored) => microScore(scored.matrix, 'f1', scored),
  },
  {
    name: 'microPrecision',
    text: 'micro precision',
    repeats: 'accuracy',
    better: 'higher',
    of: 'classes',
    value: (scored) => microScore(scored.matrix, 'precision', scored),
  },
  {
    name: 'microRecall',
    text: 'micro recall',
    repeats: 'accuracy',
    better: 'higher',
    of: 'classes',
    value: (scored) => microScore(scored.matrix, 'recall', scored),
  },
  {
    name: 'rocAuc',
    text: 'area under the ROC curve',
    better: 'higher',
    of: 'order',
    value: ({ outputs, targets, coding }) => rocAuc(outputs, targets, coding),
  },
  {
    name: 'logLoss',
    text: 'log loss',
    better: 'lower',
    of: 'probabilities',
    value: ({ probabilities, targets, coding }) => logLoss(probabilities, targets, coding),
  },
  {
    name: 'meanAbsoluteError',
    text: 'mean absolute error',
    better: 'lower',
    of: 'numbers',
    everyEpoch: true,
    value: ({ outputs, targets }) => meanAbsoluteError(outputs, targets),
  },
  {
    name: 'rootMeanSquaredError',
    text: 'root mean squared error',
    better: 'lower',
    of: 'numbers',
    everyEpoch: true,
    value: ({ outputs, targets }) => rootMeanSquaredError(outputs, targets),
  },
  {
    name: 'r2',
    text: 'R²',
    better: 'higher',
    of: 'numbers',
    everyEpoch: true,
    value: ({ outputs, targets }) => r2(outputs, targets),
  },
];

/** Whether a metric can be measured of such outputs: classes are not numbers, and not all scores are probabilities. */
export function fits({ of }: Metric, { coding }: Measure, kind: OutputKind): boolean {
  if (of === 'outputs') return true;
  if (coding === undefined) return of === 'numbers';
  return of !== 'numbers' && (of !== 'probabilities' || (kind !== 'scores' && coding !== 'sign'));
}

/** Metrics by name, in the order that they are shown in. */
export type Metrics = Readonly<Record<string, number>>;

/** All metrics of a measure, in the order of display. */
export const metricsOf = ({ own = [] }: Measure): readonly Metric[] => [...metrics, ...own];

/**
 * The metrics of outputs and targets, [n, outputs] each, that `wanted` says; all where it is left out. Of several columns,
 * which have units of their own, each is the mean over them, also of roots; where all are asked for, each column's follow:
 * `r2(height)`.
 */
export function allMetrics(
  measure: Measure,
  outputs: Tensor,
  targets: Tensor,
  kind: OutputKind,
  wanted?: (metric: Metric) => boolean,
): Metrics {
  const scored = new Scored(measure, outputs, targets, kind);
  const fitting = metricsOf(measure).filter(
    (metric) => fits(metric, measure, kind) && (wanted === undefined || wanted(metric)),
  );
  const entryOf = (metric: Metric) => [metric.name, metric.value(scored)] as const;
  const target = measure.units?.target;
  if (measure.coding !== undefined || target?.kind !== 'numbers') {
    return Object.fromEntries(fitting.map(entryOf));
  }
  const measured = fitting.filter(({ isOwn }) => !isOwn);
  const columns = target.columns.map(({ name }, k) => ({ name, scored: scored.column(k) }));
  const values = measured.map((metric) => columns.map((column) => metric.value(column.scored)));
  const means = measured.map(({ name }, m) => [name, values[m].reduce((a, b) => a + b, 0) / columns.length] as const);
  const own = columns.flatMap((column, k) => measured.map(({ name }, m) => [`${name}(${column.name})`, values[m][k]]));
  const whole = fitting.filter(({ isOwn }) => isOwn).map(entryOf);
  return Object.fromEntries([...means, ...whole, ...(wanted === undefined ? own : [])]);
}

/** The metric that one of this name repeats where each row is of one class, if there is such. */
export const repeatedBy = (metric: string): string | undefined => metrics.find(({ name }) => name === metric)?.repeats;

/** Scores as people want them: without those that only repeat another. */
export const shownScores = (scores: Metrics): Metrics =>
  Object.fromEntries(
    Object.entries(scores).filter(([name, value]) => {
      const other = repeatedBy(name);
      return other === undefined || value !== scores[other];
    }),
  );
