/** The callbacks of a run, and the meaning of their return values. */
import { isCallable, kind, optional } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import type { EngineReport } from '../model/engine-choice.ts';
import type { Model } from '../model/model.ts';
import type { HistoryRow } from './history.ts';
import type { LayerGradients } from './probe.ts';

/** The information about a run that begins. */
export interface RunStart {
  /** Epochs that had ended: 0, unless the run continues from a checkpoint. */
  readonly epoch: number;
  readonly engine: Omit<EngineReport, 'threads' | 'memory'>;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** The model before the first update: a copy. Rejects with an InputError when `onStart` has ended. */
  model(): Promise<Model>;
}

/** The row of an epoch, with the model at its end. */
export interface EpochRow extends HistoryRow {
  /**
   * The model with the weights at the end of this epoch: a copy, made when it is asked for, also with `worker: true`. Rejects
   * with an InputError after the epoch: when `onEpoch` has returned, or the promise that it returned is resolved.
   */
  model(): Promise<Model>;
  /** With `probe: true`: the gradient norms so far. Undefined with `worker: true`. */
  readonly gradients?: LayerGradients;
}

/** A pause of training between two slices, perhaps within an epoch. */
export interface TrainingPause {
  /** Updates so far. */
  readonly updates: number;
  /** The model with the weights of now: a copy. Call it before `onPause` has ended. */
  model(): Model;
}

export interface Callbacks {
  /** Called once, before the first step. Training waits for it; an error that it throws rejects the run. */
  readonly onStart?: ((start: RunStart) => unknown) | undefined;
  /**
   * Called with every row of the history (each epoch up to 10,000, then fewer), and with the newest epoch's row at each
   * pause between slices. Training waits for it. If it returns `false` or `'stop'`, the run ends with the weights after
   * that epoch, and `reason` is "aborted"; the weights do not depend on the machine's speed. An error that it throws
   * rejects the run. `await row.model()` is the model at that epoch.
   */
  readonly onEpoch?: ((row: EpochRow) => unknown) | undefined;
  /**
   * Called at each pause between two slices of training, about every 16 ms, also within an epoch: to show a long epoch as it
   * goes. Training waits for it, and does not depend on it; an error that it throws rejects the run. Not with `worker: true`.
   */
  readonly onPause?: ((pause: TrainingPause) => unknown) | undefined;
}

/** For the error of a model that is asked for too late. */
const lateness = {
  onStart: { what: 'training has begun', where: 'onStart: start.model()' },
  onEpoch: { what: 'the epoch is over', where: 'onEpoch: row.model()' },
} as const;

/**
 * What `onStart` or `onEpoch` gets, with a function that makes the model of that moment, and a function to call when the
 * callback has ended. `take` makes the model.
 */
export function withModel<Given extends object>(
  name: keyof typeof lateness,
  plain: Given,
  take: () => Model | Promise<Model>,
  gradients?: LayerGradients,
) {
  let isOver = false;
  const model = async () => {
    if (!isOver) return take();
    const { what, where } = lateness[name];
    return fail({
      what: `${what}, and its weights are gone`,
      where,
      fix: `Call it before ${name} returns: ${name}: async ({ model }) => { const now = await model(); … }.`,
    });
  };
  return {
    // not enumerable: a row compares, prints and is sent as one of the history
    given: Object.defineProperties(
      { ...plain },
      { model: { value: model }, gradients: { value: gradients } },
    ) as Given & Pick<EpochRow, 'model' | 'gradients'>,
    end() {
      isOver = true;
    },
  };
}

/** Throws an InputError for a callback that is not a function. */
export function checkCallbacks(callbacks: Callbacks): void {
  for (const name of ['onStart', 'onEpoch', 'onPause'] as const) {
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
