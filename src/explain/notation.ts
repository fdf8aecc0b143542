/**
 * The written form of expressions: sums with signs, products, fractions, powers. Text and TeX are both printed from
 * this form, once with names and once with numbers, so that the two lines match term by term. It only makes changes
 * that keep the value: a square for x·x, a sign moved out of a product, equal terms counted.
 */
import type { Primitive } from '../core/formula.ts';
import { type Expression, same } from './expression.ts';
import type { Variable } from './variable.ts';

export type Notation =
  | { readonly kind: 'number'; readonly value: number; readonly name?: string }
  | { readonly kind: 'variable'; readonly variable: Variable; readonly value: number }
  | { readonly kind: 'sum'; readonly items: readonly Item[] }
  | { readonly kind: 'product'; readonly factors: readonly Notation[] }
  | { readonly kind: 'fraction'; readonly top: Notation; readonly bottom: Notation }
  | { readonly kind: 'power'; readonly base: Notation; readonly exponent: Notation }
  /** e to a power. */
  | { readonly kind: 'exponential'; readonly exponent: Notation }
  | { readonly kind: 'call'; readonly name: string; readonly of: readonly Notation[] }
  | { readonly kind: 'root'; readonly of: Notation }
  | { readonly kind: 'absolute'; readonly of: Notation }
  | { readonly kind: 'floor'; readonly of: Notation }
  /** 1 if it holds, else 0: [a > b]. */
  | { readonly kind: 'holds'; readonly left: Notation; readonly right: Notation }
  | {
      readonly kind: 'cases';
      readonly left: Notation;
      readonly right: Notation;
      readonly yes: Notation;
      readonly no: Notation;
    }
  /** A derivative that is not computed yet: (…)′. */
  | { readonly kind: 'derivative'; readonly of: Notation }
  /** Omitted terms, in a sum or a list. */
  | { readonly kind: 'more'; readonly count: number }
  /** Σ over the samples. */
  | { readonly kind: 'overSamples'; readonly of: Notation };

export interface Item {
  readonly negative: boolean;
  readonly item: Notation;
}

const zero: Notation = { kind: 'number', value: 0 };

/** The notation of an expression. */
export function notationOf(e: Expression): Notation {
  switch (e.kind) {
    case 'constant':
      return { ...e, kind: 'number' };
    case 'leaf':
      return { kind: 'variable', variable: e.variable, value: e.value };
    case 'derivative':
      return { kind: 'derivative', of: notationOf(e.of) };
    case 'sum':
      return sumOf(
        e.terms.map((term) => ({ negative: false, item: notationOf(term) })),
        e.count - e.terms.length,
      );
    case 'maximum':
      return { kind: 'call', name: 'max', of: [...e.terms.map(notationOf), ...rest(e.count - e.terms.length)] };
    case 'apply':
      return (signOf(e) ?? primitives[e.primitive])(...e.operands);
  }
}

function rest(count: number): Notation[] {
  return count > 0 ? [{ kind: 'more', count }] : [];
}

type Write = (...operands: Expression[]) => Notation;

const callOf =
  (name: string): Write =>
  (...of) => ({ kind: 'call', name, of: of.map(notationOf) });

const primitives: Record<Primitive, Write> = {
  add: (a, b) => sumOf([plus(a), plus(b)]),
  sub: (a, b) => sumOf([plus(a), { negative: true, item: notationOf(b) }]),
  neg: (a) => negated(notationOf(a)),
  mul: (a, b) => productOf(a, b),
  div: (a, b) => fractionOf(notationOf(a), notationOf(b)),
  exp: (a) => ({ kind: 'exponential', exponent: notationOf(a) }),
  expm1: (a) =>
    sumOf([
      { negative: false, item: { kind: 'exponential', exponent: notationOf(a) } },
      { negative: true, item: { kind: 'number', value: 1 } },
    ]),
  log: callOf('ln'),
  log1p: (a) => ({ kind: 'call', name: 'ln', of: [sumOf([plus({ kind: 'constant', value: 1 }), plus(a)])] }),
  sqrt: (a) => ({ kind: 'root', of: notationOf(a) }),
  sin: callOf('sin'),
  cos: callOf('cos'),
  tanh: callOf('tanh'),
  max: callOf('max'),
  min: callOf('min'),
  abs: (a) => ({ kind: 'absolute', of: notationOf(a) }),
  floor: (a) => ({ kind: 'floor', of: notationOf(a) }),
  erf: callOf('erf'),
  pow: (a, b) => ({ kind: 'power', base: notationOf(a), exponent: notationOf(b) }),
  step: (a) => ({ kind: 'holds', ...comparison(a) }),
  where: (a, b, c) => ({ kind: 'cases', ...comparison(a), yes: notationOf(b), no: notationOf(c) }),
};

