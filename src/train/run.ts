/** A run: its options, its result, and the promise that can also be iterated for progress. */
import { showIn } from '../base/errors.ts';
import type { Notation } from '../base/reference.ts';
import type { EngineReport } from '../model/engine-choice.ts';
import type { Model } from '../model/model.ts';
import type { AnyTarget } from '../model/row.ts';
import type { ConfusionMatrix, Metrics } from '../net/metrics.ts';
import type { Callbacks } from './callbacks.ts';
import type { HistoryRow } from './history.ts';
import type { LayerGradients } from './probe.ts';
import type { ResumeChange } from './snapshot.ts';
import type { Snapshot, TrainingResult } from './trainer.ts';
import { takeBreak } from './yield.ts';

export interface RunOptions extends Callbacks {
  /**
   * Aborts the run: it ends after the current update, also within an epoch, and resolves with the weights so far (with
   * `keep: "best"`, the best ones) and `reason: "aborted"`. The history has the epochs that ended. If measuring all rows would
   * take long, loss and metrics are those of a sample, and `notes` says so. A checkpoint resumes to the same bits.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with the bytes of a checkpoint at intervals (`checkpoint` in the options) and at the end. Training waits for it;
   * if it rejects, the run rejects.
   */
  readonly onCheckpoint?: ((bytes: Uint8Array) => void | Promise<void>) | undefined;
  /**
   * A checkpoint to resume, or a function that returns one: it gets a reader that checks whether a checkpoint fits. The learning
   * rate, epochs, seconds, patience and the other stop conditions may be other than those of the checkpoint; the result lists
   * such `changes`. Other options, the network and the data must be the same.
   */
  readonly resume?:
    | Uint8Array
    | ((read: (bytes: Uint8Array, where?: string) => Snapshot) => Snapshot | undefined)
    | undefined;
  /** Whether to record the gradient norm of each layer at intervals. It does not change the training. Default: false. */
  readonly probe?: boolean | undefined;
  /**
   * A model to continue from: training starts with its weights. For a table, the scaling, categories and classes are also
   * those of the model.
   *
   * Or the bytes of a checkpoint, to continue a training with any other settings or data: training starts with its weights and
   * the state of its optimizer, and counts its updates and epochs on (`stop.epochs` counts all of them). Losses, the history,
   * early stopping and the best weights begin anew. The state of another optimizer, or of l-BFGS, is not used; `notes` says
   * so. Layers without parameters may be others; other parameters are an InputError. If nothing else is different, the weights
   * have the bits of an uninterrupted training.
   */
  readonly from?: Model | Uint8Array | undefined;
  /** Whether to train in a worker, so that this thread stays free. A page's worker can use threads if the page is isolated. */
  readonly worker?: boolean | undefined;
}

/** Loss and metrics on a split: the training, validation or test rows. */
export type PartResult = Readonly<Record<string, number>>;

/** The result of a run. */
export interface Trained<Features extends object = object, Target = AnyTarget> {
  readonly model: Model<Features, Target>;
  readonly stop: TrainingResult['stop'] & {
    /** If training diverged: the likely cause, and a fix. */
    readonly cause?: string;
  };
  readonly loss: TrainingResult['loss'];
  /** On the training rows. */
  readonly metrics: Metrics;
  /** Loss and metrics; absent if the data have no such split. */
  readonly validation?: PartResult;
  readonly test?: PartResult;
  /**
   * The confusion matrix of a classification, on the test rows if there are any, else the validation rows, else the training
   * rows. Rows: actual class; columns: predicted class.
   */
  readonly confusion?: { readonly part: 'test' | 'validation' | 'training'; readonly matrix: ConfusionMatrix };
  readonly engine: EngineReport;
  readonly history: readonly HistoryRow[];
  readonly kept?: TrainingResult['kept'];
  /** The options that were changed when the run was resumed, each with the epoch; `notes` says the same. */
  readonly changes?: readonly ResumeChange[];
  /** The gradient norm of each layer, if `probe` is true. */
  readonly gradients?: LayerGradients;
  /** Seconds before and after training; the seconds of training are in `stop`. */
  readonly seconds: { readonly compiling: number; readonly evaluating: number };
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * A running training: a promise of the result, which can also be iterated for progress. Each turn gives the newest epoch's row,
 * so that a slow reader skips some rows. It rejects with an InputError if the input is invalid.
 */
export interface Run<Features extends object = object, Target = AnyTarget>
  extends Promise<Trained<Features, Target>>,
    AsyncIterable<HistoryRow> {}

/** A run of `drive`, which reports the newest epoch's row as often as it likes. Its errors are in `notation`. */
export function runOf(drive: (onRow: (row: HistoryRow) => void) => Promise<Trained>, notation: Notation): Run {
  let latest: HistoryRow | undefined;
  let ended = false;
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const each of waiting.splice(0)) each();
  };
  // the caller gets the run before it begins
  const result = takeBreak()
    .then(() =>
      drive((row) => {
        latest = row;
        if (waiting.length > 0) wake();
      }),
    )
    .catch(showIn(notation))
    .finally(() => {
      ended = true;
      wake();
    });

  return Object.assign(result, {
    async *[Symbol.asyncIterator](): AsyncGenerator<HistoryRow, void> {
      let given: HistoryRow | undefined;
      // an error is thrown by the iteration below
      result.catch(() => {});
      for (;;) {
        if (latest !== given) {
          given = latest;
          yield given!;
        } else if (ended) {
          await result;
          return;
        } else await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  });
}
