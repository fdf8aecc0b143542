/**
 * The search for a minimum by L-BFGS as an object that asks for one evaluation at a time, so that several searches share one
 * evaluation of all their trials. The function must be convex: then any step that lowers it enough gives a useful curvature.
 *
 * Source: Nocedal and Wright, "Numerical Optimization" (2006), algorithm 7.4 (two loops) and 3.1 (backtracking, with a parabola's
 * minimum).
 */

/** Pairs of steps and changes of the gradient from which the curvature is estimated. */
const maxPairs = 10;
/** A step must lower the function by this part of what its slope promises. */
const enough = 1e-4;
/** Trials along one direction. */
const maxTrials = 30;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

export class Search {
  /** Where the function is to be evaluated next. */
  trial: Float64Array;
  /** The point with the lowest value so far. */
  best: Float64Array;
  isDone = false;
  private readonly tolerance: number;
  private value = Number.POSITIVE_INFINITY;
  private gradient: Float64Array = new Float64Array();
  private direction: Float64Array = new Float64Array();
  private slope = 0;
  private length = 1;
  private trials = 0;
  private limit = 0;
  private pairs: Pair[] = [];

  /** The search ends when the gradient's norm is at most `tolerance` times that at the start. */
  constructor(start: Float64Array, tolerance: number) {
    this.best = start;
    this.trial = start;
    this.tolerance = tolerance;
  }

  /** The value and the gradient at `trial`. */
  take(value: number, gradient: Float64Array): void {
    if (this.gradient.length === 0) {
      this.limit = this.tolerance * Math.sqrt(dot(gradient, gradient));
      this.moveTo(value, gradient);
    } else if (value <= this.value + enough * this.length * this.slope) {
      this.remember(gradient);
      this.moveTo(value, gradient);
    } else if (++this.trials === maxTrials) this.isDone = true;
    else this.shorten(value);
  }

  private remember(gradient: Float64Array): void {
    const step = this.trial.map((x, i) => x - this.best[i]);
    const change = gradient.map((g, i) => g - this.gradient[i]);
    const product = dot(step, change);
    if (product > 0) this.pairs = [...this.pairs, { step, change, product }].slice(-maxPairs);
  }

  private moveTo(value: number, gradient: Float64Array): void {
    this.best = this.trial;
    this.value = value;
    this.gradient = gradient.slice();
    const norm = Math.sqrt(dot(gradient, gradient));
    if (!(norm > this.limit)) {
      this.isDone = true;
      return;
    }
    this.direction = this.newDirection();
    this.slope = dot(this.direction, gradient);
    this.trials = 0;
    this.aim(this.pairs.length === 0 ? Math.min(1, 1 / norm) : 1);
  }

  private aim(length: number): void {
    this.length = length;
    this.trial = this.best.map((x, i) => x + length * this.direction[i]);
  }

  /** To the minimum of the parabola through both values and the slope, within 0.1 and 0.5 of the last length. */
  private shorten(value: number): void {
    const { length, slope } = this;
    const vertex = (-slope * length * length) / (2 * (value - this.value - slope * length));
    this.aim(vertex >= 0.1 * length ? Math.min(vertex, 0.5 * length) : 0.1 * length);
  }

  /** The negative of the gradient times the estimated inverse of the second derivatives. */
  private newDirection(): Float64Array {
    const { pairs } = this;
    const direction = this.gradient.map((g) => -g);
    const factors = new Float64Array(pairs.length);
    for (let p = pairs.length - 1; p >= 0; p--) {
      factors[p] = dot(pairs[p].step, direction) / pairs[p].product;
      addTimes(direction, -factors[p], pairs[p].change);
    }
    const last = pairs.at(-1);
    if (last !== undefined) {
      const scale = last.product / dot(last.change, last.change);
      for (let i = 0; i < direction.length; i++) direction[i] *= scale;
    }
    pairs.forEach(({ step, change, product }, p) => {
      addTimes(direction, factors[p] - dot(change, direction) / product, step);
    });
    return direction;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** to += factor · vector */
function addTimes(to: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * vector[i];
}
