/**
 * One update of a run of LINE: its edge, the negatives that were drawn, and the vectors before it. The updates before it are made
 * in float64 by the definition that the kernel is checked against.
 */
import { fail } from '../../base/errors.ts';
import type { NodeGraph } from '../graph.ts';
import { initialSeed, type LineOptions, type LineRun, lineRuns } from '../line/options.ts';
import { rateOfSample } from '../line/rate.ts';
import { LineSampler, lineDegrees, lineTables } from '../line/samples.ts';
import { type LineSample, updateSample } from '../line/update.ts';
import { float64, pairLoss } from '../skip-gram/arithmetic.ts';
import { fillInitial } from '../skip-gram/initial.ts';
import { noiseWeights } from '../skip-gram/windows.ts';

export interface LineUpdate {
  readonly graph: NodeGraph;
  /** The number of the update, from 1, over both orders. */
  readonly step: number;
  /** The order that it belongs to. */
  readonly run: LineRun;
  /** The number of its sample in the order, from 0. */
  readonly number: number;
  readonly sample: LineSample;
  readonly rate: number;
  /** The weight of the edges at a node, both ways, [nodes]. */
  readonly degrees: Float64Array;
  /** The weight of each node in the noise distribution, degree^¾, [nodes]. */
  readonly noise: Float64Array;
  /** The tables before the update, [nodes, dimensions of the order]; in the first order, both are the same array. */
  readonly vectors: Float64Array;
  readonly contexts: Float64Array;
}

/** The numbers of one target: the vectors that it finds, and its own after the update. */
export interface LineTarget {
  readonly node: number;
  readonly source: Float64Array;
  readonly found: Float64Array;
  readonly dot: number;
  readonly probability: number;
  readonly updated: Float64Array;
}

export interface LineNumbers {
  readonly targets: readonly LineTarget[];
  /** The source's vector after the update. */
  readonly source: Float64Array;
  /** Each pair's loss at the vectors that it finds, summed; and all pairs' loss at the vectors after the update. */
  readonly loss: { readonly before: number; readonly after: number };
}

/**
 * The update number `step`, from 1, of a run with these options and seed: with both orders, the samples of the first one count first.
 * It takes as long as making the updates of the same order before it, some hundred thousand a second.
 * Throws an InputError for a number that is not that of an update.
 */
export function lineUpdate(graph: NodeGraph, own: LineOptions, seed: number, step: number): LineUpdate {
  if (!Number.isSafeInteger(step) || step < 1) {
    fail({ what: `${step} is not the number of an update`, where: 'step', fix: 'Give an integer; the first is 1.' });
  }
  const runs = lineRuns(graph, own);
  const run = runs.find(({ before, totalSamples }) => step <= before + totalSamples);
  if (run === undefined) {
    const last = runs.at(-1)!;
    const made = last.before + last.totalSamples;
    return fail({
      what: `there is no update ${step}: the run has ${made}`,
      where: 'step',
      fix: `Give a number from 1 to ${made}.`,
    });
  }
  const { dimensions, order, negativeSamples } = run;
  const initial = new Float32Array(graph.ids.length * dimensions);
  fillInitial(initial, graph.ids, { dimensions, seed: initialSeed(seed, order), kind: own.init });
  const vectors = Float64Array.from(initial);
  const contexts = order === 1 ? vectors : new Float64Array(vectors.length);
  const sampler = new LineSampler(graph, lineTables(graph), negativeSamples, order, seed);
  const number = step - 1 - run.before;
  for (let i = 0; i < number; i++) {
    updateSample(vectors, contexts, dimensions, sampler.sample(i), rateOfSample(run, i), float64);
  }
  const degrees = lineDegrees(graph);
  return {
    ...{ graph, step, run, number, vectors, contexts, degrees },
    sample: sampler.sample(number),
    rate: rateOfSample(run, number),
    noise: noiseWeights(degrees),
  };
}

/** Makes the update, and notes its numbers. The tables of the update stay as they are. */
export function numbersOf({ run, sample, rate, ...before }: LineUpdate): LineNumbers {
  const { dimensions, order } = run;
  const vectors = before.vectors.slice();
  const contexts = order === 1 ? vectors : before.contexts.slice();
  const row = (table: Float64Array, node: number) => table.slice(node * dimensions, (node + 1) * dimensions);
  const targets: LineTarget[] = [];
  updateSample(vectors, contexts, dimensions, sample, rate, float64, ({ dot, probability, error }, k) => {
    const node = sample.targets[k];
    const [source, found] = [row(vectors, sample.source), row(contexts, node)];
    targets.push({ node, source, found, dot, probability, updated: found.map((x, d) => x + error * source[d]) });
  });
  const source = row(vectors, sample.source);
  const lossOf = (k: number, probability: number) => pairLoss(k === 0 ? probability : 1 - probability);
  const after = targets.map(({ node }) => {
    const other = row(contexts, node);
    return float64.sigmoid(source.reduce((sum, x, d) => sum + x * other[d], 0));
  });
  const total = (probabilities: readonly number[]) => probabilities.reduce((sum, y, k) => sum + lossOf(k, y), 0);
  return {
    targets,
    source,
    loss: { before: total(targets.map(({ probability }) => probability)), after: total(after) },
  };
}
