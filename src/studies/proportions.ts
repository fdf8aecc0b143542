/** Intervals for proportions of few rows, such as an accuracy. They stay within 0 and 1, and are right at 0 and 1. */

/** The 97.5th percentile of the standard normal distribution: intervals of 95 %. */
const z = 1.959963984540054;

/**
 * Wilson's 95 % interval of a proportion: those values that a test with the normal approximation would not reject. All of 12 rows
 * give 0.757 to 1, where the standard error of the proportion would be 0.
 *
 * Source: Wilson (1927), Journal of the American Statistical Association 22, 209–212.
 */
export function wilsonInterval(share: number, n: number): readonly [low: number, high: number] {
  const middle = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  // rounding must not leave the proportion outside, nor the range
  return [share === 0 ? 0 : (middle - half) / whole, share === 1 ? 1 : (middle + half) / whole];
}

/**
 * The 95 % interval of the difference of two independent proportions, from their Wilson intervals. For proportions of the same
 * rows, which usually agree on many of them, it is wider than needed.
 *
 * Source: Newcombe (1998), Statistics in Medicine 17, 873–890, method 10.
 */
export function differenceInterval(
  [a, ofA]: readonly [share: number, n: number],
  [b, ofB]: readonly [share: number, n: number],
): readonly [low: number, high: number] {
  const [lowA, highA] = wilsonInterval(a, ofA);
  const [lowB, highB] = wilsonInterval(b, ofB);
  return [a - b - Math.hypot(a - lowA, highB - b), a - b + Math.hypot(highA - a, b - lowB)];
}
