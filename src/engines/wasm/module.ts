/** Generates one module from placed plans: a function for each step, and for each plan a function `step(times)` that loops. */
import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { argumentsOf } from '../../core/formula.ts';
import type { Plan, Slot, Step } from '../../plan/plan.ts';
import type { LoopSpec } from '../engine.ts';
import type { Context, StepFunction } from './context.ts';
import { contractionFunction, sumOfProducts } from './contractions.ts';
import { branchIf, type Code, call, encodeModule, type FunctionBody, getGlobal, i32, int, op } from './encoder.ts';
import { type EpochsLayout, gatherFunction, layOut, trainFunction } from './epochs.ts';
import { FunctionTable } from './functions/index.ts';
import { pageBytes } from './instantiate.ts';
import { kernelFunction } from './kernels.ts';
import { type Lanes, vectors } from './lanes.ts';
import { mapFunction } from './maps.ts';
import { gemmImport, multiplications, productFunction, productOf } from './products.ts';
import type { Scalars } from './scalars.ts';
import { serveFunction, shareFunction, taskFunction, wordsEnd } from './threads.ts';
import { type Unit as UnrolledUnit, unrolledFunction, unrolledStep } from './unrolled.ts';
import { Locals, plus, whileBelow } from './writer.ts';

/** A placed plan, and its scalars if it will be unrolled. */
export interface Unit {
  readonly plan: Plan;
  readonly unrolled?: Unrolled;
}

export interface Unrolled {
  readonly scalars: Scalars;
  /** Maps an offset in the plan's own arena to the offset in the common arena. */
  place(at: number): number;
  /** The offsets in the plan's own arena that hold float64 scalars also in float32: slots, and scalars computed from them. */
  readonly wide: ReadonlySet<number>;
}

export interface Module {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The exported function of each plan. */
  readonly names: readonly string[];
  /** The address of an offset in the arena, in bytes. */
  address(place: number): number;
  readonly epochs?: EpochsLayout;
  /** Pages of memory, of 64 KiB. */
  readonly pages: number;
  /** Whether the memory is shared by threads. */
  readonly shared: boolean;
}

/** The start of the arena, after the words of the loop and of the threads. */
const arenaStart = Math.ceil(wordsEnd / 16) * 16;
/** Threads share steps of at least this many operations: a few microseconds of work; sharing costs some tenths of one. */
const sharedCost = 100_000;
/** Bytes after the last value, as vectors may read unused numbers beyond it. */
const slack = 128;
const maxPages = 65_536;

const nameOf = (index: number) => `step${index}`;

export interface ModuleOptions {
  /** The size of the arena, in numbers of `width` bytes. */
  readonly size: number;
  readonly width: 4 | 8;
  /** If more than one, threads share large steps. */
  readonly threads: number;
  /** The loop over a data set, if any. */
  readonly spec?: LoopSpec;
  /** The module leaves matrix products of at least this many multiplications to an imported function; none by default. */
  readonly productsFrom?: number;
  readonly arithmetic?: Pick<Context, 'fast' | 'fused'>;
}

interface StepCall extends StepFunction {
  readonly number: number;
}

