/** The learning rate by progress. */

export interface RateOptions {
  readonly learningRate: number;
  readonly minLearningRate: number;
  /** The walks of all epochs. */
  readonly totalWalks: number;
}

/** The rate of a walk: falls linearly from `learningRate` to `minLearningRate` at the end. All tokens of a walk have one rate. */
export function rateOfWalk({ learningRate, minLearningRate, totalWalks }: RateOptions, number: number): number {
  return Math.max(minLearningRate, learningRate - (learningRate - minLearningRate) * (number / totalWalks));
}
