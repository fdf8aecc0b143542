/**
 * Formulas: scalar mathematics as data. A formula is a tree over the primitives below. The engines' code,
 * derivatives, the explanation's lines and the exports are all derived from it.
 */
import { aFunction, aWholeNumber, listOf, oneOf, refuse } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import * as math from '../base/math.ts';
import { aFormula, isFormula } from './formula-form.ts';

/** How each primitive computes a float64. The set is closed: every engine implements all of it. */
export const primitives = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  neg: (a: number) => -a,
  exp: math.exp,
  expm1: math.expm1,
  log: math.log,
  log1p: math.log1p,
  sqrt: (a: number) => Math.sqrt(a),
  sin: math.sin,
  cos: math.cos,
  tanh: math.tanh,
  max: (a: number, b: number) => Math.max(a, b),
  min: (a: number, b: number) => Math.min(a, b),
  abs: (a: number) => Math.abs(a),
  floor: (a: number) => Math.floor(a),
  erf: math.erf,
  pow: math.pow,
  /** 1 above 0, else 0. */
  step: (a: number) => (a > 0 ? 1 : 0),
  /** b where a is above 0, else c. */
  where: (a: number, b: number, c: number) => (a > 0 ? b : c),
} satisfies Record<string, (...operands: number[]) => number>;

export type Primitive = keyof typeof primitives;

export type Formula =
  | { readonly kind: 'constant'; readonly value: number; readonly name?: string }
  | { readonly kind: 'argument'; readonly index: number }
  | { readonly kind: 'apply'; readonly primitive: Primitive; readonly operands: readonly Formula[] };

export type Operand = Formula | number;

/** A constant. The explanation shows its name (`m`, `π`), if it has one. */
export function constant(value: number, name?: string): Formula {
  if (typeof value !== 'number') refuse(value, 'constant: value', 'a number');
  if (name !== undefined && typeof name !== 'string') refuse(name, 'constant: name', 'a text');
  return name === undefined ? { kind: 'constant', value } : { kind: 'constant', value, name };
}

export function argument(index: number): Formula {
  if (!(Number.isSafeInteger(index) && index >= 0)) aWholeNumber(index, 'argument: index');
  return { kind: 'argument', index };
}

function formula(operand: Operand): Formula {
  if (typeof operand === 'number') return constant(operand);
  if (!isFormula(operand)) aFormula(operand, 'formula');
  return operand;
}

export function apply(primitive: Primitive, ...operands: Operand[]): Formula {
  checkPrimitive(primitive, operands.length);
  return { kind: 'apply', primitive, operands: operands.map(formula) };
}

function checkPrimitive(primitive: Primitive, operands: number): void {
  if (typeof primitive !== 'string' || !Object.hasOwn(primitives, primitive))
    oneOf(...Object.keys(primitives))(primitive, 'apply: primitive');
  const { length } = primitives[primitive];
  if (operands === length) return;
  fail({ what: `${operands} operands for ${primitive}`, where: 'apply', fix: `Pass ${length}.` });
}

export const add = (a: Operand, b: Operand) => apply('add', a, b);
export const sub = (a: Operand, b: Operand) => apply('sub', a, b);
export const mul = (a: Operand, b: Operand) => apply('mul', a, b);
export const div = (a: Operand, b: Operand) => apply('div', a, b);
export const neg = (a: Operand) => apply('neg', a);
export const exp = (a: Operand) => apply('exp', a);
export const expm1 = (a: Operand) => apply('expm1', a);
export const log = (a: Operand) => apply('log', a);
export const log1p = (a: Operand) => apply('log1p', a);
export const sqrt = (a: Operand) => apply('sqrt', a);
export const sin = (a: Operand) => apply('sin', a);
export const cos = (a: Operand) => apply('cos', a);
export const tanh = (a: Operand) => apply('tanh', a);
export const max = (a: Operand, b: Operand) => apply('max', a, b);
export const min = (a: Operand, b: Operand) => apply('min', a, b);
export const abs = (a: Operand) => apply('abs', a);
export const floor = (a: Operand) => apply('floor', a);
export const erf = (a: Operand) => apply('erf', a);
export const pow = (a: Operand, b: Operand) => apply('pow', a, b);
export const step = (a: Operand) => apply('step', a);
export const where = (a: Operand, b: Operand, c: Operand) => apply('where', a, b, c);
export const square = (a: Operand) => mul(a, a);
/** -1, 0 or 1. */
export const sign = (a: Operand) => sub(step(a), step(neg(a)));

