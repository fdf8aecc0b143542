/** A snapshot: everything that a training needs to continue as if it had never been interrupted. */
import type { EpochLoop, EpochPosition, Numbers, Saved } from '../engines/engine.ts';
import type { HistoryRow, HistoryState } from './history.ts';
import type { PlateauState } from './plateau.ts';
import type { LayerGradients } from './probe.ts';
import type { Moment } from './saved-weights.ts';

export interface Snapshot {
  readonly progress: Progress;
  /** The parameters and the optimizer's state by name, for each of the places in `progress`. */
  readonly saves: readonly ReadonlyMap<string, Numbers>[];
}

/** An option that was changed when a training was resumed: its values as JSON, or "none". */
export interface ResumeChange {
  /** Epochs that had ended. */
  readonly epoch: number;
  readonly option: string;
  readonly from: string;
  readonly to: string;
}

/** How far a training is, in numbers and lists alone, as a checkpoint stores it. */
export interface Progress {
  readonly places: readonly EpochPosition[];
  /** Indices of places: where training is, and where its newest slice began. */
  readonly now: number;
  readonly start: number;
  /** The newest weights whose loss showed no divergence, and the best weights: an epoch, and the place to repeat epochs from. */
  readonly good: { readonly save: number; readonly epoch: number };
  readonly kept: { readonly save: number; readonly epoch: number };
  /** The loss of the initial weights, and the lowest loss of an epoch. */
  readonly first: number;
  readonly best: number;
  /** The score of the best weights. */
  readonly bestScore: number;
  /** The score that early stopping compares with, and the epochs since it. */
  readonly patient: number;
  readonly waited: number;
  /** Seconds of training. */
  readonly elapsed: number;
  readonly watched: PlateauState;
  readonly history: HistoryState;
  readonly last?: HistoryRow;
  /** An epoch that ended when training was aborted, before its weights were evaluated. */
  readonly unjudged?: { readonly loss: number; readonly gradientNorm: number };
  readonly gradients?: LayerGradients;
  /** Of a training that continues another: updates before its own, less the steps that as many of its epochs have. */
  readonly offset?: number;
  /** The options that were changed when the training was resumed, in order. */
  readonly changes?: readonly ResumeChange[];
}

/** The weights of a training: the start of its newest slice, and the moments that it may return to. */
interface Weights {
  readonly start: Saved;
  readonly good: Moment;
  readonly best: Moment;
}

type Rest = Omit<Progress, 'places' | 'now' | 'start' | 'good' | 'kept'>;

/** A snapshot of the loop as it is now. Weights that several moments share are stored once. */
export function takeSnapshot(loop: EpochLoop, { start, good, best }: Weights, rest: Rest): Snapshot {
  const now = loop.save();
  const all = [...new Set([now, start, good.saved, best.saved])];
  const at = ({ saved, epoch }: Moment) => ({ save: all.indexOf(saved), epoch });
  return {
    progress: {
      places: all.map(({ epoch, count, position, total, most }) => ({ epoch, count, position, total, most })),
      now: 0,
      start: all.indexOf(start),
      good: at(good),
      kept: at(best),
      ...rest,
    },
    saves: all.map((each) => new Map([...loop.numbers(each)].map(([name, numbers]) => [name, numbers.slice()]))),
  };
}
