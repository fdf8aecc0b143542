import type { Node } from '../../core/graph.ts';
import { agree, type DerivationStep } from '../derivation.ts';
import type { Expression, Leaf } from '../expression.ts';
import { expressionText } from '../text.ts';
import type { Trace } from '../trace.ts';
import { letter, type Variable } from '../variable.ts';

export interface Derivation {
  /** The derivative that the lines compute: ∂y/∂s. */
  readonly left: Variable;
  readonly steps: readonly DerivationStep[];
}

export interface Curve {
  readonly label: string;
  /** Distinguishes it from others of its kind: `t = 0.36`. */
  readonly of?: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Whether it is dashed, as derivatives are. */
  readonly derivative: boolean;
}

export interface Plot {
  readonly xLabel: string;
  readonly curves: readonly Curve[];
  /** The numbers of the batch, as points on the curves. */
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly derivative: boolean;
  }[];
}

export interface FunctionPage {
  readonly kind: 'activation' | 'loss';
  readonly name: string;
  /** Options with their values: `slope = 0.01`. */
  readonly options: string;
  /** The layers that use it. */
  readonly used: string;
  readonly definition: { readonly left: Variable; readonly right: Expression };
  readonly derivations: readonly Derivation[];
  /** Remarks, in sentences. */
  readonly remarks: readonly string[];
  readonly plot?: Plot;
}

export const s = letter('s');
export const y = letter('y');
export const t = letter('t');
export const E = letter('E');
/** A sample's weight, and the sum of the weights in the batch. */
export const weightLetters = [letter('ω'), letter('Ω')];

export const d = (of: Variable, by: Variable): Variable => ({ kind: 'derivative', of, by });

/** The number of points of a curve. */
export const resolution = 161;
/** The maximum number of samples that are marked on a curve. */
export const maxMarks = 200;

export function optionsText(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = ${String(value)}`)
    .join(', ');
}

export const layersText = (layers: readonly number[]) =>
  `layer${layers.length > 1 ? 's' : ''} ${layers.map((layer) => layer + 1).join(', ')}`;

/** Adds the declared form as the last line if it differs from the line before, with a note if it is not equal. */
export function addDeclared(
  steps: DerivationStep[],
  declared: Expression,
  points: readonly ((leaf: Leaf) => number)[],
  reason: string,
): void {
  const last = steps.at(-1)!.expression;
  const equal = agree(last, declared, points);
  if (equal && expressionText(last) === expressionText(declared)) return;
  steps.push({
    reason: equal ? reason : 'declared, but not equal to the line above: the declared derivative is wrong',
    rules: [],
    expression: declared,
  });
}

/** The range of a curve: the default one, extended to the numbers of the batch. */
export function span(values: readonly number[], low: number, high: number): [number, number] {
  const finite = values.filter(Number.isFinite);
  const min = Math.min(low, ...finite);
  const max = Math.max(high, ...finite);
  const margin = (max - min) * 0.04;
  return [min < low ? min - margin : low, max > high ? max + margin : high];
}

export function numbersOf(trace: Trace, node: Node): number[] {
  return Array.from(trace.tape.numbers(node)).slice(0, maxMarks);
}
