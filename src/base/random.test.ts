import { expect, test } from 'vitest';
import { fillNormal, fillUniform, permutation, philox, type Stream, streams } from './random.ts';

function words(counter: readonly number[], key: readonly number[]): string {
  const out = new Uint32Array(4);
  philox(out, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return [...out].map((word) => word.toString(16).padStart(8, '0')).join(' ');
}

function uniforms(n: number, seed: number, stream: Stream = 'initialization', sequence = 0): Float64Array {
  const out = new Float64Array(n);
  fillUniform(out, seed, stream, sequence);
  return out;
}

function normals(n: number, seed: number): Float64Array {
  const out = new Float64Array(n);
  fillNormal(out, seed, 'initialization', 0);
  return out;
}

/** The means of x, x², x³ and x⁴. */
function moments(values: Float64Array): number[] {
  return [1, 2, 3, 4].map((power) => values.reduce((sum, x) => sum + x ** power, 0) / values.length);
}

test('philox: the known answers of Random123 for philox4x32-10', () => {
  const all = 0xffffffff;
  expect(words([0, 0, 0, 0], [0, 0])).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
  expect(words([all, all, all, all], [all, all])).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
  // digits of pi
  expect(words([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toBe(
    'd16cfe09 94fdcceb 5001e420 24126ea1',
  );
});

test('a uniform is 53 bits of two words: the upper 27 of the first, the upper 26 of the second', () => {
  const out = new Uint32Array(4);
  philox(out, 3, 5, 0, 0, 7, streams.dropout);
  const drawn = uniforms(8, 7, 'dropout', 5);
  expect(drawn[6]).toBe(Number((BigInt(out[0] >>> 5) << 26n) | BigInt(out[1] >>> 6)) / 2 ** 53);
  expect(drawn[7]).toBe(Number((BigInt(out[2] >>> 5) << 26n) | BigInt(out[3] >>> 6)) / 2 ** 53);
});

test('an element depends on its index alone: a shorter fill is the beginning of a longer one', () => {
  const long = uniforms(101, 1);
  for (const n of [0, 1, 2, 7, 100]) expect(uniforms(n, 1)).toEqual(long.slice(0, n));
  expect(normals(3, 1)).toEqual(normals(9, 1).slice(0, 3));
});

test('seeds, streams and sequences give different numbers, up to the largest seed', () => {
  const draws = new Map<string, string>();
  for (const stream of Object.keys(streams) as Stream[]) {
    for (const seed of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
      // 2^32 and above: dropout's lanes are in the upper half of the sequence.
      for (const sequence of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 3 * 2 ** 32]) {
        draws.set(uniforms(2, seed, stream, sequence).join(), `${stream} ${seed} ${sequence}`);
      }
    }
  }
  expect(draws.size).toBe(Object.keys(streams).length * 4 * 6);
});

// 200,000 draws: a mean of n draws is off by more than 5 standard deviations of itself (sigma/√n) once in two million
// seeds, and the seed is fixed. Sigma of x, x², x³, x⁴ is computed from the distribution's moments.
const n = 200_000;

test('uniforms lie in [0, 1) and have the moments 1/(k + 1)', () => {
  const drawn = uniforms(n, 1);
  expect(drawn.every((x) => x >= 0 && x < 1)).toBe(true);
  moments(drawn).forEach((moment, i) => {
    const k = i + 1;
    const sigma = Math.sqrt(1 / (2 * k + 1) - 1 / (k + 1) ** 2);
    expect(Math.abs(moment - 1 / (k + 1)), `moment ${k}`).toBeLessThan((5 * sigma) / Math.sqrt(n));
  });
});

test('normals have the moments 0, 1, 0, 3, and neighbors do not correlate', () => {
  const drawn = normals(n, 1);
  const sigma = [1, Math.sqrt(2), Math.sqrt(15), Math.sqrt(96)];
  moments(drawn).forEach((moment, i) => {
    expect(Math.abs(moment - [0, 1, 0, 3][i]), `moment ${i + 1}`).toBeLessThan((5 * sigma[i]) / Math.sqrt(n));
  });
  let product = 0;
  for (let i = 1; i < n; i++) product += drawn[i] * drawn[i - 1];
  expect(Math.abs(product / n)).toBeLessThan(5 / Math.sqrt(n));
});

test('a permutation has every index once, for 0, 1 and many', () => {
  for (const n of [0, 1, 2, 3, 17, 1000]) {
    const order = permutation(n, 5, 'shuffle', 3);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  }
});

test('a permutation is the same for the same epoch, and different for another epoch or seed', () => {
  const first = permutation(50, 1, 'shuffle', 0);
  expect(permutation(50, 1, 'shuffle', 0)).toEqual(first);
  expect(permutation(50, 1, 'shuffle', 1)).not.toEqual(first);
  expect(permutation(50, 2, 'shuffle', 0)).not.toEqual(first);
});

test('the six permutations of three come equally often', () => {
  const counts = new Map<string, number>();
  const rounds = 6000;
  for (let sequence = 0; sequence < rounds; sequence++) {
    const key = permutation(3, 1, 'shuffle', sequence).join('');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
  // 5 standard deviations of a binomial count
  const bound = 5 * Math.sqrt(rounds * (1 / 6) * (5 / 6));
  for (const [order, count] of counts) expect(Math.abs(count - rounds / 6), order).toBeLessThan(bound);
});
