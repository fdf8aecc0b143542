/**
 * Maps: one loop over the elements, several numbers at a time, for all formulas of a step. All inputs of an element
 * are read before its outputs are written, so that an output may share the memory of an input.
 */
import { formulaSize } from '../../core/formula.ts';
import type { MapStep } from '../../plan/plan.ts';
import { letterStrides } from '../engine.ts';
import { type Axes, collapse } from './axes.ts';
import { type Context, type StepFunction, stepLocals } from './context.ts';
import { type Code, i32, int, op, storeLane } from './encoder.ts';
import { Formulas, type Level } from './formulas.ts';
import { scalars, vectors } from './lanes.ts';
import { spreadOut } from './spread.ts';
import { atMost, type Local, type Locals, plus, times, whileBelow } from './writer.ts';

/** The elements of a chunk: a thread takes this many at a time. */
const chunkElements = 1024;

/** How an input is read: how often it changes, its start, and its stride from row to row, in bytes. */
interface Operand {
  readonly level: Level;
  readonly address: number;
  readonly wide: boolean;
  readonly rowStride: number;
}

export function mapFunction(step: MapStep, context: Context): StepFunction {
  const { width } = context;
  const lanes = vectors[width];
  const [output] = step.outputs;
  const operations = formulaSize(step.formulas);
  const { locals, from, to } = stepLocals();
  const { axes, addresses, before } = lay(step, context, locals);
  const rows = axes.lengths.length === 2;
  const operands = step.inputs.map((slot, i): Operand => {
    const strides = axes.strides[i + 1];
    const along = strides[strides.length - 1] ?? 0;
    const rowStride = rows ? strides[0] * width : 0;
    const level = along !== 0 ? 2 : rowStride !== 0 ? 1 : 0;
    return { level, address: addresses[i], wide: context.isWide(slot), rowStride };
  });

  /** The start of a row and the loop's position in it, for each stride from row to row. */
  const bases = new Map<number, Local>();
  const places = new Map<number, Local>();
  const own = rows ? axes.strides[0][0] * width : 0;
  const base = (stride: number) => (stride === 0 ? int(0) : bases.get(stride)!.get);
  const formulas = new Formulas(step.formulas, {
    locals,
    lanes,
    levels: operands.map(({ level }) => level),
    fast: context.fast,
    call: context.call,
    load(index) {
      const { level, address, wide, rowStride } = operands[index];
      if (level === 2) return lanes.load(places.get(rowStride)!.get, address);
      if (level === 1) return lanes.loadOne(base(rowStride), address);
      if (wide || width === 8) return scalars[8].load(int(0), address);
      return [scalars[4].load(int(0), address), op['f64.promote_f32']];
    },
  });
  /**
   * The running mean of a value that became 0 decays into subnormal numbers and stays there, and processors are slow with
   * these: a network with many dead units takes a third longer. In float32, a state below 2^-126 is set to 0.
   */
  const normalOrZero = (result: Code): Code => {
    const value = locals.add(lanes.type);
    const tiny = lanes.lt(lanes.abs(value.get), lanes.constant(2 ** -126));
    return [value.set(result), lanes.bitAnd(value.get, lanes.not(tiny))];
  };
  /** Computes one vector of each output, or its first few numbers. */
  const element = (count = lanes.count): Code => {
    const { code, results } = formulas.elements();
    const at = places.get(own)!.get;
    return [
      code,
      step.outputs.map((slot, i) => {
        const address = context.address(slot);
        const result = width === 4 && context.isState(slot) ? normalOrZero(results[i]) : results[i];
        if (count === lanes.count) return lanes.store(at, address, result);
        const value = locals.add(lanes.type);
        return [
          value.set(result),
          Array.from({ length: count }, (_, lane) => [at, value.get, storeLane(width, lane, address + lane * width)]),
        ];
      }),
    ];
  };

  if (axes.lengths.length === 0) {
    const { code, results } = formulas.once();
    const held = results.map(() => locals.add(scalars[8].type));
    const stores = step.outputs.map((slot, i) => {
      const value = held[i].get;
      const address = context.address(slot);
      if (width === 8 || context.isWide(slot)) return scalars[8].store(int(0), address, value);
      return scalars[4].store(int(0), address, [value, op['f32.demote_f64']]);
    });
    return { chunks: 1, cost: 1, body: locals.body([code, results.map((result, i) => held[i].set(result)), stores]) };
  }

  // inputs that are spread out are spread out for all chunks
  const whole = before.length > 0;
  const at = locals.add(i32);
  const end = locals.add(i32);
  const range = (chunk: number, limit: number): Code => [
    at.set(whole ? int(0) : times(from.get, chunk)),
    end.set(whole ? int(limit) : times(to.get, chunk)),
    end.set(atMost(end, limit)),
  ];
  if (!rows) {
    places.set(0, at);
    const bytes = Math.ceil((axes.lengths[0] * width) / 16) * 16;
    const chunk = chunkElements * width;
    return {
      chunks: whole ? 1 : Math.ceil(bytes / chunk),
      cost: output.size * operations,
      body: locals.body([
        before,
        formulas.prepare(0),
        range(chunk, bytes),
        whileBelow(at, end.get, element(), at.set(plus(at.get, 16))),
      ]),
    };
  }

  const [count, length] = axes.lengths;
  const chunk = Math.max(1, Math.floor(chunkElements / length));
  for (const stride of [own, ...operands.map(({ rowStride }) => rowStride)]) {
    if (stride !== 0 && !bases.has(stride)) bases.set(stride, locals.add(i32));
  }
  for (const stride of [0, own, ...operands.filter(({ level }) => level === 2).map((each) => each.rowStride)]) {
    if (!places.has(stride)) places.set(stride, locals.add(i32));
  }
  const full = Math.floor(length / lanes.count);
  const move = (moved: ReadonlyMap<number, Local>, by: (stride: number) => number): Code =>
    [...moved].map(([stride, local]) => local.set(plus(local.get, by(stride))));
  // first, as rows and elements read it
  const once = formulas.prepare(0);
  const row: Code = [
    formulas.prepare(1),
    [...places].map(([stride, local]) => local.set(base(stride))),
    whileBelow(
      places.get(0)!,
      int(full * 16),
      element(),
      move(places, () => 16),
    ),
    length % lanes.count > 0 ? element(length % lanes.count) : [],
  ];
  return {
    chunks: whole ? 1 : Math.ceil(count / chunk),
    cost: output.size * operations,
    body: locals.body([
      before,
      once,
      range(chunk, count),
      [...bases].map(([stride, local]) => local.set(times(at.get, stride))),
      whileBelow(at, end.get, row, [at.set(plus(at.get, 1)), move(bases, (stride) => stride)]),
    ]),
  };
}

