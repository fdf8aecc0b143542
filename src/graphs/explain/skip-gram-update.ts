/**
 * One update of a skip-gram run: its walk, its window, the negatives that were drawn, and the vectors before it. The updates
 * before it are made in float64 by the definition that the kernels are checked against.
 */
import { fail } from '../../base/errors.ts';
import type { NodeGraph } from '../graph.ts';
import { float64 } from '../skip-gram/arithmetic.ts';
import { fillInitial } from '../skip-gram/initial.ts';
import type { SkipGramOptions } from '../skip-gram/options.ts';
import { rateOfWalk } from '../skip-gram/rate.ts';
import { slicesOf } from '../skip-gram/slices.ts';
import { samplingOf } from '../skip-gram/train.ts';
import { updateWindow, type VectorTables, type Window } from '../skip-gram/update.ts';
import { noiseWeights, WindowSampler } from '../skip-gram/windows.ts';
import { Walker, walkTables } from '../walks/walker.ts';
import { checked, type PairStep, windowMethod } from './pair-step.ts';

/** An update over the window of a walk, with the vectors before it. */
export interface WindowUpdate {
  readonly graph: NodeGraph;
  readonly options: SkipGramOptions;
  /** The number of the walk, from 0. */
  readonly walkNumber: number;
  /** The nodes of the walk, and those of them that subsampling keeps. */
  readonly walk: readonly number[];
  readonly kept: readonly number[];
  /** The centre's place among the kept nodes. */
  readonly place: number;
  readonly window: Window;
  readonly rate: number;
  /** How often each node occurs in the walks of an epoch, [nodes]. */
  readonly counts: Float64Array;
  /** The weight of each node in the noise distribution, count^¾, [nodes]. */
  readonly noise: Float64Array;
  /** The vectors before the update, [nodes, dimensions]. */
  readonly tables: VectorTables<Float64Array>;
}

export interface SkipGramUpdate extends WindowUpdate {
  /** The number of the update, from 1. */
  readonly step: number;
}

/**
 * The update number `step`, from 1, of a run with these options and seed. Windows without another node make no update.
 * It takes as long as making the updates before it, some ten thousand a second, and generating the walks of an epoch once.
 * Throws an InputError for a number that is not that of an update.
 */
export function skipGramUpdate(graph: NodeGraph, options: SkipGramOptions, seed: number, step: number): SkipGramUpdate {
  if (!Number.isSafeInteger(step) || step < 1) {
    fail({ what: `${step} is not the number of an update`, where: 'step', fix: 'Give an integer; the first is 1.' });
  }
  const { dimensions, walksPerNode, epochs } = options;
  const nodes = graph.ids.length;
  const totalWalks = nodes * walksPerNode * epochs;
  const walker = new Walker(graph, options, seed, walkTables(graph, options));
  const counts = countsOf(walker, nodes, nodes * walksPerNode);
  const used = counts.map((count) => (count < options.minCount ? 0 : count));
  const sampler = new WindowSampler(options, samplingOf(counts, options), seed);
  const tables = initialTables(graph, options, seed);
  const slices = slicesOf(dimensions);
  const out = new Uint32Array(options.walkLength);
  let made = 0;
  for (let number = 0; number < totalWalks; number++) {
    const walk = out.subarray(0, walker.walk(number, out));
    const kept = sampler.kept(walk, number);
    // the kernel's rate is a float32
    const rate = Math.fround(rateOfWalk({ ...options, totalWalks }, number));
    for (let place = 0; place < kept.length; place++) {
      const window = sampler.window(kept, place, number);
      if (window.inputs.length === 0) continue;
      made += 1;
      if (made === step) {
        return {
          graph,
          options,
          step,
          walkNumber: number,
          walk: [...walk],
          kept: [...kept],
          place,
          window,
          rate,
          counts,
          noise: noiseWeights(used),
          tables,
        };
      }
      updateWindow(tables, slices, window, rate, float64);
    }
  }
  return fail({
    what: `there is no update ${step}: the run has ${made}`,
    where: 'step',
    fix: `Give a number from 1 to ${made}.`,
  });
}

/** How often each node occurs in the walks of the first epoch, which the noise distribution is made of. */
export function countsOf(walker: Walker, nodes: number, walks: number): Float64Array {
  const counts = new Float64Array(nodes);
  const out = new Uint32Array(walker.options.walkLength);
  for (let number = 0; number < walks; number++) {
    const length = walker.walk(number, out);
    for (let i = 0; i < length; i++) counts[out[i]] += 1;
  }
  return counts;
}

function initialTables({ ids }: NodeGraph, { dimensions, init }: SkipGramOptions, seed: number) {
  const input = new Float32Array(ids.length * dimensions);
  fillInitial(input, ids, { dimensions, seed, kind: init });
  return { input: Float64Array.from(input), output: new Float64Array(ids.length * dimensions) };
}

/** The update as a step over pairs. A negative that is the centre itself counts as absent, as in the kernel. */
export function pairStepOf({ graph, window, tables, rate, options }: WindowUpdate): PairStep {
  const { dimensions } = options;
  const vector = (table: Float64Array) => (node: number) => ({
    name: String(graph.ids[node]),
    row: node,
    vector: [...table.subarray(node * dimensions, (node + 1) * dimensions)],
  });
  const [centre, ...negatives] = window.outputs;
  return checked(
    {
      method: windowMethod,
      centres: window.inputs.map(vector(tables.input)),
      contexts: [vector(tables.output)(centre)],
      negatives: negatives.filter((node) => node !== centre).map(vector(tables.output)),
      learningRate: rate,
    },
    'step',
  );
}
