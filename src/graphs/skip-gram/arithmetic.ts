/**
 * The numbers of skip-gram's definition: float64, or float32 with the bits of the generated code. Only additions, multiplications,
 * divisions and roundings are used, so that a result has the same bits on every platform.
 */
import { exp, log } from '../../base/math.ts';

/** The constants of σ in float32. The fit is that of the WebAssembly engine's exponential. */
export const sigmoidParts = {
  /** σ is 0 or 1 in float32 long before. */
  limit: 80,
  /** ln 2 in two parts: an integer up to 2⁹ times the first is exact. */
  ln2High: 0.693359375,
  ln2Low: Math.LN2 - 0.693359375,
  /** Of r², r³ … in e^r. */
  fit: [0.49999994, 0.166665211, 0.041668389, 0.00836873055, 0.00138145708],
} as const;

/** How numbers are rounded, and the functions that are not exact. */
export interface Arithmetic {
  /** Rounds the result of one operation. */
  round(value: number): number;
  /** 1/(1 + e^-z). */
  sigmoid(z: number): number;
}

export const float64: Arithmetic = {
  round: (value) => value,
  sigmoid: (z) => 1 / (1 + exp(-z)),
};

const f = Math.fround;
const power = new Float32Array(1);
const powerBits = new Int32Array(power.buffer);
/** 2^k for a whole k from -126 to 127. */
function powerOfTwo(k: number): number {
  powerBits[0] = (k + 127) << 23;
  return power[0];
}

const c = {
  log2E: f(Math.LOG2E),
  high: f(sigmoidParts.ln2High),
  low: f(sigmoidParts.ln2Low),
  fit: sigmoidParts.fit.map(f),
};

export const float32: Arithmetic = {
  round: f,
  sigmoid(z) {
    const x = -Math.min(Math.max(z, -sigmoidParts.limit), sigmoidParts.limit);
    const k = Math.floor(f(f(x * c.log2E) + 0.5));
    const r = f(f(x - f(k * c.high)) - f(k * c.low));
    let sum = c.fit[c.fit.length - 1];
    for (let i = c.fit.length - 2; i >= 0; i--) sum = f(c.fit[i] + f(r * sum));
    const e = f(1 + f(r + f(f(r * r) * sum)));
    return f(1 / f(1 + f(e * powerOfTwo(k))));
  },
};

/** -ln σ(z), the loss of one pair, computed from σ(z). A probability that is 0 in float32 counts as 2⁻¹²⁶. */
export const pairLoss = (probability: number) => -log(Math.max(probability, 2 ** -126));
