/**
 * Unrolls a plan: each element of each tensor becomes one scalar, computed from others by one primitive. Each value uses the
 * reference engine's order of operations. Equal scalars are merged, which changes no bit.
 */

import { ravel, type Shape, size, unravel } from '../../base/shape.ts';
import { type Formula, formulaSize, type Primitive, primitives } from '../../core/formula.ts';
import type { Kernel, KernelName } from '../../core/ops/kernels.ts';
import type { ContractStep, MapStep, Plan, Slot, Step } from '../../plan/plan.ts';
import { contraction, letterLengths, letterStrides, longSum, offsets, partialSums } from '../engine.ts';

export type Scalar =
  | { readonly kind: 'constant'; readonly value: number }
  /** An element of a source, by its offset in the plan's arena. */
  | { readonly kind: 'source'; readonly at: number }
  | Applied;

export interface Applied {
  readonly kind: 'apply';
  readonly primitive: Primitive;
  readonly operands: readonly Scalar[];
}

export interface Scalars {
  /** The computed scalars, each after its operands. */
  readonly order: readonly Applied[];
  /** The values of kept slots, by offset in the arena, without sources. */
  readonly kept: readonly { readonly at: number; readonly value: Scalar }[];
  /** The new values of sources, by offset in the arena. */
  readonly updates: readonly { readonly at: number; readonly value: Scalar }[];
}

/** Makes scalars, each once. */
export class Builder {
  readonly order: Applied[] = [];
  private readonly ids = new Map<Scalar, number>();
  private readonly known = new Map<string, Scalar>();

  private once(key: string, make: () => Scalar): Scalar {
    let scalar = this.known.get(key);
    if (scalar === undefined) {
      scalar = make();
      this.known.set(key, scalar);
      this.ids.set(scalar, this.ids.size);
      if (scalar.kind === 'apply') this.order.push(scalar);
    }
    return scalar;
  }

  constant(value: number): Scalar {
    return this.once(Object.is(value, -0) ? '-0' : String(value), () => ({ kind: 'constant', value }));
  }

  source(at: number): Scalar {
    return this.once(`@${at}`, () => ({ kind: 'source', at }));
  }

  apply(primitive: Primitive, ...operands: Scalar[]): Scalar {
    if (operands.every((operand) => operand.kind === 'constant')) {
      const compute: (...operands: number[]) => number = primitives[primitive];
      return this.constant(compute(...operands.map(({ value }) => value)));
    }
    const key = `${primitive} ${operands.map((operand) => this.ids.get(operand)).join(' ')}`;
    return this.once(key, () => ({ kind: 'apply', primitive, operands }));
  }
}

type Elements = readonly Scalar[];

function unrollMap(build: Builder, step: MapStep, inputs: readonly Elements[]): Elements[] {
  const { letters, formulas, outputs } = step;
  const [{ shape, size }] = outputs;
  const places = letters.inputs.map((axes, i) =>
    offsets(shape, letterStrides(letters.output, axes, step.inputs[i].shape)),
  );
  const results = formulas.map((): Scalar[] => []);
  for (let element = 0; element < size; element++) {
    const done = new Map<Formula, Scalar>();
    const visit = (f: Formula): Scalar => {
      if (f.kind === 'constant') return build.constant(f.value);
      if (f.kind === 'argument') return inputs[f.index][places[f.index][element]];
      const scalar = done.get(f) ?? build.apply(f.primitive, ...f.operands.map(visit));
      done.set(f, scalar);
      return scalar;
    };
    formulas.forEach((f, i) => {
      results[i].push(visit(f));
    });
  }
  return results;
}

function unrollContract(build: Builder, step: ContractStep, inputs: readonly Elements[]): Elements {
  const { outer, inner } = contraction(step);
  const [{ size }] = step.outputs;
  const terms = inner[0].length;
  const turns = longSum(size, terms) ? partialSums : 1;
  return Array.from({ length: size }, (_, o) => {
    const sums = new Array<Scalar>(turns).fill(build.constant(0));
    for (let k = 0; k < terms; k++) {
      const factors = inputs.map((elements, i) => elements[outer[i][o] + inner[i][k]]);
      const term = factors.length === 1 ? factors[0] : build.apply('mul', ...factors);
      sums[k % turns] = build.apply('add', sums[k % turns], term);
    }
    return turns === 1 ? sums[0] : sums.reduce((total, each) => build.apply('add', total, each), build.constant(0));
  });
}

const elements = (shape: Shape, each: (index: number[]) => Scalar): Elements =>
  Array.from({ length: size(shape) }, (_, e) => each(unravel(e, shape)));

