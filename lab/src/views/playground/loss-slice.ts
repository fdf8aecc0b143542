/**
 * A slice of the loss surface: the training loss at weights w + a·d1 + b·d2 around the weights w of now, and the way that
 * training took, projected on the two directions. The directions are the first two principal components of that way.
 * Source: Li, Xu, Taylor, Studer, Goldstein, "Visualizing the Loss Landscape of Neural Nets" (NeurIPS 2018), section 7.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export interface Directions {
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** The shares of the way's variance in the two directions; undefined for directions that were chosen. */
  readonly shares?: readonly [number, number];
}

/**
 * The first two principal components of points [n][d] around the last one, each of length 1. If the points lie on a line or
 * are one point, the missing directions are along the axes where the points are.
 */
export function principalDirections(way: readonly Float64Array[]): Directions {
  const last = way[way.length - 1];
  const { length } = last;
  const rows = way.map((point) => point.map((value, i) => value - last[i]));
  // the Gram matrix: n is smaller than the number of weights, or at most some hundred
  const gram = new Matrix(rows.map((a) => rows.map((b) => dot(a, b))));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  const found: Float64Array[] = [];
  for (const i of order.slice(0, 2)) {
    if (!(realEigenvalues[i] > 1e-12 * Math.max(total, 1e-12))) continue;
    const direction = new Float64Array(length);
    rows.forEach((row, r) => {
      const share = eigenvectorMatrix.get(r, i);
      for (let j = 0; j < length; j++) direction[j] += share * row[j];
    });
    found.push(unit(direction));
  }
  for (let axis = 0; found.length < 2 && axis < length; axis++) {
    const candidate = new Float64Array(length);
    candidate[axis] = 1;
    for (const other of found) {
      const along = dot(candidate, other);
      for (let j = 0; j < length; j++) candidate[j] -= along * other[j];
    }
    if (dot(candidate, candidate) > 0.01) found.push(unit(candidate));
  }
  const share = (k: number) => (total > 0 ? Math.max(0, realEigenvalues[order[k]] ?? 0) / total : 0);
  return { first: found[0], second: found[1] ?? new Float64Array(length), shares: [share(0), share(1)] };
}

/** Along two weights, by their numbers. */
export function axes(length: number, first: number, second: number): Directions {
  const along = (axis: number) => Float64Array.from({ length }, (_, i) => (i === axis ? 1 : 0));
  return { first: along(first), second: along(second) };
}

export const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}

export interface Slice {
  /** The losses, row by row from the lowest b; a grows along a row. [size, size] */
  readonly losses: Float64Array;
  readonly size: number;
  /** The ends of a and of b. */
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
  /** The way: a and b in turn, oldest first. */
  readonly way: Float64Array;
  readonly shares?: readonly [number, number];
}

/** The smallest width of a slice, in units of the weights. */
const minSpan = 2;

/** Computes the slice; `lossAt` is called with weights, whose numbers it must not keep. */
export function sliceOf(
  way: readonly Float64Array[],
  { first, second, shares }: Directions,
  size: number,
  lossAt: (weights: Float64Array) => number,
): Slice {
  const last = way[way.length - 1];
  const projected = Float64Array.from(
    way.flatMap((point) => {
      const from = point.map((value, i) => value - last[i]);
      return [dot(from, first), dot(from, second)];
    }),
  );
  const a = span(projected.filter((_, i) => i % 2 === 0));
  const b = span(projected.filter((_, i) => i % 2 === 1));
  const weights = new Float64Array(last.length);
  const losses = Float64Array.from({ length: size * size }, (_, cell) => {
    const [i, j] = [cell % size, Math.floor(cell / size)];
    const [along, across] = [between(a, i / (size - 1)), between(b, j / (size - 1))];
    for (let k = 0; k < weights.length; k++) weights[k] = last[k] + along * first[k] + across * second[k];
    return lossAt(weights);
  });
  return { losses, size, a, b, way: projected, shares };
}

const between = ([low, high]: readonly [number, number], share: number) => low + share * (high - low);

/** From the lowest to the highest number, and some more on both sides. */
function span(values: Float64Array): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const more = Math.max(0.35 * (high - low), (minSpan - (high - low)) / 2);
  return [low - more, high + more];
}
