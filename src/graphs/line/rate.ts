/** The learning rate by the number of a sample. */

/** The lowest rate, as a share of the first. Source: line.cpp. */
export const minRateShare = 0.0001;

/** Falls linearly to a ten-thousandth, as in line.cpp, in the float32 of the kernel. */
export function rateOfSample(
  { learningRate, totalSamples }: { readonly learningRate: number; readonly totalSamples: number },
  number: number,
): number {
  const decayed = learningRate * (1 - number / (totalSamples + 1));
  return Math.fround(Math.max(decayed, learningRate * minRateShare));
}
