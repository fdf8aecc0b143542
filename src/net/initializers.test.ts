import { describe, expect, test } from 'vitest';
import { fillNormal, fillUniform } from '../base/random.ts';
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  initializers,
  lecunNormal,
  normal,
  orthogonal,
  resolveInitializer,
  uniform,
  zeros,
} from './initializers.ts';

function fill(initializer: Initializer, shape: readonly [number, number], seed = 1, sequence = 0): Float64Array {
  const out = new Float64Array(shape[0] * shape[1]);
  initializer.fill(out, shape, seed, sequence);
  return out;
}

/** Inputs and outputs that differ, so that mistaking one for the other is seen. */
const shape = [250, 400] as const;
const n = shape[0] * shape[1];

const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
const meanPower = (values: Float64Array, power: number) => mean(values.map((x) => x ** power));

// Bounds of 5 standard deviations of a mean of n draws: passed by all but one seed in two million, and the seed is fixed.
const bound = (sigma: number) => (5 * sigma) / Math.sqrt(n);

describe('uniforms within ±b', () => {
  // torch.nn.init: xavier_uniform_ is √(6/(in + out)), kaiming_uniform_ with relu's gain √2·√(3/in)
  test.each<[string, Initializer, number]>([
    ['glorotUniform: b = √(6/(in + out))', glorotUniform, Math.sqrt(6 / (250 + 400))],
    ['heUniform: b = √(6/in)', heUniform, Math.sqrt(6 / 250)],
    ['uniform: ±0.05', uniform(), 0.05],
  ])('%s', (_title, initializer, b) => {
    const drawn = fill(initializer, shape);
    expect(drawn.every((x) => x >= -b && x < b)).toBe(true);
    // the farthest of n draws is within b/n of the end, but for a share of e^-20 with 20 b/n
    expect(Math.max(...drawn)).toBeGreaterThan(b * (1 - 40 / n));
    expect(Math.min(...drawn)).toBeLessThan(-b * (1 - 40 / n));
    expect(Math.abs(mean(drawn))).toBeLessThan(bound(b / Math.sqrt(3)));
    // of x²: variance b⁴(1/5 - 1/9)
    expect(Math.abs(meanPower(drawn, 2) - b ** 2 / 3)).toBeLessThan(bound(b ** 2 * Math.sqrt(4 / 45)));
  });

  test('uniform between given ends', () => {
    const drawn = fill(uniform({ min: 2, max: 3 }), shape);
    expect(drawn.every((x) => x >= 2 && x < 3)).toBe(true);
    expect(Math.abs(mean(drawn) - 2.5)).toBeLessThan(bound(Math.sqrt(1 / 12)));
  });
});

describe('normals', () => {
  // torch.nn.init: xavier_normal_ is √(2/(in + out)), kaiming_normal_ with relu's gain √2/√in
  test.each<[string, Initializer, number]>([
    ['glorotNormal: standard deviation √(2/(in + out))', glorotNormal, Math.sqrt(2 / (250 + 400))],
    ['heNormal: √(2/in)', heNormal, Math.sqrt(2 / 250)],
    ['lecunNormal: 1/√in', lecunNormal, 1 / Math.sqrt(250)],
    ['normal: 0.05', normal(), 0.05],
  ])('%s, mean 0, not truncated', (_title, initializer, std) => {
    const drawn = fill(initializer, shape).map((x) => x / std);
    expect(Math.abs(mean(drawn))).toBeLessThan(bound(1));
    expect(Math.abs(meanPower(drawn, 2) - 1)).toBeLessThan(bound(Math.sqrt(2)));
    // cut at 2 standard deviations, as some libraries do, the fourth moment were 1.4 of its second's square
    expect(Math.abs(meanPower(drawn, 4) - 3)).toBeLessThan(bound(Math.sqrt(96)));
    expect(Math.max(...drawn)).toBeGreaterThan(3.5);
  });

  test('normal about a given mean', () => {
    const drawn = fill(normal({ mean: -3, std: 0.5 }), shape);
    expect(Math.abs(mean(drawn) + 3)).toBeLessThan(bound(0.5));
    expect(
      Math.abs(
        meanPower(
          drawn.map((x) => (x + 3) / 0.5),
          2,
        ) - 1,
      ),
    ).toBeLessThan(bound(Math.sqrt(2)));
  });
});

