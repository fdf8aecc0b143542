/** The record of a training's progress: its newest epoch, its losses, its seconds, and the history. */
import { clock } from './clock.ts';
import { History, type HistoryRow } from './history.ts';
import type { Progress } from './snapshot.ts';

type SavedProgress = Pick<Progress, 'best' | 'elapsed' | 'history' | 'last'>;

export class ProgressRecord {
  /** Epochs that ended. */
  epoch: number;
  /** The loss of the initial weights. */
  readonly first: number;
  /** The lowest loss of an epoch. */
  lowest: number;
  /** The newest row, whether or not the history keeps it. */
  last?: HistoryRow;
  /** Seconds up to the end of the newest slice, those before an interruption included. */
  seconds: number;
  readonly history: History;
  private readonly now: () => number;
  private readonly began: number;

  /** `held`: the progress of an interrupted training. */
  constructor(epoch: number, first: number, saved?: SavedProgress, now: () => number = clock) {
    this.epoch = epoch;
    this.first = first;
    this.lowest = saved?.best ?? Number.POSITIVE_INFINITY;
    this.last = saved?.last;
    this.seconds = saved?.elapsed ?? 0;
    this.history = new History(saved?.history);
    this.now = now;
    this.began = now() - this.seconds;
  }

  /** Seconds up to this moment. */
  elapsed(): number {
    return this.now() - this.began;
  }

  /** Ends a slice. Returns a function that spreads its seconds evenly over its epochs: the time at which epoch e ended. */
  endSlice(epochs: number): (e: number) => number {
    const before = this.seconds;
    this.seconds = this.elapsed();
    const length = this.seconds - before;
    return (e) => before + (length * (e + 1)) / epochs;
  }

  note(loss: number): void {
    if (loss < this.lowest) this.lowest = loss;
  }

  add(row: HistoryRow): void {
    this.last = row;
    this.history.add(row);
  }

  /** All rows, the last one included. */
  finish(): readonly HistoryRow[] {
    if (this.last !== undefined) this.history.finish(this.last);
    return this.history.rows;
  }

  /** The part that a checkpoint stores. */
  get state(): SavedProgress & Pick<Progress, 'first'> {
    const { first, lowest, history, last } = this;
    return { first, best: lowest, elapsed: this.elapsed(), history: history.state, last };
  }
}
