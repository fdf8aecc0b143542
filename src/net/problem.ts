/** Everything that decides the numbers of training, in memory: network, starting parameters, data, recipe. */
import { type Tensor, tensor } from '../base/tensor.ts';
import type { RowStream } from '../data/table/rows.ts';
import type { Network, Parameters } from './network.ts';
import { type StepRecipe, type StepSize, weightAddresses } from './step.ts';

export interface Dataset {
  /** [rows, inputs]. */
  readonly inputs: Tensor;
  /** [rows, outputs]. */
  readonly targets: Tensor;
  /** All rows, where they are more than stand in memory; `inputs` and `targets` are then the first of them alone. */
  readonly stream?: RowStream;
  /** [rows, 1], each at least 0, not all 0: how much each row counts in the loss. Without them all count alike. */
  readonly weights?: Tensor;
}

export const rowsIn = ({ inputs, stream }: Dataset): number => stream?.rows ?? inputs.shape[0];

/** The rows at ascending positions, in memory. */
export function rowsAt({ inputs, targets, weights, stream }: Dataset, positions: Uint32Array): Dataset {
  const picked = (from: Tensor) => {
    const [, width] = from.shape;
    const out = tensor([positions.length, width]);
    positions.forEach((row, r) => {
      out.data.set(from.data.subarray(row * width, (row + 1) * width), r * width);
    });
    return out;
  };
  const counts = weights && { weights: picked(weights) };
  if (stream === undefined) return { inputs: picked(inputs), targets: picked(targets), ...counts };
  const [x, t] = [inputs, targets].map(({ shape }) => tensor([positions.length, shape[1]]));
  stream.read(positions, x.data, t.data);
  return { inputs: x, targets: t, ...counts };
}

/** Rows of a stream that are read at a time. */
const blockRows = 4096;

/** All rows in blocks, in order; of what is in memory one block. The next block takes the place of the last. */
export function* blocksOf(data: Dataset): Generator<Dataset> {
  const { inputs, targets, weights, stream } = data;
  if (stream === undefined) {
    yield data;
    return;
  }
  const widths = [inputs, targets].map(({ shape }) => shape[1]);
  const held = widths.map((width) => new Float64Array(Math.min(blockRows, stream.rows) * width));
  for (let start = 0; start < stream.rows; start += blockRows) {
    const count = Math.min(blockRows, stream.rows - start);
    const [x, t] = held.map((each, i) => each.subarray(0, count * widths[i]).fill(0));
    stream.read(
      Uint32Array.from({ length: count }, (_, i) => start + i),
      x,
      t,
    );
    yield {
      inputs: tensor([count, widths[0]], x),
      targets: tensor([count, widths[1]], t),
      ...(weights && { weights: tensor([count, 1], weights.data.subarray(start, start + count)) }),
    };
  }
}

/** Numbers of outputs that metrics are made of; of more rows every k-th counts. */
const mostMeasured = 2 ** 23;

/** Gathers rows of outputs and targets for metrics: all, or of very many every k-th. */
export function measured(rows: number, outputs: number) {
  const every = Math.ceil((rows * outputs) / mostMeasured);
  const kept = Math.ceil(rows / every);
  const [y, t] = [tensor([kept, outputs]), tensor([kept, outputs])];
  let row = 0;
  return {
    outputs: y,
    targets: t,
    add(made: ArrayLike<number>, wanted: ArrayLike<number>): void {
      for (let at = 0; at < made.length; at += outputs, row++) {
        if (row % every > 0) continue;
        const to = (row / every) * outputs;
        for (let k = 0; k < outputs; k++) {
          y.data[to + k] = made[at + k];
          t.data[to + k] = wanted[at + k];
        }
      }
    },
  };
}

/** The size of a step over some of the rows. */
export function stepSizeOf({ inputs, targets, weights }: Dataset, batch = inputs.shape[0]): StepSize {
  return {
    batch,
    inputs: inputs.shape[1],
    outputs: targets.shape[1],
    ...(weights && { weights: weights.data.includes(0) ? ('someZero' as const) : ('positive' as const) }),
  };
}

/** What a step over rows is fed with, by address; `fill` is called for each. */
export function eachFed({ inputs, targets, weights }: Dataset, fill: (address: string, rows: Tensor) => void): void {
  fill('layers.0.input', inputs);
  fill('target', targets);
  if (weights !== undefined) fill(weightAddresses.each, weights);
}

/** A problem's rows are those it trains on, in the file's order. */
export interface Problem extends Dataset {
  readonly network: Network;
  /** What training starts from, by address (`layers.0.weight`). */
  readonly parameters: Parameters;
  readonly recipe: StepRecipe;
  readonly batchSize: 'full' | number;
  /** Rows are put in a new order each epoch. */
  readonly shuffle: boolean;
  /** What the inputs are and what the outputs stand for (classes, a column), where the rows came from a table. */
  readonly inputNames?: readonly string[];
  readonly outputNames?: readonly string[];
  /** Display names by address: `layers.0.weight` -> `v`. */
  readonly symbols: Readonly<Record<string, string>>;
}

/** What stands for a problem: itself, or what can give one, as a trained model can. */
export type ProblemSource = Problem | { problem(): Problem };

/** The problem, of one whose rows do not stand in memory with the weights of those that do. */
export function problemOf(source: ProblemSource): Problem {
  const problem = 'problem' in source ? source.problem() : source;
  const { inputs, weights } = problem;
  const [rows] = inputs.shape;
  if (weights === undefined || weights.shape[0] === rows) return problem;
  return { ...problem, weights: tensor([rows, 1], weights.data.subarray(0, rows)) };
}
