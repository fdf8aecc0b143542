/**
 * The elementary functions in float32: fits of their own (scripts/fit-float32.mjs), computed in float32 alone, so that a
 * vector has the bits of its numbers. Errors in units of the last place, measured by functions.test.ts over all of the
 * range: exp 1.5, expm1 1.5, log 1, log1p 1, tanh 2.5, erf 2.5, sin and cos 1.5 for |x| up to 1,000 (beyond, the reduction by
 * π/2 costs about |x|·1e-9 more of 1). pow with a fractional exponent is off by about |y ln x| of them, as in base.
 */
import type { Code } from '../encoder.ts';
import { pow } from './float64.ts';
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

const infinity = Number.POSITIVE_INFINITY;

/** ln 2 in two parts: an integer up to 2^9 times the first is exact. */
const ln2High = 0.693359375;
const ln2Low = Math.LN2 - ln2High;

const exponential = [0.49999994, 0.166665211, 0.041668389, 0.00836873055, 0.00138145708];
const logarithmic = [
  0.333333135, -0.250000089, 0.200021192, -0.166679963, 0.142195523, -0.124055892, 0.118881628, -0.116756499,
  0.0674663708,
];
const sine = [-0.166666552, 0.00833217427, -0.000195167784];
const cosine = [0.0416666456, -0.0013887363, 0.0000244378662];
const errorFunction = [
  1.12837923, 0.636619389, 0.102777831, -0.0191530567, -0.000160412528, 0.00166704669, -0.00063284894, 0.000117645148,
  -0.00000925675704,
];

/** e^r - 1 for x = k ln 2 + r, |r| <= ln 2/2. */
function reduced(writing: Writing, x: Code): { readonly k: Code; readonly e: Code } {
  const { add, sub, mul, floor, constant: c } = writing.lanes;
  const k = writing.let(floor(add(mul(x, c(Math.LOG2E)), c(0.5))));
  const r = writing.let(sub(sub(x, mul(k, c(ln2High))), mul(k, c(ln2Low))));
  return { k, e: writing.let(add(r, mul(mul(r, r), polynomial(writing, r, exponential)))) };
}

const exp: Write = (writing, x) => {
  const { add, gt, lt, select, constant: c } = writing.lanes;
  const { k, e } = reduced(writing, x);
  const y = writing.let(scaled(writing, add(c(1), e), k));
  const high = select(gt(x, c(88.722839)), c(infinity), y);
  return select(lt(x, c(-103.97208)), c(0), high);
};

const expm1: Write = (writing, x) => {
  const { add, sub, mul, abs, gt, lt, select, constant: c } = writing.lanes;
  const { k, e } = reduced(writing, x);
  // 2^k (e + 1) - 1; from 2^25 on, rounding loses the 1
  const p = writing.let(powerOfTwo(writing, k));
  const near = add(mul(p, e), sub(p, c(1)));
  const far = scaled(writing, writing.let(add(c(1), e)), k);
  const y = writing.let(select(gt(k, c(25)), far, near));
  const tiny = select(lt(abs(x), c(2 ** -25)), x, y);
  const high = select(gt(x, c(88.722839)), c(infinity), tiny);
  return select(lt(x, c(-18)), c(-1), high);
};

/** ln(1 + f) + k ln 2 + c. */
function logarithm(writing: Writing, f: Code, k: Code, c: Code): Code {
  const { add, sub, mul, constant } = writing.lanes;
  const square = writing.let(mul(f, f));
  const tail = mul(mul(square, f), polynomial(writing, f, logarithmic));
  const small = add(tail, add(mul(k, constant(ln2Low)), c));
  return add(mul(k, constant(ln2High)), add(f, sub(small, mul(constant(0.5), square))));
}

const log: Write = (writing, x) => {
  const { eq, lt, select, constant: c } = writing.lanes;
  const { f, k } = taken(writing, x, Math.fround(Math.SQRT2));
  const y = writing.let(logarithm(writing, f, k, c(0)));
  const atEnd = select(eq(x, c(infinity)), x, y);
  const atZero = select(eq(x, c(0)), c(-infinity), atEnd);
  const known = select(eq(x, x), atZero, x);
  return select(lt(x, c(0)), c(Number.NaN), known);
};

const log1p: Write = (writing, x) => {
  const { add, sub, div, le, lt, gt, eq, and, or, abs, select, constant: c } = writing.lanes;
  const u = writing.let(add(c(1), x));
  // the rounding error of 1 + x, relative to u
  const lost = writing.let(div(select(le(c(1), x), sub(c(1), sub(u, x)), sub(x, sub(u, c(1)))), u));
  const parts = taken(writing, u, Math.fround(Math.SQRT2));
  const near = and(gt(x, c(-0.2928)), lt(x, c(0.4142)));
  const f = writing.let(select(near, x, parts.f));
  const k = writing.let(select(near, c(0), parts.k));
  const y = writing.let(logarithm(writing, f, k, writing.let(select(near, c(0), lost))));
  const same = or(eq(x, c(infinity)), lt(abs(x), c(2 ** -25)));
  const atEnd = select(same, x, y);
  const atMinusOne = select(eq(x, c(-1)), c(-infinity), atEnd);
  const known = select(eq(x, x), atMinusOne, x);
  return select(lt(x, c(-1)), c(Number.NaN), known);
};

/** -t/(t + 2), t = e^(-2|x|) - 1. */
const tanh: Write = (writing, x) => {
  const { add, div, mul, neg, abs, constant: c } = writing.lanes;
  const t = writing.let(writing.call('expm1', mul(c(-2), abs(x))));
  return withSignOf(writing, x, div(neg(t), add(t, c(2))));
};

/** π/2 in three parts: an integer up to 2^11 times each of the first two is exact. */
const quarterTurn = [1.5703125, 4.83751296997e-4, 7.549789948768648e-8];

/** sin(x + quarterTurns·π/2). */
function circular(writing: Writing, x: Code, quarterTurns: number): Code {
  const { add, sub, mul, neg, floor, lt, eq, or, select, constant: c } = writing.lanes;
  const n = writing.let(floor(add(mul(x, c(2 / Math.PI)), c(0.5))));
  const [a, b, rest] = quarterTurn.map((part) => mul(n, c(part)));
  const y = writing.let(sub(sub(sub(x, a), b), rest));
  const turned = writing.let(add(n, c(quarterTurns)));
  const turn = writing.let(sub(turned, mul(c(4), floor(mul(turned, c(0.25))))));
  const z = writing.let(mul(y, y));
  const sines = add(y, mul(mul(y, z), polynomial(writing, z, sine)));
  const cosines = add(sub(c(1), mul(c(0.5), z)), mul(mul(z, z), polynomial(writing, z, cosine)));
  const even = or(eq(turn, c(0)), eq(turn, c(2)));
  const value = writing.let(select(even, sines, cosines));
  return select(lt(turn, c(2)), value, neg(value));
}

const sin: Write = (writing, x) => circular(writing, x, 0);
const cos: Write = (writing, x) => circular(writing, x, 1);

/** 1 - e^(-g), g = -ln(1 - erf|x|): a smooth function, whose relative error matters little where e^(-g) is small. */
const erf: Write = (writing, x) => {
  const { mul, neg, abs, min, constant: c } = writing.lanes;
  const size = writing.let(min(abs(x), c(4)));
  const g = mul(size, polynomial(writing, size, errorFunction));
  return withSignOf(writing, x, neg(writing.call('expm1', neg(g))));
};

export const float32: Readonly<Record<ElementaryName, Write>> = { exp, expm1, log, log1p, sin, cos, tanh, erf, pow };
