/**
 * Counter-based random numbers: Philox4x32-10. A number is a function of (seed, stream, counter) alone, so
 * it is the same on every engine, for any number of threads and in any order of use.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); the known-answer values of
 * its Random123 library are in the test.
 */
import { aNumber, aSeed, checkCall, kind, oneOf } from './arguments.ts';
import { cos, log } from './math.ts';

/** The purpose of random numbers. Each purpose has its own counters, so that a change of one does not affect the others. */
export const streams = {
  initialization: 0,
  shuffle: 1,
  dropout: 2,
  split: 3,
  check: 4,
  windows: 5,
  folds: 9,
  sample: 10,
  walks: 16,
  subsampling: 17,
  negatives: 18,
  vectors: 19,
  lineSamples: 20,
} as const;
export type Stream = keyof typeof streams;

/** The constants of Philox, for engines that generate code. */
export const philoxParts = {
  multipliers: [0xd2511f53, 0xcd9e8d57],
  /** Added to the keys after each round: the golden ratio, and the square root of 3 minus 1. */
  keys: [0x9e3779b9, 0xbb67ae85],
  rounds: 10,
} as const;

const { rounds } = philoxParts;
const [multiplier0, multiplier1] = philoxParts.multipliers;
const [weyl0, weyl1] = philoxParts.keys;

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/** Ten rounds of Philox on a counter of four words under a key of two; writes four 32-bit words to `out`. */
export function philox(
  out: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(multiplier0, counter0);
    const low0 = Math.imul(multiplier0, counter0) >>> 0;
    const high1 = multiplyHigh(multiplier1, counter2);
    const low1 = Math.imul(multiplier1, counter2) >>> 0;
    counter0 = (high1 ^ counter1 ^ key0) >>> 0;
    counter1 = low1;
    counter2 = (high0 ^ counter3 ^ key1) >>> 0;
    counter3 = low0;
    key0 = (key0 + weyl0) >>> 0;
    key1 = (key1 + weyl1) >>> 0;
  }
  out[0] = counter0;
  out[1] = counter1;
  out[2] = counter2;
  out[3] = counter3;
}

const isSeed = (seed: number) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32;
const isSequence = (sequence: number) => Number.isFinite(sequence);

/** Throws an InputError for the first argument that is wrong. */
function checkFill(name: string, { out, seed, stream, sequence }: Readonly<Record<string, unknown>>): void {
  checkCall(`${name}(out, seed, stream, sequence)`, {
    out: [out, kind('a Float64Array', (value: unknown) => value instanceof Float64Array)],
    seed: [seed, aSeed],
    stream: [stream, oneOf(...Object.keys(streams))],
    sequence: [sequence, aNumber],
  });
}

/** Fills `out` with uniforms in [0, 1) of 53 bits: element i is a function of (seed, stream, sequence, i). */
export function fillUniform(out: Float64Array, seed: number, stream: Stream, sequence: number): void {
  if (
    !(
      out instanceof Float64Array &&
      isSeed(seed) &&
      typeof stream === 'string' &&
      Object.hasOwn(streams, stream) &&
      isSequence(sequence)
    )
  ) {
    checkFill('fillUniform', { out, seed, stream, sequence });
  }
  const words = new Uint32Array(4);
  for (let i = 0; i < out.length; i += 2) {
    philox(words, i >>> 1, sequence >>> 0, Math.floor(sequence / 2 ** 32), 0, seed >>> 0, streams[stream]);
    out[i] = ((words[0] >>> 5) * 2 ** 26 + (words[1] >>> 6)) * 2 ** -53;
    if (i + 1 < out.length) out[i + 1] = ((words[2] >>> 5) * 2 ** 26 + (words[3] >>> 6)) * 2 ** -53;
  }
}

/**
 * Fills `out` with standard normals by the Box-Muller transform: two uniforms for each number, the cosine branch only.
 * Source: Box and Muller (1958).
 */
export function fillNormal(out: Float64Array, seed: number, stream: Stream, sequence: number): void {
  if (!(out instanceof Float64Array)) checkFill('fillNormal', { out, seed, stream, sequence });
  const u = new Float64Array(2 * out.length);
  fillUniform(u, seed, stream, sequence);
  for (let i = 0; i < out.length; i++) {
    // 1 - u is in (0, 1], so the logarithm is finite.
    out[i] = Math.sqrt(-2 * log(1 - u[2 * i])) * cos(2 * Math.PI * u[2 * i + 1]);
  }
}

/** A permutation of 0 … n-1 (Fisher-Yates), a function of (seed, stream, sequence, n). */
export function permutation(n: number, seed: number, stream: Stream, sequence: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const u = new Float64Array(n);
  fillUniform(u, seed, stream, sequence);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(u[i] * (i + 1));
    const swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  return order;
}

/** `count` numbers of 0 … n-1, ascending: all of them, or a random choice by the seed. */
export function sample(n: number, count: number, seed: number): Uint32Array {
  if (count >= n) return Uint32Array.from({ length: n }, (_, i) => i);
  return permutation(n, seed, 'sample', 0).slice(0, count).sort();
}
