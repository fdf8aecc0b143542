import { evaluate, type Primitive } from '../core/formula.ts';
import type { Graph } from '../core/graph.ts';
import type { Cell, Read, Taken, Written } from './cell.ts';
import * as operations from './cell.ts';

// Local constants: a search computes up to a hundred million numbers, and a test runner looks up another module's names each time.
const { given, constant, sum, maximum, add, sub, mul, div, neg, calls, first, names } = operations;

/** Operations whose result is proportional to their first operand, or to each. */
const proportional: readonly Primitive[] = ['mul', 'div', 'neg'];

export class Workings {
  readonly cells: readonly Cell[];
  /** The values without any departure. */
  readonly values: Float64Array;
  /** For each cell, the definition that it is the result of. */
  readonly written: ReadonlyMap<number, Written>;
  /** The cell of each row; -1 if it was not decomposed. */
  readonly rows: readonly number[];
  /** The uses of each cell. */
  readonly reads: readonly (readonly Read[])[];
  readonly graph: Graph;
  /** The cell of each number at each update. */
  private readonly moments = new Map<string, number>();
  private readonly op: Uint8Array;
  private readonly a: Int32Array;
  private readonly b: Int32Array;
  private readonly c: Int32Array;
  private readonly below: readonly Uint32Array[];

  constructor(graph: Graph, { cells, givens, written, rows }: Taken) {
    this.graph = graph;
    this.cells = cells;
    this.written = written;
    this.rows = rows;
    const operand = (k: number) => Int32Array.from(cells, ({ from }) => from[k] ?? 0);
    this.op = Uint8Array.from(cells, ({ op }) => op);
    [this.a, this.b, this.c] = [operand(0), operand(1), operand(2)];
    this.values = new Float64Array(cells.length);
    const reads: Read[][] = cells.map(() => []);
    cells.forEach(({ from, terms, same, time }, by) => {
      const operands = terms ?? from;
      for (let position = 0; position < operands.length; position++) {
        if (operands[position] >= 0) reads[operands[position]].push({ by, position });
      }
      this.values[by] = givens.get(by) ?? this.compute(by, this.values);
      const moment = `${same} ${time}`;
      if (!this.moments.has(moment)) this.moments.set(moment, by);
    });
    this.reads = reads;

    const words = Math.ceil(cells.length / 32);
    const below: Uint32Array[] = new Array(cells.length);
    for (let cell = cells.length - 1; cell >= 0; cell--) {
      const bits = new Uint32Array(words);
      bits[cell >>> 5] |= 1 << (cell & 31);
      let before = -1;
      for (const { by } of reads[cell]) {
        if (by === before) continue;
        before = by;
        const more = below[by];
        for (let word = cell >>> 5; word < words; word++) bits[word] |= more[word];
      }
      below[cell] = bits;
    }
    this.below = below;
  }

  /** The same number at another update. */
  at(cell: number, time: number): number | undefined {
    return this.moments.get(`${this.cells[cell].same} ${time}`);
  }

  /** Whether each of some cells depends on one of the given cells. */
  reach(seeds: readonly number[], cells: readonly number[]): boolean {
    return cells.every((cell) => seeds.some((seed) => (this.below[seed][cell >>> 5] >>> (cell & 31)) & 1));
  }

  /** The cells that depend on the given ones, which are included, in order of computation. */
  dependents(seeds: readonly number[]): Int32Array {
    const bits = this.below[seeds[0]].slice();
    for (const seed of seeds.slice(1)) {
      const more = this.below[seed];
      for (let word = 0; word < bits.length; word++) bits[word] |= more[word];
    }
    const out: number[] = [];
    for (let word = 0; word < bits.length; word++) {
      for (let rest = bits[word]; rest !== 0; rest &= rest - 1) out.push(word * 32 + 31 - Math.clz32(rest & -rest));
    }
    return Int32Array.from(out);
  }

