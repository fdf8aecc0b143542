/** Uniform random numbers in [0, 1), from a counter: the same seed, lane and sequence give the same numbers. */
import { fail } from '../../base/errors.ts';
import type { Graph, Node } from '../graph.ts';
import type { KernelEntry } from '../kernel.ts';

/** `lane` distinguishes several such nodes in one step. */
export interface UniformOptions {
  readonly seed: number;
  readonly lane: number;
}

export const uniformKernel: KernelEntry<'uniform', UniformOptions> = {
  name: 'uniform',
  isRandom: true,
  shape([like, sequence]) {
    if (sequence.shape.length > 0) {
      fail({ what: 'the sequence is not a scalar', where: 'uniform', fix: 'Pass the number of the update.' });
    }
    return like.shape;
  },
  axis: (input, axis) => (input === 0 ? axis : undefined),
};

/** Numbers shaped like `like`; `sequence`, a scalar, is the number of the update. */
export const uniform = (graph: Graph, like: Node, sequence: Node, seed: number, lane: number): Node =>
  graph.kernel(uniformKernel, [like, sequence], { seed, lane });
