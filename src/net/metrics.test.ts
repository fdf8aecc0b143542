import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromRows } from '../base/tensor.ts';
import {
  accuracy,
  allMetrics,
  classScores,
  confusionMatrix,
  logLoss,
  macroF1,
  meanAbsoluteError,
  metrics,
  r2,
  rocAuc,
  rootMeanSquaredError,
} from './metrics.ts';

const rows = (given: number[][]) => fromRows(given, 'x');
const column = (...values: number[]) => rows(values.map((value) => [value]));
const oneHot = (classes: number, indices: number[]) =>
  rows(indices.map((index) => Array.from({ length: classes }, (_, k) => (k === index ? 1 : 0))));

// the example in scikit-learn's documentation of confusion_matrix, with its printed result
const matrix = confusionMatrix(oneHot(3, [0, 0, 2, 2, 0, 2]), oneHot(3, [2, 0, 2, 2, 0, 1]));

test('rows are actual classes, columns predicted classes', () => {
  expect(matrix).toEqual([
    [2, 0, 0],
    [0, 0, 1],
    [1, 0, 2],
  ]);
});

test('accuracy is the share on the diagonal', () => {
  expect(accuracy(matrix)).toBe(4 / 6);
});

test('precision, recall and F1 of each class; 0 if a class is never predicted', () => {
  expect(classScores(matrix)).toEqual([
    { precision: 2 / 3, recall: 1, f1: 4 / 5, samples: 2 },
    { precision: 0, recall: 0, f1: 0, samples: 1 },
    { precision: 2 / 3, recall: 2 / 3, f1: 4 / 6, samples: 3 },
  ]);
});

test('macro F1 is the mean over the classes that occur', () => {
  expect(macroF1(matrix)).toBeCloseTo((4 / 5 + 0 + 4 / 6) / 3, 15);
  // a class that is neither target nor prediction counts for nothing
  expect(macroF1(confusionMatrix(oneHot(3, [0, 1]), oneHot(3, [0, 1])))).toBe(1);
});

