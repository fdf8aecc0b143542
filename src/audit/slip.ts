/** Slips: their kinds, the places where they can occur, and the computation with one. */
import type { Row } from './trials.ts';

/** The part of the computation that contains the slip. */
export type Extent =
  /** One place of one number's computation. */
  | 'once'
  /** The computation of a whole tensor. */
  | 'tensor'
  /** Every use of the number. */
  | 'everywhere';

/** What an operation is taken for. Of a sum of products: its factors are added, or its terms multiplied. */
export type Swap = 'added' | 'multiplied' | 'divided' | 'timesDivisor' | 'factorsAdded' | 'termsMultiplied';

export interface Slip {
  readonly kind: 'number' | 'sign' | 'factor' | 'sample' | 'divisor' | 'swapped' | 'decimal' | 'inherited';
  readonly extent: Extent;
  /** The misread number; of a sample or divisor, the sum. */
  readonly of: number;
  /** The incorrectly computed cells. */
  readonly in: readonly number[];
  /** Whether it occurs at each step, not only once. */
  readonly repeated: boolean;
  /** The number used instead; NaN if it differs between places. */
  readonly used: number;
  /** The cell of the number used; without it, the number is used as printed. */
  readonly source?: NumberSource;
  /** The sample that is left out, or the only one whose term is divided; or the term, if a sample has several. */
  readonly sample?: number;
  readonly term?: number;
  /** Whether a mean of the remaining samples is divided by their number. */
  readonly recounted?: boolean;
  readonly divisor?: string;
  readonly swap?: Swap;
  /** Of a number whose decimal point is shifted: by how many places to the right. */
  readonly shift?: number;
  /** Of a wrong number that others inherit: its row, which speaks for nothing. */
  readonly assumed?: number;
  readonly explains: readonly number[];
  readonly values: ReadonlyMap<number, number>;
  /** The number of such slips that were tried. */
  readonly tried: number;
}

export interface NumberSource {
  readonly value: number;
  readonly cells: readonly number[];
}

/** The goal of a search: rows to correct, and each row's tolerance in addition to half a unit. */
export interface Search {
  readonly rows: readonly Row[];
  readonly wanted: readonly number[];
  /** Rows that must still agree. */
  readonly kept: readonly number[];
  readonly room?: Float64Array;
  /** Only wrong signs. */
  readonly onlySigns?: boolean;
}

/** A place where a number can be misread. */
export interface Place {
  readonly extent: Extent;
  readonly of: number;
  readonly repeated: boolean;
  /**
   * The incorrectly computed cells, with their misread operands; of `everywhere`, the number itself and no operands.
   */
  readonly cells: ReadonlyMap<number, readonly number[]>;
  /** Whether the operands of the cells are the arguments of their complete definitions. */
  readonly within: boolean;
  /** For each cell, the number of updates after the first cell of the place. */
  readonly later: ReadonlyMap<number, number>;
}

export type Kind = Slip['kind'];
export type Found = Omit<Slip, 'explains' | 'values' | 'tried'>;

/** A computation with a slip in it. */
export interface Trial {
  readonly slip: Found;
  readonly cells: readonly number[];
  readonly value: (cell: number, now: Float64Array) => number;
}
