/** Which engine runs a training, and why. */
import { fail } from '../base/errors.ts';
import type { Engine } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { wasm } from '../engines/wasm/index.ts';
import type { Schedule } from '../net/experiment.ts';

export interface EngineReport {
  readonly name: string;
  readonly precision: 'float64' | 'float32';
  readonly threads: number;
  readonly arithmetic: 'strict' | 'fast';
  readonly why: string;
}

/** The engines that exist. */
const engines: Readonly<Record<string, Engine>> = { reference, wasm };

/** Throws an InputError for an engine or a precision that does not exist yet. */
export function chooseEngine(schedule: Schedule): { engine: Engine; report: EngineReport } {
  const name = schedule.engine === 'auto' ? 'reference' : schedule.engine;
  const engine = engines[name];
  if (engine === undefined) {
    fail({
      what: `the engine "${name}" does not exist yet`,
      where: 'training.engine',
      mend: `Leave it out, or write one of: auto, ${Object.keys(engines).join(', ')}.`,
    });
  }
  if (schedule.precision === 'float32') {
    fail({
      what: `the engine "${name}" computes in float64`,
      where: 'training.precision',
      mend: 'Leave the precision out.',
    });
  }
  const why = schedule.engine === 'auto' ? 'it runs every network' : 'asked for';
  // neither engine rounds otherwise under "fast", so what is promised is "strict"
  return { engine, report: { name, precision: 'float64', threads: 1, arithmetic: 'strict', why } };
}
