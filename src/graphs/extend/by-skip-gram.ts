/**
 * Vectors for new nodes by skip-gram on walks that start at them, while all other vectors stay as they are. In plain TypeScript and
 * float64: a new node takes about a millisecond, and the numbers are the same everywhere and with any number of threads.
 */
import { fail } from '../../base/errors.ts';
import { clock } from '../../train/clock.ts';
import { takeBreak } from '../../train/yield.ts';
import { fillAlias } from '../alias.ts';
import type { NodeGraph } from '../graph.ts';
import type { EmbeddingContext, StartVectors } from '../method.ts';
import { float64 } from '../skip-gram/arithmetic.ts';
import type { SkipGramOptions } from '../skip-gram/options.ts';
import { rateOfWalk } from '../skip-gram/rate.ts';
import type { Window } from '../skip-gram/update.ts';
import { noiseWeights, type Sampling, WindowSampler } from '../skip-gram/windows.ts';
import { Walker } from '../walks/walker.ts';
import { extendByMeans } from './by-means.ts';

/** Seconds of work between two breaks. */
const workSeconds = 0.02;

/**
 * Trains the input vectors of new nodes only, from the means of their neighbors' vectors. A file of vectors has the input table and
 * not the output table, so the frozen output vector of a node is its input vector minus the mean of all of them: an approximation,
 * because a symmetric table of co-occurrences has equal factors up to signs, and its common component differs in sign between the two
 * tables (Mimno and Thompson, "The strange geometry of skip-gram with negative sampling", EMNLP 2017). Negatives are drawn by degree^¾,
 * because the whole graph's walks are not generated.
 */
export async function extendBySkipGram(
  graph: NodeGraph,
  options: SkipGramOptions,
  context: EmbeddingContext,
  known: StartVectors,
): Promise<Float32Array> {
  const { walksPerNode, epochs } = options;
  const nodes = graph.ids.length;
  const vectors = await extendByMeans(graph, { signal: context.signal }, known);
  const update = new InputUpdate(vectors, known.isKnown);
  const walker = new Walker(graph, options, context.seed);
  const sampler = new WindowSampler(options, noiseByDegree(graph), context.seed);
  const walk = new Uint32Array(options.walkLength);
  const totalWalks = nodes * walksPerNode * epochs;
  let paused = clock();
  for (let pass = 0; pass < walksPerNode * epochs; pass++) {
    for (const node of update.nodes) {
      const number = pass * nodes + node;
      const path = walk.subarray(0, walker.walkFrom(node, number, walk));
      const rate = rateOfWalk({ ...options, totalWalks }, number);
      for (let place = 0; place < path.length; place++) update.window(sampler.window(path, place, number), rate);
      if (clock() - paused < workSeconds) continue;
      context.onProgress?.({ done: number / totalWalks });
      await takeBreak();
      context.signal?.throwIfAborted();
      paused = clock();
    }
  }
  context.onProgress?.({ done: 1 });
  update.copyInto(vectors);
  return vectors;
}

/** Updates of the input rows of new nodes; the formulas are those of `../skip-gram/update.ts`. */
class InputUpdate {
  /** The new nodes. */
  readonly nodes: number[] = [];
  /** Of all nodes; the output vectors are those of known nodes, minus their mean. */
  private readonly outputs: Float32Array;
  private readonly mean: Float64Array;
  /** Of new nodes. */
  private readonly inputs: Float64Array;
  /** The row of a new node; -1 for a known node, `[nodes]`. */
  private readonly rowOf: Int32Array;
  private readonly change: Float64Array;

  constructor(vectors: Float32Array, isKnown: Uint8Array) {
    const dimensions = vectors.length / isKnown.length;
    this.outputs = vectors;
    this.rowOf = new Int32Array(isKnown.length).fill(-1);
    this.mean = new Float64Array(dimensions);
    this.change = new Float64Array(dimensions);
    for (const [node, known] of isKnown.entries()) {
      if (known === 0) this.rowOf[node] = this.nodes.push(node) - 1;
      else for (let d = 0; d < dimensions; d++) this.mean[d] += vectors[node * dimensions + d];
    }
    const count = isKnown.length - this.nodes.length;
    for (let d = 0; d < dimensions; d++) this.mean[d] /= count;
    this.inputs = new Float64Array(this.nodes.length * dimensions);
    for (const [row, node] of this.nodes.entries()) {
      this.inputs.set(vectors.subarray(node * dimensions, (node + 1) * dimensions), row * dimensions);
    }
  }

  /** Updates the new nodes among the inputs of a window. */
  window({ inputs, outputs }: Window, rate: number): void {
    for (const input of inputs) if (this.rowOf[input] !== -1) this.update(this.rowOf[input], outputs, rate);
  }

  copyInto(vectors: Float32Array): void {
    const { length } = this.mean;
    for (const [row, node] of this.nodes.entries()) {
      vectors.set(this.inputs.subarray(row * length, (row + 1) * length), node * length);
    }
  }

  /** uᵢ += rate Σₖ (yₖ − σ(uᵢ·vₖ)) vₖ. New nodes have no output vector, so they are no outputs. */
  private update(row: number, nodes: readonly number[], rate: number): void {
    const { inputs, outputs, mean, change, rowOf } = this;
    const { length } = mean;
    const u = row * length;
    change.fill(0);
    for (const [k, node] of nodes.entries()) {
      if (rowOf[node] !== -1 || (k > 0 && node === nodes[0])) continue;
      const v = node * length;
      let dot = 0;
      for (let d = 0; d < length; d++) dot += inputs[u + d] * (outputs[v + d] - mean[d]);
      const error = rate * ((k === 0 ? 1 : 0) - float64.sigmoid(dot));
      for (let d = 0; d < length; d++) change[d] += error * (outputs[v + d] - mean[d]);
    }
    for (let d = 0; d < length; d++) inputs[u + d] += change[d];
  }
}

function noiseByDegree({ offsets }: NodeGraph): Sampling {
  const degrees = Float64Array.from({ length: offsets.length - 1 }, (_, node) => offsets[node + 1] - offsets[node]);
  if (degrees.every((degree) => degree === 0)) {
    fail({ what: 'no node has edges', where: 'extend', fix: 'Pass the edges of the new nodes.' });
  }
  const noise = { thresholds: new Uint32Array(degrees.length), aliases: new Uint32Array(degrees.length) };
  fillAlias(noise, 0, noiseWeights(degrees));
  return { noise };
}
