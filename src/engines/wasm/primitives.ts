/** The WebAssembly of each scalar primitive. The bits are those of core's `primitives`; a NaN is a NaN. */
import * as math from '../../base/math.ts';
import type { Primitive } from '../../core/formula.ts';
import { type Bytes, type FunctionBody, number, op } from './encoder.ts';
import { exp } from './exp.ts';

export type Emission =
  /** Instructions after the operands, which stand on the stack in the order `operands`, or else in their own. */
  | { readonly kind: 'code'; readonly code: Bytes; readonly operands?: readonly number[] }
  /** A function of the module. */
  | { readonly kind: 'own'; readonly body: FunctionBody }
  /** A function of base, imported. */
  | { readonly kind: 'imported'; readonly from: (...operands: number[]) => number };

const code = (code: Bytes, operands?: readonly number[]): Emission => ({ kind: 'code', code, operands });
const imported = (from: (...operands: number[]) => number): Emission => ({ kind: 'imported', from });

const isPositive: Bytes = [...number(0), ...op['f64.gt']];

export const emissions: Readonly<Record<Primitive, Emission>> = {
  add: code(op['f64.add']),
  sub: code(op['f64.sub']),
  mul: code(op['f64.mul']),
  div: code(op['f64.div']),
  neg: code(op['f64.neg']),
  sqrt: code(op['f64.sqrt']),
  abs: code(op['f64.abs']),
  max: code(op['f64.max']),
  min: code(op['f64.min']),
  // a comparison gives the integer 1 or 0
  step: code([...isPositive, ...op['f64.convert_i32_u']]),
  // the condition comes last
  where: code([...isPositive, ...op.select], [1, 2, 0]),
  exp: { kind: 'own', body: exp },
  expm1: imported(math.expm1),
  log: imported(math.log),
  log1p: imported(math.log1p),
  sin: imported(math.sin),
  cos: imported(math.cos),
  tanh: imported(math.tanh),
  erf: imported(math.erf),
  pow: imported(math.pow),
};
