/**
 * A network's outputs for any number of rows. It is compiled for a few numbers of rows only; a rest is computed with older
 * rows beside it that nobody looks at, as a row's outputs do not depend on the others.
 */
import { type Matrix, type Tensor, tensor } from '../base/tensor.ts';
import type { Numbers, Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import type { Network, Parameters } from '../net/network.ts';
import { outputGraph } from '../net/step.ts';
import { compile } from '../plan/plan.ts';
import { chunkRows, fillRows } from './batches.ts';
import { compileQuickly } from './engine-choice.ts';

/** Multiplications below which the reference is done before a module would be compiled; the bits are the same. */
export const littleWork = 200_000;

/** Rows that there is a program for. Few: each is memory. */
const sizes = [1, 8, 64, chunkRows] as const;

/** A program, and where its rows [rows, inputs] and outputs [rows, outputs] stand. */
interface Prepared {
  readonly rows: number;
  readonly program: Program;
  readonly input: Numbers;
  readonly output: Numbers;
}

export interface PredictorParts {
  readonly network: Network;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters: Parameters;
}

export class Predictor {
  private readonly parts: PredictorParts;
  /** The columns of indices, and how many rows their tables have. */
  private readonly indices: readonly { readonly input: number; readonly size: number }[];
  /** Multiplications a row, about. */
  private readonly cost: number;
  /** By the place in `sizes`; while there is little to do each is made when it is needed, by the reference. */
  private prepared: Prepared[] = [];
  /** Multiplications so far. */
  private work = 0;

  constructor(parts: PredictorParts) {
    this.parts = parts;
    this.indices = parts.network.layers[0].embeds?.columns ?? [];
    this.cost = [...parts.parameters.values()].reduce((count, { data }) => count + data.length, 0);
  }

  /** Rows [n, inputs] -> rows [n, outputs]. Undefined where they are no such rows of finite numbers and indices. */
  rows(rows: Matrix): number[][] | undefined {
    if (!Array.isArray(rows)) return undefined;
    const n = rows.length;
    const { inputs, outputs } = this.parts;
    const out: number[][] = new Array(n);
    this.expect(n);
    for (let start = 0; start < n; ) {
      const { rows: size, program, input, output } = this.at(start, n);
      const end = Math.min(start + size, n);
      let at = 0;
      for (let r = start; r < end; r++) {
        const row = rows[r];
        // looked at before a number is written: the row may still stand there when others are computed
        if (!Array.isArray(row) || row.length !== inputs || !this.hasIndices(row)) return undefined;
        for (let i = 0; i < inputs; i++) {
          const value = row[i];
          if (!Number.isFinite(value)) return undefined;
          input[at++] = value;
        }
      }
      program.run();
      at = 0;
      for (; start < end; start++) {
        const row: number[] = new Array(outputs);
        for (let k = 0; k < outputs; k++) row[k] = output[at++];
        out[start] = row;
      }
    }
    return out;
  }

  /** [n, inputs] -> [n, outputs]. */
  tensor(rows: Tensor): Tensor {
    const [n] = rows.shape;
    const { outputs } = this.parts;
    const out = tensor([n, outputs]);
    this.expect(n);
    for (let start = 0; start < n; ) {
      const { rows: size, program, input, output } = this.at(start, n);
      const count = Math.min(size, n - start);
      fillRows(input, rows, start, count);
      program.run();
      out.data.set(count === size ? output : output.subarray(0, count * outputs), start * outputs);
      start += count;
    }
    return out;
  }

  /** Whether what stands where indices belong are some. */
  private hasIndices(row: readonly number[]): boolean {
    for (const { input, size } of this.indices) {
      const value = row[input];
      if (!(Number.isInteger(value) && value >= 0 && value < size)) return false;
    }
    return true;
  }

  /** The program for the next of n rows. */
  private at(start: number, n: number): Prepared {
    const left = n - start;
    // a single output of a single row is summed up in an order of its own: a row is alone only where no other came before
    let index = left === 1 && start % chunkRows === 0 ? 0 : 1;
    while (index + 1 < sizes.length && left >= sizes[index + 1]) index++;
    let prepared = this.prepared[index];
    if (prepared === undefined) {
      [prepared] = this.prepare(reference.compile, [sizes[index]]);
      this.prepared[index] = prepared;
    }
    return prepared;
  }

  /** Compiles once that is worth it. */
  private expect(rows: number): void {
    if (this.work >= littleWork) return;
    this.work += rows * this.cost;
    if (this.work >= littleWork) this.prepared = this.prepare(compileQuickly, sizes);
  }

  private prepare(compileAll: typeof compileQuickly, sizes: readonly number[]): Prepared[] {
    const { network, inputs, parameters } = this.parts;
    const plans = sizes.map((batch) => {
      const graph = outputGraph(network, { batch, inputs });
      return compile(graph, [graph.get('output')]);
    });
    const programs = compileAll(plans);
    // they share the parameters
    for (const [name, { data }] of parameters) programs[0].view(name).set(data);
    return programs.map((program, i) => ({
      rows: sizes[i],
      program,
      input: program.view('layers.0.input'),
      output: program.view('output'),
    }));
  }
}
