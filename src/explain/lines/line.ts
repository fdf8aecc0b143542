/** One line of an explained step, and what it was made from. */
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
  /** The chain rule in symbols, where the number is a derivative that it gives: `∂E/∂y·∂y/∂s`. */
  readonly rule?: string;
  /** How it is computed, in names; empty where it is given. */
  readonly formula: string;
  /** The same in numbers. */
  readonly numbers: string;
  /** To 15 significant digits, the most that a float64 keeps of any decimal number; null where it is not finite. */
  readonly value: number;
  /** How many updates were made before it was computed. */
  readonly after: number;
  /** From 0. */
  readonly layer?: number;
  /** The file's row, from 0, where the number belongs to one sample. */
  readonly sample?: number;
  readonly note?: string;
}

/** A line with what it was made from, for the renderers. */
export interface Row {
  readonly line: Line;
  readonly heading: string;
  readonly variable: Variable;
  readonly rule?: Notation;
  /** Undefined where the number is given. */
  readonly formula?: Notation;
  readonly expression?: Expression;
  /** Samples' marks are written, since samples mix. */
  readonly marked: boolean;
  /** Exactly as computed. */
  readonly value: number;
}

export interface LineOptions {
  /** One sample alone: the file's row, from 0. */
  readonly sample?: number;
  /** One layer alone, from 0. */
  readonly layer?: number;
  /** Terms of a sum that are written out; default 8. */
  readonly terms?: number;
  /** About how many lines there may be before samples and units are left out; default 600. */
  readonly lines?: number;
}

export interface Lines {
  readonly rows: readonly Row[];
  /** What was left out, in words; empty where all is there. */
  readonly leftOut: readonly string[];
  /** The places in the batch of the samples that are shown. */
  readonly places: readonly number[];
  readonly units: number;
}
