/** What the generator of a step's code can ask about the module. */
import type { Primitive } from '../../core/formula.ts';
import type { Slot } from '../../plan/plan.ts';
import type { Code, FunctionBody } from './encoder.ts';
import { i32 } from './encoder.ts';
import type { Lanes } from './lanes.ts';
import { Locals } from './writer.ts';

export interface Context {
  /** The bytes of one number of the plan. */
  readonly width: 4 | 8;
  /** The address of a slot, in bytes. */
  address(slot: Slot): number;
  /** Whether a slot is a float64 also in a float32 plan: rates, counts, and scalars computed only from these. */
  isWide(slot: Slot): boolean;
  /** Whether a slot holds the next value of a state, such as a running mean. */
  isState(slot: Slot): boolean;
  /** Reserves scratch memory for the step while it runs. Returns its address, in bytes. */
  scratch(bytes: number): number;
  /** The offset that a thread adds to scratch addresses, so that threads do not share scratch memory. */
  readonly threadBase: Code;
  /** Whether faster code may round differently (`fast`), and round sums of products once a term (`fused`). */
  readonly fast: boolean;
  readonly fused: boolean;
  /** A call of an elementary function; its operands are on the stack. */
  call(primitive: Primitive, lanes: Lanes): Code;
}

/** A step as a function of two integers: it computes the chunks from the first up to, but not including, the second. */
export interface StepFunction {
  readonly body: FunctionBody;
  readonly chunks: number;
  /** About how many arithmetic operations it takes. */
  readonly cost: number;
}

/** The locals of a step's function; its two parameters are `from` and `to`. */
export function stepLocals() {
  const locals = new Locals([i32, i32]);
  return { locals, from: locals.parameter(0), to: locals.parameter(1) };
}
