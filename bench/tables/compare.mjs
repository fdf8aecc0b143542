/** Means, and paired differences of scores by seed. */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** The standard error of a mean: √(Σ(v - mean)²/(n - 1)/n). */
export const standardError = (values) => {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1) / values.length);
};

/** The mean of the paired differences a - b, and its standard error. */
export function paired(a, b) {
  const differences = a.map((value, i) => value - b[i]);
  return { difference: mean(differences), error: standardError(differences) };
}

/** Whether a difference is not below 0 by more than one standard error. If one row of one split differs, the two are equal up to rounding. */
export const within = ({ difference, error }) => difference >= -error - 1e-12;
