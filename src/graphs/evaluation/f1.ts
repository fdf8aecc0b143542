/** F1 scores of classes when the number of labels of each row is known. */

/** Micro- and macro-averaged F1, each from 0 to 1. */
export interface F1 {
  /** Of all pairs of row and class together. */
  readonly micro: number;
  /** The mean of the classes' F1; a class without true positives counts as 0. */
  readonly macro: number;
}

/** The `count` classes with the highest scores; of equal scores the lower class. */
export function topClasses(scores: ArrayLike<number>, count: number): number[] {
  const order = Array.from(scores, (_, k) => k).sort((a, b) => scores[b] - scores[a] || a - b);
  return order.slice(0, count);
}

/**
 * Scores predictions: `truth` and `predicted` list the classes of each row, 0 to `classes` - 1.
 * Source: van Rijsbergen, "Information Retrieval" (1979); averages as in scikit-learn's `f1_score`.
 */
export function f1Scores(
  truth: readonly (readonly number[])[],
  predicted: readonly (readonly number[])[],
  classes: number,
): F1 {
  const [hits, wrong, missed] = [0, 1, 2].map(() => new Float64Array(classes));
  truth.forEach((own, row) => {
    for (const k of predicted[row]) (own.includes(k) ? hits : wrong)[k]++;
    for (const k of own) if (!predicted[row].includes(k)) missed[k]++;
  });
  // F1 = 2 TP / (2 TP + FP + FN)
  const f1 = (tp: number, fp: number, fn: number) => (tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn));
  const total = (counts: Float64Array) => counts.reduce((sum, x) => sum + x, 0);
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += f1(hits[k], wrong[k], missed[k]);
  return { micro: f1(total(hits), total(wrong), total(missed)), macro: sum / classes };
}
