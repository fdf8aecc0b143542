/**
 * Parts of tensors of any rank: `reshape` (the same numbers, other axes), `slice` (a range along an axis), `pad` (its
 * gradient: zeros around it) and `concat` (one after the other along an axis). They copy numbers and compute nothing.
 */
import { listOf } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { ravel, type Shape, sameShape, showShape, size, unravel } from '../../base/shape.ts';
import { show } from '../../base/show.ts';
import { aShape } from '../../base/tensor.ts';
import { constant } from '../formula.ts';
import { aNode, type Backward, checkNodes, type Graph, type Node } from '../graph.ts';
import type { KernelEntry } from '../kernel.ts';
import { map } from '../op.ts';

const ones = map('ones', { f: (_like) => constant(1) });

/** A gradient rule for kernels that are linear in inputs that each get their own gradient. */
const linear = (graph: Graph, node: Node, pull: (g: Node, input: number) => Node): Backward => ({
  to: node.inputs,
  rule(upstream, needs) {
    const g = upstream ?? graph.map(ones, [node]);
    return node.inputs.map((input, i) => (needs(input) ? pull(g, i) : undefined));
  },
});

function checkAxis(where: string, axis: number, shape: Shape): void {
  if (Number.isInteger(axis) && axis >= 0 && axis < shape.length) return;
  fail({
    what: `there is no axis ${show(axis)}: the shape is ${showShape(shape)}`,
    where,
    fix: `Pass an axis from 0 to ${shape.length - 1}.`,
  });
}

const withLength = (shape: Shape, axis: number, length: number): Shape => shape.with(axis, length);
const withIndex = (index: readonly number[], axis: number, by: number) => index.with(axis, index[axis] + by);

export const reshapeKernel: KernelEntry<'reshape', { readonly shape: Shape }> = {
  name: 'reshape',
  shape([input], { shape }) {
    if (size(shape) !== size(input.shape)) {
      fail({
        what: `${showShape(input.shape)} has ${size(input.shape)} numbers, but ${showShape(shape)} has ${size(shape)}`,
        where: 'reshape',
        fix: 'Pass a shape of the same size.',
      });
    }
    return shape;
  },
  // Leading axes that both shapes share remain.
  axis: (_input, axis, [from], { shape }) =>
    from.slice(0, axis + 1).every((length, i) => shape[i] === length) ? axis : undefined,
  define({ shapes: [from], at }, index, { shape }) {
    return { kind: 'copy', from: at(0, unravel(ravel(index, shape), from)) };
  },
  backward: (graph, node) => linear(graph, node, (g) => reshape(graph, g, node.inputs[0].shape)),
};

/** The same numbers in row-major order, with other axes. */
export function reshape(graph: Graph, input: Node, shape: Shape): Node {
  checkNodes('reshape', graph, { input });
  aShape(shape, 'reshape: shape');
  return sameShape(input.shape, shape) ? input : graph.kernel(reshapeKernel, [input], { shape });
}

/** The range from `start` to `end` (exclusive). */
export interface SliceOptions {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

export const sliceKernel: KernelEntry<'slice', SliceOptions> = {
  name: 'slice',
  shape([{ shape }], { axis, start, end }) {
    checkAxis('slice', axis, shape);
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end <= start || end > shape[axis]) {
      fail({
        what: `${show(start)} to ${show(end)} is not a range of axis ${axis} of ${showShape(shape)}`,
        where: 'slice',
        fix: `Pass a start and an end with 0 <= start < end <= ${shape[axis]}.`,
      });
    }
    return withLength(shape, axis, end - start);
  },
  axis: (_input, axis, _shapes, options) => (axis === options.axis ? undefined : axis),
  define: ({ at }, index, { axis, start }) => ({ kind: 'copy', from: at(0, withIndex(index, axis, start)) }),
  backward(graph, node, { axis, start }) {
    const [{ shape }] = node.inputs;
    return linear(graph, node, (g) => graph.kernel(padKernel, [g], { axis, start, length: shape[axis] }));
  },
};

/** The range from `start` to `end` (exclusive) along an axis. */
export function slice(graph: Graph, input: Node, axis: number, start: number, end: number): Node {
  checkNodes('slice', graph, { input });
  return graph.kernel(sliceKernel, [input], { axis, start, end });
}

/** Zeros along an axis of `length`, with the input from `start` on. */
export const padKernel: KernelEntry<'pad', { readonly axis: number; readonly start: number; readonly length: number }> =
  {
    name: 'pad',
    shape([{ shape }], { axis, start, length }) {
      checkAxis('pad', axis, shape);
      if (!Number.isInteger(start) || !Number.isInteger(length) || start < 0 || start + shape[axis] > length) {
        fail({
          what: `${shape[axis]} numbers from index ${start} do not fit into ${length}`,
          where: 'pad',
          fix: 'Pass a larger length, or a smaller start.',
        });
      }
      return withLength(shape, axis, length);
    },
    axis: (_input, axis, _shapes, options) => (axis === options.axis ? undefined : axis),
    define({ shapes: [shape], at }, index, { axis, start }) {
      const from = index[axis] - start;
      if (from < 0 || from >= shape[axis]) return { kind: 'sum', terms: [] };
      return { kind: 'copy', from: at(0, withIndex(index, axis, -start)) };
    },
    backward(graph, node, { axis, start }) {
      const [{ shape }] = node.inputs;
      return linear(graph, node, (g) => slice(graph, g, axis, start, start + shape[axis]));
    },
  };

export const concatKernel: KernelEntry<'concat', { readonly axis: number }> = {
  name: 'concat',
  shape(inputs, { axis }) {
    const [{ shape }] = inputs;
    checkAxis('concat', axis, shape);
    for (const { shape: other } of inputs) {
      if (other.length === shape.length && sameShape(withLength(other, axis, shape[axis]), shape)) continue;
      fail({
        what: `${showShape(other)} and ${showShape(shape)} differ in other axes than axis ${axis}`,
        where: 'concat',
        fix: 'Pass tensors that agree in all other axes.',
      });
    }
    return withLength(
      shape,
      axis,
      inputs.reduce((total, input) => total + input.shape[axis], 0),
    );
  },
  axis: (_input, axis, _shapes, options) => (axis === options.axis ? undefined : axis),
  define({ shapes, at }, index, { axis }) {
    let start = 0;
    for (const [input, shape] of shapes.entries()) {
      if (index[axis] < start + shape[axis]) return { kind: 'copy', from: at(input, withIndex(index, axis, -start)) };
      start += shape[axis];
    }
    throw new Error('the index is beyond the last tensor');
  },
  backward(graph, node, { axis }) {
    const starts: number[] = [];
    let end = 0;
    for (const { shape } of node.inputs) {
      starts.push(end);
      end += shape[axis];
    }
    return linear(graph, node, (g, i) => slice(graph, g, axis, starts[i], starts[i] + node.inputs[i].shape[axis]));
  },
};

/** Tensors one after the other along an axis; they agree in all others. */
export function concat(graph: Graph, inputs: readonly Node[], axis: number): Node {
  listOf(aNode, 1)(inputs, 'concat: inputs');
  checkNodes('concat', graph, {});
  return graph.kernel(concatKernel, inputs, { axis });
}
