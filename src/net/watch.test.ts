import { expect, test } from 'vitest';
import { experiment } from './setup.ts';

const complaint = (make: () => unknown): string => {
  try {
    make();
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

const classes = (watch: string, validation: number[] | undefined, loss = 'crossEntropy') =>
  experiment({
    network: { layers: [{ dense: 2, activation: loss === 'crossEntropy' ? 'softmax' : 'linear' }] },
    data: {
      inputs: [[0], [1]],
      targets: [0, 1],
      ...(validation && { validation: { inputs: validation.map((x) => [x]), targets: validation } }),
    },
    training: { loss, optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 2, watch } },
  });

const numbers = (watch: string, validation?: number[]) =>
  experiment({
    network: { layers: [{ dense: 1 }] },
    data: {
      inputs: [[0], [1]],
      targets: [[0], [1]],
      ...(validation && { validation: { inputs: validation.map((x) => [x]), targets: validation } }),
    },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 2, watch } },
  });

test('a metric that fits the task is watched; its entry states which direction is better', () => {
  const { watch } = classes('rocAuc', [0, 1]);
  expect([watch.metric?.name, watch.better]).toEqual(['rocAuc', 'higher']);
  expect(classes('logLoss', [0, 1]).watch.better).toBe('lower');
  expect(numbers('loss').watch).toMatchObject({ metric: undefined, better: 'lower' });
});

test('a metric of another task is refused, and the error lists those that fit', () => {
  expect(complaint(() => numbers('accuracy', [0, 1]))).toMatchInlineSnapshot(`
    "training.stop.watch: accuracy is a metric for classes, but the targets are numbers.
      Watch one of: loss, meanAbsoluteError, rootMeanSquaredError, r2."
  `);
  expect(complaint(() => classes('r2', [0, 1]))).toMatchInlineSnapshot(`
    "training.stop.watch: R² is a metric for numbers, but the targets are classes.
      Watch one of: loss, accuracy, macroF1, macroPrecision, macroRecall, microF1, microPrecision, microRecall, rocAuc, logLoss."
  `);
});

test('an unknown metric', () => {
  expect(complaint(() => numbers('acuracy', [0, 1]))).toMatchInlineSnapshot(`
    "training.stop.watch: unknown watch "acuracy".
      Did you mean "accuracy"? Choose one of: loss, accuracy, macroF1, macroPrecision, macroRecall, microF1, microPrecision, microRecall, rocAuc, logLoss, meanAbsoluteError, rootMeanSquaredError, r2."
  `);
});

test('a metric without a validation split is refused', () => {
  expect(complaint(() => classes('accuracy', undefined))).toMatchInlineSnapshot(`
    "training.stop.watch: accuracy is measured on the validation split, but there is none.
      Set "validation": 0.2 (of a table's split; rows of your own go into data.validation), or watch the loss."
  `);
});

test('a metric that the validation targets leave undefined is refused before training', () => {
  expect(complaint(() => classes('rocAuc', [1, 1]))).toMatchInlineSnapshot(`
    "training.stop.watch: area under the ROC curve is undefined on the validation split, because all of its targets are the same.
      Make the split larger, choose another seed, or watch the loss."
  `);
  expect(complaint(() => numbers('r2', [1, 1]))).toMatchInlineSnapshot(`
    "training.stop.watch: R² is undefined on the validation split, because all of its targets are the same.
      Make the split larger, choose another seed, or watch the loss."
  `);
});
