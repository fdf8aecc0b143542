/** The time of a run of skip-gram, from some of its walks: counted and trained on as the run would, on the graph itself. */
import { wasmMissing } from '../../engines/wasm/instantiate.ts';
import { fillAlias } from '../alias.ts';
import { makeMachine } from '../code/machine.ts';
import type { NodeGraph } from '../graph.ts';
import { walkTables } from '../walks/walker.ts';
import { fillInitial } from './initial.ts';
import { machineParts, type SkipGramOptions } from './options.ts';
import { referenceEngine } from './reference.ts';
import { noiseWeights } from './windows.ts';

/** Seconds of work on walks in one measurement. */
const workSeconds = 0.1;
/**
 * Measurements of counting and of training: the median of the last five counts. The runtime first runs code that is not optimized,
 * which takes 1.8 times as long, and optimizes the large functions of training within a second or two.
 */
const rounds = { count: 8, train: 25, last: 5 } as const;

/** The number of nodes whose initial vectors are timed. */
const maxInitial = 5000;

/** Calls `perform` with ranges of walks from `first` on. Returns the next walk and the seconds of one. */
function timed(
  first: number,
  last: number,
  now: () => number,
  perform: (first: number, last: number) => void,
): { readonly next: number; readonly each: number } {
  const start = now();
  let next = first;
  for (let size = 1; next < last && now() - start < workSeconds; size = Math.min(2 * size, 256)) {
    const end = Math.min(last, next + size);
    perform(next, end);
    next = end;
  }
  return { next, each: next === first ? 0 : (now() - start) / (next - first) };
}

/** The median seconds of a walk, over several measurements; fewer if the walks end before. */
function secondsOfWalk(
  last: number,
  maxRounds: number,
  now: () => number,
  perform: (first: number, last: number) => void,
): number {
  const each: number[] = [];
  for (let next = 0; next < last && each.length < maxRounds; ) {
    const measured = timed(next, last, now, perform);
    next = measured.next;
    each.push(measured.each);
  }
  const optimized = each.slice(-rounds.last);
  return optimized.sort((a, b) => a - b)[Math.floor(optimized.length / 2)];
}

/** Seconds of a run on one thread, on the clock `now`, in seconds. Takes about the time of its parts, or of the run if that is shorter. */
export function skipGramSeconds(graph: NodeGraph, options: SkipGramOptions, seed: number, now: () => number): number {
  const start = now();
  const nodes = graph.ids.length;
  const tables = walkTables(graph, options);
  const parts = { ...machineParts(graph, options, 1), tables, seed };
  const engine = wasmMissing() === undefined ? makeMachine(parts) : referenceEngine(parts);
  const setUp = now() - start;
  const total = nodes * options.walksPerNode * options.epochs;
  const counting = secondsOfWalk(total / options.epochs, rounds.count, now, (first, last) => engine.count(first, last));

  // Nodes that these walks did not reach get a share too, so that negatives come from the whole table as in the run.
  const counts = engine.counts().map((count) => count + 1);
  const noise = { thresholds: new Uint32Array(nodes), aliases: new Uint32Array(nodes) };
  const beforeNoise = now();
  fillAlias(noise, 0, noiseWeights(counts));
  const noiseSeconds = now() - beforeNoise;
  engine.setSampling({
    noise,
    ...(parts.training.isSubsampled && { keep: new Uint32Array(nodes).fill(2 ** 32 - 1) }),
  });
  const { dimensions, init: kind } = options;
  const fill = (ids: NodeGraph['ids']) => {
    const before = now();
    fillInitial(engine.vectors.input, ids, { dimensions, stride: engine.stride, seed, kind });
    return (now() - before) / Math.max(1, ids.length);
  };
  // The second time, the code is optimized.
  const some = graph.ids.slice(0, maxInitial);
  fill(some);
  const initial = fill(some) * nodes;

  const training = secondsOfWalk(total, rounds.train, now, (first, last) => engine.train(first, last));
  return setUp + noiseSeconds + initial + counting * (total / options.epochs) + training * total;
}
