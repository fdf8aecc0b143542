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

/** A moment that is marked anew after most epochs: an object for each would cost more than a small network's epoch. */
type Changing = { -readonly [K in keyof Moment]: Moment[K] };

type Loop = Pick<EpochLoop, 'save' | 'restore' | 'load' | 'run' | 'position' | 'losses' | 'norms'>;

export class SavedWeights {
  private readonly loop: Loop;
  private readonly stepsPerEpoch: number;
  /** Saves are overwritten when no moment needs them: new memory for every slice would keep the garbage collector busy. */
  private readonly pool: Saved[];
  /** The start of the slice. */
  start: Saved;
  /** The newest epoch of the slice whose weights were looked at, so that the next look repeats only the epochs after it. */
  private looked?: Saved;
  private readonly goodMoment: Changing;
  private readonly bestMoment: Changing;

  /** Saves the loop as it is, or restores it to where a snapshot was taken. */
  constructor(loop: Loop, stepsPerEpoch: number, resume?: Snapshot) {
    this.loop = loop;
    this.stepsPerEpoch = stepsPerEpoch;
    if (resume === undefined) {
      this.start = loop.save();
      this.pool = [this.start];
      const { epoch } = this.start;
      this.goodMoment = { saved: this.start, epoch };
      this.bestMoment = { saved: this.start, epoch };
      return;
    }
    const { places, now, start, good, kept } = resume.progress;
    this.pool = resume.saves.map((numbers, i) => loop.load(places[i], numbers));
    this.start = this.pool[start];
    this.goodMoment = { saved: this.pool[good.save], epoch: good.epoch };
    this.bestMoment = { saved: this.pool[kept.save], epoch: kept.epoch };
    loop.restore(this.pool[now]);
  }

  /** Saves the weights that a slice begins with. A slice that begins within an epoch keeps the save of the epoch's start. */
  startSlice(): void {
    if (this.loop.position() > 0) return;
    const free = this.pool.findIndex((each) => each !== this.goodMoment.saved && each !== this.bestMoment.saved);
    this.start = this.loop.save(this.pool[free]);
    this.pool[free === -1 ? this.pool.length : free] = this.start;
    // a return to weights that are saved themselves repeats no epoch
    for (const moment of [this.goodMoment, this.bestMoment]) {
      if (moment.epoch === this.start.epoch) moment.saved = this.start;
    }
  }

  /** The newest weights whose loss showed no divergence. */
  get good(): Moment {
    return this.goodMoment;
  }

  /** The weights with the best score. */
  get best(): Moment {
    return this.bestMoment;
  }

  /** Marks an epoch of this slice as the newest that ended with good weights. */
  markGood(epoch: number): void {
    this.goodMoment.saved = this.start;
    this.goodMoment.epoch = epoch;
  }

  /** Marks an epoch of this slice as the one that ended with the best weights. */
  markBest(epoch: number): void {
    this.bestMoment.saved = this.start;
    this.bestMoment.epoch = epoch;
  }

  /** What `look` finds at the end of an epoch of this slice, whose epochs are repeated for it. The loop is then as before. */
  atEpoch<R>(epoch: number, look: () => R): R {
    const { loop, looked, start } = this;
    const [losses, norms] = [loop.losses.slice(), loop.norms.slice()];
    const now = loop.save();
    const from = looked !== undefined && looked.epoch >= start.epoch && looked.epoch <= epoch ? looked : start;
    this.returnTo({ saved: from, epoch });
    this.looked = loop.save(looked);
    const found = look();
    loop.restore(now);
    loop.losses.set(losses);
    loop.norms.set(norms);
    return found;
  }

  /** Returns to an epoch of this slice. */
  returnToEpoch(epoch: number): void {
    this.returnTo({ saved: this.start, epoch });
  }

  returnTo({ saved, epoch }: Moment): void {
    this.loop.restore(saved);
    for (let left = epoch - saved.epoch; left > 0; ) left -= this.loop.run(left * this.stepsPerEpoch);
  }
}
