/** The WebAssembly of each scalar primitive. Results have the bits of core's `primitives`, except for the bits of a NaN. */
import type { Primitive } from '../../core/formula.ts';
import type { Code } from './encoder.ts';
import type { Lanes } from './lanes.ts';

const calls = 'call';
/** The instructions or the call of each primitive, for any kind of number. */
const inLanes: Readonly<Record<Primitive, typeof calls | ((lanes: Lanes, a: Code, b: Code, c: Code) => Code)>> = {
  add: (lanes, a, b) => lanes.add(a, b),
  sub: (lanes, a, b) => lanes.sub(a, b),
  mul: (lanes, a, b) => lanes.mul(a, b),
  div: (lanes, a, b) => lanes.div(a, b),
  neg: (lanes, a) => lanes.neg(a),
  sqrt: (lanes, a) => lanes.sqrt(a),
  abs: (lanes, a) => lanes.abs(a),
  floor: (lanes, a) => lanes.floor(a),
  max: (lanes, a, b) => lanes.max(a, b),
  min: (lanes, a, b) => lanes.min(a, b),
  step: (lanes, a) => lanes.indicator(lanes.gt(a, lanes.constant(0))),
  where: (lanes, a, b, c) => lanes.select(lanes.gt(a, lanes.constant(0)), b, c),
  exp: calls,
  expm1: calls,
  log: calls,
  log1p: calls,
  sin: calls,
  cos: calls,
  tanh: calls,
  erf: calls,
  pow: calls,
};

/** A primitive applied to values of one kind. */
export function applied(
  primitive: Primitive,
  lanes: Lanes,
  operands: readonly Code[],
  call: (primitive: Primitive, lanes: Lanes) => Code,
): Code {
  const write = inLanes[primitive];
  const [a, b, c] = operands;
  return write === calls ? [...operands, call(primitive, lanes)] : write(lanes, a, b, c);
}
