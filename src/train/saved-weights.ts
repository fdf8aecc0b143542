/**
 * Weights that training may return to. Saving the weights of every epoch would cost too much: they are saved where a slice
 * begins. To return to an epoch within the slice, training restores that save and repeats the epochs, to the same bits.
 */
import type { EpochLoop, Saved } from '../engines/engine.ts';
import type { Snapshot } from './snapshot.ts';

/** The end of an epoch: a save, and the epoch up to which training runs from there. */
export interface Moment {
  readonly saved: Saved;
  readonly epoch: number;
}

type Loop = Pick<EpochLoop, 'save' | 'restore' | 'load' | 'run' | 'position'>;

export class SavedWeights {
  private readonly loop: Loop;
  private readonly stepsPerEpoch: number;
  /** Saves are overwritten when no moment needs them: new memory for every slice would keep the garbage collector busy. */
  private readonly pool: Saved[];
  /** The start of the slice. */
  start: Saved;
  /** The newest weights whose loss was finite. */
  finite: Moment;
  /** The weights with the best score. */
  best: Moment;

  /** Saves the loop as it is, or restores it to where a snapshot was taken. */
  constructor(loop: Loop, stepsPerEpoch: number, resume?: Snapshot) {
    this.loop = loop;
    this.stepsPerEpoch = stepsPerEpoch;
    if (resume === undefined) {
      this.start = loop.save();
      this.pool = [this.start];
      this.finite = { saved: this.start, epoch: 0 };
      this.best = this.finite;
      return;
    }
    const { places, now, start, good, kept } = resume.progress;
    this.pool = resume.saves.map((numbers, i) => loop.load(places[i], numbers));
    this.start = this.pool[start];
    this.finite = { saved: this.pool[good.save], epoch: good.epoch };
    this.best = { saved: this.pool[kept.save], epoch: kept.epoch };
    loop.restore(this.pool[now]);
  }

  /** Saves the weights that a slice begins with. A slice that begins within an epoch keeps the save of the epoch's start. */
  startSlice(): void {
    if (this.loop.position() > 0) return;
    const free = this.pool.findIndex((each) => each !== this.finite.saved && each !== this.best.saved);
    this.start = this.loop.save(this.pool[free]);
    this.pool[free === -1 ? this.pool.length : free] = this.start;
  }

  /** The end of an epoch of this slice. */
  at(epoch: number): Moment {
    return { saved: this.start, epoch };
  }

  returnTo({ saved, epoch }: Moment): void {
    this.loop.restore(saved);
    for (let left = epoch - saved.epoch; left > 0; ) left -= this.loop.run(left * this.stepsPerEpoch);
  }
}
