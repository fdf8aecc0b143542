/**
 * The figures of a run's page as numbers, which `run.json` contains: ROC curves and calibration of a classification,
 * predictions and residuals of a regression, and histograms of weights. They are computed once; the page only draws them.
 */
import { exp } from '../base/math.ts';
import { sample } from '../base/random.ts';
import type { Tensor } from '../base/tensor.ts';
import { classIndices, toUnits } from '../data/encode/units.ts';
import type { Model } from '../model/model.ts';
import { type Dataset, rowsAt, rowsIn } from '../net/problem.ts';
import { outputKind, type Setup } from '../net/rows-setup.ts';

/** Equal bins between two numbers. */
export interface Histogram {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

export interface RocCurve {
  readonly label: string;
  readonly area: number;
  /** From (0, 0) to (1, 1): false positive rate and true positive rate. */
  readonly points: readonly (readonly [falsePositive: number, truePositive: number])[];
}

/** The rows whose predicted probability is in a bin: the mean probability and the observed frequency. */
export interface CalibrationBin {
  readonly predicted: number;
  readonly found: number;
  readonly rows: number;
}

/** Predictions and actual values, in the units of the target. */
export interface NumberFigures {
  readonly name: string;
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  /** Predicted minus actual values. */
  readonly residuals?: Histogram;
}

export interface Figures {
  /** The split that is measured: test, else validation, else training. */
  readonly part: 'test' | 'validation' | 'training';
  /** The number of rows: all of the split, or a random sample. */
  readonly rows: number;
  readonly roc?: readonly RocCurve[];
  readonly calibration?: {
    /** The class whose probability it is. Without it, the probability is that of the predicted class. */
    readonly label?: string;
    readonly bins: readonly CalibrationBin[];
    /** The expected calibration error: the mean distance between both over the bins, weighted by rows. */
    readonly error: number;
  };
  /** For a regression: each output. */
  readonly numbers?: readonly NumberFigures[];
  readonly weights: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly histogram: Histogram;
  }[];
}

/** Limits of the rows that the figures are computed from, and of the points that are drawn. */
const maxRows = 20_000;
const maxNumbers = 2 ** 22;
const maxPoints = 1000;
const maxCurves = 10;
const maxOutputs = 4;
const pointsOfCurve = 80;
const bins = 10;
const weightBins = 40;
const maxTensors = 24;

/** Five digits, which is all that a page shows. */
const short = (value: number) => Number(value.toPrecision(5));

function histogram(values: ArrayLike<number>, count: number): Histogram | undefined {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) return undefined;
    from = Math.min(from, values[i]);
    to = Math.max(to, values[i]);
  }
  if (values.length === 0) return undefined;
  if (from === to) [from, to] = [from - (Math.abs(from) || 1) / 2, to + (Math.abs(to) || 1) / 2];
  const counts = new Array<number>(count).fill(0);
  for (let i = 0; i < values.length; i++) {
    counts[Math.min(count - 1, Math.floor(((values[i] - from) / (to - from)) * count))]++;
  }
  return { from: short(from), to: short(to), counts };
}

/** The number of bins: few for a few values, more for many. */
const binsFor = (n: number) => Math.max(8, Math.min(weightBins, Math.round(2 * Math.cbrt(n))));

/** The ROC curve of scores; undefined if all rows or no rows belong to the class. */
function rocOf(label: string, scores: Float64Array, isOfClass: (r: number) => boolean): RocCurve | undefined {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  const positives = order.filter(isOfClass).length;
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  const points: [number, number][] = [[0, 0]];
  let [right, wrong, area] = [0, 0, 0];
  for (let i = 0; i < order.length; ) {
    const { [order[i]]: score } = scores;
    const [rightBefore, wrongBefore] = [right, wrong];
    for (; i < order.length && scores[order[i]] === score; i++) {
      if (isOfClass(order[i])) right++;
      else wrong++;
    }
    // A trapezoid: rows with equal scores count as half in the right order.
    area += ((wrong - wrongBefore) * (right + rightBefore)) / 2;
    points.push([wrong / negatives, right / positives]);
  }
  return {
    label,
    area: short(area / positives / negatives),
    points: thinCurve(points).map(([x, y]) => [short(x), short(y)]),
  };
}

/** Keeps corners, and points at a minimum distance between them. */
function thinCurve(points: readonly [number, number][]): [number, number][] {
  const kept: [number, number][] = [];
  points.forEach((point, i) => {
    const [before, next] = [points[i - 1], points[i + 1]];
    if (before === undefined || next === undefined) {
      kept.push(point);
      return;
    }
    const straight =
      (before[0] === point[0] && point[0] === next[0]) || (before[1] === point[1] && point[1] === next[1]);
    if (straight) return;
    const last = kept[kept.length - 1];
    if (point[0] - last[0] + point[1] - last[1] >= 2 / pointsOfCurve) kept.push(point);
  });
  return kept;
}

