/** Which engine runs a training, in which precision, and why. */

import { showBytes } from '../base/bytes.ts';
import { fail } from '../base/errors.ts';
import type { Engine } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { wasmEngine } from '../engines/wasm/index.ts';
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

const names = ['reference', 'wasm'] as const;

/** Throws an InputError for an engine that does not exist yet, and for a precision that it does not have. */
export function chooseEngine(setup: Setup): { engine: Engine; report: Omit<EngineReport, 'threads' | 'memory'> } {
  const { schedule } = setup;
  const asked = schedule.engine;
  if (asked !== 'auto' && !(names as readonly string[]).includes(asked)) {
    fail({
      what: `the engine "${asked}" does not exist yet`,
      where: 'training.engine',
      mend: `Leave it out, or write one of: auto, ${names.join(', ')}.`,
    });
  }
  const parameters = [...setup.parameters.values()].reduce((count, { data }) => count + data.length, 0);
  const small = parameters < largeNetwork;
  const precision = schedule.precision ?? (asked === 'reference' || small ? 'float64' : 'float32');
  if (asked === 'reference' && precision === 'float32') {
    fail({
      what: 'the engine "reference" computes in float64',
      where: 'training.precision',
      mend: 'Leave the precision out, or use the engine "wasm".',
    });
  }
  const { epochs = Number.POSITIVE_INFINITY } = schedule.stop;
  const little = precision === 'float64' && epochs * setup.inputs.shape[0] * parameters < littleWork;
  const name = asked === 'auto' ? (little ? 'reference' : 'wasm') : asked;
  const reasons = {
    reference: 'so little work that compiling it would take longer',
    wasm: 'compiled for this network',
  };
  const why = asked === 'auto' ? reasons[name as keyof typeof reasons] : 'asked for';
  // neither engine rounds otherwise under "fast", so what is promised is "strict"
  return {
    engine: name === 'reference' ? reference : wasmEngine({ precision, threads: schedule.threads }),
    report: { name, precision, arithmetic: 'strict', why },
  };
}
