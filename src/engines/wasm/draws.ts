/** Random numbers as code: the counter-based generator of `base/random.ts`. */
import { philoxParts, streams } from '../../base/random.ts';
import type { Kernel } from '../../core/ops/kernels.ts';
import type { KernelStep } from '../../plan/plan.ts';
import type { Context, StepFunction } from './context.ts';
import { stepLocals } from './context.ts';
import { type Code, i32, i64, int, long, op } from './encoder.ts';
import { type Lanes, scalars } from './lanes.ts';
import { advance, type Local, type Locals, repeat } from './writer.ts';

const word = (value: number): Code => int(value | 0);
const shifted = (value: Code, places: number): Code => [value, int(places), op['i32.shr_u']];
const exclusive = (a: Code, b: Code, c: Code): Code => [a, b, op['i32.xor'], c, op['i32.xor']];

/** The four words of a counter, which ten rounds transform. */
export type Words = readonly [Local, Local, Local, Local];

/**
 * The Philox generator of `base/random.ts` with its rounds written out: the code of a draw at a counter, and its two uniform
 * numbers. Float64 numbers have 53 random bits, as in `base`; float32 numbers have the 24 bits that fit.
 */
export function drawPair(
  locals: Locals,
  words: Words,
  seed: number,
  stream: number,
  numbers: Lanes,
): { readonly code: (pair: Code, low: Code, high: Code) => Code; readonly uniforms: readonly [Code, Code] } {
  const { multipliers, keys, rounds } = philoxParts;
  const products = [locals.add(i64), locals.add(i64)];
  const [a, b, c, d] = words;
  const turns: Code[] = [];
  for (let round = 0; round < rounds; round++) {
    const key = [seed >>> 0, stream].map((start, i) => word((start + round * keys[i]) % 2 ** 32));
    turns.push(
      [a, c].map((each, i) =>
        products[i].set([
          [word(multipliers[i]), op['i64.extend_i32_u']],
          [each.get, op['i64.extend_i32_u']],
          op['i64.mul'],
        ]),
      ),
      a.set(exclusive(upper(products[1]), b.get, key[0])),
      c.set(exclusive(upper(products[0]), d.get, key[1])),
      b.set(lower(products[1])),
      d.set(lower(products[0])),
    );
  }
  const float = (whole: Code): Code => [whole, op['f64.convert_i32_u']];
  const uniformOf = (first: Local, second: Local): Code => {
    const { add, mul, constant } = numbers;
    if (numbers.width === 4) return mul([shifted(first.get, 8), op['f32.convert_i32_u']], constant(2 ** -24));
    const upperPart = mul(float(shifted(first.get, 5)), constant(2 ** 26));
    return mul(add(upperPart, float(shifted(second.get, 6))), constant(2 ** -53));
  };
  return {
    code: (pair, low, high) => [a.set(pair), b.set(low), c.set(high), d.set(int(0)), turns],
    uniforms: [uniformOf(a, b), uniformOf(c, d)],
  };
}

const upper = (product: Local): Code => [product.get, long(32), op['i64.shr_u'], op['i32.wrap_i64']];
const lower = (product: Local): Code => [product.get, op['i32.wrap_i64']];

export function uniform(
  { seed, lane }: Extract<Kernel, { name: 'uniform' }>,
  { inputs: [, sequence], outputs: [output] }: KernelStep,
  context: Context,
): StepFunction {
  const { locals } = stepLocals();
  const [low, high, pair, at] = [0, 1, 2, 3].map(() => locals.add(i32));
  const count = locals.add(i64);
  const words = [0, 1, 2, 3].map(() => locals.add(i32)) as unknown as Words;
  const numbers = scalars[context.width];
  const { code, uniforms } = drawPair(locals, words, seed, streams.dropout, numbers);
  const address = context.address(output);
  return {
    chunks: 1,
    cost: output.size,
    body: locals.body([
      // the sequence number: the number of the update, and the lane above it
      count.set([scalars[8].load(int(0), context.address(sequence)), op['i64.trunc_f64_u']]),
      low.set(lower(count)),
      high.set([upper(count), word(lane), op['i32.add']]),
      pair.set(int(0)),
      at.set(int(0)),
      // after an odd count, the second number goes into the padding of the slot
      repeat(locals, Math.ceil(output.size / 2), [
        code(pair.get, low.get, high.get),
        uniforms.map((value, i) => numbers.store(at.get, address + i * numbers.width, value)),
        advance(pair, 1),
        advance(at, 2 * numbers.width),
      ]),
    ]),
  };
}
