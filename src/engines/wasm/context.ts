/** What a step's code may ask about the module that it becomes a part of. */
import type { Primitive } from '../../core/formula.ts';
import type { Slot } from '../../plan/plan.ts';
import type { Code, FunctionBody } from './encoder.ts';
import { i32 } from './encoder.ts';
import type { Lanes } from './lanes.ts';
import { Locals } from './writer.ts';

export interface Context {
  /** Bytes of a number of the plan. */
  readonly width: 4 | 8;
  /** Where a slot begins, in bytes. */
  address(slot: Slot): number;
  /** Whether a slot is a float64 also in a plan of float32: rates, counts and what follows from them alone. */
  isWide(slot: Slot): boolean;
  /** Whether a slot holds the next value of a state, such as a running mean. */
  isState(slot: Slot): boolean;
  /** Room that is the step's alone while it runs; where it begins, in bytes. */
  scratch(bytes: number): number;
  /** What a thread adds to the addresses of scratch that it uses side by side with others. */
  readonly threadBase: Code;
  /** Whether what rounds otherwise may be computed where that is quicker; and sums of products with one rounding a term. */
  readonly fast: boolean;
  readonly fused: boolean;
  /** The call of an elementary function, its operands before it. */
  call(primitive: Primitive, lanes: Lanes): Code;
}

/** A step as a function of two whole numbers: it does the chunks of its work from the first up to, not with, the second. */
export interface StepFunction {
  readonly body: FunctionBody;
  readonly chunks: number;
  /** Operations on numbers, about. */
  readonly cost: number;
}

/** The locals of a step's function; its two parameters are `from` and `to`. */
export function stepLocals() {
  const locals = new Locals([i32, i32]);
  return { locals, from: locals.parameter(0), to: locals.parameter(1) };
}
