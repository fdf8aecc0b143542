/**
 * The WebAssembly engine: a family of plans becomes one generated module over one memory, with a function for each plan
 * that loops whole training steps. In float64 its bits are those of the reference engine.
 */
import { aCount, anObject, atLeast0, oneOf, optional, record } from '../../base/arguments.ts';
import { Pace } from '../../base/pace.ts';
import { permutation } from '../../base/random.ts';
import { aPrecision } from '../../base/tensor.ts';
import { optimize, type Passes } from '../../plan/optimize.ts';
import type { Plan, Slot } from '../../plan/plan.ts';
import { isShared } from '../../plan/slots.ts';
import {
  type Engine,
  type EpochLoop,
  epochsAtOnce,
  type FeedNumbers,
  type LoopSpec,
  type Numbers,
  type Program,
  type Saved,
} from '../engine.ts';
import { control, type EpochsLayout, type FeedLayout, trainName } from './epochs.ts';
import { fusesHere, instantiate } from './instantiate.ts';
import { type Module, moduleOf, type Unit, wideSlots } from './module.ts';
import { cannotUnroll, unroll, unrolledSize } from './scalars.ts';
import { maxThreads, words, wordsEnd } from './threads.ts';
import { type Outside, startCrew, threadLost, threadsFor } from './workers.ts';

export { type Memory, MemoryRefused, wasmMissing } from './instantiate.ts';
export type { Gemm } from './products.ts';
export { type Outside, threadsMissing } from './workers.ts';

export interface WasmOptions {
  /** Default: float64. */
  readonly precision?: 'float64' | 'float32';
  /** Default: as many as the machine runs at the same time. Threads share large steps only. */
  readonly threads?: number;
  /** Scalar operations up to which a plan is unrolled instead of looped. */
  readonly unrollUpTo?: number;
  /** Default: `strict`, the same bits on every machine. `fast`: faster code, which may round differently on each machine. */
  readonly arithmetic?: 'strict' | 'fast';
  /** The passes over the plan. */
  readonly passes?: Partial<Passes>;
  /** A function of the host that computes large matrix products. */
  readonly products?: Products;
}

/** A function of the host for matrix products: `gemm` of `blas`, of the type `Gemm`. */
export interface Products {
  /** It computes products of at least this many multiplications. */
  readonly from: number;
  readonly outside: Outside;
}

/** Up to this size, the unrolled step is faster, in float64 and in float32 (docs/decisions/0003). */
const unrollUpTo = 400;

/**
 * Steps of one call into the module. V8 replaces a WebAssembly function by its optimized code only between calls: a single
 * call of a million steps would run to its end in unoptimized code, a fifth slower (3-2-1).
 */
const slice = 1000;

const engineOptions = record({
  precision: optional(aPrecision),
  threads: optional(aCount),
  unrollUpTo: optional(atLeast0),
  arithmetic: optional(oneOf('strict', 'fast')),
  passes: optional(anObject),
  products: optional(anObject),
});

/** A WebAssembly engine with options; `wasm` has the defaults. */
export function wasmEngine(options: WasmOptions = {}): Engine {
  engineOptions(options, 'wasmEngine: options');
  const width = options.precision === 'float32' ? 4 : 8;
  return {
    name: 'wasm',
    compile: (plans) => build(plans, width, options).programs,
    compileLoop(plans, spec) {
      const { programs, loop } = build(plans, width, options, spec);
      return { programs, loop: loop! };
    },
  };
}

export const wasm: Engine = wasmEngine();

