/** The elementary functions in float64, with the operations of `base/math.ts` one by one, so that the bits are the same. */
import { mathParts } from '../../../base/math.ts';
import type { Code } from '../encoder.ts';
import {
  type ElementaryName,
  polynomial,
  powerOfTwo,
  scaled,
  taken,
  type Write,
  type Writing,
  withSignOf,
} from './writing.ts';

const { ln2High, ln2Low, inverseLn2 } = mathParts;
const [overflow, underflow] = mathParts.exp.limits;
const infinity = Number.POSITIVE_INFINITY;

/** The integer k nearest to x/ln 2, and the remainder of x in two parts. */
function reduced(writing: Writing, x: Code, k: Code) {
  const { lanes } = writing;
  const hi = writing.let(lanes.sub(x, lanes.mul(k, lanes.constant(ln2High))));
  const lo = writing.let(lanes.mul(k, lanes.constant(ln2Low)));
  return { hi, lo, r: writing.let(lanes.sub(hi, lo)) };
}

const wholeLogarithm = ({ lanes }: Writing, x: Code) =>
  lanes.floor(lanes.add(lanes.mul(x, lanes.constant(inverseLn2)), lanes.constant(0.5)));

/** `y` if x is in the range of the exponential, otherwise its limits. NaN stays NaN. */
function limited({ lanes }: Writing, x: Code, lowest: number, below: number, y: Code): Code {
  const { constant, gt, lt, select } = lanes;
  const high = select(gt(x, constant(overflow)), constant(infinity), y);
  return select(lt(x, constant(lowest)), constant(below), high);
}

const exp: Write = (writing, x) => {
  const { sub, mul, div, constant } = writing.lanes;
  const k = writing.let(wholeLogarithm(writing, x));
  const { hi, lo, r } = reduced(writing, x, k);
  const t = writing.let(mul(r, r));
  const c = writing.let(sub(r, mul(t, polynomial(writing, t, mathParts.exp.fit))));
  const y = sub(constant(1), sub(sub(lo, div(mul(r, c), sub(constant(2), c))), hi));
  return limited(writing, x, underflow, 0, scaled(writing, y, k));
};

const expm1: Write = (writing, x) => {
  const { lanes } = writing;
  const { add, sub, mul, div, abs, lt, le, gt, eq, or, select, constant: c } = lanes;
  const near = lt(abs(x), c(0.34657359027997264));
  const k = writing.let(select(near, c(0), wholeLogarithm(writing, x)));
  const { hi, lo, r } = reduced(writing, x, k);
  const lost = writing.let(sub(sub(hi, r), lo));
  const half = writing.let(mul(c(0.5), r));
  const square = writing.let(mul(r, half));
  const r1 = writing.let(polynomial(writing, square, [1, ...mathParts.expm1]));
  const t = writing.let(sub(c(3), mul(r1, half)));
  const e0 = writing.let(mul(square, div(sub(r1, t), sub(c(6), mul(r, t)))));
  const e = writing.let(sub(sub(mul(r, sub(e0, lost)), lost), square));
  const p = writing.let(powerOfTwo(writing, lanes.neg(k)));
  const rest = writing.let(sub(e, r));
  const far = or(le(k, c(-2)), gt(k, c(56)));
  const middle = select(lt(k, c(20)), sub(sub(c(1), p), rest), add(sub(r, add(e, p)), c(1)));
  const scale = writing.let(scaled(writing, writing.let(select(far, sub(c(1), rest), middle)), k));
  const wide = writing.let(select(far, sub(scale, c(1)), scale));
  const ones = select(lt(r, c(-0.25)), mul(c(-2), sub(e, add(r, c(0.5)))), add(c(1), mul(c(2), sub(r, e))));
  const one = writing.let(select(eq(k, c(1)), ones, wide));
  const minus = writing.let(select(eq(k, c(-1)), sub(mul(c(0.5), sub(r, e)), c(0.5)), one));
  const all = writing.let(select(eq(k, c(0)), sub(r, sub(mul(r, e0), square)), minus));
  const y = writing.let(select(lt(abs(x), c(2 ** -54)), x, all));
  return limited(writing, x, -38, -1, y);
};

/** The minimum m = 1 + fraction at which base carries into the exponent: about √2. */
const root = 1 + 0x6a09c * 2 ** -20;

