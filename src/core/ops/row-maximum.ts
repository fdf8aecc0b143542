/**
 * The maximum along the last axis: [..., k] -> [...]. Differentiation holds it constant. It shifts functions
 * that a shift does not change (softmax, log-sum-exp), so its derivative cancels.
 */
import { fail } from '../../base/errors.ts';
import { checkNodes, type Graph, type Node } from '../graph.ts';
import type { KernelEntry } from '../kernel.ts';

export const rowMaximumKernel: KernelEntry<'rowMaximum', object> = {
  name: 'rowMaximum',
  shape([{ shape }]) {
    if (shape.length === 0) {
      fail({ what: 'a scalar has no last axis', where: 'rowMaximum', fix: 'Pass a tensor of at least one axis.' });
    }
    return shape.slice(0, -1);
  },
  axis: (_input, axis, [shape]) => (axis < shape.length - 1 ? axis : undefined),
  define({ shapes: [shape], at }, index) {
    return { kind: 'maximum', from: Array.from({ length: shape[shape.length - 1] }, (_, k) => at(0, [...index, k])) };
  },
};

export function rowMaximum(graph: Graph, rows: Node): Node {
  checkNodes('rowMaximum', graph, { rows });
  return graph.kernel(rowMaximumKernel, [rows], {});
}
