/** What trains skip-gram: generated WebAssembly, or plain TypeScript with the same bits. */
import type { Sampling } from './windows.ts';

export interface SkipGramEngine {
  /** The numbers in a row of the tables; those beyond the dimensions are 0. */
  readonly stride: number;
  /** The tables, `[nodes, stride]` or with more rows, which belong to the engine. */
  readonly vectors: { readonly input: Float32Array; readonly output: Float32Array };
  /** Adds the nodes of the walks from `first` to `last` − 1 to the counts. */
  count(first: number, last: number): void;
  counts(): Float64Array;
  setSampling(sampling: Sampling): void;
  /** Trains on the walks from `first` to `last` − 1, on all threads or on this one alone: the bits are the same. */
  train(first: number, last: number, isAlone?: boolean): void;
}
