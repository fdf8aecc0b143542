/**
 * The distance of two lists of degrees by dynamic time warping: the minimum cost of an alignment in which both advance monotonically.
 * Degrees a and b, which n and m nodes have, cost (max(a, b)/min(a, b) − 1)·max(n, m).
 *
 * Sources: struc2vec (KDD 2017), equations 2 and 3; Salvador and Chan, "FastDTW: toward accurate dynamic time warping in linear time and
 * space" (2007).
 */
import type { DegreeList } from './degree-lists.ts';

/** Cells of the table below which all alignments are compared. */
const exactCells = 4096;
/** FastDTW: cells around the alignment of the shorter lists that are compared too. */
const radius = 1;

/** The cost of two elements. Degree 0 equals itself alone: an isolated node is infinitely far from the others. */
function cost(a: DegreeList, i: number, b: DegreeList, j: number): number {
  const x = a.degrees[i];
  const y = b.degrees[j];
  if (x === y) return 0;
  const n = a.counts[i];
  const m = b.counts[j];
  return ((x < y ? y / x : x / y) - 1) * (n < m ? m : n);
}

/** The distance: exact for short lists, and by FastDTW for long ones, where it may be a little larger. */
export function warpingDistance(a: DegreeList, b: DegreeList): number {
  const [rows, columns] = [a.degrees.length, b.degrees.length];
  return rows * columns <= exactCells ? exactDistance(a, b) : fastDistance(a, b);
}

/** The distance by FastDTW, in steps proportional to the lengths. */
export const fastDistance = (a: DegreeList, b: DegreeList): number => fastAlignment(a, b).distance;

/** The minimum over all alignments, in rows × columns steps. */
export function exactDistance(a: DegreeList, b: DegreeList): number {
  const [rows, columns] = [a.degrees.length, b.degrees.length];
  const best = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
  best[0] = 0;
  for (let i = 0; i < rows; i++) {
    let diagonal = best[0];
    best[0] = Number.POSITIVE_INFINITY;
    for (let j = 1; j <= columns; j++) {
      const above = best[j];
      const left = best[j - 1];
      const least = diagonal < above ? diagonal : above;
      best[j] = cost(a, i, b, j - 1) + (left < least ? left : least);
      diagonal = above;
    }
  }
  return best[columns];
}

/** The cells of a table that are compared: in each row from `from` to `to`, inclusive. */
interface Band {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

interface Alignment {
  readonly distance: number;
  /** Of each row, the first and the last column of the alignment. */
  readonly path: Band;
}

/** The alignment of lists half as long, refined within a band around it. */
function fastAlignment(a: DegreeList, b: DegreeList): Alignment {
  const [rows, columns] = [a.degrees.length, b.degrees.length];
  if (Math.min(rows, columns) <= radius + 2) return bandAlignment(a, b, wholeBand(rows, columns));
  const { path } = fastAlignment(halved(a), halved(b));
  return bandAlignment(a, b, widened(path, rows, columns));
}

/** Means of pairs of elements; the last of an odd number stays. */
function halved({ degrees, counts }: DegreeList): DegreeList {
  return { degrees: pairMeans(degrees), counts: pairMeans(counts) };
}

function pairMeans(values: Float64Array): Float64Array {
  const means = new Float64Array((values.length + 1) >> 1);
  for (let i = 0; i < means.length; i++) {
    means[i] = 2 * i + 1 < values.length ? (values[2 * i] + values[2 * i + 1]) / 2 : values[2 * i];
  }
  return means;
}

const wholeBand = (rows: number, columns: number): Band => ({
  from: new Int32Array(rows),
  to: new Int32Array(rows).fill(columns - 1),
});

/** The band around the alignment of half as many rows and columns. */
function widened({ from, to }: Band, rows: number, columns: number): Band {
  const band = { from: new Int32Array(rows), to: new Int32Array(rows) };
  for (let i = 0; i < rows; i++) {
    const first = Math.max(0, (i >> 1) - radius);
    const last = Math.min(from.length - 1, (i >> 1) + radius);
    band.from[i] = Math.max(0, 2 * (from[first] - radius));
    band.to[i] = Math.min(columns - 1, 2 * (to[last] + radius) + 1);
  }
  // the first and the last cells belong to every alignment
  band.from[0] = 0;
  band.to[rows - 1] = columns - 1;
  return band;
}

const [diagonalStep, upStep, leftStep] = [0, 1, 2];

/** The best alignment within a band. */
function bandAlignment(a: DegreeList, b: DegreeList, { from, to }: Band): Alignment {
  const rows = from.length;
  const starts = new Int32Array(rows + 1);
  for (let i = 0; i < rows; i++) starts[i + 1] = starts[i] + to[i] - from[i] + 1;
  const steps = new Uint8Array(starts[rows]);
  // a row is at the column plus 1, so that the column before the first one is there
  let before = new Float64Array(b.degrees.length + 1).fill(Number.POSITIVE_INFINITY);
  let best = before.slice();
  before[0] = 0;
  for (let i = 0; i < rows; i++) {
    const first = from[i];
    best[first] = Number.POSITIVE_INFINITY;
    for (let j = first; j <= to[i]; j++) {
      const diagonal = before[j];
      const up = before[j + 1];
      const left = best[j];
      let least = diagonal;
      let step: number = diagonalStep;
      if (up < least) {
        least = up;
        step = upStep;
      }
      if (left < least) {
        least = left;
        step = leftStep;
      }
      best[j + 1] = cost(a, i, b, j) + least;
      steps[starts[i] + j - first] = step;
    }
    // a band ends no earlier than in the row before, so that infinities remain beyond it
    [before, best] = [best, before];
  }
  return { distance: before[to[rows - 1] + 1], path: pathOf({ from, to }, starts, steps) };
}

function pathOf({ from, to }: Band, starts: Int32Array, steps: Uint8Array): Band {
  const rows = from.length;
  const path = { from: new Int32Array(rows), to: new Int32Array(rows).fill(-1) };
  let [i, j] = [rows - 1, to[rows - 1]];
  for (;;) {
    if (path.to[i] === -1) path.to[i] = j;
    path.from[i] = j;
    if (i === 0 && j === 0) return path;
    const step = steps[starts[i] + j - from[i]];
    if (step !== leftStep) i -= 1;
    if (step !== upStep) j -= 1;
  }
}
