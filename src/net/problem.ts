/** Everything that decides the numbers of training, in memory: network, initial parameters, data, recipe. */
import { type Kind, refuse } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { inside, type Where } from '../base/reference.ts';
import { type Shape, size } from '../base/shape.ts';
import { aTensor, type Tensor, tensor } from '../base/tensor.ts';
import { checkFeed, checkIndexFeed, type Feed, type Feeds, pickRows, sliceRows } from '../data/feeds.ts';
import type { RowStream } from '../data/table/rows.ts';
import { stepAddresses } from './addresses.ts';
import { aNetwork, feedsOfLayers, type Network, type Parameters } from './network.ts';
import { lossGraph, type StepRecipe, type StepSize } from './step.ts';

export interface Dataset {
  /** [rows, inputs]. */
  readonly inputs: Tensor;
  /** [rows, outputs]. */
  readonly targets: Tensor;
  /** All rows, if they do not fit in memory; `inputs` and `targets` then hold the first rows only. */
  readonly stream?: RowStream;
  /** [rows, 1], each at least 0, not all 0: how much each row counts in the loss. Without weights, all rows count alike. */
  readonly weights?: Tensor;
  /** The feeds that layers read by name, in memory for all rows, also for those of a stream. */
  readonly feeds?: Feeds;
}

export const rowsIn = ({ inputs, stream }: Dataset): number => stream?.rows ?? inputs.shape[0];

/** Feeds of rows that were made from other feeds; nothing for data without them. */
const mapFeeds = (feeds: Feeds | undefined, change: (feed: Feed) => Feed): Pick<Dataset, 'feeds'> =>
  feeds === undefined ? {} : { feeds: new Map(Array.from(feeds, ([name, feed]) => [name, change(feed)])) };

/** The rows at ascending positions, in memory. */
export function rowsAt({ inputs, targets, weights, stream, feeds }: Dataset, positions: Uint32Array): Dataset {
  const picked = (from: Tensor) => {
    const [, width] = from.shape;
    const out = tensor([positions.length, width]);
    positions.forEach((row, r) => {
      out.data.set(from.data.subarray(row * width, (row + 1) * width), r * width);
    });
    return out;
  };
  const others = {
    ...(weights && { weights: picked(weights) }),
    ...mapFeeds(feeds, (feed) => pickRows(feed, positions)),
  };
  if (stream === undefined) return { inputs: picked(inputs), targets: picked(targets), ...others };
  const [x, t] = [inputs, targets].map(({ shape }) => tensor([positions.length, shape[1]]));
  stream.read(positions, x.data, t.data);
  return { inputs: x, targets: t, ...others };
}

/** Rows of a stream that are read at a time. */
const blockRows = 4096;

/** All rows in order, in blocks. Rows in memory are one block. Each block of a stream overwrites the one before it. */
export function* blocksOf(data: Dataset): Generator<Dataset> {
  const { inputs, targets, weights, stream, feeds } = data;
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
      ...mapFeeds(feeds, (feed) => sliceRows(feed, start, count)),
    };
  }
}

/** The maximum number of outputs that metrics are computed from. */
const maxMeasuredValues = 2 ** 23;

