import { describe, expect, test } from 'vitest';
import { fillUniform } from '../../base/random.ts';
import type { DegreeList } from './degree-lists.ts';
import { exactDistance, fastDistance } from './time-warping.ts';

/** A list that names each degree as often as it occurs. */
const plain = (degrees: readonly number[]): DegreeList => ({
  degrees: Float64Array.from(degrees),
  counts: new Float64Array(degrees.length).fill(1),
});
const compressed = (pairs: readonly (readonly [number, number])[]): DegreeList => ({
  degrees: Float64Array.from(pairs, ([degree]) => degree),
  counts: Float64Array.from(pairs, ([, count]) => count),
});

/** The minimum cost over every monotonic alignment, each written out. */
function overAllAlignments(a: DegreeList, b: DegreeList): number {
  const cost = (i: number, j: number) => {
    const [x, y] = [a.degrees[i], b.degrees[j]];
    return (Math.max(x, y) / Math.min(x, y) - 1) * Math.max(a.counts[i], b.counts[j]);
  };
  const from = (i: number, j: number): number => {
    const here = cost(i, j);
    if (i === a.degrees.length - 1 && j === b.degrees.length - 1) return here;
    const next = [
      [i + 1, j],
      [i, j + 1],
      [i + 1, j + 1],
    ].filter(([r, c]) => r < a.degrees.length && c < b.degrees.length);
    return here + Math.min(...next.map(([r, c]) => from(r, c)));
  };
  return from(0, 0);
}

/** Ascending degrees with counts. */
function randomList(length: number, sequence: number): DegreeList {
  const numbers = new Float64Array(2 * length);
  fillUniform(numbers, 1, 'check', sequence);
  let degree = 0;
  const pairs = Array.from({ length }, (_, i): [number, number] => {
    degree += 1 + Math.floor(3 * numbers[2 * i]);
    return [degree, 1 + Math.floor(4 * numbers[2 * i + 1])];
  });
  return compressed(pairs);
}

describe("the paper's definition, by hand", () => {
  test('degrees 1, 1, 2 and 1, 2, 4: the ones and the twos match, and 2 is aligned with 4 for 4/2 − 1', () => {
    expect(exactDistance(plain([1, 1, 2]), plain([1, 2, 4]))).toBe(1);
  });

  test('degrees 1, 3 and 2, 2, 3: 1 is aligned with both twos, for 1 each', () => {
    // 1–2, 1–2, 3–3 costs 1 + 1 + 0; 1–2, 3–2, 3–3 costs 1 + 1/2 + 0
    expect(exactDistance(plain([1, 3]), plain([2, 2, 3]))).toBe(1.5);
  });

  test('compressed lists: a pair costs as much as its larger count', () => {
    // (1, 2) and (1, 1) cost nothing; (2, 3) and (4, 1) cost (4/2 − 1)·3
    expect(
      exactDistance(
        compressed([
          [1, 2],
          [2, 3],
        ]),
        compressed([
          [1, 1],
          [4, 1],
        ]),
      ),
    ).toBe(3);
  });

  test('equal lists have the distance 0, and the order of the two does not matter', () => {
    const [a, b] = [randomList(9, 1), randomList(7, 2)];
    expect(exactDistance(a, a)).toBe(0);
    expect(exactDistance(a, b)).toBe(exactDistance(b, a));
  });

  test('a node without neighbors is like another such node, and infinitely far from the rest', () => {
    expect(exactDistance(plain([0]), plain([0]))).toBe(0);
    expect(exactDistance(plain([0]), plain([1]))).toBe(Number.POSITIVE_INFINITY);
  });
});

test('the table has the minimum over all alignments', () => {
  for (let run = 0; run < 30; run++) {
    const [a, b] = [randomList(1 + (run % 6), 2 * run), randomList(1 + ((3 * run) % 5), 2 * run + 1)];
    expect(exactDistance(a, b)).toBeCloseTo(overAllAlignments(a, b), 12);
  }
});

test('FastDTW is never below the minimum, and above it by less than a twentieth on average', () => {
  const excess: number[] = [];
  for (let run = 0; run < 40; run++) {
    const [a, b] = [randomList(10 + 3 * run, 100 + run), randomList(150 - 2 * run, 200 + run)];
    const [exact, fast] = [exactDistance(a, b), fastDistance(a, b)];
    expect(fast).toBeGreaterThanOrEqual(exact * (1 - 1e-12));
    excess.push(fast / exact - 1);
  }
  expect(excess.reduce((sum, each) => sum + each) / excess.length).toBeLessThan(0.05);
});
