/**
 * Products with a sparse matrix, in compressed rows: `starts` [rows + 1] is the index of the first entry of each row,
 * `columns` [entries] the column of each entry. Both are constant integers; the values [entries] may be computed.
 * Terms are added in the order of the entries, so that the bits do not depend on how many threads share the rows.
 */
import { aBoolean, aCount, anything, checkCall, type Kind, numbers, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import { constant } from '../formula.ts';
import { aGraph, aNode, checkIndices, checkNodes, type Graph, type Node } from '../graph.ts';
import type { KernelEntry } from '../kernel.ts';
import { map } from '../op.ts';

const ones = map('ones', { f: (_like) => constant(1) });

/** Where the entries of a sparse matrix [rows, columns] are, and where those of its transpose are. */
export interface SparsePattern {
  readonly rows: number;
  readonly columns: number;
  readonly starts: Node;
  readonly indices: Node;
  /** The transpose; entry e of it is entry `order[e]` of the matrix. */
  readonly transpose: { readonly starts: Node; readonly indices: Node; readonly order: Node };
}

/**
 * Adds the pattern of a sparse matrix to a graph. `starts` ascend from 0 to the number of entries; every column is from 0
 * to columns-1. A column may occur twice in a row: its entries then add up. Throws an InputError that names the first
 * row or entry that does not fit.
 */
export function sparsePattern(
  graph: Graph,
  matrix: { readonly columns: number; readonly starts: ArrayLike<number>; readonly indices: ArrayLike<number> },
): SparsePattern {
  checkCall('sparsePattern(graph, { columns, starts, indices })', {
    graph: [graph, aGraph],
    matrix: [matrix, record({ columns: aCount, starts: numbers, indices: numbers })],
  });
  const { columns, starts, indices } = matrix;
  const rows = starts.length - 1;
  const where = 'sparse matrix';
  const fix = 'Pass compressed sparse rows: starts ascend from 0 to the number of entries.';
  if (rows < 1 || starts[0] !== 0 || starts[rows] !== indices.length) {
    fail({
      what: `starts go from ${starts[0]} to ${starts[rows]}, but there are ${indices.length} entries`,
      where,
      fix,
    });
  }
  for (let row = 0; row < rows; row++) {
    if (Number.isInteger(starts[row + 1]) && starts[row + 1] >= starts[row]) continue;
    fail({ what: `row ${row} starts at ${starts[row]} and ends at ${starts[row + 1]}`, where, fix });
  }
  const whole = (data: ArrayLike<number>) => graph.integers([data.length], Int32Array.from(data));
  const pattern = { rows, columns, starts: whole(starts), indices: whole(indices) };
  checkIndices(where, pattern.indices, columns);
  // A counting sort by column keeps the rows of a column in their order.
  const at = new Int32Array(columns + 1);
  for (let e = 0; e < indices.length; e++) at[indices[e] + 1]++;
  for (let c = 0; c < columns; c++) at[c + 1] += at[c];
  const transposed = {
    starts: at.slice(),
    indices: new Int32Array(indices.length),
    order: new Int32Array(indices.length),
  };
  for (let row = 0; row < rows; row++) {
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const place = at[indices[e]]++;
      transposed.indices[place] = row;
      transposed.order[place] = e;
    }
  }
  const { starts: ofColumns, indices: ofRows, order } = transposed;
  return { ...pattern, transpose: { starts: whole(ofColumns), indices: whole(ofRows), order: whole(order) } };
}

/** The result of `sparsePattern`. */
const aPattern: Kind = record({
  rows: aCount,
  columns: aCount,
  starts: aNode,
  indices: aNode,
  transpose: anything,
});

/** The inputs are values, dense, starts, indices and, with `ordered`, the order of the values: a transpose has it. */
export interface SpmmOptions {
  readonly ordered: boolean;
}

/** The entries of a row, and the value that belongs to each. */
function entriesOf<T>(
  { at, value }: { at(input: number, index: readonly number[]): T; value(number: T): number },
  row: number,
  ordered: boolean,
) {
  const read = (input: number, i: number) => value(at(input, [i]));
  const [start, end] = [read(2, row), read(2, row + 1)];
  return Array.from({ length: end - start }, (_, i) => ({
    column: read(3, start + i),
    entry: ordered ? read(4, start + i) : start + i,
  }));
}

