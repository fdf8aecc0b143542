/**
 * LINE: vectors of first-order and second-order proximity.
 *
 * Source: Tang and others, "LINE: large-scale information network embedding" (WWW 2015).
 */
import * as z from 'zod/mini';
import { wasmMissing } from '../../engines/wasm/instantiate.ts';
import { clock } from '../../train/clock.ts';
import { takeBreak } from '../../train/yield.ts';
import { type LineMachine, type LineParts, lineMachineBytes, makeLineMachine } from '../code/line.ts';
import type { NodeGraph } from '../graph.ts';
import { referenceLine } from '../line/reference.ts';
import { type LineOrder, lineTables } from '../line/samples.ts';
import type { EmbeddingContext, EmbeddingMethod } from '../method.ts';
import { fillInitial, initialKinds } from '../skip-gram/initial.ts';
import { copyRows } from '../skip-gram/slices.ts';

const whole = (initial: number, max: number, description: string) =>
  z._default(z.number().check(z.int(), z.gte(1), z.lte(max)), initial).check(z.describe(description));

const options = z.object({
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

export type LineOptions = z.infer<typeof options>;

/** The orders of a run, and the dimensions of each. */
function partsOf(graph: NodeGraph, own: LineOptions): LineParts[] {
  const half = Math.ceil(own.dimensions / 2);
  const sizes: readonly (readonly [LineOrder, number])[] =
    own.order === 'both' && own.dimensions > 1
      ? [
          [1, half],
          [2, own.dimensions - half],
        ]
      : [[own.order === 'first' ? 1 : 2, own.dimensions]];
  return sizes.map(([order, dimensions]) => ({
    dimensions,
    order,
    negativeSamples: own.negativeSamples,
    learningRate: own.learningRate,
    totalSamples: own.samplesPerNode * graph.ids.length,
  }));
}

/** Seconds of work between two breaks. */
const workSeconds = 0.02;

/**
 * Vectors of the first and the second order. With both, each half of a vector has length 1. The result does not depend on the number
 * of threads: LINE uses one, because a sample is too little work to share.
 */
export const line: EmbeddingMethod<LineOptions> = {
  name: 'line',
  summary: 'first-order and second-order proximity from sampled edges',
  options,
  memory(graph, own) {
    const machines = partsOf(graph, own).map((parts) => lineMachineBytes(graph, parts));
    const tables = 4 * graph.neighbors.length * (graph.weights === undefined ? 1 : 6) + 40 * graph.ids.length;
    return Math.max(...machines) + tables + 4 * graph.ids.length * own.dimensions;
  },
  async embed(graph, own, context) {
    const result = new Float32Array(graph.ids.length * own.dimensions);
    if (graph.neighbors.length === 0) return result;
    const runs = partsOf(graph, own);
    let column = 0;
    for (const [i, parts] of runs.entries()) {
      const machine = await trained(graph, own, parts, context, (done) => (i + done) / runs.length);
      if (runs.length > 1) normalize(machine.vectors, machine.stride);
      copyRows(machine.vectors, machine.stride, result.subarray(column), own.dimensions, parts.dimensions);
      column += parts.dimensions;
    }
    return result;
  },
};

async function trained(
  graph: NodeGraph,
  own: LineOptions,
  parts: LineParts,
  { seed, signal, onProgress }: EmbeddingContext,
  shareOf: (done: number) => number,
): Promise<LineMachine> {
  const make = wasmMissing() === undefined ? makeLineMachine : referenceLine;
  const machine = make(graph, lineTables(graph), seed, parts);
  const { stride, vectors } = machine;
  // The two orders start from different vectors.
  fillInitial(vectors, graph.ids, {
    dimensions: parts.dimensions,
    stride,
    seed: (seed + parts.order - 1) >>> 0,
    kind: own.init,
  });
  let size = 100;
  for (let at = 0; at < parts.totalSamples; ) {
    const start = clock();
    const end = Math.min(parts.totalSamples, at + size);
    machine.train(at, end);
    at = end;
    if (clock() - start < workSeconds / 2) size *= 2;
    onProgress?.({ done: shareOf(at / parts.totalSamples), tokens: at });
    await takeBreak();
    signal?.throwIfAborted();
  }
  return machine;
}

/** Makes each row a vector of length 1; a row of zeros stays. */
function normalize(rows: Float32Array, stride: number): void {
  for (let start = 0; start < rows.length; start += stride) {
    let square = 0;
    for (let d = start; d < start + stride; d++) square += rows[d] * rows[d];
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let d = start; d < start + stride; d++) rows[d] *= scale;
  }
}