describe('orthogonal', () => {
  /** Products of all pairs of columns (or of rows) of a weight [rows, columns]. */
  function products(weight: Float64Array, [rows, columns]: readonly [number, number], of: 'columns' | 'rows') {
    const [count, length] = of === 'columns' ? [columns, rows] : [rows, columns];
    const at = (v: number, e: number) => weight[of === 'columns' ? e * columns + v : v * columns + e];
    return Array.from({ length: count }, (_, a) =>
      Array.from({ length: count }, (_, b) => {
        let sum = 0;
        for (let e = 0; e < length; e++) sum += at(a, e) * at(b, e);
        return sum;
      }),
    );
  }

  test.each([
    [40, 15, 'columns'],
    [15, 40, 'rows'],
    [30, 30, 'columns'],
    [30, 30, 'rows'],
    [1, 1, 'columns'],
    [1, 5, 'rows'],
    [5, 1, 'columns'],
  ] as const)('[%i, %i]: the %s are orthonormal', (rows, columns, of) => {
    const weight = fill(orthogonal, [rows, columns], 3);
    products(weight, [rows, columns], of).forEach((row, a) => {
      row.forEach((product, b) => {
        // a sum of 40 products of numbers below 1
        expect(Math.abs(product - Number(a === b)), `${a}·${b}`).toBeLessThan(40 * Number.EPSILON);
      });
    });
  });

  test('directions are uniform: no element has a preferred sign or size', () => {
    const rounds = 2000;
    const sums = new Float64Array(9);
    const squares = new Float64Array(9);
    for (let seed = 0; seed < rounds; seed++) {
      fill(orthogonal, [3, 3], seed).forEach((x, i) => {
        sums[i] += x;
        squares[i] += x * x;
      });
    }
    // an element of a unit vector in three dimensions is uniform in ±1: variances 1/3, and 4/45 for its square
    for (let i = 0; i < 9; i++) {
      expect(Math.abs(sums[i] / rounds)).toBeLessThan(5 * Math.sqrt(1 / 3 / rounds));
      expect(Math.abs(squares[i] / rounds - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / rounds));
    }
  });
});

test('zeros are zeros, and constant is its value', () => {
  expect([...fill(zeros, [2, 2])]).toEqual([0, 0, 0, 0]);
  expect([...fill(constant({ value: 0.3 }), [2, 2])]).toEqual([0.3, 0.3, 0.3, 0.3]);
});

describe('seeds', () => {
  const drawing = initializers
    .filter((entry) => entry !== zeros && entry !== constant)
    .map((entry) => resolveInitializer(entry));

  test.each(drawing)(
    '$name: same seed and sequence, same bits; another seed or sequence, other numbers',
    (initializer) => {
      const first = fill(initializer, [4, 3], 7, 2);
      expect(fill(initializer, [4, 3], 7, 2)).toEqual(first);
      for (const [seed, sequence] of [
        [8, 2],
        [7, 3],
        [2, 7],
      ]) {
        const other = fill(initializer, [4, 3], seed, sequence);
        expect(other.every((x, i) => x !== first[i])).toBe(true);
      }
    },
  );

  test('the previous content of the array does not matter', () => {
    for (const initializer of [...drawing, zeros, constant({ value: 2 })]) {
      const dirty = new Float64Array(12).fill(Number.NaN);
      initializer.fill(dirty, [4, 3], 1, 0);
      expect(dirty).toEqual(fill(initializer, [4, 3]));
    }
  });

  test('the draws are those of the initialization stream', () => {
    const draws = new Float64Array(6);
    fillUniform(draws, 5, 'initialization', 1);
    expect(fill(uniform({ min: 0, max: 1 }), [2, 3], 5, 1)).toEqual(draws);
    fillNormal(draws, 5, 'initialization', 1);
    expect(fill(normal({ mean: 0, std: 1 }), [2, 3], 5, 1)).toEqual(draws);
  });

  test('a seed gives the same numbers in every version of chainrule: glorotUniform [2, 2] of seed 1', () => {
    expect([...fill(glorotUniform, [2, 2])]).toMatchInlineSnapshot(`
      [
        0.9559358479238397,
        0.20998484382258353,
        0.42130799549119385,
        -0.059784135081362016,
      ]
    `);
  });
});

describe('options', () => {
  test('a standard deviation below 0', () => {
    expect(() => normal({ std: -1 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: normal.std: -1 is not at least 0.
        Give a number at least 0.]
    `);
  });

  test('a constant without its value', () => {
    expect(() => (constant as unknown as () => unknown)()).toThrowErrorMatchingInlineSnapshot(`
      [InputError: constant: value is missing.
        Add value: 0.1.]
    `);
  });

  test('a family gives its member with default options', () => {
    expect(resolveInitializer(uniform).options).toEqual({ min: -0.05, max: 0.05 });
    expect(resolveInitializer(normal).options).toEqual({ mean: 0, std: 0.05 });
  });
});
