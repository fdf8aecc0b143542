/**
 * The WebAssembly engine: float64, strict, one thread. A plan becomes a generated function that loops whole training
 * steps; the bits are those of the reference engine. It unrolls a plan into scalars, so it takes small plans only.
 */
import type { Plan, Slot } from '../../plan/plan.ts';
import { isShared } from '../../plan/slots.ts';
import type { Engine, Program } from '../engine.ts';
import { generate, stepName } from './generate.ts';
import { instantiate } from './instantiate.ts';
import { cannotUnroll, unroll, unrolledSize } from './scalars.ts';

/** Scalar operations that a step may unroll to. */
const largest = 20_000;

const pageBytes = 65_536;

/**
 * Steps that one call into the module runs. V8 exchanges a WebAssembly function for its optimized code between calls
 * only: a single call of a million steps would run to its end as it was first compiled, a fifth slower (3-2-1).
 */
const slice = 1000;

function refuses(plan: Plan): string | undefined {
  const reason = cannotUnroll(plan);
  if (reason !== undefined) return reason;
  const size = unrolledSize(plan);
  if (size <= largest) return undefined;
  return `a step of it unrolls to ${size} scalar operations, more than ${largest}, and this engine has no loops yet`;
}

export const wasm: Engine = {
  name: 'wasm',

  refuses,

  compile(plans) {
    const shared = new Map<string, number>();
    let end = 0;
    const placed = plans.map((plan) => {
      const reason = refuses(plan);
      if (reason !== undefined) throw new Error(`the wasm engine was given a plan that it refuses: ${reason}`);
      const start = end;
      end += plan.arenaSize;
      const elsewhere = new Map<number, number>();
      const fresh: Plan['sources'][number][] = [];
      for (const source of plan.sources) {
        const known = isShared(source) ? shared.get(source.name!) : undefined;
        if (known === undefined) {
          fresh.push(source);
          if (isShared(source)) shared.set(source.name!, start + source.offset);
        } else for (let e = 0; e < source.size; e++) elsewhere.set(source.offset + e, known + e);
      }
      return { plan, fresh, address: (at: number) => 8 * (elsewhere.get(at) ?? start + at) };
    });

    const pages = Math.max(1, Math.ceil((8 * end) / pageBytes));
    const units = placed.map(({ plan, address }) => ({ scalars: unroll(plan), address }));
    const { bytes, imports } = generate(units, pages);
    const { buffer, functions } = instantiate(bytes, imports);

    return placed.map(({ plan, fresh, address }, i): Program => {
      const view = (slot: Slot) => new Float64Array(buffer, address(slot.offset), slot.size);
      for (const source of fresh) {
        if (typeof source.initial === 'number') view(source).fill(source.initial);
        else if (source.initial !== undefined) view(source).set(source.initial);
      }
      const step = functions[stepName(i)];
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
  },
};
