/** The kernels in JavaScript, for one row. */
import { type Shape, size } from '../../base/shape.ts';
import type { Node } from '../../core/graph.ts';
import type { Kernel, KernelName } from '../../core/ops/kernels.ts';

type WriteKernel<K = Kernel> = (kernel: K, name: string, from: string[], node: Node) => string[];

/** The number of elements in the axes before an axis, from it on, and after it. */
const around = (shape: Shape, axis: number) => ({
  outer: size(shape.slice(0, axis)),
  width: size(shape.slice(axis)),
  inner: size(shape.slice(axis + 1)),
});
const declare = (name: string, { shape }: Node) => `  const ${name} = new Float64Array(${size(shape)});`;
const part = (of: string, from: string, to: string) => `Array.prototype.slice.call(${of}, ${from}, ${to})`;

/** The column: the code of each kernel, or why there is none. */
const kernels: { [N in KernelName]: string | WriteKernel<Extract<Kernel, { name: N }>> } = {
  rowMaximum(_kernel, name, [rows], node) {
    const width = node.inputs[0].shape.at(-1)!;
    if (size(node.shape) === 1) return [`  const ${name} = Float64Array.of(Math.max(...${rows}));`];
    return [
      declare(name, node),
      `  for (let r = 0; r < ${size(node.shape)}; r++) ${name}[r] = Math.max(...${part(rows, `r * ${width}`, `(r + 1) * ${width}`)});`,
    ];
  },
  uniform: 'only training uses it',
  columnGather: columnGatherText,
  columnScatterAdd: 'only training uses it',
  gather(_kernel, name, [table, indices], node) {
    const { inner } = around(node.inputs[0].shape, 0);
    return [
      declare(name, node),
      `  for (let i = 0; i < ${size(node.inputs[1].shape)}; i++) ${name}.set(${part(table, `${indices}[i]! * ${inner}`, `(${indices}[i]! + 1) * ${inner}`)}, i * ${inner});`,
    ];
  },
  scatterAdd: 'only training uses it',
  reshape: (_kernel, name, [input]) => [`  const ${name} = Float64Array.from(${input});`],
  slice({ axis, start }, name, [input], node) {
    const { outer, width, inner } = around(node.shape, axis);
    const from = `o * ${around(node.inputs[0].shape, axis).width} + ${start * inner}`;
    return [
      declare(name, node),
      `  for (let o = 0; o < ${outer}; o++) ${name}.set(${part(input, from, `${from} + ${width}`)}, o * ${width});`,
    ];
  },
  pad: 'only training uses it',
  concat({ axis }, name, from, node) {
    const { outer, width } = around(node.shape, axis);
    let at = 0;
    const copies = from.map((input, i) => {
      const own = around(node.inputs[i].shape, axis).width;
      const text = `    ${name}.set(${part(input, `o * ${own}`, `(o + 1) * ${own}`)}, o * ${width} + ${at});`;
      at += own;
      return text;
    });
    return [declare(name, node), `  for (let o = 0; o < ${outer}; o++) {`, ...copies, '  }'];
  },
  spmm({ ordered }, name, [values, dense, starts, columns, order], node) {
    const [rows, width] = node.shape;
    const value = `${values}[${ordered ? `${order}[e]!` : 'e'}]!`;
    return [
      declare(name, node),
      `  for (let r = 0; r < ${rows}; r++) for (let e = ${starts}[r]!; e < ${starts}[r + 1]!; e++) for (let k = 0; k < ${width}; k++) {`,
      `    ${name}[r * ${width} + k]! += ${value} * ${dense}[${columns}[e]! * ${width} + k]!;`,
      '  }',
    ];
  },
  sampledProduct: 'only training uses it',
};

/** Replaces indices by rows of tables; other columns pass unchanged. */
function columnGatherText(
  { parts }: Extract<Kernel, { name: 'columnGather' }>,
  name: string,
  [row, ...tables]: string[],
): string[] {
  const starts: string[] = [];
  const pieces = parts.map((part) => {
    const value = `${row}[${part.column}]!`;
    if (part.table === undefined) return value;
    const start = `${name}_${part.column}`;
    const index = `Math.trunc(Math.min(Math.max(${value} || 0, 0), ${part.size - 1}))`;
    starts.push(`  const ${start} = ${index} * ${part.width};`);
    return `...${tables[part.table]}.subarray(${start}, ${start} + ${part.width})`;
  });
  return [...starts, `  const ${name} = Float64Array.of(${pieces.join(', ')});`];
}

/** The statements of a kernel. Throws an error for a kernel that no prediction contains. */
export function kernelText(kernel: Kernel, name: string, from: string[], node: Node): string {
  const write = kernels[kernel.name];
  if (typeof write === 'string') throw new Error(`${kernel.name}: ${write}`);
  return (write as WriteKernel)(kernel, name, from, node).join('\n');
}