/** Collects rows of outputs and targets for metrics: all rows, or every k-th if there are very many. */
export function measured(rows: number, outputs: number) {
  const every = Math.ceil((rows * outputs) / maxMeasuredValues);
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

/**
 * The data set as one map, by the address of the step's input: the inputs, the targets, the weights, and the feeds that
 * layers read by name. For a stream, `inputs` and `targets` hold the first rows only.
 */
export function feedsOf({ inputs, targets, weights, feeds = new Map() }: Dataset): Feeds {
  const rows = ({ shape, data }: Tensor): Feed => ({ rowShape: shape.slice(1), type: 'float64', data });
  return new Map<string, Feed>([
    [stepAddresses.input, rows(inputs)],
    [stepAddresses.target, rows(targets)],
    ...(weights === undefined
      ? []
      : [[stepAddresses.weight, { rowShape: [], type: 'float64', data: weights.data }] as const]),
    ...feeds,
  ]);
}

/** Rows of a feed as a matrix: a row of any shape is a list of numbers. */
export interface FedRows {
  /** [rows, numbers in a row] */
  readonly shape: Shape;
  readonly data: Float64Array | Int32Array;
}

/** Calls `fill` for each feed of a data set in memory, with the address of the step's input. */
export function eachFed(data: Dataset, fill: (address: string, rows: FedRows) => void): void {
  const [rows] = data.inputs.shape;
  for (const [address, feed] of feedsOf(data)) fill(address, { shape: [rows, size(feed.rowShape)], data: feed.data });
}

/**
 * Checks the feeds that a network's layers read by name. `where` is the path of the data, such as `data`.
 * Throws an InputError for a feed that is missing or of another shape, for an index outside the table that it selects rows
 * of (it names the row and the value), and for a feed that no layer reads.
 */
export function checkFeeds(
  { network, recipe }: Pick<Problem, 'network' | 'recipe'>,
  data: Dataset,
  where: Where,
): void {
  const { feeds = new Map<string, Feed>() } = data;
  const declared = feedsOfLayers(network);
  if (declared.length === 0 && feeds.size === 0) return;
  for (const spec of declared) checkFeed(feeds.get(spec.name), spec, rowsIn(data), inside(where, 'feeds', spec.name));
  const unread = [...feeds.keys()].find((name) => !declared.some((spec) => spec.name === name));
  if (unread !== undefined) {
    fail({ what: 'no layer reads this feed', where: inside(where, 'feeds', unread), fix: 'Leave the feed out.' });
  }
  const graph = lossGraph(network, recipe, stepSizeOf(data, 1));
  for (const { name } of declared) {
    const { indexLimit } = graph.get(name);
    if (indexLimit !== undefined) checkIndexFeed(feeds.get(name)!, indexLimit, inside(where, 'feeds', name));
  }
}

/** A problem's rows are those it trains on, in the file's order. */
export interface Problem extends Dataset {
  readonly network: Network;
  /** The initial parameters, by address (`layers.0.weight`). */
  readonly parameters: Parameters;
  readonly recipe: StepRecipe;
  readonly batchSize: 'full' | number;
  /** Whether each epoch takes the rows in a new order. */
  readonly shuffle: boolean;
  /** The names of the inputs and of the outputs (classes, or a column), if the rows came from a table. */
  readonly inputNames?: readonly string[];
  readonly outputNames?: readonly string[];
  /** Display names by address: `layers.0.weight` -> `v`. */
  readonly symbols: Readonly<Record<string, string>>;
}

/** A problem, or something that can make one, such as a trained model. */
export type ProblemSource = Problem | { problem(): Problem };

/** What `experiment` or a trained model returns, by its form. */
export const aProblemSource: Kind = (value, where) => {
  const { problem, network, inputs, targets, recipe } = Object(value) as Problem & { readonly problem?: unknown };
  if (typeof problem === 'function') return;
  const fix = 'Pass a trained model, or experiment(json).';
  if (typeof recipe !== 'object' || recipe === null) refuse(value, where, 'a model or an experiment', fix);
  aNetwork(network, inside(where, 'network'));
  aTensor(inputs, inside(where, 'inputs'));
  aTensor(targets, inside(where, 'targets'));
};

/** The problem. If its rows are a stream, it has the weights and feeds of the first rows, which are in memory. */
export function problemOf(source: ProblemSource): Problem {
  aProblemSource(source, 'source');
  const problem = 'problem' in source ? source.problem() : source;
  const { inputs, weights, feeds, stream } = problem;
  const [rows] = inputs.shape;
  if (stream === undefined || stream.rows === rows) return problem;
  return {
    ...problem,
    ...(weights && { weights: tensor([rows, 1], weights.data.subarray(0, rows)) }),
    ...mapFeeds(feeds, (feed) => sliceRows(feed, 0, rows)),
  };
}
