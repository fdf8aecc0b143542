/** Short forms of integer instructions, for generated code that walks over graphs. */
import { access, branch, branchIf, type Code, int, long, op } from '../../engines/wasm/encoder.ts';

/** An integer from 0 to 2³² − 1, or a signed one. */
export const word = (value: number): Code => int(value | 0);

const binary =
  (name: keyof typeof op) =>
  (a: Code, b: Code): Code => [a, b, op[name]];

export const add = binary('i32.add');
export const subtract = binary('i32.sub');
export const multiply = binary('i32.mul');
export const divide = binary('i32.div_u');
export const remainder = binary('i32.rem_u');
export const and = binary('i32.and');
export const or = binary('i32.or');
export const exclusiveOr = binary('i32.xor');
export const equal = binary('i32.eq');
/** Comparisons of unsigned integers. */
export const below = binary('i32.lt_u');
export const atMost = binary('i32.le_u');
export const shiftLeft = (a: Code, places: number): Code => [a, int(places), op['i32.shl']];
export const shiftRight = (a: Code, places: number): Code => [a, int(places), op['i32.shr_u']];
export const not = (a: Code): Code => [a, op['i32.eqz']];

/** A 32-bit integer at an address plus a constant. */
export const loadWord = (address: Code, offset = 0): Code => [address, access['i32.load'](offset)];
export const storeWord = (address: Code, offset: number, value: Code): Code => [
  address,
  value,
  access['i32.store'](offset),
];
export const loadFloat64 = (address: Code, offset = 0): Code => [address, access['f64.load'](offset)];

/** The 64-bit product of two unsigned integers. */
export const longProduct = (a: Code, b: Code): Code => [
  a,
  op['i64.extend_i32_u'],
  b,
  op['i64.extend_i32_u'],
  op['i64.mul'],
];
export const upperHalf = (product: Code): Code => [product, long(32), op['i64.shr_u'], op['i32.wrap_i64']];
export const lowerHalf = (product: Code): Code => [product, op['i32.wrap_i64']];

export const whenElse = (condition: Code, then: Code, otherwise: Code): Code => [
  condition,
  op['if void'],
  then,
  op.else,
  otherwise,
  op.end,
];

/** Runs `body` while the condition holds, which is checked before each turn. */
export const whileTrue = (condition: Code, body: Code): Code => [
  op['block void'],
  op['loop void'],
  [not(condition), branchIf(1)],
  body,
  branch(0),
  op.end,
  op.end,
];

/** Runs `body` again as long as the condition holds afterwards. */
export const doWhile = (body: Code, condition: Code): Code => [op['loop void'], body, condition, branchIf(0), op.end];

/** The largest unsigned integer below 2³² at most this float64 of at least 0. */
export const truncated = (value: Code): Code => [value, op['i32.trunc_sat_f64_u']];
