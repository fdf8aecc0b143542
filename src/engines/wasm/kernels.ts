/** The kernels of this engine, as functions. */
import type { Kernel, KernelName } from '../../core/ops/kernels.ts';
import type { KernelStep } from '../../plan/plan.ts';
import type { Context, StepFunction } from './context.ts';
import { contractionFunction } from './contractions.ts';
import { concat, pad, reshape, slice } from './copies.ts';
import { uniform } from './draws.ts';
import { sampledProduct, spmm } from './sparse.ts';
import { columnGather, columnScatterAdd, gather, scatterAdd } from './tables.ts';

/** The column: each kernel's code. */
export const kernels: {
  [N in KernelName]: (kernel: Extract<Kernel, { name: N }>, step: KernelStep, context: Context) => StepFunction;
} = {
  // A contraction whose sum is the larger of two. All axes but the last are one to it.
  rowMaximum: (_kernel, { inputs: [input], outputs: [output] }, context) =>
    contractionFunction(
      {
        letters: { inputs: ['rc'], output: 'r' },
        inputs: [{ ...input, shape: [output.size, input.shape[input.shape.length - 1]] }],
        output: { ...output, shape: [output.size] },
        start: Number.NEGATIVE_INFINITY,
        combine: (lanes, most, [each]) => lanes.max(most, each),
      },
      context,
    ),
  uniform,
  columnGather,
  columnScatterAdd,
  gather,
  scatterAdd,
  reshape,
  slice,
  pad,
  concat,
  spmm,
  sampledProduct,
};

export function kernelFunction(step: KernelStep, context: Context): StepFunction {
  const write = kernels[step.kernel.name] as (kernel: Kernel, step: KernelStep, context: Context) => StepFunction;
  return write(step.kernel, step, context);
}