function calibrationOf(chances: readonly (readonly [p: number, occurred: boolean])[]) {
  const sums = Array.from({ length: bins }, () => ({ p: 0, found: 0, rows: 0 }));
  for (const [p, occurred] of chances) {
    const bin = sums[Math.min(bins - 1, Math.floor(p * bins))];
    bin.p += p;
    bin.found += Number(occurred);
    bin.rows++;
  }
  const filled = sums.filter(({ rows }) => rows > 0);
  const error = filled.reduce((sum, { p, found }) => sum + Math.abs(p - found), 0) / chances.length;
  return {
    bins: filled.map(({ p, found, rows }) => ({ predicted: short(p / rows), found: short(found / rows), rows })),
    error: short(error),
  };
}

function ofClasses(setup: Setup, outputs: Tensor, targets: Tensor): Pick<Figures, 'roc' | 'calibration'> {
  const { coding } = setup.measure;
  const [n, width] = outputs.shape;
  // Several binary outputs do not form one class.
  if (coding === undefined || (coding !== 'oneHot' && width > 1) || !outputs.data.every(Number.isFinite)) return {};
  const kind = outputKind(setup.network, setup.recipe.loss);
  const actual = classIndices(targets, coding);
  const predicted = classIndices(outputs, coding);
  const classes = setup.prepared?.classes;
  const name = (k: number) => classes?.[k] ?? String(k);
  // The curves of two classes mirror each other, so one is enough.
  const places = coding !== 'oneHot' ? [0] : width === 2 ? [1] : Array.from({ length: width }, (_, k) => k);
  const scores = (place: number) => Float64Array.from({ length: n }, (_, r) => outputs.data[r * width + place]);
  const roc = places
    .flatMap((place) => {
      const k = coding === 'oneHot' ? place : 1;
      const curve = rocOf(name(k), scores(place), (r) => actual[r] === k);
      return curve === undefined ? [] : [curve];
    })
    .sort((a, b) => a.area - b.area)
    .slice(0, maxCurves);
  if (kind === 'scores' || coding === 'sign') return { roc };
  const probability = (r: number, place: number) => {
    const value = outputs.data[r * width + place];
    return kind === 'logProbabilities' ? exp(value) : value;
  };
  const isBinary = places.length === 1;
  const chances = Array.from({ length: n }, (_, r): [number, boolean] =>
    isBinary
      ? [probability(r, places[0]), actual[r] === 1]
      : [probability(r, predicted[r]), actual[r] === predicted[r]],
  );
  return { roc, calibration: { ...(isBinary && { label: name(1) }), ...calibrationOf(chances) } };
}

function ofNumbers(setup: Setup, outputs: Tensor, targets: Tensor): Pick<Figures, 'numbers'> {
  const { units } = setup.measure;
  const inUnits = (part: Tensor) => (units === undefined ? part : toUnits(units, part));
  const [made, wanted] = [inUnits(outputs), inUnits(targets)];
  const [n, width] = targets.shape;
  const shown = Math.min(width, maxOutputs);
  const rows = [...sample(n, Math.floor(maxPoints / shown), setup.network.seed)];
  const numbers = Array.from({ length: shown }, (_, k): NumberFigures => {
    const column = ({ data }: Tensor) => Float64Array.from({ length: n }, (_, r) => data[r * width + k]);
    const [y, t] = [column(made), column(wanted)];
    const drawn = rows.filter((r) => Number.isFinite(y[r]));
    const name = setup.outputNames?.[k] ?? (width === 1 ? 'target' : `target ${k + 1}`);
    return {
      name,
      truth: drawn.map((r) => short(t[r])),
      predicted: drawn.map((r) => short(y[r])),
      residuals: histogram(
        y.map((value, r) => value - t[r]),
        binsFor(n),
      ),
    };
  });
  return { numbers };
}

/** The figures of a trained model, on the held-out rows if there are any. */
export function figuresOf(setup: Setup, model: Model): Figures {
  const part = setup.test ? 'test' : setup.validation ? 'validation' : 'training';
  const all: Dataset = setup.test ?? setup.validation ?? setup;
  const most = Math.min(maxRows, Math.ceil(maxNumbers / (all.inputs.shape[1] + all.targets.shape[1])));
  const rows = sample(rowsIn(all), most, setup.network.seed);
  const isWhole = all.stream === undefined && rows.length === rowsIn(all);
  const { inputs, targets } = isWhole ? all : rowsAt(all, rows);
  const outputs = model.predictTensor(inputs);
  const shown = setup.measure.coding === undefined ? ofNumbers : ofClasses;
  const weights = Array.from(model.parameters)
    .filter(([, { shape }]) => shape.length > 1)
    .slice(0, maxTensors)
    .flatMap(([name, { shape, data }]) => {
      const found = histogram(data, binsFor(data.length));
      return found === undefined ? [] : [{ name, shape, histogram: found }];
    });
  return { part, rows: rows.length, ...shown(setup, outputs, targets), weights };
}
