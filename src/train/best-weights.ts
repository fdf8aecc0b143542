/** Which epoch's weights have the best score so far, for `keep: "best"`. */
import type { SavedWeights } from './saved-weights.ts';

export class BestWeights {
  private readonly weights: Pick<SavedWeights, 'best' | 'markBest'>;
  private readonly scoresStart: boolean;
  /** The best score so far: lower is better. */
  score: number;

  /** `scoresStart`: an epoch's score is that of the weights it started with, not of those it ended with. */
  constructor(
    weights: Pick<SavedWeights, 'best' | 'markBest'>,
    scoresStart: boolean,
    score = Number.POSITIVE_INFINITY,
  ) {
    this.weights = weights;
    this.scoresStart = scoresStart;
    this.score = score;
  }

  after(epoch: number, score: number): void {
    if (!(score < this.score)) return;
    this.score = score;
    this.weights.markBest(this.scoresStart ? epoch - 1 : epoch);
  }

  /**
   * Whether the best weights are earlier than the final ones: `epoch` is the last epoch that ended, and `final` the loss of the
   * final weights. `isWithin`: the final weights are those within the next epoch, which nothing has scored.
   */
  areEarlier(epoch: number, final: number, isWithin = false): boolean {
    if (isWithin) return this.score < Number.POSITIVE_INFINITY;
    if (epoch === 0 || this.weights.best.epoch >= epoch) return false;
    // no epoch has scored the final weights
    return !(this.scoresStart && final <= this.score);
  }
}