/** The value of a formula at given arguments. */
export function evaluate(f: Formula, args: ArrayLike<number>): number {
  if (!isFormula(f)) aFormula(f, 'evaluate: f');
  if (typeof args !== 'object' || args === null) refuse(args, 'evaluate: args', 'a list of numbers');
  return valueAt(f, args);
}

function valueAt(f: Formula, args: ArrayLike<number>): number {
  switch (f.kind) {
    case 'constant':
      return f.value;
    case 'argument':
      if (typeof args[f.index] !== 'number') refuse(args[f.index], `evaluate: args[${f.index}]`, 'a number');
      return args[f.index];
    case 'apply': {
      const call = primitives[f.primitive] as (a: number, b?: number, c?: number) => number;
      const [a, b, c] = f.operands;
      if (c !== undefined) return call(valueAt(a, args), valueAt(b, args), valueAt(c, args));
      if (b !== undefined) return call(valueAt(a, args), valueAt(b, args));
      return call(valueAt(a, args));
    }
  }
}

/** Replaces each argument by `replace(index)`. */
export function substitute(f: Formula, replace: (index: number) => Formula): Formula {
  return substituteAll([f], replace)[0];
}

/** The same for several formulas. Shared subtrees stay shared, within and across formulas: x·x is still a square. */
export function substituteAll(formulas: readonly Formula[], replace: (index: number) => Formula): Formula[] {
  listOf(aFormula)(formulas, 'substitute: formulas');
  aFunction(replace, 'substitute: replace');
  const visited = new Map<Formula, Formula>();
  const visit = (f: Formula): Formula => {
    if (f.kind === 'argument') return replace(f.index);
    if (f.kind === 'constant') return f;
    const known = visited.get(f) ?? { ...f, operands: f.operands.map(visit) };
    visited.set(f, known);
    return known;
  };
  return formulas.map(visit);
}

/** The number of applications of primitives in formulas; a shared one counts once. */
export function formulaSize(formulas: readonly Formula[]): number {
  listOf(aFormula)(formulas, 'formulaSize: formulas');
  const seen = new Set<Formula>();
  const visit = (f: Formula): void => {
    if (f.kind !== 'apply' || seen.has(f)) return;
    seen.add(f);
    f.operands.forEach(visit);
  };
  formulas.forEach(visit);
  return seen.size;
}

/** The indices of the arguments in a formula. */
export function argumentsOf(f: Formula, into = new Set<number>()): Set<number> {
  aFormula(f, 'argumentsOf: f');
  if (!(into instanceof Set)) refuse(into, 'argumentsOf: into', 'a set');
  const seen = new Set<Formula>();
  const visit = (each: Formula) => {
    if (seen.has(each)) return;
    seen.add(each);
    if (each.kind === 'argument') into.add(each.index);
    if (each.kind === 'apply') each.operands.forEach(visit);
  };
  visit(f);
  return into;
}

export function sameFormula(a: Formula, b: Formula): boolean {
  aFormula(a, 'sameFormula: a');
  aFormula(b, 'sameFormula: b');
  if (a === b) return true;
  if (a.kind === 'constant') return b.kind === 'constant' && Object.is(a.value, b.value) && a.name === b.name;
  if (a.kind === 'argument') return b.kind === 'argument' && a.index === b.index;
  return (
    b.kind === 'apply' &&
    a.primitive === b.primitive &&
    a.operands.every((operand, i) => sameFormula(operand, b.operands[i]))
  );
}

/** Numbers formulas so that equal computations have equal numbers, independent of the names of their constants. */
export function interned(): (f: Formula) => number {
  const known = new Map<Formula, number>();
  const byKey = new Map<string, number>();
  const number = (f: Formula): number => {
    const before = known.get(f);
    if (before !== undefined) return before;
    let key: string;
    if (f.kind === 'constant') key = Object.is(f.value, -0) ? '-0' : String(f.value);
    else if (f.kind === 'argument') key = `@${f.index}`;
    else key = `${f.primitive} ${f.operands.map(number).join(' ')}`;
    const id = byKey.get(key) ?? byKey.size;
    byKey.set(key, id);
    known.set(f, id);
    return id;
  };
  return number;
}