/** [x > 0] - [-x > 0] is the sign of x. */
function signOf({ primitive, operands: [a, b] }: Expression & { kind: 'apply' }): Write | undefined {
  if (
    primitive !== 'sub' ||
    a.kind !== 'apply' ||
    b.kind !== 'apply' ||
    a.primitive !== 'step' ||
    b.primitive !== 'step'
  ) {
    return undefined;
  }
  const [of] = a.operands;
  const [other] = b.operands;
  if (other.kind !== 'apply' || other.primitive !== 'neg' || !same(other.operands[0], of)) return undefined;
  return () => callOf('sign')(of);
}

/** `a > 0`, or `p > q` where a is p - q. */
function comparison(a: Expression): { left: Notation; right: Notation } {
  if (a.kind === 'apply' && a.primitive === 'sub')
    return { left: notationOf(a.operands[0]), right: notationOf(a.operands[1]) };
  if (a.kind === 'apply' && a.primitive === 'neg') return { left: zero, right: notationOf(a.operands[0]) };
  return { left: notationOf(a), right: zero };
}

function plus(e: Expression): Item {
  return { negative: false, item: notationOf(e) };
}

function negated(item: Notation): Notation {
  if (item.kind === 'sum' && item.items.length === 1) {
    return item.items[0].negative ? item.items[0].item : { kind: 'sum', items: [{ ...item.items[0], negative: true }] };
  }
  return { kind: 'sum', items: [{ negative: true, item }] };
}

/** A sum, flat, with `more` terms left out; equal terms are counted. */
function sumOf(items: readonly Item[], more = 0): Notation {
  const flat: Item[] = [];
  for (const { negative, item } of items) {
    if (item.kind === 'sum' && (!negative || item.items.length === 1)) {
      for (const inner of item.items) flat.push(negative ? { ...inner, negative: !inner.negative } : inner);
    } else flat.push({ negative, item });
  }
  for (const item of rest(more)) flat.push({ negative: false, item });
  const counted = countAlike(mergeRests(flat));
  return counted.length === 1 && !counted[0].negative ? counted[0].item : { kind: 'sum', items: counted };
}

/** If several shortened sums become one, everything after the first omission is omitted too. */
function mergeRests(items: readonly Item[]): readonly Item[] {
  const isRest = ({ item }: Item) => item.kind === 'more';
  if (items.filter(isRest).length < 2) return items;
  const first = items.findIndex(isRest);
  const count = items.slice(first).reduce((sum, { item }) => sum + (item.kind === 'more' ? item.count : 1), 0);
  return [...items.slice(0, first), { negative: false, item: { kind: 'more', count } }];
}

function countAlike(items: readonly Item[]): Item[] {
  const groups = new Map<string, { readonly first: Item; count: number }>();
  items.forEach((item, i) => {
    const alone = item.item.kind === 'more' || item.item.kind === 'number';
    const key = alone ? `${i}` : JSON.stringify(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: item, count: 1 });
    else group.count += 1;
  });
  return [...groups.values()].map(({ first, count }) =>
    count === 1 ? first : { negative: first.negative, item: times(count, first.item) },
  );
}

