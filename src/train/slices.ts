/** How many steps training takes at a time, so that a slice takes about as long as it should. */
import { type EpochLoop, epochsAtOnce } from '../engines/engine.ts';
import { clock } from './clock.ts';

/** A slice takes at most this many times the steps of the slice before it. */
const growth = 8;

export class Slices {
  private readonly loop: Pick<EpochLoop, 'run' | 'position'>;
  private readonly stepsPerEpoch: number;
  private readonly seconds: number;
  private readonly now: () => number;
  /** Steps that should take as long as a slice should. */
  private steps = 1;

  /** `seconds`: how long a slice should take; 0: a slice is one step. */
  constructor(
    loop: Pick<EpochLoop, 'run' | 'position'>,
    stepsPerEpoch: number,
    seconds: number,
    now: () => number = clock,
  ) {
    this.loop = loop;
    this.stepsPerEpoch = stepsPerEpoch;
    this.seconds = seconds;
    this.now = now;
  }

  /**
   * Runs the next slice: some steps of an epoch, or the rest of the epoch and up to `maxMore` whole epochs after it.
   * Returns how many epochs ended.
   */
  run(maxMore: number): number {
    const steps = this.next(maxMore);
    if (this.seconds === 0) return this.loop.run(steps);
    const [before, position] = [this.now(), this.loop.position()];
    const ended = this.loop.run(steps, true);
    const taken = ended * this.stepsPerEpoch + this.loop.position() - position;
    const fitting = (taken * this.seconds) / Math.max(this.now() - before, 1e-6);
    this.steps = Math.max(1, Math.floor(Math.min(fitting, growth * steps)));
    return ended;
  }

  private next(maxMore: number): number {
    const position = this.loop.position();
    const left = this.stepsPerEpoch - position;
    if (this.steps < left) return this.steps;
    // a slice that begins within an epoch ends with that epoch
    const more = position > 0 ? 0 : Math.floor((this.steps - left) / this.stepsPerEpoch);
    return left + Math.max(0, Math.min(more, maxMore, epochsAtOnce - 1)) * this.stepsPerEpoch;
  }
}
