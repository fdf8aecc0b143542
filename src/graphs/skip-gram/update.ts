/**
 * One update of skip-gram with negative sampling, in plain TypeScript: the definition, in float64 or in float32 with the bits of the
 * generated code.
 *
 * A center has outputs (itself, label 1, and the negatives, label 0) and inputs (the nodes in its window). All pairs of an input
 * and an output are one small product of matrices, so the negatives are shared by the window's inputs. With input rows uᵢ, output
 * rows vₖ, labels yₖ and the rate r:
 *
 *   loss = −Σᵢ Σₖ ln σ(±uᵢ·vₖ),   eᵢₖ = r (yₖ − σ(uᵢ·vₖ)),   uᵢ += Σₖ eᵢₖ vₖ,   vₖ += Σᵢ eᵢₖ uᵢ,
 *
 * where both sums are of the rows before the update. A negative that is the center itself counts as absent.
 *
 * Sources: Mikolov et al., "Distributed representations of words and phrases" (NeurIPS 2013); shared negatives: Ji et al.,
 * "Parallelizing word2vec in shared and distributed memory" (2016).
 */
import { type Arithmetic, pairLoss } from './arithmetic.ts';
import type { Slices } from './slices.ts';

/** The vectors, `[nodes, dimensions]` row after row. */
export interface VectorTables<Numbers extends Float32Array | Float64Array = Float32Array | Float64Array> {
  readonly input: Numbers;
  readonly output: Numbers;
}

/** A center, by indices of nodes. */
export interface Window {
  /** The nodes in the window, in the order of the walk. A node may occur several times. */
  readonly inputs: readonly number[];
  /** The center, then the negatives. */
  readonly outputs: readonly number[];
}

export interface UpdateNumbers {
  /** uᵢ·vₖ, `[inputs][outputs]`. */
  readonly dots: readonly (readonly number[])[];
  /** σ of them. */
  readonly probabilities: readonly (readonly number[])[];
  /** eᵢₖ, which includes the rate. */
  readonly errors: readonly (readonly number[])[];
  /** Summed over all pairs. */
  readonly loss: number;
}

/**
 * uᵢ·vₖ in the order of the generated code: within a slice, one sum for each remainder of the dimension by 4, which are added as
 * (0 + 2) + (1 + 3); then the slices in order. For one or two dimensions, this is the plain sum.
 */
function dot(
  { input, output }: VectorTables,
  { count, width, dimensions }: Slices,
  i: number,
  k: number,
  { round }: Arithmetic,
): number {
  let total = 0;
  const lanes = [0, 0, 0, 0];
  for (let slice = 0; slice < count; slice++) {
    lanes.fill(0);
    const end = Math.min((slice + 1) * width, dimensions);
    for (let d = slice * width; d < end; d++) {
      const lane = (d - slice * width) % 4;
      const product = round(input[i * dimensions + d] * output[k * dimensions + d]);
      lanes[lane] = round(lanes[lane] + product);
    }
    const sum = round(round(lanes[0] + lanes[2]) + round(lanes[1] + lanes[3]));
    total = slice === 0 ? sum : round(total + sum);
  }
  return total;
}

/** Updates the tables in place and returns the numbers of the update. `rate` has been rounded. */
export function updateWindow(
  tables: VectorTables,
  slices: Slices,
  { inputs, outputs }: Window,
  rate: number,
  arithmetic: Arithmetic,
): UpdateNumbers {
  const { input, output } = tables;
  const { dimensions } = slices;
  const { round, sigmoid } = arithmetic;
  const [center] = outputs;
  const isPresent = outputs.map((node, k) => k === 0 || node !== center);
  const dots = inputs.map((i) => outputs.map((k) => dot(tables, slices, i, k, arithmetic)));
  const probabilities = dots.map((row) => row.map(sigmoid));
  const errors = probabilities.map((row) =>
    row.map((p, k) => round(round((k === 0 ? 1 : 0) - p) * (isPresent[k] ? rate : 0))),
  );
  let loss = 0;
  for (const row of probabilities) {
    for (const [k, p] of row.entries()) if (isPresent[k]) loss += pairLoss(k === 0 ? p : 1 - p);
  }
  const outputChanges = outputs.map((_, k) =>
    weightedSum(
      input,
      inputs,
      inputs.map((_, i) => errors[i][k]),
      dimensions,
      arithmetic,
    ),
  );
  const inputChanges = inputs.map((_, i) => weightedSum(output, outputs, errors[i], dimensions, arithmetic));
  addRows(input, inputs, inputChanges, dimensions, arithmetic);
  addRows(output, outputs, outputChanges, dimensions, arithmetic);
  return { dots, probabilities, errors, loss };
}

/** Σ weight·row, in order, from 0. */
function weightedSum(
  table: VectorTables['input'],
  nodes: readonly number[],
  weights: readonly number[],
  dimensions: number,
  { round }: Arithmetic,
): Float64Array {
  const sum = new Float64Array(dimensions);
  for (const [j, node] of nodes.entries()) {
    for (let d = 0; d < dimensions; d++) sum[d] = round(sum[d] + round(weights[j] * table[node * dimensions + d]));
  }
  return sum;
}

function addRows(
  table: VectorTables['input'],
  nodes: readonly number[],
  changes: readonly Float64Array[],
  dimensions: number,
  { round }: Arithmetic,
): void {
  for (const [j, node] of nodes.entries()) {
    for (let d = 0; d < dimensions; d++) {
      const at = node * dimensions + d;
      table[at] = round(table[at] + changes[j][d]);
    }
  }
}
