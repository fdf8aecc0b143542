/** The irregular ops as functions. */
import { philoxParts, streams } from '../../base/random.ts';
import type { Kernel, KernelName } from '../../core/op.ts';
import type { KernelStep } from '../../plan/plan.ts';
import type { Context, StepFunction } from './context.ts';
import { stepLocals } from './context.ts';
import { contractionFunction } from './contractions.ts';
import { type Code, i32, i64, int, long, memoryClear, memoryCopy, number, op } from './encoder.ts';
import { type Lanes, scalars, vectors } from './lanes.ts';
import { advance, type Local, type Locals, plus, repeat, times, when, whileBelow } from './writer.ts';

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
        combine: (lanes, most, [each]) => lanes.max(most, each),
      },
      context,
    ),
  uniform,
  gather,
  scatterAdd,
};

export function kernelFunction(step: KernelStep, context: Context): StepFunction {
  const write = kernels[step.kernel.name] as (kernel: Kernel, step: KernelStep, context: Context) => StepFunction;
  return write(step.kernel, step, context);
}

/** The address of the row of a table that the number at an address stands for, from the table's start: core's `rowOf`. */
function rowAt(address: Code, offset: number, size: number, bytes: number, width: 4 | 8): Code {
  const { load } = scalars[width];
  const wide = scalars[8];
  const value: Code = width === 8 ? load(address, offset) : [load(address, offset), op['f64.promote_f32']];
  const within = wide.min(wide.max(value, number(0)), number(size - 1));
  // NaN becomes 0
  return times([within, op['i32.trunc_sat_f64_u']], bytes);
}

/** `each` at every offset of a row, as vectors and then numbers; a long row in turns, the pointers moved on. */
function alongRow(
  locals: Locals,
  width: 4 | 8,
  numbers: number,
  pointers: readonly Local[],
  each: (lanes: Lanes, offset: number) => Code,
): Code {
  const vector = vectors[width];
  const perTurn = 8 * vector.count;
  const turns = numbers > 2 * perTurn ? Math.floor(numbers / perTurn) : 0;
  const stretch = (count: number): Code => {
    const code: Code[] = [];
    let done = 0;
    for (; done + vector.count <= count; done += vector.count) code.push(each(vector, done * width));
    for (; done < count; done++) code.push(each(scalars[width], done * width));
    return code;
  };
  const moved = (by: number): Code => pointers.map((pointer) => advance(pointer, by));
  return [
    turns === 0 ? [] : repeat(locals, turns, [stretch(perTurn), moved(perTurn * width)]),
    stretch(numbers - turns * perTurn),
  ];
}

function gather(
  { parts }: Extract<Kernel, { name: 'gather' }>,
  { inputs: [rows, ...tables], outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const { locals, from, to } = stepLocals();
  const [at, end, into, source] = [0, 1, 2, 3].map(() => locals.add(i32));
  const [batch, columns] = rows.shape;
  const [, all] = output.shape;
  const code: Code[] = [];
  for (const part of parts) {
    const { load, store } = scalars[width];
    if (part.table === undefined) {
      code.push(store(into.get, 0, load(at.get, part.column * width)), advance(into, width));
      continue;
    }
    const bytes = part.width * width;
    const table = address(tables[part.table]);
    const whole = Math.floor((part.width * width) / 16);
    code.push(
      source.set(plus(rowAt(at.get, part.column * width, part.size, bytes, width), table)),
      whole > 16
        ? memoryCopy(into.get, source.get, int(bytes))
        : alongRow(locals, width, part.width, [], (lanes, offset) =>
            lanes.store(into.get, offset, lanes.load(source.get, offset)),
          ),
      advance(into, bytes),
    );
  }
  const limit = plus(times(to.get, columns * width), address(rows));
  return {
    chunks: batch,
    cost: 2 * batch * all,
    body: locals.body([
      at.set(plus(times(from.get, columns * width), address(rows))),
      into.set(plus(times(from.get, all * width), address(output))),
      end.set(limit),
      whileBelow(at, end.get, code, advance(at, columns * width)),
    ]),
  };
}

/** Threads share the rows of the table: each goes over the whole batch in order, so that a sum does not depend on them. */
function scatterAdd(
  { column, at: start, size, width: numbers }: Extract<Kernel, { name: 'scatterAdd' }>,
  { inputs: [rows, g], outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const { locals, from, to } = stepLocals();
  const [at, end, source, into, added] = [0, 1, 2, 3, 4].map(() => locals.add(i32));
  const [batch, columns] = rows.shape;
  const [, all] = g.shape;
  const bytes = numbers * width;
  const add = alongRow(locals, width, numbers, [into, added], (lanes, offset) =>
    lanes.store(into.get, offset, lanes.add(lanes.load(into.get, offset), lanes.load(added.get, offset))),
  );
  const isOurs: Code = [
    [times(from.get, bytes), into.get, op['i32.le_s']],
    [into.get, times(to.get, bytes), op['i32.lt_s']],
    op['i32.and'],
  ];
  return {
    chunks: size,
    cost: size * numbers + 2 * batch * numbers,
    body: locals.body([
      memoryClear(plus(times(from.get, bytes), address(output)), [
        times(to.get, bytes),
        times(from.get, bytes),
        op['i32.sub'],
      ]),
      at.set(int(address(rows))),
      end.set(int(address(rows) + batch * columns * width)),
      source.set(int(address(g) + start * width)),
      whileBelow(
        at,
        end.get,
        [
          into.set(rowAt(at.get, column * width, size, bytes, width)),
          when(isOurs, [into.set(plus(into.get, address(output))), added.set(source.get), add]),
        ],
        [advance(at, columns * width), advance(source, all * width)],
      ),
    ]),
  };
}

const word = (value: number): Code => int(value | 0);
const shifted = (value: Code, places: number): Code => [value, int(places), op['i32.shr_u']];
const exclusive = (a: Code, b: Code, c: Code): Code => [a, b, op['i32.xor'], c, op['i32.xor']];

/** The four words of a counter, and what ten rounds make of them. */
export type Words = readonly [Local, Local, Local, Local];

/**
 * Base's Philox, its rounds written out: the code of a draw at a counter, and the two uniforms that come of it. Float64
 * draws have 53 bits, as base's; float32 draws the 24 that fit.
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

function uniform(
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
      // the number of the sequence: the update's, and above it the lane
      count.set([scalars[8].load(int(0), context.address(sequence)), op['i64.trunc_f64_u']]),
      low.set(lower(count)),
      high.set([upper(count), word(lane), op['i32.add']]),
      pair.set(int(0)),
      at.set(int(0)),
      // an odd last one is followed by one that falls into the rounding of places
      repeat(locals, Math.ceil(output.size / 2), [
        code(pair.get, low.get, high.get),
        uniforms.map((value, i) => numbers.store(at.get, address + i * numbers.width, value)),
        advance(pair, 1),
        advance(at, 2 * numbers.width),
      ]),
    ]),
  };
}
