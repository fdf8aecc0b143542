/** Vectors of nodes: what a method makes, what files hold, and what `neighbors` searches. */
import { kind } from '../base/arguments.ts';
import type { NodeId } from './graph.ts';

export interface NodeVectors {
  /** The names of the nodes, `[nodes]`. */
  readonly ids: readonly NodeId[];
  /** `[nodes, dimensions]`, row after row. */
  readonly vectors: Float32Array;
  readonly dimensions: number;
}

/** Vectors of nodes by their form. */
export const someNodeVectors = kind(
  'vectors of nodes',
  ({ ids, vectors, dimensions }: NodeVectors) => Array.isArray(ids) && vectors.length >= ids.length * dimensions,
  'Pass the result of embed or readVectors.',
);
