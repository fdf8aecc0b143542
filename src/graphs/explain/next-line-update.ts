/** The next update of a training of LINE in progress: its sampled edge and its negatives, with the vectors of this moment. */
import type { NodeGraph } from '../graph.ts';
import { type LineOptions, lineRuns } from '../line/options.ts';
import { rateOfSample } from '../line/rate.ts';
import { LineSampler, lineDegrees, lineTables } from '../line/samples.ts';
import type { TrainingState } from '../method.ts';
import { noiseWeights } from '../skip-gram/windows.ts';
import type { LineUpdate } from './line-update.ts';

/** Samples that are searched for a node. */
const maxSamples = 1_000_000;

/** Finds the first sample with a node as its source, from the position of a state on, and then from the beginning of the same order. */
export function lineUpdateFinder(graph: NodeGraph, own: LineOptions, seed: number) {
  const runs = lineRuns(graph, own);
  const tables = lineTables(graph);
  const degrees = lineDegrees(graph);
  const noise = noiseWeights(degrees);

  return (state: TrainingState, node: number | undefined): LineUpdate | undefined => {
    // only the second order has contexts
    const order = state.tables.contexts === undefined ? 1 : 2;
    const run = runs.find((each) => each.order === order)!;
    const sampler = new LineSampler(graph, tables, run.negativeSamples, order, seed);
    const position = state.position - run.before;
    for (let turn = 0; turn < Math.min(run.totalSamples, maxSamples); turn++) {
      const number = (position + turn) % run.totalSamples;
      const sample = sampler.sample(number);
      if (node !== undefined && sample.source !== node) continue;
      const vectors = Float64Array.from(state.tables.vectors);
      return {
        ...{ graph, step: run.before + number + 1, run, number, degrees, noise, vectors },
        sample: { source: sample.source, targets: sample.targets.slice() },
        rate: rateOfSample(run, Math.max(number, Math.min(position, run.totalSamples - 1))),
        contexts: order === 1 ? vectors : Float64Array.from(state.tables.contexts),
      };
    }
    return undefined;
  };
}
