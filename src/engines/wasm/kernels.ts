/** The irregular ops as functions. */
import { philoxParts, streams } from '../../base/random.ts';
import type { Kernel, KernelName } from '../../core/op.ts';
import type { KernelStep } from '../../plan/plan.ts';
import type { Context, StepFunction } from './context.ts';
import { stepLocals } from './context.ts';
import { contractionFunction } from './contractions.ts';
import { type Code, i32, i64, int, long, op } from './encoder.ts';
import { scalars } from './lanes.ts';
import { advance, type Local, repeat } from './writer.ts';

const kernels: {
  [N in KernelName]: (kernel: Extract<Kernel, { name: N }>, step: KernelStep, context: Context) => StepFunction;
} = {
  // a contraction whose sum is the larger of two
  rowMaximum: (_kernel, { inputs, outputs: [output] }, context) =>
    contractionFunction(
      {
        letters: { inputs: ['rc'], output: 'r' },
        inputs,
        output,
        start: Number.NEGATIVE_INFINITY,
        combine: (lanes, most, each) => lanes.max(most, each),
      },
      context,
    ),
  uniform,
};

export function kernelFunction(step: KernelStep, context: Context): StepFunction {
  const write = kernels[step.kernel.name] as (kernel: Kernel, step: KernelStep, context: Context) => StepFunction;
  return write(step.kernel, step, context);
}

const word = (value: number): Code => int(value | 0);
const shifted = (value: Code, places: number): Code => [value, int(places), op['i32.shr_u']];
const exclusive = (a: Code, b: Code, c: Code): Code => [a, b, op['i32.xor'], c, op['i32.xor']];

/** Base's Philox, its rounds written out. Float64 draws have 53 bits, as base's; float32 draws the 24 that fit. */
function uniform(
  { seed, lane }: Extract<Kernel, { name: 'uniform' }>,
  { inputs: [, sequence], outputs: [output] }: KernelStep,
  context: Context,
): StepFunction {
  const { locals } = stepLocals();
  const { multipliers, keys, rounds } = philoxParts;
  const [low, high] = [locals.add(i32), locals.add(i32)];
  const count = locals.add(i64);
  const pair = locals.add(i32);
  const at = locals.add(i32);
  let words: Local[] = Array.from({ length: 4 }, () => locals.add(i32));
  const products = [locals.add(i64), locals.add(i64)];
  const upper = (product: Local): Code => [product.get, long(32), op['i64.shr_u'], op['i32.wrap_i64']];
  const lower = (product: Local): Code => [product.get, op['i32.wrap_i64']];

  const draw: Code[] = [words[0].set(pair.get), words[1].set(low.get), words[2].set(high.get), words[3].set(int(0))];
  for (let round = 0; round < rounds; round++) {
    const key = [seed >>> 0, streams.dropout].map((start, i) => word((start + round * keys[i]) % 2 ** 32));
    const [a, b, c, d] = words;
    draw.push(
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
    words = [a, b, c, d];
  }
  const numbers = scalars[context.width];
  const float = (whole: Code): Code => [whole, op['f64.convert_i32_u']];
  const value = (upperWord: Local, lowerWord: Local): Code => {
    if (numbers.width === 4) {
      return numbers.mul([shifted(upperWord.get, 8), op['f32.convert_i32_u']], numbers.constant(2 ** -24));
    }
    const { add, mul, constant } = numbers;
    const upperPart = mul(float(shifted(upperWord.get, 5)), constant(2 ** 26));
    return mul(add(upperPart, float(shifted(lowerWord.get, 6))), constant(2 ** -53));
  };
  const address = context.address(output);
  const [a, b, c, d] = words;
  return {
    chunks: 1,
    body: locals.body([
      // the number of the sequence: the update's, and above it the lane
      count.set([scalars[8].load(int(0), context.address(sequence)), op['i64.trunc_f64_u']]),
      low.set(lower(count)),
      high.set([upper(count), word(lane), op['i32.add']]),
      pair.set(int(0)),
      at.set(int(0)),
      // an odd last one is followed by one that falls into the rounding of places
      repeat(locals, Math.ceil(output.size / 2), [
        draw,
        numbers.store(at.get, address, value(a, b)),
        numbers.store(at.get, address + numbers.width, value(c, d)),
        advance(pair, 1),
        advance(at, 2 * numbers.width),
      ]),
    ]),
  };
}
