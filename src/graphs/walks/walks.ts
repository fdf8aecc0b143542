/** The walks of a graph, in order, without storing them all. */
import { wasmMissing } from '../../engines/wasm/instantiate.ts';
import { makeMachine, writtenWalks } from '../code/machine.ts';
import { walkStride } from '../code/walk.ts';
import type { NodeGraph } from '../graph.ts';
import { Walker, type WalkOptions, walkTables } from './walker.ts';

export interface WalksOptions extends WalkOptions {
  readonly walksPerNode: number;
  /** An integer from 0 to 2³² − 1. */
  readonly seed: number;
}

/**
 * The walks that training uses with the same options and seed, as indices of nodes. Each value is a view that the next walk may
 * overwrite.
 */
export function* walksOf(graph: NodeGraph, { walksPerNode, seed, ...options }: WalksOptions): Generator<Uint32Array> {
  const total = graph.ids.length * walksPerNode;
  const tables = walkTables(graph, options);
  if (wasmMissing() !== undefined) {
    const walker = new Walker(graph, options, seed, tables);
    const walk = new Uint32Array(options.walkLength);
    for (let number = 0; number < total; number++) yield walk.subarray(0, walker.walk(number, walk));
    return;
  }
  if (total === 0) return;
  const machine = makeMachine({ graph, walks: options, tables, seed, threads: 1 });
  const { nodes, lengths } = machine.written;
  for (let first = 0; first < total; first += writtenWalks) {
    const count = Math.min(writtenWalks, total - first);
    machine.write(first, count);
    for (let i = 0; i < count; i++) {
      const start = i * walkStride(options.walkLength);
      yield nodes.subarray(start, start + lengths[i]);
    }
  }
}
