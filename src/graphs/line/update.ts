/**
 * One update of LINE in plain TypeScript: the definition, in float64 or in float32 with the bits of the generated code.
 *
 * An edge u → v and K negatives have the loss −ln σ(xᵤ·yᵥ) − Σₖ ln σ(−xᵤ·yₖ). In the second order, y are context vectors of their
 * own; in the first order, they are the vectors x. The targets are updated one after another, each from the row that it finds, and
 * the source last, as in the authors' program. So an update is exactly minus the rate times the gradient, unless a target occurs twice
 * or is the source.
 *
 * Source: Tang and others, "LINE: large-scale information network embedding" (WWW 2015), and its program line.cpp.
 */
import type { Arithmetic } from '../skip-gram/arithmetic.ts';

type Table = Float32Array | Float64Array;

export interface LineSample {
  readonly source: number;
  /** The target of the edge, then the negatives. */
  readonly targets: readonly number[];
}

/** The numbers of one target, before its vector changes. */
export interface TargetNumbers {
  /** x·y. */
  readonly dot: number;
  /** σ(x·y). */
  readonly probability: number;
  /** The label minus the probability, times the rate. */
  readonly error: number;
}

/** Sixteen sums, one for each remainder of the dimension by 16, added in pairs. */
function dot(x: Table, i: number, y: Table, k: number, dimensions: number, { round }: Arithmetic): number {
  const sums = new Float64Array(16);
  for (let d = 0; d < dimensions; d++) {
    sums[d % 16] = round(sums[d % 16] + round(x[i * dimensions + d] * y[k * dimensions + d]));
  }
  const quarters = [0, 1, 2, 3].map((l) => round(round(sums[l] + sums[l + 8]) + round(sums[l + 4] + sums[l + 12])));
  return round(round(quarters[0] + quarters[2]) + round(quarters[1] + quarters[3]));
}

/**
 * Updates the tables in place; in the first order, both are the same. `rate` has been rounded. `onTarget` hears the numbers of each
 * target in turn, before its vector changes.
 */
export function updateSample(
  vectors: Table,
  contexts: Table,
  dimensions: number,
  { source, targets }: LineSample,
  rate: number,
  arithmetic: Arithmetic,
  onTarget?: (numbers: TargetNumbers, index: number) => void,
): void {
  const { round, sigmoid } = arithmetic;
  const change = new Float64Array(dimensions);
  for (const [k, target] of targets.entries()) {
    const product = dot(vectors, source, contexts, target, dimensions, arithmetic);
    const probability = sigmoid(product);
    const error = round(round((k === 0 ? 1 : 0) - probability) * rate);
    onTarget?.({ dot: product, probability, error }, k);
    for (let d = 0; d < dimensions; d++) {
      const at = target * dimensions + d;
      const before = contexts[at];
      change[d] = round(change[d] + round(error * before));
      contexts[at] = round(before + round(error * vectors[source * dimensions + d]));
    }
  }
  for (let d = 0; d < dimensions; d++) {
    const at = source * dimensions + d;
    vectors[at] = round(vectors[at] + change[d]);
  }
}
