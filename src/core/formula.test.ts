import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as f from './formula.ts';
import {
  apply,
  argument,
  argumentsOf,
  constant,
  differentiate,
  evaluate,
  type Formula,
  outerDerivatives,
  type Primitive,
  primitives,
  sameFormula,
  simplify,
  substitute,
} from './formula.ts';

const x = argument(0);
const y = argument(1);

/** Operands away from corners and poles, for each primitive; as a record, so that a new primitive is not forgotten. */
const points: Record<Primitive, readonly (readonly number[])[]> = {
  add: [[1.5, -2]],
  sub: [[1.5, -2]],
  mul: [[1.5, -2]],
  div: [
    [1.5, -2],
    [-3, 0.25],
  ],
  neg: [[0.7]],
  exp: [[-2], [1.3]],
  expm1: [[-2], [1e-3], [1.3]],
  log: [[0.2], [3]],
  log1p: [[-0.5], [1e-3], [3]],
  sqrt: [[0.2], [3]],
  sin: [[-4], [0.3]],
  cos: [[-4], [0.3]],
  tanh: [[-1.2], [0.3]],
  max: [
    [1, 2],
    [2, 1],
  ],
  min: [
    [1, 2],
    [2, 1],
  ],
  abs: [[-1.5], [0.5]],
  floor: [[0.5], [-1.5], [2.25]],
  erf: [[-1.2], [0.3]],
  pow: [
    [1.7, 2.3],
    [0.6, -1.5],
  ],
  step: [[-1], [1]],
  where: [
    [1, 2, 3],
    [-1, 2, 3],
  ],
};

for (const [name, places] of Object.entries(points) as [Primitive, number[][]][]) {
  test(`${name}: its partial derivatives agree with central differences`, () => {
    const call = primitives[name] as (...operands: number[]) => number;
    for (const at of places) {
      outerDerivatives(
        name,
        at.map((_, i) => argument(i)),
      ).forEach((partial, i) => {
        const h = 2 ** -12;
        const [a, b, c, d] = [-2, -1, 1, 2].map((k) => call(...at.map((v, j) => (j === i ? v + k * h : v))));
        const difference = (8 * (c - b) - (d - a)) / (12 * h);
        // rounding of values of about 10: 10·ε/h = 1e-11
        expect(evaluate(partial, at), `in operand ${i} at ${at}`).toBeCloseTo(difference, 9);
      });
    }
  });
}

test('at corners: the slope of |x| at 0 is 0, that of a step is 0, and for equal operands max and min pass the gradient to the second', () => {
  const partials = (name: Primitive, ...at: number[]) =>
    outerDerivatives(
      name,
      at.map((_, i) => argument(i)),
    ).map((partial) => evaluate(partial, at));
  expect(partials('abs', 0)).toEqual([0]);
  expect(partials('step', 0)).toEqual([0]);
  expect(partials('max', 2, 2)).toEqual([0, 1]);
  expect(partials('min', 2, 2)).toEqual([0, 1]);
  expect(partials('where', 0, 5, 6)).toEqual([0, 0, 1]);
});

test('step and where count 0 as not above 0; sign is -1, 0 or 1', () => {
  expect([-1, 0, 1].map((v) => evaluate(f.step(x), [v]))).toEqual([0, 0, 1]);
  expect([-1, 0, 1].map((v) => evaluate(f.where(x, 5, 6), [v]))).toEqual([6, 6, 5]);
  expect([-3, 0, 3].map((v) => evaluate(f.sign(x), [v]))).toEqual([-1, 0, 1]);
});

test('a formula is data: it survives JSON', () => {
  const logistic = f.div(1, f.add(1, f.exp(f.neg(x))));
  const read = JSON.parse(JSON.stringify(logistic)) as Formula;
  expect(sameFormula(read, logistic)).toBe(true);
  expect(evaluate(read, [0.3])).toBe(1 / (1 + primitives.exp(-0.3)));
});

describe('substitute', () => {
  test('replaces arguments and nothing else', () => {
    const swapped = substitute(f.sub(x, f.mul(2, y)), (index) => argument(1 - index));
    expect(sameFormula(swapped, f.sub(y, f.mul(2, x)))).toBe(true);
  });

  test('shared operands stay shared: a square is still recognized', () => {
    const square = substitute(f.square(f.exp(x)), () => y);
    expect(square.kind === 'apply' && square.operands[0] === square.operands[1]).toBe(true);
    const simple = simplify(f.square(f.add(x, 0)));
    expect(simple.kind === 'apply' && simple.operands[0] === simple.operands[1]).toBe(true);
  });
});

test('the arguments of a formula are those that it contains', () => {
  expect([...argumentsOf(f.add(f.mul(argument(2), 3), f.exp(x)))].sort()).toEqual([0, 2]);
  expect(argumentsOf(constant(1)).size).toBe(0);
});

