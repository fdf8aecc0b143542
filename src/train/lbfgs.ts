/**
 * L-BFGS as a loop: each epoch is one iteration. It computes a direction from the newest curvatures and searches along it
 * for a step that meets the strong Wolfe conditions. The engine computes the loss and the gradient; this file computes sums
 * over the parameters.
 * Sources: Nocedal and Wright, Numerical Optimization (2006), algorithms 7.4 and 7.5 (direction), 3.5 and 3.6 (search);
 * defaults and first step as PyTorch 2's.
 */
import type { EpochLoop, EpochPosition, Numbers, Program, Saved } from '../engines/engine.ts';
import { epochsAtOnce } from '../engines/engine.ts';

/** A step must lower the loss by this share of what the slope predicts, and the slope to this share of its start. */
const [armijo, curvature] = [1e-4, 0.9];
/** The maximum number of evaluations in one line search. */
const maxTrials = 25;
/** A curvature y·s below this share of y·y is too small to use. */
const flat = 1e-10;

/** A point along the direction: its distance t, and the loss, the slope along the direction, and the gradient there. */
interface Point {
  readonly t: number;
  readonly loss: number;
  readonly slope: number;
  readonly gradient: Float64Array;
}

/** A change s of the parameters, and the change y of the gradient that it caused; ρ = 1/(y·s). */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
}

interface State {
  readonly pairs: readonly Pair[];
  /** The loss and the gradient at the parameters, once they were evaluated. */
  readonly at?: { readonly loss: number; readonly norm: number; readonly gradient: Float64Array };
  readonly evaluations: number;
  /** Neither the direction nor the gradient leads to a lower loss: rounding allows no further step. */
  readonly stuck: boolean;
}

