/** Vectors of nodes: what a method makes, what files hold, and what `neighbors` searches. */
import type { NodeId } from './graph.ts';

export interface NodeVectors {
  /** The names of the nodes, `[nodes]`. */
  readonly ids: readonly NodeId[];
  /** `[nodes, dimensions]`, row after row. */
  readonly vectors: Float32Array;
  readonly dimensions: number;
}
