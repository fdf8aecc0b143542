import { describe, expect, test } from 'vitest';
import { mul, sub, tanh } from '../src/core/formula.ts';
import { activation, activations } from '../src/core/ops/activations.ts';
import { losses, mse } from '../src/net/losses.ts';
import { entryName } from '../src/net/schema.ts';
import { disagreements } from './central-differences.ts';
import { drawComparable, takes } from './random-step.ts';

// Each seed is one random network; test/long/gradients.test.ts takes many more. A failure names its seed and network.
const networksEach = 3;
const drawn: string[] = [];

for (const [l, loss] of losses.entries()) {
  describe(`gradients of ${entryName(loss)} agree with central differences`, () => {
    for (const [a, last] of activations.entries()) {
      if (!takes(loss, last)) continue;
      test(`under ${entryName(last)}`, () => {
        for (let n = 0; n < networksEach; n++) {
          const seed = 10_000 * l + 100 * a + n;
          const { step, rows } = drawComparable(seed, last, loss);
          expect(disagreements(rows), step.description).toEqual([]);
          expect(rows.length).toBeGreaterThan(0);
          drawn.push(step.description);
        }
      });
    }
  });
}

test('the networks above include all hidden activations, one to three layers, batches of 1 to 4, penalties, and no biases', () => {
  for (const entry of activations) {
    const inside = new RegExp(`\\d ${entryName(entry)}( [^,;]*)?,`);
    expect(
      drawn.some((text) => inside.test(text)),
      entryName(entry),
    ).toBe(true);
  }
  for (const layers of [1, 2, 3]) {
    expect(drawn.some((text) => text.split(';')[0].split(', ').length === layers + 1)).toBe(true);
  }
  for (const batch of [1, 2, 3, 4]) expect(drawn.some((text) => text.includes(`batch ${batch};`))).toBe(true);
  for (const text of [/l1 0\.\d/, /l2 0\.\d/, / without bias/, / slope 0\.0[^1]/, / alpha [^1]/]) {
    expect(
      drawn.some((description) => text.test(description)),
      String(text),
    ).toBe(true);
  }
});

describe('the comparison itself', () => {
  /** tanh with its derivative times `factor`. */
  const bent = (factor: number) =>
    activation('bent', { f: (x) => tanh(x), d: (_x, y) => [mul(factor, sub(1, mul(y, y)))] });

  test('a derivative that is off by 0.1 % is detected in every network', () => {
    for (let seed = 1; seed <= 20; seed++) {
      expect(disagreements(drawComparable(seed, bent(1), mse).rows)).toEqual([]);
      const { step, rows } = drawComparable(seed, bent(1.001), mse);
      const lines = disagreements(rows);
      expect(lines, step.description).not.toEqual([]);
      const { gradient, difference } = rows.find(({ quantity }) => lines[0].startsWith(`${quantity}:`))!;
      expect(lines[0]).toContain(`: gradient ${gradient}, central difference ${difference}, relative error `);
    }
  });

  test('an error of 1e-6 is detected, and an error of 1e-8 is not', () => {
    const found = (factor: number) => disagreements(drawComparable(1, bent(factor), mse).rows).length;
    expect(found(1 + 1e-6)).toBeGreaterThan(0);
    expect(found(1 + 1e-8)).toBe(0);
  });

  test('a gradient of NaN is detected', () => {
    const rows = [
      { quantity: 'w[0]', gradient: Number.NaN, difference: 1 },
      { quantity: 'w[1]', gradient: 0, difference: 0 },
    ];
    expect(disagreements(rows)).toEqual(['w[0]: gradient NaN, central difference 1, relative error NaN']);
  });
});