interface SavedState extends Saved {
  readonly parameters: readonly Float64Array[];
  readonly state: State;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** r += c·v. */
function addTimes(r: Float64Array, c: number, v: ArrayLike<number>): void {
  for (let i = 0; i < r.length; i++) r[i] += c * v[i];
}

/** -H·g, where H is the inverse curvature that the pairs approximate. */
function directionOf(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const r = gradient.map((g) => -g);
  const last = pairs[pairs.length - 1];
  const weights = pairs.map(({ s, y }) => ({ s, y, ys: dot(y, s), alpha: 0 }));
  for (const pair of [...weights].reverse()) {
    pair.alpha = dot(pair.s, r) / pair.ys;
    addTimes(r, -pair.alpha, pair.y);
  }
  if (last !== undefined) {
    const scale = dot(last.y, last.s) / dot(last.y, last.y);
    for (let i = 0; i < r.length; i++) r[i] *= scale;
  }
  for (const { s, y, ys, alpha } of weights) addTimes(r, alpha - dot(y, r) / ys, s);
  return r;
}

/** The minimum, within bounds, of the cubic through two points with their slopes. */
function cubicMinimum(a: Point, b: Point, low: number, high: number): number {
  const [p, q] = a.t <= b.t ? [a, b] : [b, a];
  const middle = (low + high) / 2;
  const d1 = p.slope + q.slope - (3 * (p.loss - q.loss)) / (p.t - q.t);
  const square = d1 * d1 - p.slope * q.slope;
  if (!(square >= 0)) return middle;
  const d2 = Math.sqrt(square);
  const t = q.t - (q.t - p.t) * ((q.slope + d2 - d1) / (q.slope - p.slope + 2 * d2));
  return t >= low && t <= high ? t : t < low ? low : t > high ? high : middle;
}

/**
 * A step from `start` (t = 0) that meets the strong Wolfe conditions, or else the trial with the lowest loss; undefined if
 * no trial lowers the loss.
 */
function search(start: Point, first: number, largest: number, evaluate: (t: number) => Point): Point | undefined {
  const fails = ({ t, loss }: Point) => !(loss <= start.loss + armijo * t * start.slope);
  const meets = ({ slope }: Point) => Math.abs(slope) <= -curvature * start.slope;
  let trials = 0;
  const trial = (t: number) => {
    trials++;
    return evaluate(t);
  };
  let low = start;
  let high: Point | undefined;
  let t = first;
  // take longer steps until one goes too far
  for (let before = start; high === undefined; ) {
    let point = trial(t);
    // the loss overflows there: go a tenth of the way
    while (!Number.isFinite(point.loss) && trials < maxTrials) {
      t = before.t + (t - before.t) / 10;
      point = trial(t);
    }
    if (!Number.isFinite(point.loss)) return low === start ? undefined : low;
    if (fails(point) || (before !== start && point.loss >= before.loss)) [low, high] = [before, point];
    else if (meets(point)) return point;
    else if (point.slope >= 0) [low, high] = [point, before];
    else if (trials === maxTrials) return point;
    else {
      t = cubicMinimum(before, point, point.t + 0.01 * (point.t - before.t), 10 * point.t);
      before = point;
      low = point;
    }
  }
  // search between the lowest trial and one beyond the minimum
  while (trials < maxTrials && Math.abs(high.t - low.t) * largest > 1e-16) {
    const [from, to] = low.t < high.t ? [low.t, high.t] : [high.t, low.t];
    const margin = 0.1 * (to - from);
    const point = trial(cubicMinimum(low, high, from + margin, to - margin));
    if (fails(point) || !(point.loss < low.loss)) high = point;
    else {
      if (meets(point)) return point;
      if (point.slope * (high.t - low.t) >= 0) high = low;
      low = point;
    }
  }
  return low === start ? undefined : low;
}

/** The options of `lbfgs`. */
export interface LbfgsOptions {
  readonly learningRate: number;
  readonly historySize: number;
}

/** A loop over an inner loop whose step updates nothing: it evaluates the loss and the gradients of all rows. */
export function lbfgsLoop(
  inner: EpochLoop,
  step: Program,
  names: readonly string[],
  { learningRate, historySize }: LbfgsOptions,
): EpochLoop<SavedState> {
  const parameters = names.map((name) => step.view(name));
  const gradients = names.map((name) => step.view(`gradient(${name})`));
  const size = parameters.reduce((sum, { length }) => sum + length, 0);
  const gather = (views: readonly Numbers[]) => {
    const all = new Float64Array(size);
    let offset = 0;
    for (const view of views) {
      all.set(view, offset);
      offset += view.length;
    }
    return all;
  };
  const scatter = (all: Float64Array) => {
    let offset = 0;
    for (const view of parameters) {
      view.set(all.subarray(offset, offset + view.length));
      offset += view.length;
    }
  };
  let state: State = { pairs: [], evaluations: 0, stuck: false };
  let epoch = 0;
  const losses = new Float64Array(epochsAtOnce);
  const norms = new Float64Array(epochsAtOnce);

  const evaluate = () => {
    inner.run(1);
    state = { ...state, evaluations: state.evaluations + 1 };
    return { loss: inner.losses[0], norm: inner.norms[0], gradient: gather(gradients) };
  };

  /** One iteration from `at`; returns false if no step along the direction lowers the loss. */
  const iterate = (at: NonNullable<State['at']>): boolean => {
    const { pairs } = state;
    const start = gather(parameters);
    const direction = directionOf(at.gradient, pairs);
    const slope = dot(at.gradient, direction);
    if (!(slope < 0)) return false;
    const moved = new Float64Array(size);
    const found = new Map<Point, NonNullable<State['at']>>();
    const point = (t: number): Point => {
      for (let i = 0; i < size; i++) moved[i] = start[i] + t * direction[i];
      scatter(moved);
      const here = evaluate();
      const result = { t, loss: here.loss, slope: dot(here.gradient, direction), gradient: here.gradient };
      found.set(result, here);
      return result;
    };
    const sum = at.gradient.reduce((total, g) => total + Math.abs(g), 0);
    const first = pairs.length === 0 ? Math.min(1, 1 / sum) * learningRate : learningRate;
    const largest = direction.reduce((most, d) => Math.max(most, Math.abs(d)), 0);
    const reached = search({ t: 0, loss: at.loss, slope, gradient: at.gradient }, first, largest, point);
    if (reached === undefined || !(reached.loss < at.loss)) {
      scatter(start);
      return false;
    }
    for (let i = 0; i < size; i++) moved[i] = start[i] + reached.t * direction[i];
    scatter(moved);
    // as rounded in the engine's memory
    const s = gather(parameters).map((x, i) => x - start[i]);
    const y = reached.gradient.map((g, i) => g - at.gradient[i]);
    const kept = dot(y, s) > flat * dot(y, y) ? [...pairs, { s, y }].slice(-historySize) : pairs;
    state = { ...state, pairs: kept, at: found.get(reached) };
    return true;
  };

  return {
    feeds: inner.feeds,
    losses,
    norms,
    get threads() {
      return inner.threads;
    },
    serving: () => inner.serving(),
    threadsLost: () => inner.threadsLost?.(),
    memory: inner.memory,
    epoch: () => epoch,
    position: () => 0,
    evaluations: () => state.evaluations,
    run(steps) {
      const count = Math.min(steps, epochsAtOnce);
      for (let e = 0; e < count; e++) {
        const at = state.at ?? evaluate();
        losses[e] = at.loss;
        norms[e] = at.norm;
        state = { ...state, at };
        epoch += 1;
        if (state.stuck || !Number.isFinite(at.loss) || iterate(at)) continue;
        // the curvatures may be outdated: try once more along the gradient
        const alone = state.pairs.length === 0;
        state = { ...state, pairs: [] };
        if (alone || !iterate(at)) state = { ...state, stuck: true };
      }
      return count;
    },
    save: () => ({
      epoch,
      count: epoch,
      position: 0,
      total: 0,
      most: 0,
      parameters: parameters.map((view) => Float64Array.from(view)),
      state,
    }),
    restore(saved) {
      saved.parameters.forEach((numbers, i) => {
        parameters[i].set(numbers);
      });
      ({ epoch, state } = saved);
    },
    numbers({ parameters, state: { pairs, at, evaluations, stuck } }) {
      return new Map<string, Numbers>([
        ...names.map((name, i): [string, Numbers] => [name, parameters[i]]),
        ...pairs.flatMap(({ s, y }, i): [string, Numbers][] => [
          [`lbfgs.s.${i}`, s],
          [`lbfgs.y.${i}`, y],
        ]),
        ...(at ? [['lbfgs.gradient', at.gradient] as [string, Numbers]] : []),
        ['lbfgs.state', Float64Array.of(pairs.length, evaluations, Number(stuck), ...(at ? [at.loss, at.norm] : []))],
      ]);
    },
    load(place: EpochPosition, numbers) {
      const [count, evaluations, stuck, loss, norm] = Array.from(numbers.get('lbfgs.state')!);
      const of = (name: string) => Float64Array.from(numbers.get(name)!);
      return {
        ...place,
        parameters: names.map(of),
        state: {
          pairs: Array.from({ length: count }, (_, i) => ({ s: of(`lbfgs.s.${i}`), y: of(`lbfgs.y.${i}`) })),
          at: loss === undefined ? undefined : { loss, norm, gradient: of('lbfgs.gradient') },
          evaluations,
          stuck: stuck === 1,
        },
      };
    },
    close: () => inner.close(),
  };
}