/** ln(1 + f) + k ln 2 + c. */
function logarithm(writing: Writing, f: Code, k: Code, c: Code): Code {
  const { add, sub, mul, div, constant } = writing.lanes;
  const [l1, l2, l3, l4, l5, l6, l7] = mathParts.log;
  const s = writing.let(div(f, add(constant(2), f)));
  const z = writing.let(mul(s, s));
  const w = writing.let(mul(z, z));
  const even = mul(w, polynomial(writing, w, [l2, l4, l6]));
  const odd = mul(z, polynomial(writing, w, [l1, l3, l5, l7]));
  const square = writing.let(mul(mul(constant(0.5), f), f));
  const tail = mul(s, add(add(square, even), odd));
  const low = add(mul(k, constant(ln2Low)), c);
  return sub(mul(k, constant(ln2High)), sub(sub(square, add(tail, low)), f));
}

const log: Write = (writing, x) => {
  const { eq, lt, select, constant: c } = writing.lanes;
  const { f, k } = taken(writing, x, root);
  const y = writing.let(logarithm(writing, f, k, c(0)));
  const atEnd = select(eq(x, c(infinity)), x, y);
  const atZero = select(eq(x, c(0)), c(-infinity), atEnd);
  return select(lt(x, c(0)), c(Number.NaN), withNaN(writing, x, atZero));
};

/** x if it is NaN, else y. */
function withNaN({ lanes }: Writing, x: Code, y: Code): Code {
  return lanes.select(lanes.eq(x, x), y, x);
}

const log1p: Write = (writing, x) => {
  const { add, sub, div, le, lt, gt, eq, and, or, abs, select, constant: c } = writing.lanes;
  const u = writing.let(add(c(1), x));
  const lost = writing.let(div(select(le(c(1), x), sub(c(1), sub(u, x)), sub(x, sub(u, c(1)))), u));
  const parts = taken(writing, u, root);
  const near = and(gt(x, c(-0.2928)), lt(x, c(0.4142)));
  const f = writing.let(select(near, x, parts.f));
  const k = writing.let(select(near, c(0), parts.k));
  const y = writing.let(logarithm(writing, f, k, writing.let(select(near, c(0), lost))));
  const same = or(eq(x, c(infinity)), lt(abs(x), c(2 ** -54)));
  const atEnd = select(same, x, y);
  const atMinusOne = select(eq(x, c(-1)), c(-infinity), atEnd);
  return select(lt(x, c(-1)), c(Number.NaN), withNaN(writing, x, atMinusOne));
};

const tanh: Write = (writing, x) => {
  const { add, sub, div, mul, neg, abs, lt, le, select, constant: c } = writing.lanes;
  const size = writing.let(abs(x));
  const small = lt(size, c(1));
  const t = writing.let(writing.call('expm1', mul(size, select(small, c(-2), c(2)))));
  const below = writing.let(add(t, c(2)));
  const y = select(small, div(neg(t), below), sub(c(1), div(c(2), below)));
  const bounded = select(le(c(22), size), c(1), y);
  return withSignOf(writing, x, bounded);
};

/** sin(x + quarterTurns·π/2). */
function circular(writing: Writing, x: Code, quarterTurns: number): Code {
  const { add, sub, mul, neg, floor, lt, eq, or, select, constant: c } = writing.lanes;
  const { inverse, parts } = mathParts.quarterTurn;
  const n = writing.let(floor(add(mul(x, c(inverse)), c(0.5))));
  const first = writing.let(sub(x, mul(n, c(parts[0]))));
  const second = writing.let(mul(n, c(parts[1])));
  const r = writing.let(sub(first, second));
  const rest = writing.let(sub(mul(n, c(parts[2])), sub(sub(first, r), second)));
  const y = writing.let(sub(r, rest));
  const tail = writing.let(sub(sub(r, y), rest));
  // n mod 4, exact for every n
  const turned = writing.let(add(n, c(quarterTurns)));
  const turn = writing.let(sub(turned, mul(c(4), floor(mul(turned, c(0.25))))));

  const z = writing.let(mul(y, y));
  const v = writing.let(mul(z, y));
  const [s1, ...sines] = mathParts.sin;
  const sineSum = polynomial(writing, z, sines);
  const sine = sub(y, sub(sub(mul(z, sub(mul(c(0.5), tail), mul(v, sineSum))), tail), mul(v, c(s1))));
  const cosineSum = writing.let(mul(z, polynomial(writing, z, mathParts.cos)));
  const half = writing.let(mul(c(0.5), z));
  const w = writing.let(sub(c(1), half));
  const cosine = add(w, add(sub(sub(c(1), w), half), sub(mul(z, cosineSum), mul(y, tail))));
  const even = or(eq(turn, c(0)), eq(turn, c(2)));
  const value = writing.let(select(even, sine, cosine));
  return select(lt(turn, c(2)), value, neg(value));
}