/** A count of equal terms; if the term is halved (λ/2·w twice), the two cancel. */
function times(count: number, term: Notation): Notation {
  const factors = term.kind === 'product' ? term.factors : [term];
  const at = factors.findIndex(
    (factor) =>
      factor.kind === 'fraction' &&
      factor.bottom.kind === 'number' &&
      // n stays, even if it equals the number of terms
      factor.bottom.name === undefined &&
      factor.bottom.value === count,
  );
  if (at === -1) return { kind: 'product', factors: [{ kind: 'number', value: count }, ...factors] };
  const whole = factors.map((factor, i) => (i === at ? (factor as Notation & { kind: 'fraction' }).top : factor));
  return whole.length === 1 ? whole[0] : { kind: 'product', factors: whole };
}

/** Whether two notations have the same text in names. */
function alike(a: Notation, b: Notation): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The factors of a product, with its sign. */
function factorsOf(n: Notation): { negative: boolean; factors: readonly Notation[] } {
  if (n.kind === 'sum' && n.items.length === 1) {
    const inner = factorsOf(n.items[0].item);
    return { negative: n.items[0].negative !== inner.negative, factors: inner.factors };
  }
  if (n.kind === 'product') {
    const [first, ...others] = n.factors;
    return isNegative(first)
      ? { negative: true, factors: first.value === -1 ? others : [{ ...first, value: -first.value }, ...others] }
      : { negative: false, factors: n.factors };
  }
  return isNegative(n) ? { negative: true, factors: [{ ...n, value: -n.value }] } : { negative: false, factors: [n] };
}

/** A number of the formula itself, not the value of a variable: its sign does not change between samples. */
function isNegative(n: Notation): n is Notation & { kind: 'number' } {
  return n.kind === 'number' && n.name === undefined && n.value < 0;
}

function isUnit(n: Notation): boolean {
  return n.kind === 'number' && n.name === undefined && n.value === 1;
}

function productOf(a: Expression, b: Expression): Notation {
  const left = factorsOf(notationOf(a));
  const right = factorsOf(notationOf(b));
  const factors: Notation[] = [];
  // −1·x is −x
  const isOne = left.negative && left.factors.length === 1 && isUnit(left.factors[0]);
  for (const factor of [...(isOne ? [] : left.factors), ...right.factors]) {
    const last = factors.at(-1);
    const raised = last === undefined ? undefined : powerOf(last, factor);
    if (raised === undefined) factors.push(factor);
    else factors[factors.length - 1] = raised;
  }
  const product: Notation = factors.length === 1 ? factors[0] : { kind: 'product', factors };
  return left.negative !== right.negative ? negated(product) : product;
}

/** x·x is x², x²·x is x³; numbers are not combined. */
function powerOf(a: Notation, b: Notation): Notation | undefined {
  if (b.kind === 'number') return undefined;
  if (alike(a, b)) return { kind: 'power', base: a, exponent: { kind: 'number', value: 2 } };
  if (a.kind === 'power' && a.exponent.kind === 'number' && a.exponent.name === undefined && alike(a.base, b)) {
    return { kind: 'power', base: a.base, exponent: { kind: 'number', value: a.exponent.value + 1 } };
  }
  if (b.kind === 'power' && b.exponent.kind === 'number' && b.exponent.name === undefined && alike(b.base, a)) {
    return { kind: 'power', base: a, exponent: { kind: 'number', value: b.exponent.value + 1 } };
  }
  return undefined;
}

function fractionOf(top: Notation, bottom: Notation): Notation {
  const inner = factorsOf(top);
  if (!inner.negative) return { kind: 'fraction', top, bottom };
  const whole: Notation = inner.factors.length === 1 ? inner.factors[0] : { kind: 'product', factors: inner.factors };
  return negated({ kind: 'fraction', top: whole, bottom });
}

/** A product of variables, for a chain rule in symbols. */
export function chain(...variables: Variable[]): Notation {
  const factors = variables.map((variable): Notation => ({ kind: 'variable', variable, value: Number.NaN }));
  return factors.length === 1 ? factors[0] : { kind: 'product', factors };
}

/** A sum of notations, with `more` of them omitted. */
export function total(terms: readonly Notation[], more = 0): Notation {
  return sumOf(
    terms.map((item) => ({ negative: false, item })),
    more,
  );
}
