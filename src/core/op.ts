/**
 * The three kinds of op: `map` (a formula, element by element), `contract` (einsum letters) and `kernel` (irregular).
 * Maps and contractions are open: a user's own is used the same way as ours. Kernels are few, and each engine knows all.
 */
import { argument, differentiate, type Formula } from './formula.ts';

/** A place where a derivative jumps, and the value chosen there. */
export interface Kink {
  readonly at: number;
  readonly derivative: number;
}

/** An operator of ONNX with the attributes that make it compute the same; it changes no shape. */
export interface OnnxOperator {
  readonly operator: string;
  readonly attributes: Readonly<Record<string, number | string>>;
}

export interface MapOp {
  readonly name: string;
  readonly arity: number;
  /** Over the arguments 0 … arity-1. */
  readonly formula: Formula;
  /** In each argument: a formula over the arguments and, as number `arity`, the value y = f(…) itself. */
  readonly partials: readonly Formula[];
  /** Corners of a one-argument map. */
  readonly kinks: readonly Kink[];
  /** The ONNX operator that computes the same, where there is one. */
  readonly onnx?: OnnxOperator;
  /** Hard values: f(at[i]) must be want[i]. */
  readonly near?: { readonly at: readonly number[]; readonly want: readonly number[] };
}

export interface MapEntry {
  /** The formula, written with one name an argument. */
  readonly f: (...args: Formula[]) => Formula;
  /**
   * Partial derivatives, where a form is stabler or plainer than what the chain rule gives: in the arguments, followed by
   * y = f(…). The names in the arrow say which of them it uses.
   */
  readonly d?: (...argsAndValue: Formula[]) => readonly Formula[];
  readonly kinks?: readonly Kink[];
  readonly onnx?: string | OnnxOperator;
  readonly near?: MapOp['near'];
}

/** An elementwise op. The number of arguments is that of the arrow `f`. */
export function map(name: string, entry: MapEntry): MapOp {
  const arity = entry.f.length;
  const args = Array.from({ length: arity }, (_, i) => argument(i));
  const formula = entry.f(...args);
  return {
    name,
    arity,
    formula,
    partials: entry.d?.(...args, argument(arity)) ?? args.map((_, i) => differentiate(formula, i)),
    kinks: entry.kinks ?? [],
    onnx: typeof entry.onnx === 'string' ? { operator: entry.onnx, attributes: {} } : entry.onnx,
    near: entry.near,
  };
}

/** A map from a formula already made over `arity` arguments; its derivatives come from the chain rule. */
export function mapOf(name: string, formula: Formula, arity: number): MapOp {
  const partials = Array.from({ length: arity }, (_, i) => differentiate(formula, i));
  return { name, arity, formula, partials, kinks: [] };
}

/** The irregular ops. Each engine has a column for all of them. */
export type Kernel =
  /**
   * The maximum of each row: [b, k] -> [b], held constant by differentiation. It serves to shift a function that a shift
   * does not change (softmax, log-sum-exp), where its derivative cancels.
   */
  | { readonly name: 'rowMaximum' }
  /**
   * Uniforms in [0, 1) from the counter-based generator, shaped like its first input; the second, a scalar, is the
   * sequence (the update's number) and `lane` tells several such nodes in one step apart.
   */
  | { readonly name: 'uniform'; readonly seed: number; readonly lane: number }
  /**
   * Of rows [b, columns] and tables [size, width]: [b, sum of widths], part by part a column as it is, or the row of a table
   * whose number stands in the column (`rowOf`).
   */
  | { readonly name: 'gather'; readonly parts: readonly GatherPart[] }
  /**
   * Of rows [b, columns] and what belongs to a gathered part, [b, …] from `at` on: [size, width], each row of the table the
   * sum, in the order of the batch, over those whose column has its number.
   */
  | {
      readonly name: 'scatterAdd';
      readonly column: number;
      readonly at: number;
      readonly size: number;
      readonly width: number;
    };

/** A column passed on, or with `table` (which of the tables) the number of a row of a table. */
export type GatherPart =
  | { readonly column: number; readonly table?: undefined; readonly width?: undefined }
  | { readonly column: number; readonly table: number; readonly size: number; readonly width: number };

/** The row of a table of `size` that a number stands for: rounded down, NaN as 0, kept within the table. */
export const rowOf = (value: number, size: number): number => Math.trunc(Math.min(Math.max(value || 0, 0), size - 1));

export type KernelName = Kernel['name'];
