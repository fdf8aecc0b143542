/**
 * A network's outputs for any number of rows. It is compiled for a few numbers of rows only. A smaller rest is computed
 * together with older rows, whose outputs are ignored, because a row's outputs do not depend on other rows.
 */
import { isNumberList } from '../base/arguments.ts';
import { size } from '../base/shape.ts';
import { type Matrix, type Tensor, tensor } from '../base/tensor.ts';
import { checkFeed, checkIndexFeed, type Feeds } from '../data/feeds.ts';
import type { Numbers, Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { stepAddresses } from '../net/addresses.ts';
import type { LayerFeed } from '../net/layer.ts';
import { feedsOfLayers, type Network, type Parameters } from '../net/network.ts';
import { outputGraph } from '../net/step.ts';
import { compile } from '../plan/plan.ts';
import { chunkRows, fillRows } from './batches.ts';
import { compileQuickly, isQuick } from './quick-engine.ts';

/** Below this many multiplications, the reference is faster than compiling a module; the bits are the same. */
export const littleWork = 200_000;

/** The numbers of rows to compile programs for: few, because each needs memory. */
const sizes = [1, 8, 64, chunkRows] as const;

/** A program, and the memory of its rows [rows, inputs] and outputs [rows, outputs]. */
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
  /** The columns of indices, and the sizes of their tables. */
  private readonly indices: readonly { readonly input: number; readonly size: number }[];
  /** The feeds that layers read by name, in addition to the inputs. */
  private readonly declared: readonly LayerFeed[];
  /** The approximate number of multiplications for a row. */
  private readonly cost: number;
  /** One for each of `sizes`; until there is enough work, each is created on demand, for the reference. */
  private prepared: Prepared[] = [];
  /** The number of multiplications so far. */
  private work = 0;
  private isCompiled = false;
  private indexLimits?: ReadonlyMap<string, number>;

  constructor(parts: PredictorParts) {
    this.parts = parts;
    this.indices = parts.network.layers[0].embeds?.columns ?? [];
    this.declared = feedsOfLayers(parts.network);
    this.cost = [...parts.parameters.values()].reduce((count, { data }) => count + data.length, 0);
  }

  /**
   * Rows [n, inputs] -> rows [n, outputs]. Undefined if they are not rows of finite numbers and valid indices, or if
   * the network reads other feeds.
   */
  rows(rows: Matrix): number[][] | undefined {
    if (!Array.isArray(rows) || this.declared.length > 0) return undefined;
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
        // checked before a number is written, because the row may stay in memory when others are computed
        if (!isNumberList(row) || row.length !== inputs || !this.hasIndices(row)) return undefined;
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

  /**
   * [n, inputs], and n rows of each feed that the network reads by name -> [n, outputs]. Throws an InputError if a feed
   * is missing or does not fit; `where` is the path of the feeds.
   */
  tensor(rows: Tensor, feeds: Feeds = new Map(), where = 'feeds'): Tensor {
    const [n] = rows.shape;
    const { outputs } = this.parts;
    const fed = this.declared.map(({ name, ...spec }) => {
      const feed = feeds.get(name);
      checkFeed(feed, spec, n, `${where}.${name}`);
      const limit = this.limits.get(name);
      if (limit !== undefined) checkIndexFeed(feed!, limit, `${where}.${name}`);
      return { name, shape: [n, size(spec.rowShape)], data: feed!.data };
    });
    const out = tensor([n, outputs]);
    this.expect(n);
    for (let start = 0; start < n; ) {
      const { rows: size, program, input, output } = this.at(start, n);
      const count = Math.min(size, n - start);
      fillRows(input, rows, start, count);
      for (const feed of fed) fillRows(program.view(feed.name), feed, start, count);
      program.run();
      out.data.set(count === size ? output : output.subarray(0, count * outputs), start * outputs);
      start += count;
    }
    return out;
  }

  /** For each feed, the limit of its indices: the number of rows of the table. */
  private get limits(): ReadonlyMap<string, number> {
    if (this.indexLimits === undefined) {
      const graph = outputGraph(this.parts.network, { batch: 1, inputs: this.parts.inputs });
      const limited = this.declared.map(({ name }) => [name, graph.get(name).indexLimit] as const);
      this.indexLimits = new Map(limited.filter((each): each is [string, number] => each[1] !== undefined));
    }
    return this.indexLimits;
  }

  /** Whether the columns of indices contain valid indices of their tables. */
  private hasIndices(row: ArrayLike<number>): boolean {
    for (const { input, size } of this.indices) {
      const value = row[input];
      if (!(Number.isInteger(value) && value >= 0 && value < size)) return false;
    }
    return true;
  }

  /** The program for the next of n rows. */
  private at(start: number, n: number): Prepared {
    const left = n - start;
    // a single output of a single row has its own order of summation, so a row is computed alone only if no other came
    // before
    let index = left === 1 && start % chunkRows === 0 ? 0 : 1;
    while (index + 1 < sizes.length && left >= sizes[index + 1]) index++;
    let prepared = this.prepared[index];
    if (prepared === undefined) {
      [prepared] = this.prepare(reference.compile, [sizes[index]]);
      this.prepared[index] = prepared;
    }
    return prepared;
  }

  /** Compiles once it is worthwhile. */
  private expect(rows: number): void {
    if (this.isCompiled) return;
    this.work += rows * this.cost;
    if (this.work < littleWork || !isQuick()) return;
    this.prepared = this.prepare(compileQuickly, sizes);
    this.isCompiled = true;
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
      input: program.view(stepAddresses.input),
      output: program.view('output'),
    }));
  }
}
