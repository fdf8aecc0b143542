/** What a run calls on its way, and what their answers mean. */
import { fail } from '../base/errors.ts';
import type { EngineReport } from '../model/engine-choice.ts';
import type { HistoryRow } from './history.ts';

/** What is known when a run begins. */
export interface RunStart {
  /** Finished epochs: 0, or those of the run that it goes on with. */
  readonly epoch: number;
  readonly engine: Omit<EngineReport, 'threads' | 'memory'>;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

export interface Callbacks {
  /** Called once, before the first step. Training waits for it; what it throws rejects the run. */
  readonly onStart?: (start: RunStart) => unknown;
  /**
   * Called with each epoch's row that the history has (each epoch up to 10,000, then ever fewer), and with the newest at
   * each break. Training waits for it. Answered `false` or `'stop'` the run ends with the weights after that epoch, which
   * are the same however fast the machine is: `reason: "aborted"`. What it throws rejects the run.
   */
  readonly onEpoch?: (row: HistoryRow) => unknown;
}

/** Throws an InputError where one is there and cannot be called. */
export function checkCallbacks(callbacks: Callbacks): void {
  for (const name of ['onStart', 'onEpoch'] as const) {
    const given = callbacks[name] as unknown;
    if (given === undefined || typeof given === 'function') continue;
    fail({ what: 'it is no function', where: name, fix: `Pass one: ${name}: (row) => console.log(row).` });
  }
}

/** Whether an answer ends the run. Only a promise is waited for: a turn of the event loop for each epoch would be dear. */
export async function endsRun(answer: PromiseLike<unknown>): Promise<boolean> {
  return isStop(await answer);
}

export const isStop = (answer: unknown): boolean => answer === false || answer === 'stop';

export const isPromise = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof (answer as { then?: unknown } | null | undefined)?.then === 'function';
