/**
 * The three large products of the propagation methods: a sparse matrix times a tall one, the Gram matrix of a tall one, and a tall
 * one times a small square one. The WebAssembly engine computes them in float32 with strict arithmetic, so that every machine
 * gets the same bits. Where WebAssembly cannot be used, the reference engine computes them in float64.
 */
import { Graph } from '../../core/graph.ts';
import { spmmKernel } from '../../core/ops/sparse.ts';
import type { Numbers, Program } from '../../engines/engine.ts';
import { reference } from '../../engines/reference/index.ts';
import { wasmEngine, wasmMissing } from '../../engines/wasm/index.ts';
import { compile, type Plan } from '../../plan/plan.ts';
import type { NodeGraph } from '../graph.ts';

/** Where the entries of a sparse matrix `[nodes, nodes]` are, in compressed rows. */
export type Pattern = Pick<NodeGraph, 'offsets' | 'neighbors'>;

/** Products over the nodes of one graph. The arrays are live: read and write them. */
export interface Products {
  /** `[nodes, width]` */
  readonly before: Numbers;
  /** `[nodes, width]` */
  readonly after: Numbers;
  /** The value of each entry of the sparse matrix S, `[entries]`, in the order of the pattern. */
  readonly values: Numbers;
  /** after = S before */
  spread(): void;
  /** afterᵀ after, `[width, width]` */
  gram(): Numbers;
  /** before = after · matrix, for a matrix `[width, width]` */
  mix(matrix: ArrayLike<number>): void;
}

/** The bytes of the memory of `productsOf`. */
export function productsMemory({ offsets, neighbors }: Pattern, width: number): number {
  const nodes = offsets.length - 1;
  return 4 * (2 * nodes * width + 2 * neighbors.length + nodes + 1 + 2 * width * width);
}

/**
 * The bytes of a method: its products, their copy of the pattern, and `tall` more matrices `[nodes, width]` in float32 and `entries` lists of
 * values in float64.
 */
export function propagationMemory(
  pattern: Pattern,
  width: number,
  { tall, entries }: { readonly tall: number; readonly entries: number },
): number {
  const { offsets, neighbors } = pattern;
  const copies = 4 * (offsets.length + neighbors.length);
  return (
    productsMemory(pattern, width) + copies + 4 * tall * (offsets.length - 1) * width + 8 * entries * neighbors.length
  );
}

/** Products for a pattern with at least one node and one entry, and `width` columns. */
export function productsOf({ offsets, neighbors }: Pattern, width: number): Products {
  const nodes = offsets.length - 1;
  const shape = [nodes, width];
  const spread = new Graph();
  const before = spread.source('state', 'before', shape);
  const values = spread.source('state', 'values', [neighbors.length]);
  const starts = spread.integers([offsets.length], new Int32Array(offsets));
  const indices = spread.integers([neighbors.length], new Int32Array(neighbors));
  spread.updates.push({
    target: spread.source('state', 'after', shape),
    value: spread.kernel(spmmKernel, [values, before, starts, indices], { ordered: false }),
  });
  const gram = new Graph();
  const tall = gram.source('state', 'after', shape);
  const product = gram.name('gram', gram.contract('ab,ac->bc', [tall, tall]));
  const mix = new Graph();
  const matrix = mix.source('input', 'matrix', [width, width]);
  mix.updates.push({
    target: mix.source('state', 'before', shape),
    value: mix.contract('ab,bc->ac', [mix.source('state', 'after', shape), matrix]),
  });
  const plans = [compile(spread, []), compile(gram, [product]), compile(mix, [])];
  const [spreading, multiplying, mixing] = programsOf(plans, 'float32');
  return {
    before: spreading.view('before'),
    after: spreading.view('after'),
    values: spreading.view('values'),
    spread: () => spreading.run(),
    gram() {
      multiplying.run();
      return multiplying.view('gram');
    },
    mix(small) {
      mixing.view('matrix').set(small);
      mixing.run();
    },
  };
}

/** Programs on WebAssembly, or on the reference where WebAssembly cannot be used. */
export function programsOf(plans: readonly Plan[], precision: 'float64' | 'float32'): Program[] {
  return wasmMissing() === undefined ? wasmEngine({ precision, threads: 1 }).compile(plans) : reference.compile(plans);
}
