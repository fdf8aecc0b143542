/** When training stops: the conditions of `stop`, and divergence. */
import type { Stop } from '../net/training.ts';

export type StopReason = 'epochs' | 'seconds' | 'loss' | 'patience' | 'gradientNorm' | 'aborted' | 'diverged';

/** The results of an epoch. */
export interface EndedEpoch {
  /** Its number, from 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** Early stopping's state. */
export interface PatienceState {
  /** The best score that counted as an improvement: lower is better. */
  readonly patient: number;
  /** Epochs since then. */
  readonly waited: number;
}

export class StopRules {
  private readonly stop: Stop;
  private readonly isHopeless: (loss: number) => boolean;
  private patient: number;
  private waited: number;

  /** `isHopeless`: whether a loss ends training as diverged. Default: one that is not finite. */
  constructor(
    stop: Stop,
    { patient, waited }: PatienceState = { patient: Number.POSITIVE_INFINITY, waited: 0 },
    isHopeless = (loss: number) => !Number.isFinite(loss),
  ) {
    this.stop = stop;
    this.isHopeless = isHopeless;
    this.patient = patient;
    this.waited = waited;
  }

  get state(): PatienceState {
    return { patient: this.patient, waited: this.waited };
  }

  /** Counts an epoch: an improvement is a score that is more than `minDelta` below the best one. */
  count(score: number): void {
    const { minDelta = 0 } = this.stop;
    if (score < this.patient - minDelta) {
      this.patient = score;
      this.waited = 0;
    } else this.waited += 1;
  }

  /**
   * Why training stops after an epoch; undefined if it continues. `seconds` is the time so far, where it is known: it is
   * measured at the end of a slice, so that only a slice's last epoch can stop by time.
   */
  reasonAfter({ epoch, loss, gradientNorm }: EndedEpoch, seconds?: number): StopReason | undefined {
    const { stop } = this;
    if (this.isHopeless(loss)) return 'diverged';
    if (stop.loss !== undefined && loss <= stop.loss) return 'loss';
    if (stop.gradientNorm !== undefined && gradientNorm <= stop.gradientNorm) return 'gradientNorm';
    if (stop.patience !== undefined && this.waited >= stop.patience) return 'patience';
    if (stop.epochs !== undefined && epoch >= stop.epochs) return 'epochs';
    if (stop.seconds !== undefined && seconds !== undefined && seconds >= stop.seconds) return 'seconds';
    return undefined;
  }
}
