/** How the elementary functions are written down: values in locals, without branches, for one number or several. */
import type { Code, FunctionBody } from '../encoder.ts';
import type { Lanes } from '../lanes.ts';
import { Locals } from '../writer.ts';

export const elementaryNames = ['exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tanh', 'erf', 'pow'] as const;
export type ElementaryName = (typeof elementaryNames)[number];

/** The function that is being written, over one kind of number. */
export interface Writing {
  readonly lanes: Lanes;
  /** Computes a value once; what is returned reads it. */
  let(value: Code): Code;
  /** Calls another function of the same kind of number. */
  call(name: ElementaryName, ...operands: Code[]): Code;
}

/** Writes a function: from its operands to what leaves its result. */
export type Write = (writing: Writing, ...operands: Code[]) => Code;

export function functionOf(write: Write, lanes: Lanes, callOf: (name: ElementaryName) => Code): FunctionBody {
  const arity = write.length - 1;
  const locals = new Locals(new Array(arity).fill(lanes.type));
  const statements: Code[] = [];
  const writing: Writing = {
    lanes,
    let(value) {
      const local = locals.add(lanes.type);
      statements.push(local.set(value));
      return local.get;
    },
    call: (name, ...operands) => [...operands, callOf(name)],
  };
  const operands = Array.from({ length: arity }, (_, i) => locals.parameter(i).get);
  const result = write(writing, ...operands);
  return locals.body([statements, result], [lanes.type]);
}

/** Horner's rule, the constant term first. */
export function polynomial({ lanes }: Writing, x: Code, coefficients: readonly number[]): Code {
  const [last, ...rest] = coefficients.toReversed();
  return rest.reduce<Code>((sum, c) => lanes.add(lanes.constant(c), lanes.mul(x, sum)), lanes.constant(last));
}

/** Bits of the fraction, and what is added to an exponent before it is written down. */
const layout = { 4: { fraction: 23, bias: 127 }, 8: { fraction: 52, bias: 1023 } } as const;

/**
 * 2^k for a whole k of a normal float. In the float 2^fraction + bias + k the lowest bits are bias + k, which is the
 * exponent's field: shifted into its place, all other bits fall off the end.
 */
export function powerOfTwo({ lanes }: Writing, k: Code): Code {
  const { fraction, bias } = layout[lanes.width];
  return lanes.shiftLeft(lanes.add(k, lanes.constant(2 ** fraction + bias)), fraction);
}

/** y·2^k, rounded once, where k may be beyond the exponents of normal floats: in two halves. */
export function scaled(writing: Writing, y: Code, k: Code): Code {
  const { lanes } = writing;
  const half = writing.let(lanes.floor(lanes.mul(k, lanes.constant(0.5))));
  return lanes.mul(lanes.mul(y, powerOfTwo(writing, half)), powerOfTwo(writing, lanes.sub(k, half)));
}

/** x > 0 as m·2^k with m in [√½, √2): f = m - 1, and k. Subnormal numbers too. */
export function taken(writing: Writing, x: Code, root: number): { readonly f: Code; readonly k: Code } {
  const { lanes } = writing;
  const { fraction, bias } = layout[lanes.width];
  const c = lanes.constant;
  const smallest = 2 ** (1 - bias);
  const lift = fraction + 2;
  const subnormal = lanes.lt(x, c(smallest));
  const normal = writing.let(lanes.select(subnormal, lanes.mul(x, c(2 ** lift)), x));
  const m = writing.let(lanes.bitOr(lanes.bitAnd(normal, lanes.bits(2 ** fraction - 1)), c(1)));
  const large = lanes.le(c(root), m);
  // the exponent's field as the lowest bits of 2^fraction + field
  const field = lanes.sub(lanes.bitOr(lanes.shiftRight(normal, fraction), c(2 ** fraction)), c(2 ** fraction));
  const exponent = lanes.sub(field, c(bias));
  const raised = lanes.add(exponent, lanes.indicator(large));
  const k = writing.let(lanes.sub(raised, lanes.mul(lanes.indicator(subnormal), c(lift))));
  const f = writing.let(lanes.sub(lanes.select(large, lanes.mul(m, c(0.5)), m), c(1)));
  return { f, k };
}

/** The size of y with the sign of x. */
export function withSignOf({ lanes }: Writing, x: Code, y: Code): Code {
  return lanes.bitOr(y, lanes.bitAnd(x, lanes.constant(-0)));
}
