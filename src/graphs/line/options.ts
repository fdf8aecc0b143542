/** The options of LINE, and the runs that they ask for: one for each order of proximity. */
import * as z from 'zod/mini';
import type { LineParts } from '../code/line.ts';
import type { NodeGraph } from '../graph.ts';
import { initialKinds } from '../skip-gram/initial.ts';
import type { LineOrder } from './samples.ts';

const whole = (initial: number, max: number, description: string) =>
  z._default(z.number().check(z.int(), z.gte(1), z.lte(max)), initial).check(z.describe(description));

export const lineOptions = z.object({
  dimensions: whole(128, 2048, 'the numbers in a vector; with both orders, half for each'),
  order: z
    ._default(z.enum(['first', 'second', 'both']), 'both')
    .check(z.describe('first: neighbors become similar; second: nodes with the same neighbors do; both: half each')),
  samplesPerNode: whole(1000, 1e9, 'sampled edges for each node, in each order'),
  negativeSamples: whole(5, 64, 'the number of random nodes that each sampled edge is contrasted with'),
  learningRate: z
    ._default(z.number().check(z.gt(0)), 0.025)
    .check(z.describe('the learning rate at the start; it falls linearly to a ten-thousandth')),
  init: z
    ._default(z.enum(initialKinds), 'uniform')
    .check(z.describe('initial vectors by the index of a node (uniform), or by its id (hashed)')),
});

export type LineOptions = z.infer<typeof lineOptions>;

/** One order of a run: its columns of the result, and its samples among those of all orders. */
export interface LineRun extends LineParts {
  /** The first of its `dimensions` columns. */
  readonly column: number;
  /** The number of samples of the orders before it. */
  readonly before: number;
}

/** The orders of a run, the first order first. One dimension has no half, so that it is of the second order. */
export function lineRuns({ ids }: Pick<NodeGraph, 'ids'>, own: LineOptions): LineRun[] {
  const { dimensions, order, negativeSamples, learningRate } = own;
  const half = Math.ceil(dimensions / 2);
  const sizes: readonly (readonly [LineOrder, number])[] =
    order === 'both' && dimensions > 1
      ? [
          [1, half],
          [2, dimensions - half],
        ]
      : [[order === 'first' ? 1 : 2, dimensions]];
  const totalSamples = own.samplesPerNode * ids.length;
  return sizes.map(([each, count], i) => ({
    dimensions: count,
    order: each,
    negativeSamples,
    learningRate,
    totalSamples,
    column: i * half,
    before: i * totalSamples,
  }));
}

/** The seed of the initial vectors: the two orders start from different ones. */
export const initialSeed = (seed: number, order: LineOrder): number => (seed + order - 1) >>> 0;