/** Generates one module with one memory. */
export function moduleOf(units: readonly Unit[], options: ModuleOptions): Module {
  const { size, width, threads, spec, productsFrom = Number.POSITIVE_INFINITY, arithmetic } = options;
  const imported = Number.isFinite(productsFrom) ? [gemmImport] : [];
  const table = new FunctionTable(imported.length);
  const address = (place: number) => arenaStart + place * width;
  const plans = units.map(({ plan }) => plan);
  const addressOf = (slot: Slot) => address(slot.offset);
  const layout = spec && layOut(plans, spec, width, address(size));
  const scratchStart = layout?.end ?? address(size);
  let scratchEnd = scratchStart;
  const wideOf = units.map(({ plan }) => (width === 8 ? new Set<number>() : wideSlots(plan)));
  const statesOf = plans.map(stateSlots);
  const steps = units.map(({ plan, unrolled }, i) =>
    (unrolled === undefined ? plan.steps : []).map((step): StepCall => {
      let scratch = scratchStart;
      const product = step.kind === 'contract' ? productOf(step) : undefined;
      const context: Context = {
        width,
        address: addressOf,
        isWide: (slot) => wideOf[i].has(slot.id),
        isState: (slot) => statesOf[i].has(slot.id),
        scratch(bytes) {
          const start = scratch;
          scratch += Math.ceil(bytes / 16) * 16;
          scratchEnd = Math.max(scratchEnd, scratch);
          return start;
        },
        threadBase: threads > 1 ? getGlobal : int(0),
        fast: false,
        fused: false,
        ...arithmetic,
        call: (primitive, lanes) => table.call(primitive, lanes),
      };
      const outside = product !== undefined && multiplications(product) >= productsFrom;
      const made = outside ? productFunction(product, context) : stepFunction(step, context);
      return { ...made, number: table.add(made.body) };
    }),
  );
  const shuffled = spec?.shuffleSeed !== undefined;
  const isShared = ({ chunks, cost }: StepFunction) => threads > 1 && chunks > 1 && cost >= sharedCost;
  const gathers = (layout === undefined || layout.whole ? [] : spec!.batches).map((rows, i) => {
    const made = gatherFunction(plans[i], rows, { layout: layout!, address: addressOf, shuffled });
    return isShared(made) ? { ...made, number: table.add(made.body) } : undefined;
  });
  const tasks = [...gathers.filter((each) => each !== undefined), ...steps.flat().filter(isShared)];
  const scratchBytes = scratchEnd - scratchStart;
  const end = scratchStart + scratchBytes * (tasks.length > 0 ? threads : 1);
  let share: number | undefined;
  if (tasks.length > 0) {
    const run = table.add(taskFunction(tasks.map(({ number }) => number)));
    share = table.add(shareFunction(run));
    table.add(serveFunction(run, scratchBytes));
  }
  const callOf = (step: StepCall): Code =>
    isShared(step)
      ? [int(tasks.indexOf(step)), int(step.chunks), call(share!)]
      : [int(0), int(step.chunks), call(step.number)];

  const unitOf = ({ scalars, place, wide }: Unrolled): UnrolledUnit => ({
    scalars,
    width,
    address: (at) => address(place(at)),
    isWide: (at) => width === 8 || wide.has(at),
    call: (primitive, lanes) => table.call(primitive, lanes),
  });
  const numbers = units.map(({ plan, unrolled }, i) => {
    if (unrolled === undefined) {
      return table.add(
        runFunction(steps[i].map(callOf), updateCode(plan, address, vectors[width], wideOf[i]), nameOf(i)),
      );
    }
    return table.add(unrolledFunction(unitOf(unrolled), nameOf(i)));
  });
  if (spec !== undefined) {
    const [{ unrolled }] = units;
    const parts = {
      width,
      layout: layout!,
      address: addressOf,
      shuffled,
      isWide: (plan: Plan, slot: Slot) => width === 8 || wideOf[plans.indexOf(plan)].has(slot.id),
      steps: numbers,
      gathers: gathers.map((each) => each && callOf(each)),
      ...(unrolled && { inline: (locals: Locals) => unrolledStep(unitOf(unrolled), locals) }),
    };
    table.add(trainFunction(plans, spec, parts));
  }
  const pages = Math.ceil((end + slack) / pageBytes);
  if (pages > maxPages) {
    fail({
      what: `not enough memory: training needs ${showBytes(pages * pageBytes)}, and WebAssembly has at most 4 GiB`,
      where: ['training'],
      fix: 'Use smaller batches, fewer rows, or a smaller network.',
    });
  }
  return {
    bytes: encodeModule({ imported, functions: table.functions, pages, shared: tasks.length > 0 }),
    names: units.map((_, i) => nameOf(i)),
    address,
    epochs: layout,
    pages,
    shared: tasks.length > 0,
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

/** `step(times)`: runs the steps, then the updates, `times` times. */
function runFunction(steps: readonly Code[], updates: (locals: Locals) => Code, exported: string): FunctionBody {
  const locals = new Locals([i32]);
  const times = locals.parameter(0);
  return locals.body(
    [
      [times.get, int(0), op['i32.le_s'], op['if void'], op.return, op.end],
      op['loop void'],
      steps,
      updates(locals),
      times.tee([times.get, int(1), op['i32.sub']]),
      branchIf(0),
      op.end,
    ],
    [],
    exported,
  );
}

/** Copies new values that could not be written over the old ones. */
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

/** The next values of states: written over the old ones, or copied there. */
function stateSlots({ sources, steps, updates }: Plan): Set<number> {
  const places = new Set(sources.filter(({ role }) => role === 'state').map(({ offset }) => offset));
  const inPlace = steps.flatMap(({ outputs }) => outputs).filter(({ offset }) => places.has(offset));
  const copied = updates.filter(({ target }) => target.role === 'state').map(({ value }) => value);
  return new Set([...inPlace, ...copied].map(({ id }) => id));
}

/**
 * The slots of scalars that a float32 plan computes in float64: the rate, the count, scalar states, and scalars computed only
 * from these. 1 - 0.999^t has four digits left in float32 at t = 1.
 */
export function wideSlots(plan: Plan): Set<number> {
  // sums of products read numbers of one width
  const summed = new Set(
    plan.steps.flatMap((step) => (step.kind === 'contract' ? step.inputs.map(({ id }) => id) : [])),
  );
  const candidates = plan.sources.filter(
    ({ id, role, shape, type }) =>
      type === 'float' &&
      !summed.has(id) &&
      (role === 'slot' || (shape.length === 0 && (role === 'state' || role === 'constant'))),
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
    // a state whose next value is float32 is float32 too
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
