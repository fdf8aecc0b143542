/** The options of skip-gram on walks, and the parts of a machine that follow from them. */
import * as z from 'zod/mini';
import { fusesHere } from '../../engines/wasm/instantiate.ts';
import { threadsFor } from '../../engines/wasm/workers.ts';
import type { LayeredSize } from '../code/graph-tables.ts';
import { machineBytes } from '../code/machine.ts';
import type { NodeGraph } from '../graph.ts';
import type { WalkOptions } from '../walks/walker.ts';
import { initialKinds } from './initial.ts';
import { slicesOf } from './slices.ts';

const whole = (initial: number, min: number, max: number, description: string) =>
  z._default(z.number().check(z.int(), z.gte(min), z.lte(max)), initial).check(z.describe(description));
const positive = (initial: number, description: string) =>
  z._default(z.number().check(z.gt(0)), initial).check(z.describe(description));
const atLeast0 = (initial: number, description: string) =>
  z._default(z.number().check(z.gte(0)), initial).check(z.describe(description));

/** Of walks of all kinds. */
export const walkShape = {
  walkLength: whole(80, 1, 1_000_000, 'the maximum number of nodes in a walk'),
  walksPerNode: whole(10, 1, 1_000_000, 'the number of walks that start at each node, in an epoch'),
};

/** Of second-order walks. */
export const biasShape = {
  p: positive(1, 'the return parameter: below 1, walks return to the previous node more often'),
  q: positive(1, 'the in-out parameter: below 1, walks move away; above 1, they stay near the previous node'),
};

/** Of the training on walks. */
export const skipGramShape = {
  dimensions: whole(128, 1, 2048, 'the number of dimensions of each vector'),
  windowSize: whole(10, 1, 1000, 'the maximum distance in a walk between a node and those it predicts'),
  negativeSamples: whole(5, 1, 64, 'the number of negative samples of each node, shared by its window'),
  epochs: whole(1, 1, 10_000, 'the number of epochs, each with new walks'),
  // word2vec's; it scored best on two graphs that no other figure is from (docs/decisions/0015).
  learningRate: positive(0.025, 'the learning rate at the start'),
  minLearningRate: atLeast0(0.0001, 'the learning rate at the end'),
  subsampling: atLeast0(
    0,
    'nodes with a larger share of the tokens are dropped at random, as in word2vec; 0 disables it',
  ),
  minCount: whole(1, 0, 2 ** 32, 'nodes that occur less often in the walks are left out'),
  init: z
    ._default(z.enum(initialKinds), 'uniform')
    .check(z.describe('initial vectors by the index of a node (uniform), or by its id (hashed)')),
  arithmetic: z
    ._default(z.enum(['strict', 'fast']), 'strict')
    .check(z.describe('strict: the same bits everywhere; fast: fused multiplications and additions, where available')),
};

export interface SkipGramOptions extends WalkOptions {
  readonly walksPerNode: number;
  readonly dimensions: number;
  readonly windowSize: number;
  readonly negativeSamples: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly minLearningRate: number;
  readonly subsampling: number;
  readonly minCount: number;
  readonly init: (typeof initialKinds)[number];
  readonly arithmetic: 'strict' | 'fast';
}

/** What the machine of a run is made of, besides tables and seed. No more threads than slices can take part. */
export function machineParts(graph: NodeGraph, options: SkipGramOptions, threads: number) {
  const { walkLength, p, q, extended } = options;
  return {
    graph,
    walks: { walkLength, p, q, extended },
    threads: Math.min(threadsFor(threads), slicesOf(options.dimensions).count),
    training: {
      dimensions: options.dimensions,
      windowSize: options.windowSize,
      negativeSamples: options.negativeSamples,
      learningRate: options.learningRate,
      minLearningRate: options.minLearningRate,
      totalWalks: graph.ids.length * options.walksPerNode * options.epochs,
      isSubsampled: options.subsampling > 0 || options.minCount > 1,
      isFused: options.arithmetic === 'fast' && fusesHere(),
    },
  };
}

/** The maximum memory of a run besides the graph, in bytes: the machine, the tables of weighted choices, and the result. */
export function skipGramBytes(
  graph: NodeGraph,
  options: SkipGramOptions,
  { threads = 2, layered }: { readonly threads?: number; readonly layered?: LayeredSize } = {},
): number {
  const isWeighted = graph.weights !== undefined && layered === undefined;
  const tables = {
    alias: isWeighted || undefined,
    strengths: (isWeighted && 1 / options.p > Math.max(1, 1 / options.q)) || undefined,
    typicalWeights: (isWeighted && options.extended) || undefined,
  };
  const copies = isWeighted ? 8 * graph.neighbors.length + 16 * graph.ids.length : 0;
  const result = 4 * graph.ids.length * options.dimensions;
  return machineBytes({ ...machineParts(graph, options, threads), tables, layered }) + copies + result;
}
