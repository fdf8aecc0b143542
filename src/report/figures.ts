/**
 * What a run's page draws of the finished model, as numbers that stand in `run.json`: ROC curves and calibration of
 * classes, predictions and residuals of numbers, histograms of weights. They are computed once; the page only draws.
 */
import { exp } from '../base/math.ts';
import { sample } from '../base/random.ts';
import type { Tensor } from '../base/tensor.ts';
import { classIndices, toUnits } from '../data/encode/decode.ts';
import type { Model } from '../model/model.ts';
import { type Dataset, rowsAt, rowsIn } from '../net/problem.ts';
import { outputKind, type Setup } from '../net/setup.ts';

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

/** Of rows whose probability falls into a bin: its mean, and the share in which it came true. */
export interface CalibrationBin {
  readonly predicted: number;
  readonly found: number;
  readonly rows: number;
}

/** Predictions beside truth, in the target's units. */
export interface NumberFigures {
  readonly name: string;
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  /** Prediction less truth. */
  readonly residuals?: Histogram;
}

export interface Figures {
  /** The part that was held out: test before validation; else training. */
  readonly part: 'test' | 'validation' | 'training';
  /** Rows that were looked at, drawn by the seed where they are not all. */
  readonly rows: number;
  readonly roc?: readonly RocCurve[];
  readonly calibration?: {
    /** The class whose probability it is; else that of whichever class is predicted. */
    readonly label?: string;
    readonly bins: readonly CalibrationBin[];
    /** The mean distance between the two over the bins, weighted by rows. */
    readonly error: number;
  };
  /** Of numbers, each output. */
  readonly numbers?: readonly NumberFigures[];
  readonly weights: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly histogram: Histogram;
  }[];
}

/** Rows that the curves are computed from, and points that are drawn. */
const mostRows = 20_000;
const mostNumbers = 2 ** 22;
const mostPoints = 1000;
const mostCurves = 10;
const mostOutputs = 4;
const pointsOfCurve = 80;
const bins = 10;
const weightBins = 40;
const mostTensors = 24;

/** Five digits: a page shows no more. */
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

/** Bins that a few values fill, and many are told apart in. */
const binsFor = (n: number) => Math.max(8, Math.min(weightBins, Math.round(2 * Math.cbrt(n))));

/** The curve of scores, larger ones first; undefined where one side has no row. */
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
    // a trapezoid: half of the rows of one score are taken to come in either order
    area += ((wrong - wrongBefore) * (right + rightBefore)) / 2;
    points.push([wrong / negatives, right / positives]);
  }
  return {
    label,
    area: short(area / positives / negatives),
    points: thinCurve(points).map(([x, y]) => [short(x), short(y)]),
  };
}

/** Corners stay; of long ways, points a little apart. */
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

function calibrationOf(chances: readonly (readonly [p: number, cameTrue: boolean])[]) {
  const sums = Array.from({ length: bins }, () => ({ p: 0, found: 0, rows: 0 }));
  for (const [p, cameTrue] of chances) {
    const bin = sums[Math.min(bins - 1, Math.floor(p * bins))];
    bin.p += p;
    bin.found += Number(cameTrue);
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
  // several outputs that are each yes or no have no one class
  if (coding === undefined || (coding !== 'oneHot' && width > 1) || !outputs.data.every(Number.isFinite)) return {};
  const kind = outputKind(setup.network, setup.recipe.loss);
  const actual = classIndices(targets, coding);
  const predicted = classIndices(outputs, coding);
  const classes = setup.prepared?.classes;
  const name = (k: number) => classes?.[k] ?? String(k);
  // of two classes one curve is the other's mirror
  const places = coding !== 'oneHot' ? [0] : width === 2 ? [1] : Array.from({ length: width }, (_, k) => k);
  const scores = (place: number) => Float64Array.from({ length: n }, (_, r) => outputs.data[r * width + place]);
  const roc = places
    .flatMap((place) => {
      const k = coding === 'oneHot' ? place : 1;
      const curve = rocOf(name(k), scores(place), (r) => actual[r] === k);
      return curve === undefined ? [] : [curve];
    })
    .sort((a, b) => a.area - b.area)
    .slice(0, mostCurves);
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
  const shown = Math.min(width, mostOutputs);
  const rows = [...sample(n, Math.floor(mostPoints / shown), setup.network.seed)];
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

/** The figures of a trained model, on the part that was held out. */
export function figuresOf(setup: Setup, model: Model): Figures {
  const part = setup.test ? 'test' : setup.validation ? 'validation' : 'training';
  const all: Dataset = setup.test ?? setup.validation ?? setup;
  const most = Math.min(mostRows, Math.ceil(mostNumbers / (all.inputs.shape[1] + all.targets.shape[1])));
  const rows = sample(rowsIn(all), most, setup.network.seed);
  const isWhole = all.stream === undefined && rows.length === rowsIn(all);
  const { inputs, targets } = isWhole ? all : rowsAt(all, rows);
  const outputs = model.predictTensor(inputs);
  const shown = setup.measure.coding === undefined ? ofNumbers : ofClasses;
  const weights = Array.from(model.parameters)
    .filter(([, { shape }]) => shape.length > 1)
    .slice(0, mostTensors)
    .flatMap(([name, { shape, data }]) => {
      const found = histogram(data, binsFor(data.length));
      return found === undefined ? [] : [{ name, shape, histogram: found }];
    });
  return { part, rows: rows.length, ...shown(setup, outputs, targets), weights };
}
