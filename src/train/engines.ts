/** Which engine runs a training, in which precision, and why. */

import { showBytes } from '../base/bytes.ts';
import { fail } from '../base/errors.ts';
import { blasEngine, blasOr } from '../engines/blas/index.ts';
import { type BlasMissing, findBlas } from '../engines/blas/library.ts';
import type { Engine } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { wasmEngine } from '../engines/wasm/index.ts';
import { rowsIn } from '../net/problem.ts';
import type { Setup } from '../net/setup.ts';

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
const names: readonly Name[] = ['reference', 'wasm', 'blas'];

/** An engine, and what is told of it. Throws an InputError for one that is not there, or lacks the precision asked for. */
export function chooseEngine(setup: Setup): { engine: Engine; report: Omit<EngineReport, 'threads' | 'memory'> } {
  const { schedule } = setup;
  const { engine: asked, arithmetic, threads } = schedule;
  const isThere = (name: typeof asked): name is Name | 'auto' =>
    name === 'auto' || (names as readonly string[]).includes(name);
  if (!isThere(asked)) {
    return fail({
      what: `the engine "${asked}" does not exist yet`,
      where: 'training.engine',
      mend: `Leave it out, or write one of: auto, ${names.join(', ')}.`,
    });
  }
  const tensors = [...setup.parameters.values()];
  const parameters = tensors.reduce((count, { data }) => count + data.length, 0);
  const small = parameters < largeNetwork;
  const precision = schedule.precision ?? (asked === 'reference' || small ? 'float64' : 'float32');
  if (asked === 'reference' && precision === 'float32') {
    fail({
      what: 'the engine "reference" computes in float64',
      where: 'training.precision',
      mend: 'Leave the precision out, or use the engine "wasm".',
    });
  }
  const rows = rowsIn(setup);
  const batch = setup.batchSize === 'full' ? rows : Math.min(setup.batchSize, rows);
  const largest = batch * Math.max(...tensors.map(({ data }) => data.length));
  const { epochs = Number.POSITIVE_INFINITY } = schedule.stop;
  const little = precision === 'float64' && epochs * rows * parameters < littleWork;

  const told = (name: Name, why: string) => ({
    name,
    precision,
    arithmetic: name === 'reference' ? 'strict' : arithmetic,
    why,
  });
  const library =
    asked === 'blas' || (asked === 'auto' && arithmetic === 'fast' && !little && largest >= largeProduct)
      ? findBlas()
      : undefined;
  if (asked === 'blas' || (library !== undefined && !('missing' in library))) {
    const blas = blasOr(library!);
    const why = asked === 'blas' ? `asked for, with ${blas.name}` : `large products, and ${blas.name} is there`;
    return { engine: blasEngine({ precision, threads }, blas), report: told('blas', why) };
  }
  const wasm = () => wasmEngine({ precision, threads, arithmetic });
  if (asked !== 'auto') return { engine: asked === 'wasm' ? wasm() : reference, report: told(asked, 'asked for') };
  if (little)
    return { engine: reference, report: told('reference', 'so little work that compiling it would take longer') };
  const without = library === undefined ? '' : `; no BLAS: ${(library as BlasMissing).detail}`;
  return { engine: wasm(), report: told('wasm', `compiled for this network${without}`) };
}
