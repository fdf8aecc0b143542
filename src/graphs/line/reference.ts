/** LINE in plain TypeScript, in float32 with the bits of the generated code: for hosts without WebAssembly, and for tests. */
import type { LineMachine, LineParts } from '../code/line.ts';
import type { NodeGraph } from '../graph.ts';
import { float32 } from '../skip-gram/arithmetic.ts';
import { rateOfSample } from './rate.ts';
import { LineSampler, type LineTables } from './samples.ts';
import { updateSample } from './update.ts';

export function referenceLine(graph: NodeGraph, tables: LineTables, seed: number, parts: LineParts): LineMachine {
  const { dimensions, order } = parts;
  const size = graph.ids.length * dimensions;
  const vectors = new Float32Array(size);
  const contexts = order === 1 ? vectors : new Float32Array(size);
  const sampler = new LineSampler(graph, tables, parts.negativeSamples, order, seed);
  return {
    stride: dimensions,
    vectors,
    contexts,
    train(first, last) {
      for (let number = first; number < last; number++) {
        updateSample(vectors, contexts, dimensions, sampler.sample(number), rateOfSample(parts, number), float32);
      }
    },
  };
}