/** How each kernel unrolls, or why it cannot. */
export const kernels: {
  [N in KernelName]:
    | string
    | ((
        build: Builder,
        kernel: Extract<Kernel, { name: N }>,
        inputs: readonly Elements[],
        output: Slot,
        shapes: readonly Shape[],
      ) => readonly Scalar[]);
} = {
  rowMaximum: (build, _kernel, [rows], output) => {
    const width = rows.length / output.size;
    return Array.from({ length: output.size }, (_, r) =>
      rows
        .slice(r * width, (r + 1) * width)
        .reduce((most, value) => build.apply('max', most, value), build.constant(Number.NEGATIVE_INFINITY)),
    );
  },
  uniform: 'it uses random numbers',
  columnGather: 'which rows of a table it reads depends on the data',
  columnScatterAdd: 'which rows of a table it adds to depends on the data',
  gather: 'which rows of a table it reads depends on the data',
  scatterAdd: 'which rows of a table it adds to depends on the data',
  reshape: (_build, _kernel, [input]) => input,
  slice: (_build, { axis, start }, [input], output, [shape]) =>
    elements(output.shape, (index) => input[ravel(index.with(axis, index[axis] + start), shape)]),
  pad: (build, { axis, start }, [input], output, [shape]) =>
    elements(output.shape, (index) => {
      const from = index[axis] - start;
      return from < 0 || from >= shape[axis] ? build.constant(0) : input[ravel(index.with(axis, from), shape)];
    }),
  concat: (_build, { axis }, inputs, output, shapes) =>
    elements(output.shape, (index) => {
      let [from, input] = [index[axis], 0];
      while (from >= shapes[input][axis]) from -= shapes[input++][axis];
      return inputs[input][ravel(index.with(axis, from), shapes[input])];
    }),
  spmm: 'the positions of its entries are read from memory',
  sampledProduct: 'the positions of its entries are read from memory',
};

/** The maximum number of scalar operations of an unrolled step; a copied element counts as one. */
function stepSize(step: Step): number {
  switch (step.kind) {
    case 'map': {
      return step.outputs[0].size * Math.max(step.formulas.length, formulaSize(step.formulas));
    }
    case 'contract':
      return [...letterLengths(step.letters, step.inputs).values()].reduce((a, b) => a * b, step.inputs.length);
    case 'kernel':
      return Math.max(step.outputs[0].size, ...step.inputs.map((input) => input.size));
  }
}

export function unrolledSize(plan: Plan): number {
  return plan.steps.reduce((total, step) => total + stepSize(step), 0);
}

/** Why a step of the plan cannot be unrolled; undefined if all can. */
export function cannotUnroll(plan: Plan): string | undefined {
  for (const step of plan.steps) {
    if (step.kind !== 'kernel') continue;
    const reason = kernels[step.kernel.name];
    if (typeof reason === 'string') return reason;
  }
  return undefined;
}

function unrollStep(build: Builder, step: Step, inputs: readonly Elements[]): readonly Elements[] {
  switch (step.kind) {
    case 'map':
      return unrollMap(build, step, inputs);
    case 'contract':
      return [unrollContract(build, step, inputs)];
    case 'kernel': {
      const unroll = kernels[step.kernel.name];
      if (typeof unroll === 'string') throw new Error(unroll);
      return [
        (unroll as (b: Builder, k: Kernel, i: readonly Elements[], o: Slot, s: readonly Shape[]) => Elements)(
          build,
          step.kernel,
          inputs,
          step.outputs[0],
          step.inputs.map(({ shape }) => shape),
        ),
      ];
    }
  }
}

/** `kept` are the ids of the slots to keep. */
export function unroll(plan: Plan, kept: ReadonlySet<number>): Scalars {
  const build = new Builder();
  const elements = new Map<number, Elements>();
  for (const { id, offset, size } of plan.sources) {
    elements.set(
      id,
      Array.from({ length: size }, (_, e) => build.source(offset + e)),
    );
  }
  for (const step of plan.steps) {
    const inputs = step.inputs.map(({ id }) => elements.get(id)!);
    const results = unrollStep(build, step, inputs);
    step.outputs.forEach(({ id }, i) => {
      elements.set(id, results[i]);
    });
  }
  const place = (slot: Slot, values: Elements) => values.map((value, e) => ({ at: slot.offset + e, value }));
  const updates = plan.updates.flatMap(({ target, value }) => place(target, elements.get(value.id)!));
  const outputs = plan.steps.flatMap((step) => step.outputs);
  return {
    order: build.order,
    kept: outputs.filter(({ id }) => kept.has(id)).flatMap((slot) => place(slot, elements.get(slot.id)!)),
    // of two updates of one offset, the last one counts
    updates: [...new Map(updates.map((update) => [update.at, update])).values()],
  };
}
