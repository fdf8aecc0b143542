/** The interface of a method for node embeddings. A method is one entry; its options, flags, help and checks follow from it. */

import type * as z from 'zod/mini';
import { aFunction, aSignal, optional } from '../base/arguments.ts';
import type { NodeGraph } from './graph.ts';
import type { LineOptions } from './line/options.ts';
import type { SkipGramOptions } from './skip-gram/options.ts';

/** The progress of an embedding. */
export interface EmbeddingProgress {
  /** The share that is done, from 0 to 1. */
  readonly done: number;
  /** Mean loss of the recent updates, for methods that minimize one. */
  readonly loss?: number;
  /** Tokens (nodes of walks) or samples trained on so far, for methods that count them. */
  readonly tokens?: number;
}

/** A training in progress: enough to continue it to the same bytes. */
export interface TrainingState {
  /** The number of walks or samples that the tables were trained on. */
  readonly position: number;
  /** The tables of parameters by name, each `[nodes, columns]`. */
  readonly tables: Readonly<Record<string, Float32Array>>;
}

/** Vectors that training starts from. */
export interface StartVectors {
  /** `[nodes, dimensions]` */
  readonly vectors: Float32Array;
  /** Whether a node has one of them, `[nodes]`, 1 or 0. Other nodes start as usual. */
  readonly isKnown: Uint8Array;
}

/** The arguments of every method besides the graph and its own options. */
export interface EmbeddingContext {
  /** An integer from 0 to 2³² − 1. Equal seeds give equal bytes, with any number of threads. */
  readonly seed: number;
  /** The maximum number of threads. */
  readonly threads: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EmbeddingProgress) => void;
  /** A method that `isResumable` continues from this state. */
  readonly resume?: TrainingState;
  /**
   * A method that `isResumable` calls it every few hundredths of a second, and before it ends because of the signal. The tables
   * of `state()` may be views of the method's own, which the next update changes.
   */
  readonly onBreak?: (state: () => TrainingState) => void;
  /** A method that `warmStarts` starts from these vectors. */
  readonly start?: StartVectors;
}

/** A method: a name, the options that it reads, and a function from a graph to vectors. */
export interface EmbeddingMethod<Options = unknown> {
  /** As in `--method`. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** Whether its scores are shown beside those of every other method, since it needs no training. */
  readonly isBaseline?: boolean;
  /** A `zod/mini` object of the method's own options, each with a default and a description. */
  readonly options: z.ZodMiniType<Options>;
  /** What a user should know about these options on this graph, as a sentence; undefined if there is nothing. */
  warning?(graph: NodeGraph, options: Options): string | undefined;
  /** The memory that a run takes at most, in bytes, besides the graph. */
  memory(graph: NodeGraph, options: Options): number;
  /**
   * Seconds of a run on one thread, on the clock `now` in seconds, measured on a part of the run. Without it, a run is started and
   * its progress extrapolated.
   */
  seconds?(graph: NodeGraph, options: Options, seed: number, now: () => number): number;
  /** Whether it reads `resume` of its context and calls `onBreak`. */
  readonly isResumable?: boolean;
  /** What the position of its state counts, in the plural: "walks". */
  readonly positionUnit?: string;
  /** Whether it reads `start` of its context. A method without training computes its vectors from the graph alone. */
  readonly warmStarts?: boolean;
  /** Of a method that trains skip-gram on walks: the options of that training, whose updates can be explained. */
  skipGram?(options: Options): SkipGramOptions;
  /** Of a method that trains LINE on sampled edges: the options of that training, whose updates can be explained. */
  line?(options: Options): LineOptions;
  /** The vectors, `[nodes, dimensions]`, row after row. */
  embed(graph: NodeGraph, options: Options, context: EmbeddingContext): Promise<Float32Array>;
}

/** The options of every function that takes long. */
export const contextOptions = { onProgress: optional(aFunction), signal: optional(aSignal) };
