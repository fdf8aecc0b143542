/**
 * The direction of L-BFGS, from the newest changes of the parameters and of the gradient.
 * Source: Nocedal and Wright, Numerical Optimization (2006), algorithms 7.4 and 7.5.
 */

/** A change s of the parameters, and the change y of the gradient that it caused. */
export interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** r += c·v. */
function addTimes(r: Float64Array, c: number, v: ArrayLike<number>): void {
  for (let i = 0; i < r.length; i++) r[i] += c * v[i];
}

/** -H·g, where H is the inverse curvature that the pairs approximate. */
export function directionOf(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
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
