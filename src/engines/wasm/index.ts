/**
 * The WebAssembly engine: a family of plans becomes one generated module over one memory, with a function for each plan
 * that loops whole training steps. In float64 its bits are those of the reference engine.
 */
import { optimize, type Passes } from '../../plan/optimize.ts';
import type { Plan, Slot } from '../../plan/plan.ts';
import { isShared } from '../../plan/slots.ts';
import type { Engine, Numbers, Program } from '../engine.ts';
import { instantiate } from './instantiate.ts';
import { moduleOf, type Unit, wideSlots } from './module.ts';
import { cannotUnroll, unroll, unrolledSize } from './scalars.ts';

export interface WasmOptions {
  /** Default: float64. */
  readonly precision?: 'float64' | 'float32';
  /** Scalar operations up to which a plan is unrolled instead of looped. */
  readonly unrollUpTo?: number;
  /** The passes over the plan. */
  readonly passes?: Partial<Passes>;
}

/** Below it, a loop costs more than it saves (docs/decisions/0006). */
const unrollUpTo = 1000;

/**
 * Steps that one call into the module runs. V8 exchanges a WebAssembly function for its optimized code between calls
 * only: a single call of a million steps would run to its end as it was first compiled, a fifth slower (3-2-1).
 */
const slice = 1000;

/** A WebAssembly engine with options; `wasm` is the one with the defaults. */
export function wasmEngine(options: WasmOptions = {}): Engine {
  const width = options.precision === 'float32' ? 4 : 8;
  return {
    name: 'wasm',
    compile: (plans) => compile(plans, width, options),
  };
}

export const wasm: Engine = wasmEngine();

function compile(plans: readonly Plan[], width: 4 | 8, options: WasmOptions): Program[] {
  const { plans: placed, size } = optimize(plans, options.passes);
  const units = placed.map((plan, i): Unit => {
    const scalars = plans[i];
    const small = cannotUnroll(scalars) === undefined && unrolledSize(scalars) <= (options.unrollUpTo ?? unrollUpTo);
    return { plan, unrolled: small ? unrolledOver(scalars, plan) : undefined };
  });
  const { bytes, names, address } = moduleOf(units, size, width);
  const { buffer, functions } = instantiate(bytes);
  const started = new Set<string>();
  return placed.map((plan, i): Program => {
    const wide = wideSlots(plan);
    const view = (slot: Slot): Numbers => {
      const at = address(slot.offset);
      if (width === 8 || wide.has(slot.id)) return new Float64Array(buffer, at, slot.size);
      return new Float32Array(buffer, at, slot.size);
    };
    for (const source of plan.sources) {
      const { initial, name } = source;
      if (isShared(source)) {
        if (started.has(name!)) continue;
        started.add(name!);
      }
      if (typeof initial === 'number') view(source).fill(initial);
      else if (initial !== undefined) view(source).set(initial);
    }
    const step = functions[names[i]];
    return {
      run(times = 1) {
        for (; times > slice; times -= slice) step(slice);
        step(times);
      },
      has: (at) => plan.names.has(at),
      view(at) {
        const slot = plan.names.get(at);
        if (slot === undefined) throw new Error(`the plan has no ${at}`);
        return view(slot);
      },
    };
  });
}

/** The scalars of a plan as compiled, over the places of the same plan as placed. */
function unrolledOver(plan: Plan, placed: Plan): Unit['unrolled'] {
  const wideIds = wideSlots(placed);
  const wide = new Set<number>();
  const sources = new Set(placed.sources.map(({ offset }) => offset));
  // a new value in the place of its source is there by the update
  const kept = placed.kept.filter(({ role, offset }) => role === undefined && !sources.has(offset));
  const places = new Map<number, number>();
  const slots = new Map([...placed.sources, ...kept].map((slot) => [slot.id, slot]));
  for (const { id, offset, size } of [...plan.sources, ...plan.steps.flatMap(({ outputs }) => outputs)]) {
    const slot = slots.get(id);
    if (slot === undefined) continue;
    for (let e = 0; e < size; e++) places.set(offset + e, slot.offset + e);
    if (wideIds.has(id)) wide.add(offset);
  }
  return { scalars: unroll(plan, new Set(kept.map(({ id }) => id))), place: (at) => places.get(at)!, wide };
}
