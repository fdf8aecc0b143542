/** Which engine runs a training, in which precision, and why. */

import { showBytes } from '../base/bytes.ts';
import { fail } from '../base/errors.ts';
import { blasEngine, blasOr } from '../engines/blas/index.ts';
import { type BlasMissing, findBlas } from '../engines/blas/library.ts';
import type { Engine, Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { MemoryRefused, threadsMissing, wasm, wasmEngine, wasmMissing } from '../engines/wasm/index.ts';
import { rowsIn } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';
import type { Plan } from '../plan/plan.ts';

export type Precision = 'float64' | 'float32';

export interface EngineReport {
  readonly name: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly arithmetic: 'strict' | 'fast';
  readonly why: string;
  /** Bytes of its memory: weights, gradients, optimizer state, live values, and the data set. */
  readonly memory: number;
}

/** For people: `wasm, float32, 2 threads, 6.6 MiB of memory: asked for`. */
export function engineText({ name, precision, threads, arithmetic, memory, why }: EngineReport): string {
  const shared = threads === 1 ? '1 thread' : `${threads} threads`;
  return `${name}, ${precision}, ${arithmetic}, ${shared}, ${showBytes(memory)} of memory: ${why}`;
}

/** Networks of fewer parameters are trained in float64: what is explained is what was trained. */
const largeNetwork = 10_000;

/** Multiplications of a whole training below which the reference is done before a module would be compiled. */
const littleWork = 200_000;

/** Multiplications of a step's largest product from which the system's BLAS is worth its loading. */
const largeProduct = 200_000;

type Name = 'reference' | 'wasm' | 'blas';

/**
 * Plans that only compute outputs or losses, in float64. WebAssembly and the reference give the same bits, so the reference
 * does it where WebAssembly cannot be used here, or where no memory is left for it.
 */
export function compileQuickly(plans: readonly Plan[]): Program[] {
  if (wasmMissing() === undefined) {
    try {
      return wasm.compile(plans);
    } catch (error) {
      if (!(error instanceof MemoryRefused)) throw error;
    }
  }
  return reference.compile(plans);
}

export interface ChosenEngine {
  readonly engine: Engine;
  readonly report: Omit<EngineReport, 'threads' | 'memory'>;
  /** What was asked for, or is usual, and cannot be had here. */
  readonly warnings: readonly string[];
}

/** An engine, and what is told of it. Throws an InputError for one that is not there, or lacks the precision asked for. */
export function chooseEngine(setup: Setup): ChosenEngine {
  const { schedule } = setup;
  const { engine: asked, arithmetic, threads } = schedule;
  const tensors = [...setup.parameters.values()];
  const parameters = tensors.reduce((count, { data }) => count + data.length, 0);
  const small = parameters < largeNetwork;
  const usual = schedule.precision ?? (asked === 'reference' || small ? 'float64' : 'float32');
  if (asked === 'reference' && usual === 'float32') {
    fail({
      what: 'the engine "reference" computes in float64',
      where: ['training', 'precision'],
      fix: 'Leave the precision out, or use the engine "wasm".',
    });
  }
  const rows = rowsIn(setup);
  const batch = setup.batchSize === 'full' ? rows : Math.min(setup.batchSize, rows);
  const largest = batch * Math.max(...tensors.map(({ data }) => data.length));
  const { epochs = Number.POSITIVE_INFINITY } = schedule.stop;
  const little = usual === 'float64' && epochs * rows * parameters < littleWork;
  // looked for only where it is used: a page reports each try that its policy forbids
  const missing = asked === 'reference' || (asked === 'auto' && little) ? undefined : wasmMissing();
  if (missing !== undefined) failWithoutWasm(asked, schedule.precision, missing);
  const precision = missing === undefined ? usual : 'float64';

  const told = (name: Name, why: string) => ({
    name,
    precision,
    arithmetic: name === 'reference' ? 'strict' : arithmetic,
    why,
  });
  const library =
    asked === 'blas' ||
    (asked === 'auto' && missing === undefined && arithmetic === 'fast' && !little && largest >= largeProduct)
      ? findBlas()
      : undefined;
  if (asked === 'blas' || (library !== undefined && !('missing' in library))) {
    const blas = blasOr(library!);
    const why = asked === 'blas' ? `asked for, with ${blas.name}` : `large products, and ${blas.name} is there`;
    return {
      engine: blasEngine({ precision, threads }, blas),
      report: told('blas', why),
      warnings: fewerThreads(threads),
    };
  }
  const onWasm = (why: string): ChosenEngine => ({
    engine: wasmEngine({ precision, threads, arithmetic }),
    report: told('wasm', why),
    warnings: fewerThreads(threads),
  });
  const onReferenceAs = (why: string, warnings: readonly string[] = []): ChosenEngine => ({
    engine: reference,
    report: told('reference', why),
    warnings,
  });
  if (asked !== 'auto') return asked === 'wasm' ? onWasm('asked for') : onReferenceAs('asked for');
  if (little) return onReferenceAs('so little work that compiling it would take longer');
  if (missing !== undefined) {
    const instead = small ? '' : ', in float64';
    return onReferenceAs(missing, [
      `${missing}. Training uses the engine "reference" instead${instead}, which is slower.`,
      ...(threads === undefined || threads < 2 ? [] : fewerThreads(threads, 'the engine "reference" uses one')),
    ]);
  }
  const noBlas = library === undefined ? '' : `; no BLAS: ${(library as BlasMissing).detail}`;
  const unasked = threads === undefined ? threadsMissing() : undefined;
  const noThreads = unasked === undefined ? '' : `; fewer threads than this machine runs: ${unasked}`;
  return onWasm(`compiled for this network${noBlas}${noThreads}`);
}

/** Throws an InputError where what was asked for needs WebAssembly, which cannot be used here. */
function failWithoutWasm(engine: string, precision: Precision | undefined, missing: string): void {
  if (engine !== 'auto') {
    fail({
      what: `the engine "${engine}" cannot be used: ${missing}`,
      where: ['training', 'engine'],
      fix: 'Leave the engine out: training then uses the engine "reference", which is slower.',
    });
  }
  if (precision !== 'float32') return;
  fail({
    what: `float32 cannot be used: ${missing}`,
    where: ['training', 'precision'],
    fix: 'Leave the precision out: training then uses float64, on the engine "reference".',
  });
}

/** A warning where threads were asked for that cannot be had. In strict arithmetic the result does not depend on their number. */
export function fewerThreads(
  asked: number | undefined,
  why = asked === undefined ? undefined : threadsMissing(asked),
): string[] {
  if (asked === undefined || why === undefined) return [];
  return [`Fewer than the ${asked} threads asked for took part: ${why}.`];
}
