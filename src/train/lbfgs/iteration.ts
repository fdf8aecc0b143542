/** One iteration of L-BFGS: a direction, a line search along it, and the pair of changes that the next directions use. */
import type { Numbers, Program } from '../../engines/engine.ts';
import { directionOf, dot, type Pair } from './direction.ts';
import { lineSearch, type Point } from './line-search.ts';

/** The options of `lbfgs`. */
export interface LbfgsOptions {
  readonly learningRate: number;
  readonly historySize: number;
}

/** The loss, the gradient and its norm at the parameters. */
export interface Evaluation {
  readonly loss: number;
  readonly norm: number;
  readonly gradient: Float64Array;
}

/** A curvature y·s below this share of y·y is too small to use. */
const flat = 1e-10;

/** All parameters of a step as one vector, and so their gradients. */
export interface ParameterVector {
  readonly views: readonly Numbers[];
  readonly size: number;
  read(): Float64Array;
  write(all: Float64Array): void;
  readGradient(): Float64Array;
}

export function parameterVector(step: Program, names: readonly string[]): ParameterVector {
  const views = names.map((name) => step.view(name));
  const gradients = names.map((name) => step.view(`gradient(${name})`));
  const size = views.reduce((sum, { length }) => sum + length, 0);
  const gather = (from: readonly Numbers[]) => {
    const all = new Float64Array(size);
    let offset = 0;
    for (const view of from) {
      all.set(view, offset);
      offset += view.length;
    }
    return all;
  };
  return {
    views,
    size,
    read: () => gather(views),
    write(all) {
      let offset = 0;
      for (const view of views) {
        view.set(all.subarray(offset, offset + view.length));
        offset += view.length;
      }
    },
    readGradient: () => gather(gradients),
  };
}

/**
 * One iteration from parameters that were evaluated: it writes the new parameters, and returns the pairs and the evaluation
 * there. Undefined, with the parameters unchanged, if no step along the direction lowers the loss.
 */
export function iterate(
  parameters: ParameterVector,
  { at, pairs }: { readonly at: Evaluation; readonly pairs: readonly Pair[] },
  { learningRate, historySize }: LbfgsOptions,
  evaluate: () => Evaluation,
): { readonly at: Evaluation; readonly pairs: readonly Pair[] } | undefined {
  const { size } = parameters;
  const start = parameters.read();
  const direction = directionOf(at.gradient, pairs);
  const slope = dot(at.gradient, direction);
  if (!(slope < 0)) return undefined;
  const moved = new Float64Array(size);
  const moveTo = (t: number) => {
    for (let i = 0; i < size; i++) moved[i] = start[i] + t * direction[i];
    parameters.write(moved);
  };
  const pointAt = (t: number): Point & { readonly here: Evaluation } => {
    moveTo(t);
    const here = evaluate();
    return { t, loss: here.loss, slope: dot(here.gradient, direction), here };
  };
  const sum = at.gradient.reduce((total, g) => total + Math.abs(g), 0);
  const first = pairs.length === 0 ? Math.min(1, 1 / sum) * learningRate : learningRate;
  const largest = direction.reduce((most, d) => Math.max(most, Math.abs(d)), 0);
  const reached = lineSearch({ t: 0, loss: at.loss, slope, here: at }, first, largest, pointAt);
  if (reached === undefined || !(reached.loss < at.loss)) {
    parameters.write(start);
    return undefined;
  }
  moveTo(reached.t);
  // The change as rounded in the engine's memory.
  const s = parameters.read().map((x, i) => x - start[i]);
  const y = reached.here.gradient.map((g, i) => g - at.gradient[i]);
  const isCurved = dot(y, s) > flat * dot(y, y);
  return { at: reached.here, pairs: isCurved ? [...pairs, { s, y }].slice(-historySize) : pairs };
}
