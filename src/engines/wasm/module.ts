/** Placed plans to one module: a function for each step, and for each plan a function `step(times)` that loops them. */
import { fail } from '../../base/errors.ts';
import { argumentsOf } from '../../core/formula.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import type { LoopSpec } from '../engine.ts';
import type { Context, StepFunction } from './context.ts';
import { contractionFunction, sumOfProducts } from './contractions.ts';
import { branchIf, type Code, call, encodeModule, type FunctionBody, i32, int, op } from './encoder.ts';
import { type EpochsLayout, layOut, trainFunction } from './epochs.ts';
import { FunctionTable } from './functions/index.ts';
import { kernelFunction } from './kernels.ts';
import { type Lanes, vectors } from './lanes.ts';
import { mapFunction } from './maps.ts';
import type { Scalars } from './scalars.ts';
import { unrolledFunction } from './unrolled.ts';
import { Locals, plus, whileBelow } from './writer.ts';

/** A plan with its places, and its scalars where it is to be unrolled. */
export interface Unit {
  readonly plan: Plan;
  readonly unrolled?: Unrolled;
}

export interface Unrolled {
  readonly scalars: Scalars;
  /** The place in the common arena of a place in the arena that the scalars were made for. */
  place(at: number): number;
  /** Which of the latter hold scalars of role slot and the like. */
  readonly wide: ReadonlySet<number>;
}

export interface Module {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The exported function of each plan. */
  readonly names: readonly string[];
  /** Of a place in the arena, in bytes. */
  address(place: number): number;
  readonly epochs?: EpochsLayout;
  /** In bytes. */
  readonly memory: number;
}

/** Where the arena starts. */
const arenaStart = 64;
/** Bytes after all that is placed: vectors may read, and leave unused, numbers beyond the last. */
const slack = 128;
const pageBytes = 65_536;
const mostPages = 65_536;

const nameOf = (index: number) => `step${index}`;

/** One module over one memory; `size` is that of the arena, in numbers of `width` bytes. */
export function moduleOf(units: readonly Unit[], size: number, width: 4 | 8, spec?: LoopSpec): Module {
  const table = new FunctionTable();
  const address = (place: number) => arenaStart + place * width;
  const scratchStart = address(size);
  let end = scratchStart;
  const callOf: Context['call'] = (primitive, lanes) => table.call(primitive, lanes);

  const bodies = units.map(({ plan, unrolled }, i): FunctionBody => {
    if (unrolled !== undefined) {
      const { scalars, place, wide } = unrolled;
      const isWide = (at: number) => width === 8 || wide.has(at);
      return unrolledFunction({ scalars, width, address: (at) => address(place(at)), isWide, call: callOf }, nameOf(i));
    }
    const wide = width === 8 ? new Set<number>() : wideSlots(plan);
    const steps = plan.steps.map((step) => {
      let scratch = scratchStart;
      const context: Context = {
        width,
        address: (slot) => address(slot.offset),
        isWide: (slot) => wide.has(slot.id),
        scratch(bytes) {
          const start = scratch;
          scratch += Math.ceil(bytes / 16) * 16;
          end = Math.max(end, scratch);
          return start;
        },
        call: callOf,
      };
      const { body, chunks } = stepFunction(step, context);
      return { number: table.add(body), chunks };
    });
    return runFunction(steps, updateCode(plan, address, vectors[width], wide), nameOf(i));
  });
  const numbers = bodies.map((body) => table.add(body));
  let epochs: EpochsLayout | undefined;
  if (spec !== undefined) {
    const plans = units.map(({ plan }) => plan);
    epochs = layOut(plans, spec, width, end);
    end = epochs.end;
    const wide = new Map(plans.map((plan) => [plan, wideSlots(plan)]));
    table.add(
      trainFunction(plans, spec, {
        width,
        layout: epochs,
        address: (slot) => address(slot.offset),
        isWide: (plan, slot) => width === 8 || wide.get(plan)!.has(slot.id),
        steps: numbers,
      }),
    );
  }
  const pages = Math.ceil((end + slack) / pageBytes);
  if (pages > mostPages) {
    fail({
      what: `it needs ${showBytes(pages * pageBytes)} of memory, and WebAssembly has 4 GiB`,
      where: 'training.batchSize',
      mend: 'Use smaller batches, or a smaller network.',
    });
  }
  return {
    epochs,
    memory: pages * pageBytes,
    bytes: encodeModule({ functions: table.functions, pages }),
    names: units.map((_, i) => nameOf(i)),
    address,
  };
}

