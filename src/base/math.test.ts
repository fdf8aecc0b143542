import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as math from './math.ts';

/** Correctly rounded values, written by test/outside/elementary.py. */
const values = JSON.parse(readFileSync(new URL('../../test/outside/elementary.json', import.meta.url), 'utf8'));

/** The distance from a float64 to the next one away from 0. */
function ulp(x: number): number {
  return Math.max(Math.abs(x) * 2 ** -52, 2 ** -1074);
}

// Bounds in ulp of the result, as the file's head states them; `scale` below is at most 2 ulp of the power of two below.
const bounds = { exp: 1, expm1: 1.5, log: 1, log1p: 1.5, sin: 1, cos: 1, tanh: 2.5, erf: 1.5 } as const;

const functions: Record<keyof typeof bounds, (x: number) => number> = { ...math };

for (const [name, bound] of Object.entries(bounds) as [keyof typeof bounds, number][]) {
  test(`${name}: within ${bound} ulp of correctly rounded values`, () => {
    expect(values[name].length).toBeGreaterThan(30);
    for (const [x, y] of values[name]) {
      const error = Math.abs(functions[name](x) - y) / ulp(y);
      expect(error, `${name}(${x}) = ${functions[name](x)}, want ${y}`).toBeLessThanOrEqual(bound);
    }
  });
}

test('pow: relative error below (2 + |y ln x|) ulp', () => {
  for (const [x, y, z] of values.pow) {
    const bound = (4 + 2 * Math.abs(y * Math.log(Math.abs(x)))) * ulp(z);
    expect(Math.abs(math.pow(x, y) - z), `pow(${x}, ${y})`).toBeLessThanOrEqual(bound);
  }
});

test('special values: infinities, NaN and signed zeros', () => {
  const { exp, expm1, log, log1p, tanh, erf, pow } = math;
  expect([exp(1000), exp(-1000), exp(-Infinity), exp(Infinity)]).toEqual([Infinity, 0, 0, Infinity]);
  expect([expm1(1000), expm1(-1000), expm1(0)]).toEqual([Infinity, -1, 0]);
  expect([log(0), log(-1), log(Infinity), log1p(-1)]).toEqual([-Infinity, NaN, Infinity, -Infinity]);
  expect([tanh(50), tanh(-50), tanh(-0), erf(7), erf(-7)]).toEqual([1, -1, -0, 1, -1]);
  expect([pow(2, 10), pow(2, -1), pow(-2, 3), pow(0, 0), pow(9, 0.5)]).toEqual([1024, 0.5, -8, 1, 3]);
  for (const f of [exp, expm1, log, log1p, tanh, erf, math.sin, math.cos]) expect(f(NaN)).toBeNaN();
});