  /** The value of a cell when those that it reads have the values `now`. */
  compute(cell: number, now: Float64Array): number {
    switch (this.op[cell]) {
      case given:
      case constant:
        return this.values[cell];
      case sum: {
        const terms = this.cells[cell].terms!;
        let total = 0;
        for (let t = 0; t < terms.length; t += 2) {
          total += terms[t + 1] < 0 ? now[terms[t]] : now[terms[t]] * now[terms[t + 1]];
        }
        return total;
      }
      case maximum: {
        let largest = Number.NEGATIVE_INFINITY;
        for (const from of this.cells[cell].from) largest = Math.max(largest, now[from]);
        return largest;
      }
      case add:
        return now[this.a[cell]] + now[this.b[cell]];
      case sub:
        return now[this.a[cell]] - now[this.b[cell]];
      case mul:
        return now[this.a[cell]] * now[this.b[cell]];
      case div:
        return now[this.a[cell]] / now[this.b[cell]];
      case neg:
        return -now[this.a[cell]];
      default:
        return calls[this.op[cell]](now[this.a[cell]], now[this.b[cell]], now[this.c[cell]]);
    }
  }

  /** As `compute`, with the operands at `positions` having another value. */
  computeWith(cell: number, now: Float64Array, positions: readonly number[], value: number): number {
    const { op, from, terms } = this.cells[cell];
    const read = (operand: number, position: number) => (positions.includes(position) ? value : now[operand]);
    if (op === sum) {
      let total = 0;
      for (let t = 0; t < terms!.length; t += 2) {
        total += terms![t + 1] < 0 ? read(terms![t], t) : read(terms![t], t) * read(terms![t + 1], t + 1);
      }
      return total;
    }
    if (op === maximum) return Math.max(...from.map(read));
    return calls[op](...from.map(read));
  }

  /** As `compute`, with another value for one argument at every use in the cell's complete definition. */
  computeWithin(cell: number, now: Float64Array, argument: number, value: number): number {
    const { formula, args } = this.written.get(cell)!;
    return evaluate(
      formula,
      args.map((from, i) => (i === argument ? value : now[from])),
    );
  }

  isGiven(cell: number): boolean {
    return this.op[cell] === given;
  }

  isConstant(cell: number): boolean {
    return this.op[cell] === constant;
  }

  isSum(cell: number): boolean {
    return this.op[cell] === sum;
  }

  primitive(cell: number): Primitive | undefined {
    return this.op[cell] < first ? undefined : names[this.op[cell] - first];
  }

  /** The divisor, including the number of samples, that every term of a sum already has, or that divides the sum. */
  divisor(cell: number): { readonly value: number; readonly text: string } | undefined {
    for (const { by, position } of this.reads[cell]) {
      if (this.op[by] === div && position === 0) {
        const found = this.samplesDivisor(this.b[by]);
        if (found !== undefined) return found;
      }
    }
    const { terms } = this.cells[cell];
    const carried = (from: number, depth: number): { value: number; text: string } | undefined => {
      if (depth > 40) return undefined;
      const inner = this.cells[from];
      if (this.op[from] === sum) {
        return inner.samples === undefined
          ? (carried(inner.terms![0], depth + 1) ??
              (inner.terms![1] < 0 ? undefined : carried(inner.terms![1], depth + 1)))
          : undefined;
      }
      const name = this.primitive(from);
      if (name === undefined || !proportional.includes(name)) return undefined;
      if (name === 'div') {
        const found = this.samplesDivisor(inner.from[1]);
        return found ?? carried(inner.from[0], depth + 1);
      }
      for (const operand of inner.from) {
        const found = carried(operand, depth + 1);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return carried(terms![0], 0) ?? (terms![1] < 0 ? undefined : carried(terms![1], 0));
  }

  private samplesDivisor(cell: number): { value: number; text: string } | undefined {
    const { text } = this.cells[cell];
    return this.isConstant(cell) && text?.includes('m') ? { value: this.values[cell], text } : undefined;
  }
}
