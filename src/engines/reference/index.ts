/**
 * The reference engine: float64, plain loops, one closure for each step. It defines the right results, and every other
 * engine is checked against it. It may be slow, and must stay simple.
 */
import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import * as math from '../../base/math.ts';
import type { Formula, Primitive } from '../../core/formula.ts';
import type { ContractStep, MapStep, Slot, Step } from '../../plan/plan.ts';
import { isShared } from '../../plan/slots.ts';
import { contraction, type Engine, letterStrides, longSum, offsets, type Program, partialSums } from '../engine.ts';
import { compileKernel } from './kernels.ts';
import { loopOver } from './loop.ts';

type Numbers = Float64Array;

/** One primitive over n elements; o, i, j and k are the start indices in the arrays. */
type Loop = (
  out: Numbers,
  o: number,
  a: Numbers,
  i: number,
  b: Numbers,
  j: number,
  c: Numbers,
  k: number,
  n: number,
) => void;

function unary(f: (a: number) => number): Loop {
  return (out, o, a, i, _b, _j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = f(a[i + e]);
  };
}

/** Simple primitives are written out, as a call would cost more than the arithmetic. */
const loops: Record<Primitive, Loop> = {
  add: (out, o, a, i, b, j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = a[i + e] + b[j + e];
  },
  sub: (out, o, a, i, b, j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = a[i + e] - b[j + e];
  },
  mul: (out, o, a, i, b, j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = a[i + e] * b[j + e];
  },
  div: (out, o, a, i, b, j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = a[i + e] / b[j + e];
  },
  neg: (out, o, a, i, _b, _j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = -a[i + e];
  },
  exp: unary(math.exp),
  expm1: unary(math.expm1),
  log: unary(math.log),
  log1p: unary(math.log1p),
  sqrt: unary(Math.sqrt),
  sin: unary(math.sin),
  cos: unary(math.cos),
  tanh: unary(math.tanh),
  max: (out, o, a, i, b, j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = Math.max(a[i + e], b[j + e]);
  },
  min: (out, o, a, i, b, j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = Math.min(a[i + e], b[j + e]);
  },
  abs: unary(Math.abs),
  floor: unary(Math.floor),
  erf: unary(math.erf),
  pow: (out, o, a, i, b, j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = math.pow(a[i + e], b[j + e]);
  },
  step: (out, o, a, i, _b, _j, _c, _k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = a[i + e] > 0 ? 1 : 0;
  },
  where: (out, o, a, i, b, j, c, k, n) => {
    for (let e = 0; e < n; e++) out[o + e] = a[i + e] > 0 ? b[j + e] : c[k + e];
  },
};

/** A map computes this many elements at a time, so that intermediate results stay in the nearest cache. */
const block = 256;

/** A value during a map: a whole tensor of the arena (it moves with the block), or a block of scratch memory. */
interface Operand {
  readonly numbers: Numbers;
  readonly moves: 0 | 1;
}

function compileMap(step: MapStep, inputs: Numbers[], outs: Numbers[]): () => void {
  const { letters, outputs } = step;
  const n = outputs[0].size;
  const width = Math.min(n, block);
  const scratch = () => new Float64Array(width);
  const work: ((start: number, count: number) => void)[] = [];
  const known = new Map<Formula, Operand>();
  const args = new Map<number, Operand>();

  const readArgument = (index: number): Operand => {
    const axes = letters.inputs[index];
    if (axes === letters.output) return { numbers: inputs[index], moves: 1 };
    const from = offsets(outputs[0].shape, letterStrides(letters.output, axes, step.inputs[index].shape));
    const into = scratch();
    work.push((start, count) => {
      for (let e = 0; e < count; e++) into[e] = inputs[index][from[start + e]];
    });
    return { numbers: into, moves: 0 };
  };

  const visit = (f: Formula, target?: Operand): Operand => {
    const before = known.get(f);
    if (before !== undefined) return before;
    let result: Operand;
    if (f.kind === 'constant') result = { numbers: scratch().fill(f.value), moves: 0 };
    else if (f.kind === 'argument') {
      result = args.get(f.index) ?? readArgument(f.index);
      args.set(f.index, result);
    } else {
      const a = visit(f.operands[0]);
      const b = f.operands.length > 1 ? visit(f.operands[1]) : a;
      const c = f.operands.length > 2 ? visit(f.operands[2]) : a;
      const loop = loops[f.primitive];
      const to = target ?? { numbers: scratch(), moves: 0 };
      work.push((start, count) =>
        loop(
          to.numbers,
          start * to.moves,
          a.numbers,
          start * a.moves,
          b.numbers,
          start * b.moves,
          c.numbers,
          start * c.moves,
          count,
        ),
      );
      result = to;
    }
    known.set(f, result);
    return result;
  };

  // an output may share the memory of an input that another formula reads, so several outputs are all written at the end
  const alone = step.formulas.length === 1;
  const results = step.formulas.map((formula) => visit(formula, alone ? { numbers: outs[0], moves: 1 } : undefined));
  results.forEach(({ numbers, moves }, i) => {
    const out = outs[i];
    if (numbers === out) return;
    work.push((start, count) => {
      for (let e = 0; e < count; e++) out[start + e] = numbers[start * moves + e];
    });
  });
  return () => {
    for (let start = 0; start < n; start += width) {
      const count = Math.min(width, n - start);
      for (let w = 0; w < work.length; w++) work[w](start, count);
    }
  };
}

