/**
 * e^x as a WebAssembly function: base's `exp` operation by operation, so that both give the same bits. Method and
 * source stand there.
 */
import { expParts } from '../../base/math.ts';
import { type FunctionBody, f64, get, long, number, op, set } from './encoder.ts';

type Code = readonly number[];

const binary =
  (instruction: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...instruction];
const add = binary(op['f64.add']);
const sub = binary(op['f64.sub']);
const mul = binary(op['f64.mul']);
const div = binary(op['f64.div']);
const above = binary(op['f64.gt']);
const below = binary(op['f64.lt']);
const atMost = binary(op['f64.le']);
const floor = (a: Code): Code => [...a, ...op['f64.floor']];
const not = (condition: Code): Code => [...condition, ...op['i32.eqz']];
const choose = (condition: Code, then: Code, otherwise: Code): Code => [
  ...then,
  ...otherwise,
  ...condition,
  ...op.select,
];
const returnIf = (condition: Code, value: Code): Code => [
  ...condition,
  ...op['if void'],
  ...value,
  ...op.return,
  ...op.end,
];

/** 2^k for a whole float k in [-1022, 1023]: the exponent field is k + 1023. */
const powerOfTwo = (k: Code): Code => [
  ...add(k, number(1023)),
  ...op['i64.trunc_f64_s'],
  ...long(52),
  ...op['i64.shl'],
  ...op['f64.reinterpret_i64'],
];

const [x, k, hi, lo, r, t, c, y] = Array.from({ length: 8 }, (_, local) => get(local));
const assign = (local: Code, value: Code): Code => [...value, ...set(local[1])];

/** Horner's rule in t, the lowest coefficient first. */
const polynomial = (...coefficients: readonly number[]): Code =>
  coefficients.map((c): Code => number(c)).reduceRight((sum: Code, coefficient) => add(coefficient, mul(t, sum)));

const [overflow, underflow] = expParts.limits;

export const exp: FunctionBody = {
  type: { parameters: [f64], results: [f64] },
  locals: [{ count: 7, type: f64 }],
  code: [
    // NaN is not at most anything: it returns itself
    ...returnIf(not(atMost(x, number(overflow))), choose(above(x, number(0)), number(Number.POSITIVE_INFINITY), x)),
    ...returnIf(below(x, number(underflow)), number(0)),
    ...assign(k, floor(add(mul(x, number(expParts.inverseLn2)), number(0.5)))),
    ...assign(hi, sub(x, mul(k, number(expParts.ln2High)))),
    ...assign(lo, mul(k, number(expParts.ln2Low))),
    ...assign(r, sub(hi, lo)),
    ...assign(t, mul(r, r)),
    ...assign(c, sub(r, mul(t, polynomial(...expParts.fit)))),
    ...assign(y, sub(number(1), sub(sub(lo, div(mul(r, c), sub(number(2), c))), hi))),
    // 2^1024 and 2^-1075 have no float of their own: two factors
    ...returnIf(above(k, number(1023)), mul(mul(y, number(2)), powerOfTwo(sub(k, number(1))))),
    ...returnIf(below(k, number(-1022)), mul(mul(y, powerOfTwo(add(k, number(100)))), number(2 ** -100))),
    ...mul(y, powerOfTwo(k)),
  ],
};
