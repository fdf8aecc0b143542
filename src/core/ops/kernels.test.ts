/** The errors and the definitions of kernels. test/random-graphs.test.ts checks that engines agree on them. */
import { describe, expect, test } from 'vitest';
import { Graph, type Node } from '../graph.ts';
import { gather, scatterAdd } from './gather.ts';
import { concat, padKernel, reshape, slice } from './pieces.ts';
import { rowMaximum } from './row-maximum.ts';
import { sparsePattern, spmm } from './sparse.ts';

const graph = new Graph();
let made = 0;
const source = (...shape: number[]) => graph.source('input', `x${made++}`, shape);
const integers = (...data: number[]) => graph.integers([data.length], Int32Array.from(data));
const messageOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'it is accepted';
};

describe('shapes', () => {
  test.each<[string, () => Node, number[]]>([
    ['the maximum is along the last axis of any rank', () => rowMaximum(graph, source(2, 3, 4)), [2, 3]],
    ['of a vector it is a scalar', () => rowMaximum(graph, source(4)), []],
    ['reshape', () => reshape(graph, source(2, 6), [3, 4]), [3, 4]],
    ['slice', () => slice(graph, source(2, 6, 3), 1, 2, 5), [2, 3, 3]],
    ['pad', () => graph.kernel(padKernel, [source(2, 3)], { axis: 0, start: 1, length: 5 }), [5, 3]],
    ['concat', () => concat(graph, [source(2, 1, 3), source(2, 4, 3)], 1), [2, 5, 3]],
    ['gather', () => gather(graph, source(5, 2, 3), integers(4, 0)), [2, 2, 3]],
    ['scatterAdd', () => scatterAdd(graph, source(2, 3), integers(4, 0), 5), [5, 3]],
  ])('%s', (_, make, shape) => {
    expect(make().shape).toEqual(shape);
  });
});

test('inputs that do not fit are refused when the graph is built', () => {
  const pattern = sparsePattern(graph, { columns: 3, starts: [0, 1, 2], indices: [2, 0] });
  const messages = [
    () => rowMaximum(graph, source()),
    () => reshape(graph, source(2, 6), [5]),
    () => slice(graph, source(2, 6), 2, 0, 1),
    () => slice(graph, source(2, 6), 1, 4, 7),
    () => concat(graph, [source(2, 3), source(3, 3)], 1),
    () => gather(graph, source(3, 2), integers(0, 3)),
    () => scatterAdd(graph, source(3, 2), integers(0, 1), 2),
    () => sparsePattern(graph, { columns: 3, starts: [0, 2], indices: [0] }),
    () => sparsePattern(graph, { columns: 3, starts: [0, 2, 1, 3], indices: [0, 1, 2] }),
    () => sparsePattern(graph, { columns: 3, starts: [0, 1], indices: [3] }),
    () => spmm(graph, pattern, source(2), source(2, 4)),
    () => spmm(graph, pattern, source(3), source(3, 4)),
    () => gather(graph, source(3, 2), source(2)),
    () => graph.contract('a->', [integers(1)]),
  ].map(messageOf);
  expect(messages.map((message) => message.split('.\n')[0])).toEqual([
    'rowMaximum: a scalar has no last axis',
    'reshape: [2, 6] has 12 numbers, but [5] has 5',
    'slice: there is no axis 2: the shape is [2, 6]',
    'slice: 4 to 7 is not a range of axis 1 of [2, 6]',
    'concat: [3, 3] and [2, 3] differ in other axes than axis 1',
    'gather: index 3 (number 1) is outside 0 to 2',
    'scatterAdd: values [3, 2] do not begin with the axes of the indices, [2]',
    'sparse matrix: starts go from 0 to 2, but there are 1 entries',
    'sparse matrix: row 1 starts at 2 and ends at 1',
    'sparse matrix: index 3 (number 0) is outside 0 to 2',
    'spmm: the dense matrix is [2, 4], but the sparse one has 3 columns',
    'spmm: values [3] for 2 entries',
    'gather: input 1 is float, not int32',
    expect.stringContaining('holds integers, which only kernels read'),
  ]);
});
