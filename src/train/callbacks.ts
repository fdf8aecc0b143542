/** The callbacks of a run, and the meaning of their return values. */
import { isCallable, kind, optional } from '../base/arguments.ts';
import type { EngineReport } from '../model/engine-choice.ts';
import type { HistoryRow } from './history.ts';

/** The information about a run that begins. */
export interface RunStart {
  /** Epochs that had ended: 0, unless the run resumes a checkpoint. */
  readonly epoch: number;
  readonly engine: Omit<EngineReport, 'threads' | 'memory'>;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

export interface Callbacks {
  /** Called once, before the first step. Training waits for it; an error that it throws rejects the run. */
  readonly onStart?: (start: RunStart) => unknown;
  /**
   * Called with every row of the history (each epoch up to 10,000, then fewer), and with the newest epoch's row at each
   * pause between slices. Training waits for it. If it returns `false` or `'stop'`, the run ends with the weights after
   * that epoch, and `reason` is "aborted"; the weights do not depend on the machine's speed. An error that it throws
   * rejects the run.
   */
  readonly onEpoch?: (row: HistoryRow) => unknown;
}

/** Throws an InputError for a callback that is not a function. */
export function checkCallbacks(callbacks: Callbacks): void {
  for (const name of ['onStart', 'onEpoch'] as const) {
    const callback = callbacks[name] as unknown;
    optional(kind('a function', isCallable, `Pass one: ${name}: (row) => console.log(row).`))(callback, name);
  }
}

/** Whether a return value ends the run. The loop awaits promises only: a turn of the event loop for each epoch would be slow. */
export async function endsRun(answer: PromiseLike<unknown>): Promise<boolean> {
  return isStop(await answer);
}

export const isStop = (answer: unknown): boolean => answer === false || answer === 'stop';

export const isPromise = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof (answer as { then?: unknown } | null | undefined)?.then === 'function';