function compileContract(step: ContractStep, inputs: Numbers[], out: Numbers): () => void {
  const { outer, inner } = contraction(step);
  const [a, b] = inputs;
  const [aOuter, bOuter] = outer;
  const [aInner, bInner] = inner;
  const terms = aInner.length;
  if (longSum(out.length, terms)) {
    const sums = new Float64Array(partialSums);
    return () => {
      sums.fill(0);
      for (let k = 0; k < terms; k++) {
        const first = a[aOuter[0] + aInner[k]];
        sums[k % partialSums] += b === undefined ? first : first * b[bOuter[0] + bInner[k]];
      }
      out[0] = 0;
      for (let j = 0; j < partialSums; j++) out[0] += sums[j];
    };
  }
  if (b === undefined) {
    return () => {
      for (let o = 0; o < out.length; o++) {
        let sum = 0;
        for (let k = 0; k < terms; k++) sum += a[aOuter[o] + aInner[k]];
        out[o] = sum;
      }
    };
  }
  return () => {
    for (let o = 0; o < out.length; o++) {
      const aStart = aOuter[o];
      const bStart = bOuter[o];
      let sum = 0;
      for (let k = 0; k < terms; k++) sum += a[aStart + aInner[k]] * b[bStart + bInner[k]];
      out[o] = sum;
    }
  };
}

/** Allocates memory for `count` numbers. Throws an InputError if there is not enough. */
function roomFor(count: number): Numbers {
  try {
    return new Float64Array(count);
  } catch {
    return fail({
      what: `not enough memory: training needs ${showBytes(8 * count)} at once, which could not be allocated`,
      where: ['training'],
      fix: 'Use smaller batches, fewer rows, or a smaller network; or free memory.',
    });
  }
}

function compileStep(step: Step, view: (slot: Slot) => Numbers): () => void {
  const inputs = step.inputs.map(view);
  const outs = step.outputs.map(view);
  switch (step.kind) {
    case 'map':
      return compileMap(step, inputs, outs);
    case 'contract':
      return compileContract(step, inputs, outs[0]);
    case 'kernel':
      return compileKernel(step, inputs, outs[0]);
  }
}

export const reference: Engine<Float64Array> = {
  name: 'reference',

  compileLoop(plans, spec) {
    const programs = this.compile(plans);
    return { programs, loop: loopOver(plans, programs, spec) };
  },

  compile(plans) {
    const shared = new Map<string, Numbers>();
    return plans.map((plan): Program<Float64Array> => {
      const arena = roomFor(plan.arenaSize);
      const places = new Map<number, Numbers>();
      const view = (slot: Slot): Numbers => {
        let numbers = places.get(slot.id);
        if (numbers === undefined) {
          const known = isShared(slot) ? shared.get(slot.name!) : undefined;
          numbers = known ?? arena.subarray(slot.offset, slot.offset + slot.size);
          places.set(slot.id, numbers);
        }
        return numbers;
      };
      for (const source of plan.sources) {
        const fresh = !(isShared(source) && shared.has(source.name!));
        const numbers = view(source);
        if (isShared(source) && fresh) shared.set(source.name!, numbers);
        if (!fresh || source.initial === undefined) continue;
        if (typeof source.initial === 'number') numbers.fill(source.initial);
        else numbers.set(source.initial);
      }
      const work = plan.steps.map((step) => compileStep(step, view));
      const updates = plan.updates.map(({ target, value }) => [view(target), view(value)] as const);
      const stepOnce = () => {
        for (let w = 0; w < work.length; w++) work[w]();
        for (let u = 0; u < updates.length; u++) {
          const [target, value] = updates[u];
          for (let e = 0; e < value.length; e++) target[e] = value[e];
        }
      };
      return {
        run(times = 1) {
          for (let t = 0; t < times; t++) stepOnce();
        },
        has: (at) => plan.names.has(at),
        view(at) {
          const slot = plan.names.get(at);
          if (slot === undefined) throw new Error(`the plan has no ${at}`);
          return view(slot);
        },
      };
    });
  },
};
