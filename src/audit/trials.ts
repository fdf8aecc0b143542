/** Trials: computes the example again with some numbers changed, only as far as the change reaches. */
import { interval, type Printed } from './printed.ts';
import type { Workings } from './workings.ts';

/** A changed computation: the cells that are computed differently, and how. */
export interface Change {
  readonly cells: readonly number[];
  /** The changed value of one of them, from the present values of the others. */
  readonly value: (cell: number, now: Float64Array) => number;
}

/** For each cell, the bounds that its printed rows set. */
export interface Bounds {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const trialWork = 30;

/** A printed row. */
export interface Row {
  readonly printed: Printed;
  readonly after: number;
  /** Under the file's conventions. */
  readonly computed: number;
  readonly agrees: boolean;
}

/** The rows that a departure corrects, and the rows that it breaks. */
export interface Effect {
  readonly explains: readonly number[];
  readonly breaks: readonly number[];
  /** For each row that changes, its value under the departure. */
  readonly values: ReadonlyMap<number, number>;
}

/**
 * How a computed number is passed on: rounded, or as printed. `changed`: it is computed differently than it should be.
 */
export type Passing = (cell: number, value: number, changed: boolean) => number;

/** One way to compute the example: exactly, or continued from the printed values. */
export class Trials {
  readonly workings: Workings;
  /** The value that each cell passes on. */
  readonly base: Float64Array;
  /** The value of each row's cell. */
  readonly computed: Float64Array;
  private readonly pass?: Passing;
  private readonly now: Float64Array;
  private readonly out: Float64Array;
  private readonly changed: Uint8Array;
  /** The number of computed values, with a fixed addition for each trial, to stop a search that takes too long. */
  work = 0;
  /** The rows of each cell. */
  readonly rowsAt: ReadonlyMap<number, readonly number[]>;

  constructor(workings: Workings, pass?: Passing) {
    this.workings = workings;
    this.pass = pass;
    this.base = workings.values.slice();
    this.out = workings.values.slice();
    if (pass !== undefined) {
      for (let cell = 0; cell < this.base.length; cell++) {
        this.out[cell] = workings.compute(cell, this.base);
        this.base[cell] = workings.isGiven(cell) ? this.out[cell] : pass(cell, this.out[cell], false);
      }
    }
    this.now = this.base.slice();
    this.changed = new Uint8Array(this.base.length);
    this.computed = Float64Array.from(workings.rows, (cell) => (cell < 0 ? Number.NaN : this.out[cell]));
    const rowsAt = new Map<number, number[]>();
    workings.rows.forEach((cell, row) => {
      if (cell >= 0) rowsAt.set(cell, [...(rowsAt.get(cell) ?? []), row]);
    });
    this.rowsAt = rowsAt;
  }

  /** The rows among some cells, in order of computation. */
  rowsAmong(affected: Int32Array): number[] {
    const rows: number[] = [];
    for (const cell of affected) {
      const here = this.rowsAt.get(cell);
      // one by one: there may be more than a call can take as arguments
      for (const row of here ?? []) rows.push(row);
    }
    return rows;
  }

  /**
   * Whether all rows are within their bounds after a change; it stops at the first row that is not. NaN means no bound.
   */
  holds({ cells, value }: Change, affected: Int32Array, bounds: Bounds): boolean {
    const { now, out, workings, changed, base, pass } = this;
    for (const cell of cells) changed[cell] = 1;
    let i = 0;
    let holds = true;
    for (; i < affected.length && holds; i++) {
      const cell = affected[i];
      const isChanged = changed[cell] === 1;
      const result = isChanged ? value(cell, now) : workings.compute(cell, now);
      out[cell] = result;
      now[cell] = pass === undefined || workings.isGiven(cell) ? result : pass(cell, result, isChanged);
      holds = !(result < bounds.low[cell] || result > bounds.high[cell] || Number.isNaN(result));
    }
    this.work += i + trialWork;
    for (const cell of cells) changed[cell] = 0;
    for (let k = 0; k < i; k++) now[affected[k]] = base[affected[k]];
    return holds;
  }

  /**
   * The values of `rows` after a change; `affected` are the dependents of its cells.
   */
  run(
    change: Change,
    affected: Int32Array,
    rows: readonly number[],
    into = new Float64Array(rows.length),
    pass = this.pass,
  ): Float64Array {
    const { now, out, workings, changed, base } = this;
    for (const cell of change.cells) changed[cell] = 1;
    for (let i = 0; i < affected.length; i++) {
      const cell = affected[i];
      const isChanged = changed[cell] === 1;
      out[cell] = isChanged ? change.value(cell, now) : workings.compute(cell, now);
      now[cell] = pass === undefined || workings.isGiven(cell) ? out[cell] : pass(cell, out[cell], isChanged);
    }
    this.work += affected.length + rows.length + trialWork;
    for (let r = 0; r < rows.length; r++) into[r] = out[workings.rows[rows[r]]];
    for (const cell of change.cells) changed[cell] = 0;
    for (let i = 0; i < affected.length; i++) now[affected[i]] = base[affected[i]];
    return into;
  }
}

/** The bounds that rows, each with its tolerance, set for their cells. */
export function boundsOf(
  workings: Workings,
  rows: readonly Row[],
  bound: readonly number[],
  room?: Float64Array,
): Bounds {
  const low = new Float64Array(workings.cells.length).fill(Number.NaN);
  const high = low.slice();
  for (const row of bound) {
    const cell = workings.rows[row];
    const [min, max] = interval(rows[row].printed, room?.[row]);
    low[cell] = Number.isNaN(low[cell]) ? min : Math.max(low[cell], min);
    high[cell] = Number.isNaN(high[cell]) ? max : Math.min(high[cell], max);
  }
  return { low, high };
}

/** Whether a row can be its printed value within the tolerance that rounding of intermediate numbers allows. */
export function fits({ printed }: Row, value: number, room = 0): boolean {
  const [low, high] = interval(printed, room);
  return low <= value && value <= high;
}
