/** Chooses the engine and the precision of a training, with the reason. */

import { showBytes } from '../base/bytes.ts';
import { fail } from '../base/errors.ts';
import type { BlasMissing } from '../engines/blas/library.ts';
import type { Engine } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { rowsIn } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';
import { loadWasm } from './quick-engine.ts';

export type Precision = 'float64' | 'float32';

export interface EngineReport {
  readonly name: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly arithmetic: 'strict' | 'fast';
  readonly why: string;
  /** The bytes of its memory: weights, gradients, optimizer state, live values, and the data set. */
  readonly memory: number;
}

/** For people: `wasm, float32, 2 threads, 6.6 MiB of memory: requested`. */
export function engineText({ name, precision, threads, arithmetic, memory, why }: EngineReport): string {
  const shared = threads === 1 ? '1 thread' : `${threads} threads`;
  return `${name}, ${precision}, ${arithmetic}, ${shared}, ${showBytes(memory)} of memory: ${why}`;
}

/**
 * Networks with fewer parameters are trained in float64, so that explanations show the exact numbers of the training.
 */
const largeNetwork = 10_000;

/** Below this many multiplications of a training, the reference engine is faster than compiling a module. */
const littleWork = 200_000;

/** From this many multiplications of a step's largest product on, loading the system's BLAS is worthwhile. */
const largeProduct = 200_000;

type Name = 'reference' | 'wasm' | 'blas';

export interface ChosenEngine {
  readonly engine: Engine;
  readonly report: Omit<EngineReport, 'threads' | 'memory'>;
  /** Warnings about requested or usual features that are not available here. */
  readonly warnings: readonly string[];
}

/**
 * Chooses an engine, loads it and describes it. Throws an InputError for an engine that is not available, or lacks the requested
 * precision.
 */
export async function chooseEngine(setup: Setup): Promise<ChosenEngine> {
  const { schedule } = setup;
  const { engine: requested, arithmetic, threads } = schedule;
  const tensors = [...setup.parameters.values()];
  const parameters = tensors.reduce((count, { data }) => count + data.length, 0);
  const small = parameters < largeNetwork;
  const usual = schedule.precision ?? (requested === 'reference' || small ? 'float64' : 'float32');
  if (requested === 'reference' && usual === 'float32') {
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
  // checked only if it would be used, because a page reports each attempt that its policy forbids
  const wasm = requested === 'reference' || (requested === 'auto' && little) ? undefined : await loadWasm();
  const missing = wasm?.wasmMissing();
  if (missing !== undefined) failWithoutWasm(requested, schedule.precision, missing);
  const precision = missing === undefined ? usual : 'float64';

  const reportOf = (name: Name, why: string) => ({
    name,
    precision,
    arithmetic: name === 'reference' ? 'strict' : arithmetic,
    why,
  });
  const isProduct = arithmetic === 'fast' && !little && largest >= largeProduct;
  const isBlas = requested === 'blas' || (requested === 'auto' && missing === undefined && isProduct);
  const ofBlas = isBlas ? await import('../engines/blas/index.ts') : undefined;
  const library = ofBlas?.findBlas();
  const notes = (why = wasm?.threadsMissing(threads)) => fewerThreads(threads, why);
  if (ofBlas !== undefined && (requested === 'blas' || !('missing' in library!))) {
    const blas = ofBlas.blasOr(library!);
    const why = requested === 'blas' ? `requested, with ${blas.name}` : `large products, and ${blas.name} is available`;
    return {
      engine: ofBlas.blasEngine({ precision, threads }, blas),
      report: reportOf('blas', why),
      warnings: notes(),
    };
  }
  const onWasm = (why: string): ChosenEngine => ({
    engine: wasm!.wasmEngine({ precision, threads, arithmetic }),
    report: reportOf('wasm', why),
    warnings: notes(),
  });
  const onReferenceAs = (why: string, warnings: readonly string[] = []): ChosenEngine => ({
    engine: reference,
    report: reportOf('reference', why),
    warnings,
  });
  if (requested !== 'auto') return requested === 'wasm' ? onWasm('requested') : onReferenceAs('requested');
  if (little) return onReferenceAs('so little work that compiling would take longer');
  if (missing !== undefined) {
    const instead = small ? '' : ', in float64';
    return onReferenceAs(missing, [
      `${missing}. Training uses the engine "reference" instead${instead}, which is slower.`,
      ...(threads === undefined || threads < 2 ? [] : notes('the engine "reference" uses one')),
    ]);
  }
  const noBlas = library === undefined ? '' : `; no BLAS: ${(library as BlasMissing).detail}`;
  const unasked = threads === undefined ? wasm?.threadsMissing() : undefined;
  const noThreads = unasked === undefined ? '' : `; fewer threads than this machine runs: ${unasked}`;
  return onWasm(`compiled for this network${noBlas}${noThreads}`);
}

/** Throws an InputError if the requested engine or precision needs WebAssembly, which is not available here. */
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

/**
 * A warning if fewer threads than requested take part, for the reason `why`. In strict arithmetic, the result does not depend
 * on their number.
 */
export function fewerThreads(requested: number | undefined, why: string | undefined): string[] {
  if (requested === undefined || why === undefined) return [];
  return [`Fewer than the ${requested} requested threads took part: ${why}.`];
}