function build(plans: readonly Plan[], width: 4 | 8, options: WasmOptions, spec?: LoopSpec) {
  const { plans: placed, size } = optimize(plans, options.passes);
  const units = placed.map((plan, i): Unit => {
    const scalars = plans[i];
    const small = cannotUnroll(scalars) === undefined && unrolledSize(scalars) <= (options.unrollUpTo ?? unrollUpTo);
    return { plan, unrolled: small ? unrolledOver(scalars, plan) : undefined };
  });
  const threads = Math.min(threadsFor(options.threads), maxThreads);
  const made = moduleOf(units, {
    size,
    width,
    spec,
    threads: spec === undefined ? 1 : threads,
    productsFrom: options.products?.from,
    arithmetic: { fast: options.arithmetic === 'fast', fused: options.arithmetic === 'fast' && fusesHere() },
  });
  const { names, address, epochs } = made;
  const { module, memory, functions } = instance(made, options.products);
  const { buffer } = memory;
  const started = new Set<string>();
  const programs = placed.map((plan, i): Program => {
    const wide = wideSlots(plan);
    const view = (slot: Slot): FeedNumbers => {
      const at = address(slot.offset);
      if (slot.type === 'int32') return new Int32Array(buffer, at, slot.size);
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
        // only an input of integers is not of the engine's precision
        return view(slot) as Numbers;
      },
    };
  });
  if (epochs === undefined) return { programs };
  // parameters and states are at the start of the arena
  const shared = placed.flatMap(({ sources }) => sources.filter(isShared));
  const end = Math.max(0, ...shared.map(({ offset, size }) => offset + size));
  const kept = new Uint8Array(buffer, address(0), address(end) - address(0));
  const crew = made.shared ? startCrew(threads - 1, module, memory, options.products?.outside) : undefined;
  const numbersIn = (bytes: Uint8Array) => {
    const found = new Map<string, Numbers>();
    placed.forEach((plan) => {
      const wide = wideSlots(plan);
      for (const { name, id, offset, size } of plan.sources.filter(isShared)) {
        const at = address(offset) - address(0);
        const Kind = width === 8 || wide.has(id) ? Float64Array : Float32Array;
        if (!found.has(name!)) found.set(name!, new Kind(bytes.buffer as ArrayBuffer, at, size));
      }
    });
    return found;
  };
  const { count, ...state } = stateIn(buffer, kept, epochs, spec!);
  const pace = new Pace();
  const flags = new Int32Array(buffer, 0, wordsEnd / 4);
  const take = (steps: number): number => {
    try {
      return functions[trainName](steps)!;
    } catch {
      // the only possible trap: a thread that does not answer
      return threadLost();
    }
  };
  const loop: EpochLoop<SavedBytes> = {
    ...dataIn(buffer, epochs, programs[0], { width, rows: spec!.rows }),
    ...state,
    numbers: ({ bytes }) => numbersIn(bytes),
    load(place, numbers) {
      const bytes = kept.slice();
      for (const [name, own] of numbersIn(bytes)) own.set(numbers.get(name)!);
      return { ...place, bytes };
    },
    get threads() {
      return crew?.expected() ?? 1;
    },
    serving: () => crew?.size() ?? 1,
    threadsLost: () => crew?.failure(),
    memory: buffer.byteLength,
    run(steps, mayTakeFewer = false) {
      crew?.check();
      if (!mayTakeFewer || crew === undefined || crew.size() === 1) return take(steps);
      const { isAlone, share } = pace.next();
      Atomics.store(flags, words.alone / 4, isAlone ? 1 : 0);
      const [before, began] = [count(), performance.now()];
      const ended = take(Math.max(1, Math.floor(steps * share)));
      pace.note(isAlone, (performance.now() - began) / Math.max(1, count() - before));
      return ended;
    },
    close: () => crew?.dismiss(),
  };
  return { programs, loop };
}

function instance({ bytes, pages, shared }: Module, products?: Products) {
  const outside = products?.outside;
  return instantiate(bytes, { pages, shared, imports: (memory) => outside?.bind(outside.data, memory) ?? {} });
}

interface SavedBytes extends Saved {
  readonly bytes: Uint8Array;
}

/** The data set, and the losses and norms of the epochs. */
function dataIn(
  buffer: ArrayBufferLike,
  { feeds, losses, norms, whole }: EpochsLayout,
  step: Program,
  { width, rows }: { readonly width: 4 | 8; readonly rows: number },
) {
  const viewOf = ({ name, at, type, numbers }: FeedLayout): FeedNumbers => {
    if (whole) return step.view(name);
    if (type === 'int32') return new Int32Array(buffer, at, rows * numbers);
    return width === 4 ? new Float32Array(buffer, at, rows * numbers) : new Float64Array(buffer, at, rows * numbers);
  };
  return {
    feeds: new Map(feeds.map((feed) => [feed.name, viewOf(feed)])),
    losses: new Float64Array(buffer, losses, epochsAtOnce),
    norms: new Float64Array(buffer, norms, epochsAtOnce),
  };
}

/** The loop's position and how to save and restore it; `kept` are the bytes of parameters and states. */
function stateIn(buffer: ArrayBufferLike, kept: Uint8Array, { order }: EpochsLayout, spec: LoopSpec) {
  const state = new DataView(buffer);
  return {
    count: () => state.getFloat64(control.count, true),
    epoch: () => state.getInt32(control.epoch, true),
    position: () => state.getInt32(control.position, true),
    save(over?: SavedBytes): SavedBytes {
      const bytes = over?.bytes ?? new Uint8Array(kept.length);
      bytes.set(kept);
      return {
        epoch: state.getInt32(control.epoch, true),
        count: state.getFloat64(control.count, true),
        position: state.getInt32(control.position, true),
        total: state.getFloat64(control.total, true),
        most: state.getFloat64(control.most, true),
        bytes,
      };
    },
    restore({ bytes, epoch, count, position, total, most }: SavedBytes) {
      kept.set(bytes);
      state.setInt32(control.epoch, epoch, true);
      state.setInt32(control.position, position, true);
      state.setInt32(control.start, position * spec.batches[0], true);
      state.setFloat64(control.count, count, true);
      state.setFloat64(control.total, total, true);
      state.setFloat64(control.most, most, true);
      // the module computes the order of an epoch only where the epoch begins
      if (position > 0 && spec.shuffleSeed !== undefined) {
        new Uint32Array(buffer, order, spec.rows).set(permutation(spec.rows, spec.shuffleSeed, 'shuffle', epoch));
      }
    },
  };
}

/** The scalars of a compiled plan, with the addresses of the same plan as placed. */
function unrolledOver(plan: Plan, placed: Plan): Unit['unrolled'] {
  const wideIds = wideSlots(placed);
  const wide = new Set<number>();
  const sources = new Set(placed.sources.map(({ offset }) => offset));
  // a new value that is written over its source is written by the update
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
