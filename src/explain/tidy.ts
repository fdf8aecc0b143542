/**
 * Simplifies an expression without changing its value: adding 0, multiplying by 1 or 0, double negation, common
 * factors. This keeps derivations short; computations are never simplified.
 */
import { type Primitive, primitives } from '../core/formula.ts';
import { type Expression, same } from './expression.ts';

export function number(value: number): Expression {
  return { kind: 'constant', value };
}

export function make(primitive: Primitive, ...operands: readonly Expression[]): Expression {
  return { kind: 'apply', primitive, operands };
}

export function isNumber(e: Expression, value: number): boolean {
  return e.kind === 'constant' && e.value === value;
}

type Apply = Expression & { readonly kind: 'apply' };

function isApply<P extends Primitive>(e: Expression, primitive: P): e is Apply & { readonly primitive: P } {
  return e.kind === 'apply' && e.primitive === primitive;
}

export function tidy(e: Expression): Expression {
  switch (e.kind) {
    case 'apply':
      return tidyApply(e.primitive, e.operands.map(tidy));
    case 'derivative':
      return { kind: 'derivative', of: tidy(e.of) };
    case 'sum': {
      const terms = e.terms.map(tidy).filter((term) => !isNumber(term, 0));
      if (e.count > e.terms.length) return { ...e, terms };
      if (terms.length === 0) return number(0);
      return terms.length === 1 ? terms[0] : { kind: 'sum', terms, count: terms.length };
    }
    default:
      return e;
  }
}

/** Plain numbers are computed, but only to integers: 2 - 1, not 1/6. */
function fold(primitive: Primitive, operands: readonly Expression[]): Expression | undefined {
  if (!operands.every((operand) => operand.kind === 'constant' && operand.name === undefined)) return undefined;
  const call = primitives[primitive] as (...values: number[]) => number;
  const value = call(...operands.map((operand) => (operand as Expression & { kind: 'constant' }).value));
  return Number.isInteger(value) ? number(value) : undefined;
}

function tidyApply(primitive: Primitive, operands: readonly Expression[]): Expression {
  const folded = fold(primitive, operands);
  if (folded !== undefined) return folded;
  const [a, b, c] = operands;
  switch (primitive) {
    case 'add':
      if (isNumber(a, 0)) return b;
      if (isNumber(b, 0)) return a;
      if (isApply(b, 'neg')) return tidyApply('sub', [a, b.operands[0]]);
      break;
    case 'sub':
      if (isNumber(b, 0)) return a;
      if (isNumber(a, 0)) return tidyApply('neg', [b]);
      if (isApply(b, 'neg')) return tidyApply('add', [a, b.operands[0]]);
      if (same(a, b)) return number(0);
      break;
    case 'neg':
      if (isApply(a, 'neg')) return a.operands[0];
      if (isApply(a, 'sub') && isNumber(a.operands[0], 0)) return a.operands[1];
      break;
    case 'mul':
      return tidyProduct(a, b);
    case 'div':
      return tidyQuotient(a, b);
    case 'pow':
      if (isNumber(b, 1)) return a;
      break;
    case 'where':
      if (same(b, c)) return b;
      break;
    default:
  }
  return make(primitive, ...operands);
}

function tidyProduct(a: Expression, b: Expression): Expression {
  if (isNumber(a, 0) || isNumber(b, 0)) return number(0);
  if (isNumber(a, 1)) return b;
  if (isNumber(b, 1)) return a;
  if (isNumber(a, -1)) return tidyApply('neg', [b]);
  if (isNumber(b, -1)) return tidyApply('neg', [a]);
  if (isApply(a, 'neg')) return tidyApply('neg', [tidyProduct(a.operands[0], b)]);
  if (isApply(b, 'neg')) return tidyApply('neg', [tidyProduct(a, b.operands[0])]);
  // a number comes first: 2·(t - y), not (t - y)·2
  if (b.kind === 'constant' && a.kind !== 'constant') return tidyProduct(b, a);
  if (a.kind !== 'constant' && isApply(b, 'mul') && b.operands[0].kind === 'constant') {
    return tidyProduct(b.operands[0], tidyProduct(a, b.operands[1]));
  }
  if (isApply(a, 'div')) {
    const rest = without(b, a.operands[1]);
    if (rest !== undefined) return tidyProduct(a.operands[0], rest);
    if (isNumber(a.operands[0], 1)) return tidyQuotient(b, a.operands[1]);
  }
  if (isApply(b, 'div')) {
    const rest = without(a, b.operands[1]);
    if (rest !== undefined) return tidyProduct(rest, b.operands[0]);
    if (isNumber(b.operands[0], 1)) return tidyQuotient(a, b.operands[1]);
  }
  return make('mul', a, b);
}

function tidyQuotient(a: Expression, b: Expression): Expression {
  if (isNumber(a, 0)) return number(0);
  if (isNumber(b, 1)) return a;
  if (isApply(a, 'neg')) return tidyApply('neg', [tidyQuotient(a.operands[0], b)]);
  if (a.kind === 'constant' && a.name === undefined && a.value < 0) {
    return tidyApply('neg', [tidyQuotient(number(-a.value), b)]);
  }
  if (isApply(b, 'neg')) return tidyApply('neg', [tidyQuotient(a, b.operands[0])]);
  // factors of both numerator and denominator
  for (const factor of factorsOf(b)) {
    const below = without(b, factor);
    const above = without(a, factor);
    if (above !== undefined && below !== undefined) return tidyQuotient(above, below);
  }
  return make('div', a, b);
}

function factorsOf(e: Expression): Expression[] {
  return isApply(e, 'mul') ? e.operands.flatMap(factorsOf) : [e];
}

/** A product without one factor; undefined if it has no such factor. */
function without(product: Expression, factor: Expression): Expression | undefined {
  if (same(product, factor)) return number(1);
  if (!isApply(product, 'mul')) return undefined;
  const [a, b] = product.operands;
  const left = without(a, factor);
  if (left !== undefined) return tidyProduct(left, b);
  const right = without(b, factor);
  return right === undefined ? undefined : tidyProduct(a, right);
}

/** A product with a sum among its factors as a sum of products, each simplified. */
export function multiplyOut(e: Expression): Expression {
  if (isApply(e, 'neg')) return tidyApply('neg', [multiplyOut(e.operands[0])]);
  if (!isApply(e, 'mul')) return e;
  const factors = factorsOf(e);
  const at = factors.findIndex((factor) => isApply(factor, 'add') || isApply(factor, 'sub'));
  if (at === -1) return e;
  const rest = factors.filter((_, i) => i !== at).reduce(tidyProduct);
  const sum = factors[at] as Apply;
  return tidyApply(
    sum.primitive,
    sum.operands.map((term) => tidyProduct(term, rest)),
  );
}