/**
 * The partial derivative of each primitive in each operand, as formulas of its operands. At a corner: step' = 0, abs'(0)
 * = 0, and for equal operands max and min pass the gradient to the second.
 */
const partials: Record<Primitive, (...operands: Formula[]) => readonly Operand[]> = {
  add: () => [1, 1],
  sub: () => [1, -1],
  mul: (a, b) => [b, a],
  div: (a, b) => [div(1, b), neg(div(a, square(b)))],
  neg: () => [-1],
  exp: (a) => [exp(a)],
  expm1: (a) => [exp(a)],
  log: (a) => [div(1, a)],
  log1p: (a) => [div(1, add(1, a))],
  sqrt: (a) => [div(1, mul(2, sqrt(a)))],
  sin: (a) => [cos(a)],
  cos: (a) => [neg(sin(a))],
  tanh: (a) => [sub(1, square(tanh(a)))],
  max: (a, b) => [step(sub(a, b)), sub(1, step(sub(a, b)))],
  min: (a, b) => [step(sub(b, a)), sub(1, step(sub(b, a)))],
  abs: (a) => [sign(a)],
  floor: () => [0],
  erf: (a) => [mul(constant(2 / Math.sqrt(Math.PI), '2/√π'), exp(neg(square(a))))],
  pow: (a, b) => [mul(b, pow(a, sub(b, 1))), mul(pow(a, b), log(a))],
  step: () => [0],
  where: (a) => [0, step(a), sub(1, step(a))],
};

/** The outer derivatives of a primitive at its operands: the factors in the chain rule. */
export function outerDerivatives(primitive: Primitive, operands: readonly Formula[]): Formula[] {
  listOf(aFormula)(operands, 'outerDerivatives: operands');
  checkPrimitive(primitive, operands.length);
  return partials[primitive](...operands).map(formula);
}

const isNumber = (f: Formula, value: number) => f.kind === 'constant' && f.value === value;

/** Simplifies without changing values: adding 0, multiplying by 1 or 0, double negation. */
export function simplify(f: Formula): Formula {
  if (!isFormula(f)) aFormula(f, 'simplify: f');
  if (f.kind !== 'apply') return f;
  const visited = new Map<Formula, Formula>();
  const operands = f.operands.map((operand) => {
    const known = visited.get(operand) ?? simplify(operand);
    visited.set(operand, known);
    return known;
  });
  const [a, b, c] = operands;
  switch (f.primitive) {
    case 'add':
      if (isNumber(a, 0)) return b;
      if (isNumber(b, 0)) return a;
      if (b.kind === 'apply' && b.primitive === 'neg') return sub(a, b.operands[0]);
      break;
    case 'sub':
      if (isNumber(b, 0)) return a;
      if (isNumber(a, 0)) return simplify(neg(b));
      break;
    case 'mul':
      if (isNumber(a, 0) || isNumber(b, 0)) return constant(0);
      if (isNumber(a, 1)) return b;
      if (isNumber(b, 1)) return a;
      if (isNumber(a, -1)) return simplify(neg(b));
      if (isNumber(b, -1)) return simplify(neg(a));
      break;
    case 'div':
      if (isNumber(a, 0)) return constant(0);
      if (isNumber(b, 1)) return a;
      break;
    case 'neg':
      if (a.kind === 'constant' && a.name === undefined) return constant(-a.value);
      if (a.kind === 'apply' && a.primitive === 'neg') return a.operands[0];
      break;
    case 'pow':
      if (isNumber(b, 1)) return a;
      break;
    case 'where':
      if (sameFormula(b, c)) return b;
      break;
    default:
  }
  return { kind: 'apply', primitive: f.primitive, operands };
}

/** The partial derivative of a formula in one argument, by the chain rule over the primitives. */
export function differentiate(f: Formula, index: number): Formula {
  aFormula(f, 'differentiate: f');
  aWholeNumber(index, 'differentiate: index');
  const go = (node: Formula): Formula => {
    if (node.kind === 'constant') return constant(0);
    if (node.kind === 'argument') return constant(node.index === index ? 1 : 0);
    const outer = outerDerivatives(node.primitive, node.operands);
    let total: Formula = constant(0);
    node.operands.forEach((operand, i) => {
      const inner = go(operand);
      if (!isNumber(inner, 0)) total = add(total, mul(outer[i], inner));
    });
    return total;
  };
  return simplify(go(f));
}
