/** The kernels in ONNX. The first axis is the batch, whose length ONNX does not know. */
import type { Node } from '../../core/graph.ts';
import type { Kernel, KernelName } from '../../core/ops/kernels.ts';
import type { Writer } from './writer.ts';

type WriteKernel<K = Kernel> = (w: Writer, kernel: K, from: string[], node: Node) => string;

/** The column: how each kernel is written, or why it is not. */
const kernels: { [N in KernelName]: string | WriteKernel<Extract<Kernel, { name: N }>> } = {
  rowMaximum: (w, _kernel, [rows]) => w.node('ReduceMax', [rows, w.constant('int64', [1], [-1])], { keepdims: 0 }),
  uniform: 'only training uses it',
  columnGather: writeColumnGather,
  columnScatterAdd: 'only training uses it',
  gather: (w, _kernel, from) => w.node('Gather', from, { axis: 0 }),
  scatterAdd: 'only training uses it',
  reshape(w, { shape }, [input], { inputs: [{ shape: from }] }) {
    // 0 leaves an axis unchanged.
    const lengths = shape.map((length, axis) => (from.slice(0, axis + 1).every((l, i) => l === shape[i]) ? 0 : length));
    return w.node('Reshape', [input, w.constant('int64', [shape.length], lengths)]);
  },
  slice: (w, { axis, start, end }, [input]) =>
    w.node('Slice', [input, ...[start, end, axis].map((value) => w.constant('int64', [1], [value]))]),
  pad: 'only training uses it',
  concat: (w, { axis }, from) => w.node('Concat', from, { axis }),
  spmm: 'ONNX has no product with a sparse matrix',
  sampledProduct: 'only training uses it',
};

/** Replaces indices by rows of tables; other columns pass unchanged. */
function writeColumnGather(
  w: Writer,
  { parts }: Extract<Kernel, { name: 'columnGather' }>,
  [rows, ...tables]: string[],
): string {
  const columns = parts.map(({ column, table }) => {
    if (table === undefined) return w.node('Gather', [rows, w.constant('int64', [1], [column])], { axis: 1 });
    const numbers = w.node('Gather', [rows, w.constant('int64', [], [column])], { axis: 1 });
    return w.node('Gather', [tables[table], w.cast(numbers, 'int64')], { axis: 0 });
  });
  return columns.length === 1 ? columns[0] : w.node('Concat', columns, { axis: 1 });
}

/** Adds a kernel; returns the name of its output. Throws an error for a kernel that no prediction contains, or ONNX lacks. */
export function writeKernel(w: Writer, kernel: Kernel, from: string[], node: Node): string {
  const write = kernels[kernel.name];
  if (typeof write === 'string') throw new Error(`${kernel.name}: ${write}`);
  return (write as WriteKernel)(w, kernel, from, node);
}
