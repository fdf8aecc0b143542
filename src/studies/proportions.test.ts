import { expect, test } from 'vitest';
import { differenceInterval, wilsonInterval } from './proportions.ts';

// statsmodels 0.15.0 gives the same numbers (confint_proportions_2indep, method "newcomb"; proportion_confint, method "wilson").

test('differences have the intervals of Newcombe (1998), table II, method 10', () => {
  const published: [number, number, number, number, number, number][] = [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ];
  for (const [a, n, b, m, low, high] of published) {
    const found = differenceInterval([a / n, n], [b / m, m]);
    // four printed decimals
    expect(Math.abs(found[0] - low), `${a}/${n} - ${b}/${m}`).toBeLessThan(0.5001e-4);
    expect(Math.abs(found[1] - high), `${a}/${n} - ${b}/${m}`).toBeLessThan(0.5001e-4);
  }
});

test('one proportion has the interval of Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3', () => {
  const published: [number, number, number, number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [r, n, low, high] of published) {
    const found = wilsonInterval(r / n, n);
    expect(Math.abs(found[0] - low), `${r}/${n}`).toBeLessThan(0.5001e-4);
    expect(Math.abs(found[1] - high), `${r}/${n}`).toBeLessThan(0.5001e-4);
  }
});

test('the proportion is in its interval, and the interval in 0 to 1, for all proportions of up to 60 rows', () => {
  for (let n = 1; n <= 60; n++) {
    for (let k = 0; k <= n; k++) {
      const [low, high] = wilsonInterval(k / n, n);
      expect(low >= 0 && low <= k / n && k / n <= high && high <= 1, `${k} of ${n}`).toBe(true);
    }
  }
});
