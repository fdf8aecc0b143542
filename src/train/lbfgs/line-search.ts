/**
 * The line search of L-BFGS: along a direction, it finds a step that meets the strong Wolfe conditions.
 * Source: Nocedal and Wright, Numerical Optimization (2006), algorithms 3.5 and 3.6.
 */

/** A step must lower the loss by this share of what the slope predicts, and the slope to this share of its start. */
const [armijo, curvature] = [1e-4, 0.9];
/** The maximum number of evaluations in one line search. */
const maxTrials = 25;

/** A point along the direction: its distance t, and the loss and the slope along the direction there. */
export interface Point {
  readonly t: number;
  readonly loss: number;
  readonly slope: number;
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
 * no trial lowers the loss. `first` is the first step to try, and `largest` the largest component of the direction: steps that
 * change no parameter by more than 1e-16 are not tried.
 */
export function lineSearch<P extends Point>(
  start: P,
  first: number,
  largest: number,
  evaluate: (t: number) => P,
): P | undefined {
  const fails = ({ t, loss }: Point) => !(loss <= start.loss + armijo * t * start.slope);
  const meets = ({ slope }: Point) => Math.abs(slope) <= -curvature * start.slope;
  let trials = 0;
  const trial = (t: number) => {
    trials++;
    return evaluate(t);
  };
  let low = start;
  let high: P | undefined;
  let t = first;
  // Take longer steps until one goes too far.
  for (let before = start; high === undefined; ) {
    let point = trial(t);
    // The loss overflows there: try a tenth of the way.
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
  // Search between the lowest trial and one beyond the minimum.
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
