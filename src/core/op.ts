/**
 * Maps: ops that compute each element by a formula. They are one of the three kinds of op, next to `contract` (einsum
 * letters) and `kernel` (irregular, `kernel.ts`). Maps and contractions are open: your own are used in the same way as the built-in ones.
 */
import { aFunction, aText, aWholeNumber, type Kind, optional, record, refuse } from '../base/arguments.ts';
import { argument, differentiate, type Formula } from './formula.ts';
import { aFormula } from './formula-form.ts';

/** A place where a derivative jumps, and the value chosen there. */
export interface Kink {
  readonly at: number;
  readonly derivative: number;
}

/** An ONNX operator with the attributes that make it compute the same; it does not change the shape. */
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
  /** The ONNX operator that computes the same, if there is one. */
  readonly onnx?: OnnxOperator;
  /** Exact values for tests: f(at[i]) must be want[i]. */
  readonly near?: { readonly at: readonly number[]; readonly want: readonly number[] };
}

export interface MapEntry {
  /** The formula, written with one name an argument. */
  readonly f: (...args: Formula[]) => Formula;
  /**
   * Partial derivatives, if a form is more stable or simpler than the result of the chain rule: functions of the arguments,
   * followed by y = f(…). The parameter names show which of them the derivative uses.
   */
  readonly d?: (...argsAndValue: Formula[]) => readonly Formula[];
  readonly kinks?: readonly Kink[];
  readonly onnx?: string | OnnxOperator;
  readonly near?: MapOp['near'];
}

/** The entry of a map, or of a recipe that has more fields. */
export const aMapEntry: Kind = (entry, where) => {
  if (typeof entry === 'function')
    refuse(entry, where, 'an entry', 'Pass { f: (x) => formula.tanh(x) }, a function of formulas.');
  record({ f: aFunction, d: optional(aFunction) }, { isOpen: true })(entry, where);
};

/** An elementwise op. It has as many arguments as the arrow function `f`. Throws an InputError if `f` is not a function. */
export function map(name: string, entry: MapEntry): MapOp {
  aText(name, 'map: name');
  aMapEntry(entry, `${name}`);
  const arity = entry.f.length;
  const args = Array.from({ length: arity }, (_, i) => argument(i));
  const formula = entry.f(...args);
  aFormula(formula, `${name}.f`);
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

/** A map from an existing formula of `arity` arguments; its derivatives come from the chain rule. */
export function mapOf(name: string, formula: Formula, arity: number): MapOp {
  aText(name, 'mapOf: name');
  aFormula(formula, 'mapOf: formula');
  aWholeNumber(arity, 'mapOf: arity');
  const partials = Array.from({ length: arity }, (_, i) => differentiate(formula, i));
  return { name, arity, formula, partials, kinks: [] };
}
