/**
 * What the network makes of one digit, from its weights: most pixels are 0 and are left out, so that 1,000 digits take
 * milliseconds. The numbers are those of `model.predict`, up to rounding.
 */
import { pixelCount } from './digits-data.ts';

export const hiddenCount = 128;
export const classCount = 10;

export interface NetWeights {
  /** [784, 128] */
  readonly first: ArrayLike<number>;
  readonly firstBias: ArrayLike<number>;
  /** [128, 10] */
  readonly second: ArrayLike<number>;
  readonly secondBias: ArrayLike<number>;
}

export interface Reading {
  /** The outputs of the hidden units. [128] */
  readonly hidden: Float64Array;
  /** [10] */
  readonly probabilities: Float64Array;
}

/** Reads the digit that begins at `start` in `pixels`. */
export function readDigit(net: NetWeights, pixels: ArrayLike<number>, start = 0): Reading {
  const hidden = Float64Array.from(net.firstBias);
  for (let i = 0; i < pixelCount; i++) {
    const value = pixels[start + i];
    if (value === 0) continue;
    const row = i * hiddenCount;
    for (let k = 0; k < hiddenCount; k++) hidden[k] += value * net.first[row + k];
  }
  const logits = Float64Array.from(net.secondBias);
  for (let k = 0; k < hiddenCount; k++) {
    if (hidden[k] <= 0) {
      hidden[k] = 0;
      continue;
    }
    for (let c = 0; c < classCount; c++) logits[c] += hidden[k] * net.second[k * classCount + c];
  }
  return { hidden, probabilities: softmax(logits) };
}

/** The largest first: e^1000 is infinite, e^0 is 1. */
function softmax(logits: Float64Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const powers = logits.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((value) => value / sum);
}

/** The most probable class. */
export const decide = (probabilities: Float64Array): number =>
  probabilities.reduce((best, value, c) => (value > probabilities[best] ? c : best), 0);

/** The class of each digit. */
export function decideAll(net: NetWeights, pixels: ArrayLike<number>, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => decide(readDigit(net, pixels, i * pixelCount).probabilities));
}
