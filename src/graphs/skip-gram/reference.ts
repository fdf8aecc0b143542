/** Training of skip-gram in plain TypeScript, in float32 with the bits of the generated code: for hosts without WebAssembly, and for tests. */
import type { NodeGraph } from '../graph.ts';
import type { WalkOptions } from '../walks/walker.ts';
import { Walker, type WalkTables } from '../walks/walker.ts';
import { float32 } from './arithmetic.ts';
import type { SkipGramEngine } from './engine.ts';
import { type RateOptions, rateOfWalk } from './rate.ts';
import { slicesOf } from './slices.ts';
import { updateWindow } from './update.ts';
import { type Sampling, type WindowOptions, WindowSampler } from './windows.ts';

export interface ReferenceOptions {
  readonly graph: NodeGraph;
  readonly walks: WalkOptions;
  readonly tables: WalkTables;
  readonly seed: number;
  readonly training: RateOptions & WindowOptions & { readonly dimensions: number };
}

/** Walks by number. */
export interface Walks {
  /** Writes the nodes of a walk into `out`, and returns their number. */
  walk(number: number, out: Uint32Array): number;
}

/** `walker` generates the walks; by default, those of the options on the graph. */
export function referenceEngine(
  { graph, walks, tables, seed, training }: ReferenceOptions,
  walker: Walks = new Walker(graph, walks, seed, tables),
): SkipGramEngine {
  const nodes = graph.offsets.length - 1;
  const slices = slicesOf(training.dimensions);
  const vectors = {
    input: new Float32Array(nodes * training.dimensions),
    output: new Float32Array(nodes * training.dimensions),
  };
  const counts = new Float64Array(nodes);
  const walk = new Uint32Array(walks.walkLength);
  let sampler: WindowSampler | undefined;
  return {
    stride: training.dimensions,
    vectors,
    count(first, last) {
      for (let number = first; number < last; number++) {
        const length = walker.walk(number, walk);
        for (let i = 0; i < length; i++) counts[walk[i]] += 1;
      }
    },
    counts: () => counts.slice(),
    setSampling(sampling: Sampling) {
      sampler = new WindowSampler(training, sampling, seed);
    },
    train(first, last) {
      for (let number = first; number < last; number++) {
        const length = walker.walk(number, walk);
        const kept = sampler!.kept(walk.subarray(0, length), number);
        const rate = Math.fround(rateOfWalk(training, number));
        for (let place = 0; place < kept.length; place++) {
          updateWindow(vectors, slices, sampler!.window(kept, place, number), rate, float32);
        }
      }
    },
  };
}