export const spmmKernel: KernelEntry<'spmm', SpmmOptions> = {
  name: 'spmm',
  isIndex: (input) => input >= 2,
  shape([values, dense, starts, indices]) {
    if (values.shape.length !== 1 || values.shape[0] !== indices.shape[0]) {
      fail({
        what: `values ${showShape(values.shape)} for ${indices.shape[0]} entries`,
        where: 'spmm',
        fix: 'Pass one value for each entry of the sparse matrix.',
      });
    }
    if (dense.shape.length !== 2) {
      fail({
        what: `the dense matrix has shape ${showShape(dense.shape)}`,
        where: 'spmm',
        fix: 'Pass a matrix: [columns of the sparse matrix, width].',
      });
    }
    checkIndices('spmm', indices, dense.shape[0]);
    return [starts.shape[0] - 1, dense.shape[1]];
  },
  axis: (input, axis) => (input === 1 && axis === 1 ? 1 : undefined),
  define(read, [row, k], { ordered }) {
    const terms = entriesOf(read, row, ordered).map(({ column, entry }) => [
      read.at(0, [entry]),
      read.at(1, [column, k]),
    ]);
    return { kind: 'sum', terms };
  },
};

/**
 * The sparse matrix [rows, columns] with these values [entries], times a dense one [columns, k] -> [rows, k].
 * d/dense is the transpose times the gradient, d/value of the entry at (r, c) is gradient[r, :] · dense[c, :].
 */
export function spmm(graph: Graph, pattern: SparsePattern, values: Node, dense: Node, transposed = false): Node {
  checkNodes('spmm', graph, { values, dense });
  aPattern(pattern, 'spmm: pattern');
  aBoolean(transposed, 'spmm: transposed');
  const { starts, indices, transpose } = pattern;
  if (dense.shape[0] !== (transposed ? pattern.rows : pattern.columns)) {
    fail({
      what: `the dense matrix is ${showShape(dense.shape)}, but the sparse one has ${transposed ? pattern.rows : pattern.columns} columns`,
      where: 'spmm',
      fix: 'Pass a dense matrix with one row for each column of the sparse one.',
    });
  }
  const node = transposed
    ? graph.kernel(spmmKernel, [values, dense, transpose.starts, transpose.indices, transpose.order], { ordered: true })
    : graph.kernel(spmmKernel, [values, dense, starts, indices], { ordered: false });
  node.backward = {
    to: [values, dense],
    rule(upstream, needs) {
      const g = upstream ?? graph.map(ones, [node]);
      const [left, right] = transposed ? [dense, g] : [g, dense];
      return [
        needs(values) ? sampledProduct(graph, pattern, left, right) : undefined,
        needs(dense) ? spmm(graph, pattern, values, g, !transposed) : undefined,
      ];
    },
  };
  return node;
}

export const sampledProductKernel: KernelEntry<'sampledProduct', object> = {
  name: 'sampledProduct',
  isIndex: (input) => input >= 2,
  shape([left, right, , indices]) {
    if (left.shape.length !== 2 || right.shape.length !== 2 || left.shape[1] !== right.shape[1]) {
      fail({
        what: `the matrices are ${showShape(left.shape)} and ${showShape(right.shape)}`,
        where: 'sampledProduct',
        fix: 'Pass two matrices with the same number of columns.',
      });
    }
    checkIndices('sampledProduct', indices, right.shape[0]);
    return indices.shape;
  },
  axis: () => undefined,
  define({ shapes: [[rows, width]], at, value }, [entry]) {
    const start = (row: number) => value(at(2, [row]));
    let row = 0;
    while (row + 1 < rows && start(row + 1) <= entry) row++;
    const column = value(at(3, [entry]));
    return { kind: 'sum', terms: Array.from({ length: width }, (_, k) => [at(0, [row, k]), at(1, [column, k])]) };
  },
};

/** left [rows, k] and right [columns, k] -> [entries]: for the entry at (r, c) the product left[r, :] · right[c, :]. */
export function sampledProduct(graph: Graph, pattern: SparsePattern, left: Node, right: Node): Node {
  const { starts, indices, rows } = pattern;
  if (left.shape[0] !== rows) {
    fail({
      what: `the left matrix is ${showShape(left.shape)}, but the sparse one has ${rows} rows`,
      where: 'sampledProduct',
      fix: 'Pass a left matrix with one row for each row of the sparse one.',
    });
  }
  const node = graph.kernel(sampledProductKernel, [left, right, starts, indices], {});
  node.backward = {
    to: [left, right],
    rule(upstream, needs) {
      const g = upstream ?? graph.map(ones, [node]);
      return [
        needs(left) ? spmm(graph, pattern, g, right) : undefined,
        needs(right) ? spmm(graph, pattern, g, left, true) : undefined,
      ];
    },
  };
  return node;
}