test('the class is the largest output, the first of equal ones; a single output decides between two classes at its middle', () => {
  expect(confusionMatrix(rows([[0.4, 0.4, 0.2]]), oneHot(3, [0]))[0][0]).toBe(1);
  expect(confusionMatrix(column(0.49, 0.5), column(0, 1), 'binary')).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(confusionMatrix(column(-0.1, 0.2), column(-1, 1), 'sign')).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

test('errors of regression: the values in scikit-learn documentation', () => {
  const targets = column(3, -0.5, 2, 7);
  const outputs = column(2.5, 0, 2, 8);
  expect(meanAbsoluteError(outputs, targets)).toBe(0.5);
  expect(rootMeanSquaredError(outputs, targets)).toBeCloseTo(Math.sqrt(0.375), 15);
  // r2_score there: 0.948…
  expect(r2(outputs, targets)).toBeCloseTo(0.9486081370449679, 14);
});

test('R² is 1 for correct outputs, 0 for the mean, NaN if targets do not vary', () => {
  expect(r2(column(1, 2, 3), column(1, 2, 3))).toBe(1);
  expect(r2(column(2, 2, 2), column(1, 2, 3))).toBe(0);
  expect(r2(column(1, 2), column(5, 5))).toBeNaN();
});

test('different shapes are an error of the caller', () => {
  expect(() => confusionMatrix(column(1), oneHot(2, [1]))).toThrow('outputs [1, 1] do not fit targets [1, 2]');
});

interface Case {
  readonly outputs: number[][];
  readonly targets: number[][];
  readonly macroPrecision?: number;
  readonly macroRecall?: number;
  readonly microF1: number;
  readonly microPrecision: number;
  readonly microRecall: number;
  readonly rocAuc: number;
  readonly logLoss: number;
}

const outside = JSON.parse(
  readFileSync(new URL('../../test/outside/metrics.json', import.meta.url), 'utf8'),
) as Readonly<Record<'binary' | 'oneHot' | 'several', Case[]>>;

describe.each(['binary', 'oneHot'] as const)('%s classes, compared with scikit-learn', (coding) => {
  test.each(outside[coding].map((one, i) => [i, one] as const))('case %i', (_, { outputs, targets, ...wanted }) => {
    const found = allMetrics({ coding }, rows(outputs), rows(targets), 'probabilities');
    for (const [name, value] of Object.entries(wanted)) {
      expect(Math.abs(found[name] - value), name).toBeLessThanOrEqual(1e-12 * Math.max(1, value));
    }
  });
});

describe('several binary outputs, compared with scikit-learn', () => {
  test.each(outside.several.map((one, i) => [i, one] as const))('case %i', (_, { outputs, targets, ...wanted }) => {
    const found = allMetrics({ coding: 'binary' }, rows(outputs), rows(targets), 'probabilities');
    for (const [name, value] of Object.entries(wanted)) {
      expect(Math.abs(found[name] - value), name).toBeLessThanOrEqual(1e-12 * Math.max(1, value));
    }
  });
});

test('where each row is of one class, micro precision, recall and F1 are the accuracy', () => {
  const found = allMetrics(
    { coding: 'oneHot' },
    oneHot(3, [0, 0, 2, 2, 0, 2]),
    oneHot(3, [2, 0, 2, 2, 0, 1]),
    'scores',
  );
  expect([found.microPrecision, found.microRecall, found.microF1]).toEqual([4 / 6, 4 / 6, 4 / 6]);
});

test('each metric is named once, and states which direction is better', () => {
  expect(metrics.map(({ name, better, of }) => `${name}: ${better}, of ${of}`)).toMatchInlineSnapshot(`
    [
      "accuracy: higher, of classes",
      "macroF1: higher, of classes",
      "macroPrecision: higher, of classes",
      "macroRecall: higher, of classes",
      "microF1: higher, of classes",
      "microPrecision: higher, of classes",
      "microRecall: higher, of classes",
      "rocAuc: higher, of order",
      "logLoss: lower, of probabilities",
      "meanAbsoluteError: lower, of numbers",
      "rootMeanSquaredError: lower, of numbers",
      "r2: higher, of numbers",
    ]
  `);
});

describe('the area under the ROC curve', () => {
  test('is 1 if all samples of the class are above the others, 0 if all are below, and a half if all are equal', () => {
    const targets = column(0, 0, 1, 1);
    expect(rocAuc(column(0.1, 0.2, 0.3, 0.4), targets, 'binary')).toBe(1);
    expect(rocAuc(column(0.4, 0.3, 0.2, 0.1), targets, 'binary')).toBe(0);
    expect(rocAuc(column(0.3, 0.3, 0.3, 0.3), targets, 'binary')).toBe(0.5);
    // outputs of tanh are in an order too
    expect(rocAuc(column(-0.9, 0.1, 0.2, 0.9), column(-1, 1, -1, 1), 'sign')).toBe(0.75);
  });

  test('is NaN for a single class; a class without samples does not count', () => {
    expect(rocAuc(column(0.1, 0.2), column(1, 1), 'binary')).toBeNaN();
    const targets = oneHot(3, [0, 1]);
    expect(
      rocAuc(
        rows([
          [0.8, 0.1, 0.1],
          [0.2, 0.7, 0.1],
        ]),
        targets,
      ),
    ).toBe(1);
  });
});

describe('the log loss', () => {
  test('uses the exponentials of outputs that are logarithms, and is absent for outputs that are scores', () => {
    const p = rows([[0.25, 0.75]]);
    const logarithms = rows([[Math.log(0.25), Math.log(0.75)]]);
    const measure = { coding: 'oneHot' } as const;
    expect(allMetrics(measure, logarithms, oneHot(2, [1]), 'logProbabilities').logLoss).toBeCloseTo(
      -Math.log(0.75),
      15,
    );
    expect(logLoss(p, oneHot(2, [0]))).toBeCloseTo(Math.log(4), 15);
    expect(allMetrics(measure, p, oneHot(2, [1]), 'scores')).not.toHaveProperty('logLoss');
  });
});