/** The axes of the loop, at most two, and where each input starts: spread out first, where no loop of vectors walks it. */
function lay(step: MapStep, context: Context, locals: Locals): { axes: Axes; addresses: number[]; before: Code[] } {
  const { width } = context;
  const { letters, inputs, outputs } = step;
  const strides = [letters.output, ...letters.inputs].map((axes, i) =>
    letterStrides(letters.output, axes, (i === 0 ? outputs[0] : inputs[i - 1]).shape),
  );
  const axes = collapse({ lengths: outputs[0].shape, strides });
  const addresses = inputs.map((slot) => context.address(slot));
  const before: Code[] = [];
  const [own] = axes.strides;
  const { count } = vectors[width];
  const [, length] = axes.lengths;
  // if all inputs have the shape of the output, short rows become one long row of vectors
  const rows = axes.lengths.length === 2 && (length % count === 0 || length >= 4 * count);
  const laid = axes.strides.map((along, i) => {
    if (i === 0 || along.every((stride) => stride === 0)) return along;
    if (rows ? along[1] <= 1 : along.every((stride, axis) => stride === own[axis])) return along;
    const target = context.scratch(outputs[0].size * width + 16);
    before.push(spreadOut(locals, width, { lengths: axes.lengths, strides: [own, along] }, addresses[i - 1], target));
    addresses[i - 1] = target;
    return own;
  });
  const spread = { lengths: axes.lengths, strides: laid };
  return { axes: rows ? spread : collapse(spread), addresses, before };
}
