/** Scores of a ranking: how far true pairs are above false ones. */

/**
 * The probability that a true pair has a higher score than a false one; equal scores count half. By ranks, as in Mann and Whitney
 * (1947). NaN without pairs of both kinds.
 *
 * For example, the positives 3 and 1 among the negatives 2 and 0 have 0.75.
 */
export function rankingAuc(positives: Float64Array, negatives: Float64Array): number {
  const highs = positives.toSorted();
  const lows = negatives.toSorted();
  let wins = 0;
  let [below, upTo] = [0, 0];
  for (const score of highs) {
    while (below < lows.length && lows[below] < score) below++;
    upTo = Math.max(upTo, below);
    while (upTo < lows.length && lows[upTo] === score) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (highs.length * lows.length);
}

/**
 * The share of true pairs whose score is above that of the k-th highest false pair: hits@k. With fewer than k false pairs it is 1.
 * Source: Hu and others, "Open Graph Benchmark" (NeurIPS 2020).
 */
export function hitsAt(k: number, positives: Float64Array, negatives: Float64Array): number {
  if (negatives.length < k) return 1;
  const limit = negatives.toSorted()[negatives.length - k];
  return positives.filter((score) => score > limit).length / positives.length;
}