function stepFunction(step: Step, context: Context): StepFunction {
  switch (step.kind) {
    case 'map':
      return mapFunction(step, context);
    case 'contract':
      return contractionFunction({ ...step, output: step.outputs[0], ...sumOfProducts }, context);
    case 'kernel':
      return kernelFunction(step, context);
  }
}

/** `step(times)`: the steps, each all of its chunks, then the updates. */
function runFunction(
  steps: readonly { readonly number: number; readonly chunks: number }[],
  updates: (locals: Locals) => Code,
  exported: string,
): FunctionBody {
  const locals = new Locals([i32]);
  const times = locals.parameter(0);
  return locals.body(
    [
      [times.get, int(0), op['i32.le_s'], op['if void'], op.return, op.end],
      op['loop void'],
      steps.map(({ number, chunks }) => [int(0), int(chunks), call(number)]),
      updates(locals),
      times.tee([times.get, int(1), op['i32.sub']]),
      branchIf(0),
      op.end,
    ],
    [],
    exported,
  );
}

/** Copies of the new values that could not be computed in the place of the old. */
function updateCode(plan: Plan, address: (place: number) => number, lanes: Lanes, wide: ReadonlySet<number>) {
  return (locals: Locals): Code =>
    plan.updates.map(({ target, value }) => {
      const at = locals.add(i32);
      const bytes = Math.ceil((target.size * (wide.has(target.id) ? 8 : lanes.width)) / 16) * 16;
      return [
        at.set(int(0)),
        whileBelow(
          at,
          int(bytes),
          lanes.store(at.get, address(target.offset), lanes.load(at.get, address(value.offset))),
          at.set(plus(at.get, 16)),
        ),
      ];
    });
}

/**
 * Scalars that a float32 plan computes in float64, by slot: the rate, the count, scalar state, and what follows from them
 * alone. 1 - 0.999^t has four digits left in float32 at t = 1.
 */
export function wideSlots(plan: Plan): Set<number> {
  // sums of products read numbers of one width
  const summed = new Set(
    plan.steps.flatMap((step) => (step.kind === 'contract' ? step.inputs.map(({ id }) => id) : [])),
  );
  const candidates = plan.sources.filter(
    ({ id, role, shape }) =>
      !summed.has(id) && (role === 'slot' || (shape.length === 0 && (role === 'state' || role === 'constant'))),
  );
  for (;;) {
    const wide = new Set(candidates.map(({ id }) => id));
    for (const step of plan.steps) {
      if (step.kind !== 'map' || step.outputs[0].shape.length > 0) continue;
      step.formulas.forEach((formula, i) => {
        const known = [...argumentsOf(formula)].every((index) => wide.has(step.inputs[index].id));
        if (known && !summed.has(step.outputs[i].id)) wide.add(step.outputs[i].id);
      });
    }
    // a state whose next value is not known so well is like it
    const written = new Map(plan.steps.flatMap(({ outputs }) => outputs.map((slot) => [slot.offset, slot] as const)));
    const values = new Map(plan.updates.map(({ target, value }) => [target.id, value]));
    const narrow = candidates.findIndex((source) => {
      const value = values.get(source.id) ?? written.get(source.offset);
      return source.role === 'state' && value !== undefined && !wide.has(value.id);
    });
    if (narrow === -1) return wide;
    candidates.splice(narrow, 1);
  }
}

export function showBytes(bytes: number): string {
  if (bytes < 2 ** 20) return `${Math.ceil(bytes / 2 ** 10)} KiB`;
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
