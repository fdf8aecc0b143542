/** What the values of an ONNX graph are, as far as the reader follows them. */
import type { Tensor } from '../../base/tensor.ts';
import { argument, type Formula } from '../../core/formula.ts';
import type { Activation } from '../../core/ops/activations.ts';

/** One number for all units, or one for each. */
export type PerUnit = number | Float64Array;

/** What a stage does with the rows of the stage before it. */
export type Step =
  | { readonly kind: 'input'; readonly names: readonly string[] }
  | { readonly kind: 'product'; readonly weight: Tensor }
  /** scale·x + shift, by unit. */
  | { readonly kind: 'affine'; readonly scale?: PerUnit; readonly shift?: PerUnit }
  | { readonly kind: 'activation'; readonly activation: Activation }
  | { readonly kind: 'normalization'; readonly epsilon: number }
  /** The sum of the stage `from` and of the stage before this one, which follows from it. */
  | { readonly kind: 'addition'; readonly from: Stage };

/** A step, and the stage whose rows it reads: a list from the newest stage to the input. */
export interface Stage {
  readonly before?: Stage;
  readonly step: Step;
  /** Numbers in a row, if they are known. */
  readonly width?: number;
}

/** A constant, whose numbers are read when they are needed. */
export interface ConstantValue {
  readonly kind: 'constant';
  /** Its element type; of texts 8. */
  readonly element: number;
  readonly shape: readonly number[];
  numbers(): Tensor;
  readonly texts?: readonly string[];
}

/** Rows of numbers [rows, width]: an elementwise formula of the rows of a stage. */
export interface RowsValue {
  readonly kind: 'rows';
  readonly base: Stage;
  /** Of the argument 0, the rows of the base. Other arguments are constants by unit. */
  readonly formula: Formula;
  /** The number of elementwise operators since the base. */
  readonly size: number;
  readonly element: number;
  readonly width?: number;
  /** Lengths of the axes after the first, if they are more than one. */
  readonly axes?: readonly number[];
}

/** A value that is not understood, and the reason; it matters only if an output of numbers depends on it. */
export interface UnreadValue {
  readonly kind: 'unread';
  readonly why: string;
}

/** The position of the largest number of a row, or the label of that class. It follows from the numbers, and is left out. */
export interface LabelValue {
  readonly kind: 'label';
}

/** The shape of rows, or the number of rows in it: a flattening may compute with them. */
export interface ShapeValue {
  readonly kind: 'shape' | 'rowCount';
}

/**
 * A part of softmax that is spelled out, of the rows `of`: their maximum, the rows less it, the powers of e, the sum of the powers or
 * its logarithm.
 */
export interface SoftmaxPart {
  readonly kind: 'softmaxPart';
  readonly part: 'maximum' | 'shifted' | 'powers' | 'total' | 'logTotal';
  readonly of: RowsValue;
  /** Whether the maximum was subtracted before. */
  readonly isShifted: boolean;
}

export type Value = ConstantValue | RowsValue | LabelValue | ShapeValue | SoftmaxPart | UnreadValue;

/** The rows of the stage that a formula starts from. */
export const baseRows: Formula = argument(0);

/** The rows of a stage, unchanged. */
export const rowsOf = (base: Stage, element: number): RowsValue => ({
  kind: 'rows',
  base,
  formula: baseRows,
  size: 0,
  element,
  width: base.width,
});
