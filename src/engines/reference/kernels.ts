/** The kernels of the reference engine: plain loops that define the right results. It stores integers as float64. */
import { fillUniform } from '../../base/random.ts';
import { type Shape, size } from '../../base/shape.ts';
import { rowOf } from '../../core/ops/column-gather.ts';
import { nearestRow } from '../../core/ops/gather.ts';
import type { Kernel, KernelName } from '../../core/ops/kernels.ts';
import type { KernelStep } from '../../plan/plan.ts';

type Numbers = Float64Array;

/** The inputs and outputs of a kernel. */
export interface Operands {
  readonly inputs: readonly Numbers[];
  readonly shapes: readonly Shape[];
  readonly out: Numbers;
}

/** The sizes of the axes before an axis, and of those after it. */
const around = (shape: Shape, axis: number) => [size(shape.slice(0, axis)), size(shape.slice(axis + 1))] as const;

/** The column: each kernel's code. */
export const kernels: {
  [N in KernelName]: (kernel: Extract<Kernel, { name: N }>, operands: Operands) => () => void;
} = {
  rowMaximum:
    (_kernel, { inputs: [rows], out }) =>
    () => {
      const width = rows.length / out.length;
      for (let r = 0; r < out.length; r++) {
        let maximum = Number.NEGATIVE_INFINITY;
        for (let c = 0; c < width; c++) maximum = Math.max(maximum, rows[r * width + c]);
        out[r] = maximum;
      }
    },
  uniform:
    ({ seed, lane }, { inputs: [, sequence], out }) =>
    () =>
      fillUniform(out, seed, 'dropout', lane * 2 ** 32 + sequence[0]),
  columnGather:
    ({ parts }, { inputs: [rows, ...tables], shapes: [[batch, columns]], out }) =>
    () => {
      let at = 0;
      for (let b = 0; b < batch; b++) {
        for (const part of parts) {
          const value = rows[b * columns + part.column];
          if (part.table === undefined) out[at++] = value;
          else {
            const start = rowOf(value, part.size) * part.width;
            for (let k = 0; k < part.width; k++) out[at++] = tables[part.table][start + k];
          }
        }
      }
    },
  columnScatterAdd:
    ({ column, at, size, width }, { inputs: [rows, g], shapes: [[batch, columns], [, all]], out }) =>
    () => {
      out.fill(0);
      for (let b = 0; b < batch; b++) {
        const start = rowOf(rows[b * columns + column], size) * width;
        for (let k = 0; k < width; k++) out[start + k] += g[b * all + at + k];
      }
    },
  gather(_kernel, { inputs: [table, indices], shapes: [shape], out }) {
    const width = size(shape.slice(1));
    return () => {
      for (let i = 0; i < indices.length; i++) {
        const start = nearestRow(indices[i], shape[0]) * width;
        for (let k = 0; k < width; k++) out[i * width + k] = table[start + k];
      }
    };
  },
  scatterAdd({ rows }, { inputs: [values, indices], out }) {
    const width = out.length / rows;
    return () => {
      out.fill(0);
      for (let i = 0; i < indices.length; i++) {
        const start = nearestRow(indices[i], rows) * width;
        for (let k = 0; k < width; k++) out[start + k] += values[i * width + k];
      }
    };
  },
  reshape:
    (_kernel, { inputs: [input], out }) =>
    () =>
      out.set(input),
  slice({ axis, start, end }, { inputs: [input], shapes: [shape], out }) {
    const [outer, inner] = around(shape, axis);
    const width = (end - start) * inner;
    return () => {
      for (let o = 0; o < outer; o++) {
        const from = (o * shape[axis] + start) * inner;
        for (let k = 0; k < width; k++) out[o * width + k] = input[from + k];
      }
    };
  },
  pad({ axis, start, length }, { inputs: [input], shapes: [shape], out }) {
    const [outer, inner] = around(shape, axis);
    const width = shape[axis] * inner;
    return () => {
      out.fill(0);
      for (let o = 0; o < outer; o++) {
        const to = (o * length + start) * inner;
        for (let k = 0; k < width; k++) out[to + k] = input[o * width + k];
      }
    };
  },
  concat({ axis }, { inputs, shapes, out }) {
    const [outer, inner] = around(shapes[0], axis);
    return () => {
      let at = 0;
      for (let o = 0; o < outer; o++) {
        for (const [i, input] of inputs.entries()) {
          const width = shapes[i][axis] * inner;
          for (let k = 0; k < width; k++) out[at++] = input[o * width + k];
        }
      }
    };
  },
  spmm({ ordered }, { inputs: [values, dense, starts, columns, order], shapes: [, [, width]], out }) {
    return () => {
      out.fill(0);
      for (let row = 0; row + 1 < starts.length; row++) {
        for (let e = starts[row]; e < starts[row + 1]; e++) {
          const value = values[ordered ? order[e] : e];
          for (let k = 0; k < width; k++) out[row * width + k] += value * dense[columns[e] * width + k];
        }
      }
    };
  },
  sampledProduct(_kernel, { inputs: [left, right, starts, columns], shapes: [, [, width]], out }) {
    return () => {
      for (let row = 0; row + 1 < starts.length; row++) {
        for (let e = starts[row]; e < starts[row + 1]; e++) {
          let sum = 0;
          for (let k = 0; k < width; k++) sum += left[row * width + k] * right[columns[e] * width + k];
          out[e] = sum;
        }
      }
    };
  },
};

export function compileKernel({ kernel, inputs }: KernelStep, numbers: readonly Numbers[], out: Numbers): () => void {
  const compile = kernels[kernel.name] as (kernel: Kernel, operands: Operands) => () => void;
  return compile(kernel, { inputs: numbers, shapes: inputs.map(({ shape }) => shape), out });
}
