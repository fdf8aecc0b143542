/**
 * Rows of a table by integer index, and its gradient: each row of the table gets the sum of the gradients of its uses, in the
 * order of the indices. An index outside the table reads or adds to the nearest row; constant indices are checked.
 */
import { fail } from '../../base/errors.ts';
import { type Shape, showShape } from '../../base/shape.ts';
import { constant } from '../formula.ts';
import { checkIndices, checkNodes, type Graph, type Node } from '../graph.ts';
import type { KernelEntry } from '../kernel.ts';
import { map } from '../op.ts';

const ones = map('ones', { f: (_like) => constant(1) });

/** The row of a table of `size` rows for an integer. */
export const nearestRow = (index: number, size: number): number => Math.min(Math.max(index, 0), size - 1);

export const gatherKernel: KernelEntry<'gather', object> = {
  name: 'gather',
  isIndex: (input) => input === 1,
  shape([table, indices]) {
    if (table.shape.length === 0) {
      fail({ what: 'a scalar has no rows', where: 'gather', fix: 'Pass a table of at least one axis.' });
    }
    checkIndices('gather', indices, table.shape[0]);
    return [...indices.shape, ...table.shape.slice(1)];
  },
  axis: (input, axis, [, indices]) => (input === 1 ? axis : axis === 0 ? undefined : indices.length + axis - 1),
  define({ shapes: [[size], indices], at, value }, index) {
    const row = nearestRow(value(at(1, index.slice(0, indices.length))), size);
    return { kind: 'copy', from: at(0, [row, ...index.slice(indices.length)]) };
  },
  backward: (graph, node) => {
    const [table, indices] = node.inputs;
    return {
      to: [table],
      rule: (upstream) => [scatterAdd(graph, upstream ?? graph.map(ones, [node]), indices, table.shape[0])],
    };
  },
};

/** table [n, ...rest] and integers [...s], from 0 to n-1 -> [...s, ...rest]. */
export function gather(graph: Graph, table: Node, indices: Node): Node {
  checkNodes('gather', graph, { table, indices });
  return graph.kernel(gatherKernel, [table, indices], {});
}

export const scatterAddKernel: KernelEntry<'scatterAdd', { readonly rows: number }> = {
  name: 'scatterAdd',
  isIndex: (input) => input === 1,
  shape([values, indices], { rows }) {
    const { shape } = indices;
    if (values.shape.length < shape.length || shape.some((length, i) => values.shape[i] !== length)) {
      fail({
        what: `values ${showShape(values.shape)} do not begin with the axes of the indices, ${showShape(shape)}`,
        where: 'scatterAdd',
        fix: 'Pass one row of values for each index.',
      });
    }
    checkIndices('scatterAdd', indices, rows);
    return [rows, ...values.shape.slice(shape.length)];
  },
  axis: (input, axis, [, indices]) => (input === 1 || axis < indices.length ? undefined : axis - indices.length + 1),
  define({ shapes: [, indices], at, value }, [row, ...rest], { rows }) {
    const terms = [...places(indices)].filter((place) => nearestRow(value(at(1, place)), rows) === row);
    return { kind: 'sum', terms: terms.map((place) => [at(0, [...place, ...rest])]) };
  },
  backward(graph, node) {
    const [values, indices] = node.inputs;
    return { to: [values], rule: (upstream) => [gather(graph, upstream ?? graph.map(ones, [node]), indices)] };
  },
};

/** Every index of a shape, in row-major order. */
function* places(shape: Shape): Generator<number[]> {
  const [length, ...rest] = shape;
  if (length === undefined) yield [];
  else for (let i = 0; i < length; i++) for (const place of places(rest)) yield [i, ...place];
}

/** values [...s, ...rest] and integers [...s] -> [rows, ...rest]: each row is the sum of the values with its index. */
export const scatterAdd = (graph: Graph, values: Node, indices: Node, rows: number): Node =>
  graph.kernel(scatterAddKernel, [values, indices], { rows });