test('formulas are equal if their primitives, operands, values and names are', () => {
  expect(sameFormula(f.add(x, 1), f.add(x, 1))).toBe(true);
  expect(sameFormula(f.add(x, 1), f.add(1, x))).toBe(false);
  expect(sameFormula(f.add(x, 1), f.sub(x, 1))).toBe(false);
  expect(sameFormula(x, y)).toBe(false);
  expect(sameFormula(constant(2, 'm'), constant(2))).toBe(false);
  expect(sameFormula(constant(0), constant(-0))).toBe(false);
  expect(sameFormula(constant(Number.NaN), constant(Number.NaN))).toBe(true);
});

describe('simplify', () => {
  const cases: [string, Formula, Formula][] = [
    ['0 + x', f.add(0, x), x],
    ['x + 0', f.add(x, 0), x],
    ['x + -y', f.add(x, f.neg(y)), f.sub(x, y)],
    ['x - 0', f.sub(x, 0), x],
    ['0 - x', f.sub(0, x), f.neg(x)],
    ['x · 0', f.mul(x, 0), constant(0)],
    ['1 · x', f.mul(1, x), x],
    ['x · -1', f.mul(x, -1), f.neg(x)],
    ['-1 · -x', f.mul(-1, f.neg(x)), x],
    ['0 / x', f.div(0, x), constant(0)],
    ['x / 1', f.div(x, 1), x],
    ['--x', f.neg(f.neg(x)), x],
    ['-2', f.neg(2), constant(-2)],
    ['x ^ 1', f.pow(x, 1), x],
    ['a choice between equals', f.where(x, f.exp(y), f.exp(y)), f.exp(y)],
    ['inside first', f.mul(f.add(x, 0), f.sub(1, 0)), x],
  ];
  test.each(cases)('%s', (_title, given, want) => {
    expect(simplify(given)).toEqual(want);
  });

  test('a constant with a name keeps it: -λ stays -λ', () => {
    expect(simplify(f.neg(constant(2, 'λ')))).toEqual(f.neg(constant(2, 'λ')));
  });
});

/** Random formulas over two arguments. */
function formulas(names: readonly Primitive[], values: readonly number[]): fc.Arbitrary<Formula> {
  const arity = (name: Primitive) => points[name][0].length;
  return fc.letrec<{ tree: Formula }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, depthSize: 'large' },
      fc.oneof(
        fc.constantFrom(x, y),
        fc.constantFrom(...values).map((value) => constant(value)),
      ),
      ...names.map((name) =>
        fc
          .array(tie('tree'), { minLength: arity(name), maxLength: arity(name) })
          .map((operands) => apply(name, ...operands)),
      ),
    ),
  })).tree;
}

/** The value, and whether every value on the way to it is finite. */
function finite(node: Formula, args: readonly number[]): boolean {
  if (!Number.isFinite(evaluate(node, args))) return false;
  return node.kind !== 'apply' || node.operands.every((operand) => finite(operand, args));
}

const arguments_ = fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(-2, -1, 0, 0.5, 1, 2));

// fast-check prints the seed of a failure, and how to run it again
test('simplify changes no value, to the last bit, if all intermediate values are finite', () => {
  const every = formulas(Object.keys(primitives) as Primitive[], [-2, -1, 0, 1, 2, 0.5]);
  let simplified = 0;
  fc.assert(
    fc.property(every, arguments_, (formula, args) => {
      fc.pre(finite(formula, args));
      const simple = simplify(formula);
      if (!sameFormula(simple, formula)) simplified++;
      // 0 and -0 count as one value here: 0 + -0 is 0, and simplify makes it -0
      expect(evaluate(simple, args) === evaluate(formula, args)).toBe(true);
      expect(sameFormula(simplify(simple), simple)).toBe(true);
    }),
    { numRuns: 3000, seed: 20260101 },
  );
  expect(simplified).toBeGreaterThan(300);
});

test('differentiate agrees with central differences on random smooth formulas', () => {
  // bounded and smooth, so that rounding and the stencil's own error stay small
  const smooth = formulas(['add', 'sub', 'mul', 'neg', 'sin', 'cos', 'tanh', 'erf'], [-0.5, 0.5, 1, 2]);
  fc.assert(
    fc.property(smooth, fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.constant(0.7)), (formula, args) => {
      const h = 2 ** -12;
      const at = (k: number) => evaluate(formula, [args[0] + k * h, args[1]]);
      const difference = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
      const slope = evaluate(differentiate(formula, 0), args);
      fc.pre(Math.abs(slope) < 100);
      expect(Math.abs(slope - difference)).toBeLessThan(1e-7 * Math.max(1, Math.abs(slope)));
    }),
    { numRuns: 1000, seed: 20260102 },
  );
});
