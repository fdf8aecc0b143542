/** The elementwise operators of ONNX as formulas. Source: the operators' reference, onnx.ai/onnx/operators. */

import type { Formula } from '../../core/formula.ts';
import * as f from '../../core/formula.ts';
import type { NodeAttributes } from './node-attributes.ts';

export interface ElementwiseOperator {
  /** The fewest and the most operands. */
  readonly operands: readonly [number, number];
  /** Operands that may be left out are undefined. Undefined if this use is not understood. */
  build(operands: readonly (Formula | undefined)[], attributes: NodeAttributes): Formula | undefined;
  /** The result is true (1) or false (0). */
  readonly isTest?: true;
  /** The first operand is true (1) or false (0). */
  readonly takesTest?: true;
}

const unary = (build: (x: Formula) => Formula): ElementwiseOperator => ({
  operands: [1, 1],
  build: ([x]) => build(x!),
});
const binary = (build: (x: Formula, y: Formula) => Formula, how?: Pick<ElementwiseOperator, 'isTest'>) => ({
  operands: [2, 2] as const,
  build: ([x, y]: readonly (Formula | undefined)[]) => build(x!, y!),
  ...how,
});
const folded = (build: (x: Formula, y: Formula) => Formula): ElementwiseOperator => ({
  operands: [1, 64],
  build: (operands) => (operands as readonly Formula[]).reduce(build),
});
const test = { isTest: true } as const;
const isAbove = (x: Formula, y: Formula) => f.step(f.sub(x, y));
const not = (x: Formula) => f.sub(1, x);

/** By operator of the standard domain. Activations with an operator of their own are in `activations.ts`. */
export const elementwise: Readonly<Record<string, ElementwiseOperator>> = {
  Add: binary(f.add),
  Sub: binary(f.sub),
  Mul: binary(f.mul),
  Div: binary(f.div),
  Pow: binary((x, y) =>
    y.kind === 'constant' && y.value === 2
      ? f.mul(x, x)
      : y.kind === 'constant' && y.value === 3
        ? f.mul(x, f.mul(x, x))
        : f.pow(x, y),
  ),
  Neg: unary(f.neg),
  Abs: unary(f.abs),
  Exp: unary(f.exp),
  Log: unary(f.log),
  Sqrt: unary(f.sqrt),
  Reciprocal: unary((x) => f.div(1, x)),
  Erf: unary(f.erf),
  Tanh: unary(f.tanh),
  Sigmoid: unary((x) => f.div(1, f.add(1, f.exp(f.neg(x))))),
  Sin: unary(f.sin),
  Cos: unary(f.cos),
  Floor: unary(f.floor),
  Sign: unary(f.sign),
  Max: folded(f.max),
  Min: folded(f.min),
  Sum: folded(f.add),
  Mean: {
    operands: [1, 64],
    build: (operands) => f.div((operands as readonly Formula[]).reduce(f.add), operands.length),
  },
  Greater: binary(isAbove, test),
  Less: binary((x, y) => isAbove(y, x), test),
  GreaterOrEqual: binary((x, y) => not(isAbove(y, x)), test),
  LessOrEqual: binary((x, y) => not(isAbove(x, y)), test),
  Where: { operands: [3, 3], takesTest: true, build: ([is, x, y]) => f.where(is!, x!, y!) },
  Clip: {
    operands: [1, 3],
    build([x, low, high], attributes) {
      const bound = (name: string) => (attributes.has(name) ? f.constant(attributes.number(name, 0)) : undefined);
      const [from, to] = [low ?? bound('min'), high ?? bound('max')];
      const raised = from === undefined ? x! : f.max(x!, from);
      return to === undefined ? raised : f.min(raised, to);
    },
  },
  PRelu: binary((x, slope) => f.where(x, x, f.mul(slope, x))),
  ThresholdedRelu: {
    operands: [1, 1],
    build([x], attributes) {
      const threshold = attributes.number('alpha', 1);
      return f.where(f.sub(x!, threshold), x!, f.constant(0));
    },
  },
  Swish: {
    operands: [1, 1],
    build([x], attributes) {
      const slope = attributes.number('alpha', 1);
      return f.div(x!, f.add(1, f.exp(f.mul(-slope, x!))));
    },
  },
};
