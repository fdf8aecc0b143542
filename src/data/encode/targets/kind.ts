/** The interface of a kind of target. Each kind is defined in its own file; `index.ts` lists the kinds. */
import type { Reader } from '../../../base/readers.ts';
import type { ColumnReading } from '../../table/reading.ts';
import type { Numbers } from '../../table/rows.ts';
import type { Table } from '../../table/table.ts';
import type { Task } from '../task.ts';

/** A target as a model stores it: plain JSON. */
export interface StoredTarget {
  /** The name of its kind. */
  readonly kind: string;
  /** The name of its column, or of all its columns, for people. */
  readonly name: string;
  /** How the column was read, where that differs from the usual. */
  readonly reading?: ColumnReading;
}

export interface TargetKind<T extends StoredTarget = StoredTarget> {
  /** `kind` in the stored form. */
  readonly name: T['kind'];
  readonly task: Task;
  /** Reads the stored form, as a model file has it. Keys that it does not name are dropped. */
  readonly read: Reader<T>;
  /** The number of values in a row of targets. */
  width(target: T): number;
  /**
   * Writes the targets of the given rows, none of which lacks its cell, into `out` [rows, width], zeros so far; row `rows[i]`
   * goes to row `position(i)` of `out`. Throws an InputError for a cell that the target does not take.
   */
  write(target: T, table: Table, rows: ArrayLike<number>, out: Numbers, position: (i: number) => number): void;
  /** A description of the encoding of the column. */
  describe(target: T): string;
}
