/** Logistic regressions, F1 and AUC compared with scikit-learn (test/outside/ranking.py), and their limits. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hitsAt, rankingAuc } from './auc.ts';
import { f1Scores, topClasses } from './f1.ts';
import { logisticRegression } from './logistic.ts';
import { Search } from './search.ts';

type Matrix = readonly (readonly number[])[];

const outside = JSON.parse(readFileSync(new URL('../../../test/outside/ranking.json', import.meta.url), 'utf8')) as {
  readonly features: Matrix;
  readonly targets: Matrix;
  readonly coefficients: readonly { readonly C: number; readonly rows: Matrix }[];
  readonly predicted: Matrix;
  readonly f1: { readonly micro: number; readonly macro: number };
  readonly scores: readonly number[];
  readonly truth: readonly number[];
  readonly auc: number;
};

const training = {
  features: Float64Array.from(outside.features.slice(0, 40).flatMap((row) => [...row, 1])),
  targets: Float64Array.from(outside.targets.slice(0, 40).flat()),
  rows: 40,
  columns: 5,
  classes: 3,
};

describe('logisticRegression', () => {
  test.each(outside.coefficients)("liblinear's coefficients within 1e-3, C = $C", ({ C, rows }) => {
    // The search ends where the gradient is 1e-4 of the first one; the curvature is at least 1.
    const weights = logisticRegression(training)({ C });
    rows.forEach((row, k) => {
      row.forEach((weight, d) => {
        expect([k, d, weights[d * 3 + k], weight]).toSatisfy(([, , a, b]) => Math.abs(a - b) < 1e-3);
      });
    });
  });

  test('another start ends at the same weights', () => {
    const train = logisticRegression(training);
    const [first, second] = [train({ C: 1 }), train({ C: 1, start: new Float64Array(15).fill(3) })];
    first.forEach((weight, i) => {
      expect([i, second[i], weight]).toSatisfy(([, a, b]) => Math.abs(a - b) < 1e-2);
    });
  });

  test('a class that no row has, and one that all have', () => {
    const targets = training.targets.map((_, i) => (i % 3 === 2 ? 1 : 0));
    const weights = logisticRegression({ ...training, targets })({ C: 1 });
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(weights[12]).toBeLessThan(-1);
    expect(weights[14]).toBeGreaterThan(1);
  });
});

test('Search: the minimum of a narrow quadratic valley within 100 evaluations', () => {
  // f(x, y) = 500 (x - 3)² + (y + 1)²/2
  const search = new Search(Float64Array.of(0, 0), 1e-8);
  let evaluations = 0;
  for (; !search.isDone && evaluations < 100; evaluations++) {
    const [x, y] = search.trial;
    search.take(500 * (x - 3) * (x - 3) + ((y + 1) * (y + 1)) / 2, Float64Array.of(1000 * (x - 3), y + 1));
  }
  expect(search.isDone).toBe(true);
  expect(search.best[0]).toBeCloseTo(3, 6);
  expect(search.best[1]).toBeCloseTo(-1, 4);
});

describe('F1', () => {
  const classesOf = (row: readonly number[]) => row.flatMap((x, k) => (x === 1 ? [k] : []));

  test('micro and macro are those of scikit-learn', () => {
    const truth = outside.targets.slice(40).map(classesOf);
    const { micro, macro } = f1Scores(truth, outside.predicted.map(classesOf), 3);
    expect(micro).toBeCloseTo(outside.f1.micro, 12);
    expect(macro).toBeCloseTo(outside.f1.macro, 12);
  });

  test('a class without true positives counts as 0, whether or not it occurs', () => {
    expect(f1Scores([[0], [1]], [[0], [0]], 3)).toEqual({ micro: 0.5, macro: 2 / 3 / 3 });
  });

  test('the highest scores are predicted; of equal ones the lower class', () => {
    expect(topClasses([1, 3, 2, 3], 3)).toEqual([1, 3, 2]);
  });
});

describe('rankings', () => {
  test('the AUC is that of scikit-learn, ties included', () => {
    const of = (kind: number) => Float64Array.from(outside.scores.filter((_, i) => outside.truth[i] === kind));
    expect(new Set(outside.scores).size).toBeLessThan(outside.scores.length);
    expect(rankingAuc(of(1), of(0))).toBeCloseTo(outside.auc, 12);
  });

  test('hits@k counts true pairs above the k-th false one', () => {
    const [highs, lows] = [Float64Array.of(5, 3, 2, 1), Float64Array.of(4, 2, 0)];
    expect([1, 2, 3, 4].map((k) => hitsAt(k, highs, lows))).toEqual([0.25, 0.5, 1, 1]);
  });
});
