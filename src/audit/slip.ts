/** What a slip is, where it can be made, and the computation with it. */
import type { Row } from './trials.ts';

/** How much of the computation makes the slip. */
export type Extent =
  /** One place of one number's computation. */
  | 'once'
  /** The computation of a whole tensor. */
  | 'tensor'
  /** Wherever the number is read. */
  | 'everywhere';

/** What an operation is taken for. Of a sum of products: its factors are added, or its terms multiplied. */
export type Swap = 'added' | 'multiplied' | 'divided' | 'timesDivisor' | 'factorsAdded' | 'termsMultiplied';

export interface Slip {
  readonly kind: 'number' | 'sign' | 'factor' | 'sample' | 'divisor' | 'swapped' | 'decimal' | 'inherited';
  readonly extent: Extent;
  /** The number that is read wrongly; of a sample or divisor, the sum. */
  readonly of: number;
  /** The cells whose computation is wrong. */
  readonly in: readonly number[];
  /** Made at each step, not once. */
  readonly repeated: boolean;
  /** The number used instead; NaN where that differs from place to place. */
  readonly used: number;
  /** What the number used is; without it, a number as printed. */
  readonly source?: NumberSource;
  /** The sample left out, or whose term alone is divided; or the term, where it is not all of a sample's. */
  readonly sample?: number;
  readonly term?: number;
  /** A mean of the remaining samples is divided by their number. */
  readonly recounted?: boolean;
  readonly divisor?: string;
  readonly swap?: Swap;
  /** Of a number whose decimal point is shifted: by how many places to the right. */
  readonly shift?: number;
  /** Of a wrong number that others inherit: its row, which speaks for nothing. */
  readonly assumed?: number;
  readonly explains: readonly number[];
  readonly values: ReadonlyMap<number, number>;
  /** How many such slips were tried. */
  readonly tried: number;
}

export interface NumberSource {
  readonly value: number;
  readonly cells: readonly number[];
}

/** What is looked for: rows to set right, with the room that each row has besides half a unit. */
export interface Search {
  readonly rows: readonly Row[];
  readonly wanted: readonly number[];
  /** Rows that must stay right. */
  readonly kept: readonly number[];
  readonly room?: Float64Array;
}

/** Where a number can be read wrongly. */
export interface Place {
  readonly extent: Extent;
  readonly of: number;
  readonly repeated: boolean;
  /** The wrongly computed cells, with the operands read wrongly; of `everywhere`, the number itself and no operands. */
  readonly cells: ReadonlyMap<number, readonly number[]>;
  /** The cells' operands are the arguments of their whole definitions. */
  readonly within: boolean;
  /** By cell: how many updates later than the place's first. */
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