const sin: Write = (writing, x) => circular(writing, x, 0);
const cos: Write = (writing, x) => circular(writing, x, 1);

const erf: Write = (writing, x) => {
  const { add, sub, mul, div, neg, abs, lt, select, constant: c, shiftLeft, shiftRight } = writing.lanes;
  const { near, middle, middleValue, far, farther } = mathParts.erf;
  const fraction = (at: Code, [above, below]: readonly (readonly number[])[]) =>
    div(polynomial(writing, at, above), polynomial(writing, at, below));
  const size = writing.let(abs(x));
  const z2 = writing.let(mul(x, x));
  const nearValue = add(x, div(mul(x, polynomial(writing, z2, near[0])), polynomial(writing, z2, near[1])));
  const s1 = writing.let(sub(size, c(1)));
  const middleSum = add(c(middleValue), fraction(s1, middle));
  const s = writing.let(div(c(1), mul(size, size)));
  const correction = writing.let(select(lt(size, c(1 / 0.35)), fraction(s, far), fraction(s, farther)));
  const z = writing.let(shiftLeft(shiftRight(size, 32), 32));
  const first = writing.call('exp', sub(mul(neg(z), z), c(0.5625)));
  const second = writing.call('exp', add(mul(sub(z, size), add(z, size)), correction));
  const farValue = sub(c(1), div(mul(first, second), size));
  const outer = select(lt(size, c(1.25)), middleSum, select(lt(size, c(6)), farValue, c(1)));
  const signed = select(lt(x, c(0)), neg(writing.let(outer)), writing.let(outer));
  return withNaN(writing, x, select(lt(size, c(0.84375)), nearValue, signed));
};

/** Integer exponents up to this one are computed as products. */
const products = 16;

export const pow: Write = (writing, x, y) => {
  const { lanes } = writing;
  const { mul, div, neg, sub, abs, floor, sqrt, gt, lt, le, eq, and, or, not, select, constant: c } = lanes;
  const size = writing.let(abs(y));
  const whole = and(eq(floor(y), y), lt(size, c(infinity)));
  const finite = (a: Code) => lt(abs(a), c(infinity));

  const logarithm = writing.call('log', abs(x));
  const power = writing.let(writing.call('exp', mul(y, logarithm)));
  const halfway = mul(floor(mul(y, c(0.5))), c(2));
  const odd = not(eq(sub(y, halfway), c(0)));
  const signed = writing.let(select(and(lt(x, c(0)), odd), neg(power), power));
  const broken = writing.let(select(and(lt(x, c(0)), not(whole)), c(Number.NaN), signed));
  const zero = writing.let(select(gt(y, c(0)), c(0), c(infinity)));
  const atZero = writing.let(select(eq(x, c(0)), zero, broken));
  const atOne = writing.let(select(eq(x, c(1)), c(1), atZero));
  const root = writing.let(select(eq(y, c(0.5)), sqrt(x), atOne));

  let product = x;
  for (let i = 1; i < products; i++) {
    product = writing.let(select(lt(c(i), size), mul(product, x), product));
  }
  const few = and(whole, le(size, c(products)));
  const positive = gt(y, c(0));
  const inverse = or(finite(product), not(finite(x)));
  const asProduct = select(positive, product, div(c(1), product));
  const usesProduct = and(few, or(positive, inverse));
  return select(eq(y, c(0)), c(1), select(usesProduct, asProduct, root));
};

export const float64: Readonly<Record<ElementaryName, Write>> = { exp, expm1, log, log1p, sin, cos, tanh, erf, pow };
