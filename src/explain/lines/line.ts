/** One line of an explained step, and its source. */
import type { Expression } from '../expression.ts';
import type { Notation } from '../notation.ts';
import type { Variable } from '../variable.ts';

export type Phase = 'walk' | 'negatives' | 'forward' | 'loss' | 'backward' | 'update';

/** One number of a step, as `explain --format json` prints it. */
export interface Line {
  readonly phase: Phase;
  /** The address: `layers.0.sum[0][0]`. */
  readonly quantity: string;
  /** For display: `h1`. */
  readonly name: string;
  /** The chain rule in symbols, if the number is a derivative: `∂E/∂y·∂y/∂s`. */
  readonly rule?: string;
  /** The formula in names; empty for an input. */
  readonly formula: string;
  /** The same in numbers. */
  readonly numbers: string;
  /** To 15 significant digits, which a float64 keeps of any decimal number; null if it is not finite. */
  readonly value: number;
  /** The number of updates before it was computed. */
  readonly after: number;
  /** From 0. */
  readonly layer?: number;
  /** The file's row, from 0, if the number belongs to one sample. */
  readonly sample?: number;
  readonly note?: string;
}

/** A number that a formula reads. */
export interface ReadNumber {
  /** The object in the row's notation. */
  readonly variable: Variable;
  /** Its address: `layers.0.weight[0][0]`. */
  readonly quantity: string;
  /** The number of updates before it was computed. */
  readonly after: number;
  readonly value: number;
  /** Whether it is an input, a target, a weight or a random draw, and not computed. */
  readonly isGiven: boolean;
}

/** A line with its source, for the renderers. */
export interface Row {
  readonly line: Line;
  readonly heading: string;
  readonly variable: Variable;
  readonly rule?: Notation;
  /** Undefined for an input. */
  readonly formula?: Notation;
  readonly expression?: Expression;
  /** The numbers in the formula, in order, each once; undefined of an update on a graph. */
  readonly reads?: readonly ReadNumber[];
  /** Whether to write the samples' marks, because the line has several samples. */
  readonly marked: boolean;
  /** The exact computed value. */
  readonly value: number;
}

export interface LineOptions {
  /** Only one sample: the file's row, from 0. */
  readonly sample?: number;
  /** Only one layer, from 0. */
  readonly layer?: number;
  /** Significant digits of the numbers in formulas, from 1 to 17; default 6. Values always have 15. */
  readonly digits?: number;
  /** The maximum number of written terms of a sum; default 8. */
  readonly terms?: number;
  /** The approximate number of lines above which samples and units are left out; default 600. */
  readonly lines?: number;
}

export interface Lines {
  readonly rows: readonly Row[];
  /** Sentences about the omitted lines; empty if there are none. */
  readonly leftOut: readonly string[];
  /** The positions in the batch of the shown samples. */
  readonly places: readonly number[];
  readonly units: number;
}
