/** All kernels. Each engine, and each exporter, has a column with one entry for every name. */
import type { KernelOf } from '../kernel.ts';
import { columnGatherKernel, columnScatterAddKernel } from './column-gather.ts';
import { gatherKernel, scatterAddKernel } from './gather.ts';
import { concatKernel, padKernel, reshapeKernel, sliceKernel } from './pieces.ts';
import { rowMaximumKernel } from './row-maximum.ts';
import { sampledProductKernel, spmmKernel } from './sparse.ts';
import { uniformKernel } from './uniform.ts';

export const kernels = [
  rowMaximumKernel,
  uniformKernel,
  columnGatherKernel,
  columnScatterAddKernel,
  gatherKernel,
  scatterAddKernel,
  reshapeKernel,
  sliceKernel,
  padKernel,
  concatKernel,
  spmmKernel,
  sampledProductKernel,
] as const;

export type Kernel = { [I in keyof typeof kernels]: KernelOf<(typeof kernels)[I]> }[number];
export type KernelName = Kernel['name'];
