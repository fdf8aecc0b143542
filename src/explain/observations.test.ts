import { expect, test } from 'vitest';
import { classes, page, problemOf } from './fixtures.ts';
import { observe } from './observations.ts';
import { trace } from './trace.ts';

const said = (...[problem, step]: Parameters<typeof trace>) =>
  observe(trace(problem, step)).map(({ kind, where, text }) => `${kind} ${where}: ${text}`);

test('the textbook example: its hidden layer is linear', () => {
  expect(said(page())).toMatchInlineSnapshot(`
    [
      "linearLayers layers.0: Layer 1 is linear, so layers 1 and 2 together can compute no more than one layer could: the whole network is one sigmoid of the inputs: y = sigmoid(0.16·x1 + 0.54·x2 + 0.34·x3). Only the way it learns differs.",
    ]
  `);
});

test('averaged factors are the gradient only for one sample', () => {
  expect(said(page({ gradient: 'averagedFactors' }))[1]).toMatchInlineSnapshot(
    `"averagedFactors training.gradient: averagedFactors multiplies the averages of the factors over 3 samples. That is not the gradient of the loss (the mean of a product is not the product of the means): ∂E/∂v21 is 0.0477744 under this rule, but 0.0368813 under the exact rule."`,
  );
  const one = page({ gradient: 'averagedFactors', batchSize: 1 });
  expect(said(one)[1]).toMatchInlineSnapshot(
    `"averagedFactors training.gradient: averagedFactors multiplies averages of the factors. With one sample in the batch, there is nothing to average, and the result is the gradient of the loss."`,
  );
});

test('three linear layers with biases are one layer', () => {
  const problem = problemOf({
    network: {
      layers: [
        { dense: 1, weight: [[2], [1]], bias: [1] },
        { dense: 2, weight: [[1, -1]], bias: [0, 0.5] },
        { dense: 1, weight: [[3], [1]], bias: [-4] },
      ],
    },
    data: { inputs: [[1, 2]], targets: [[1]] },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.001 }, stop: { epochs: 1 } },
  });
  // 3·((2x1 + x2 + 1)) + (0.5 − (2x1 + x2 + 1)) − 4
  expect(said(problem)).toMatchInlineSnapshot(`
    [
      "linearLayers layers.0: Layers 1, 2 and 3 are linear, so layers 1, 2 and 3 together can compute no more than one layer could: the whole network is one linear layer of the inputs: a3 = 4·x1 + 2·x2 − 1.5. Only the way it learns differs.",
    ]
  `);
});

test('dead units, zero gradients, identical units', () => {
  const problem = classes({}, [
    { dense: 3, activation: 'relu', initializer: { name: 'constant', value: 0 } },
    { dense: 3, activation: 'softmax', initializer: { name: 'constant', value: 0.1 } },
  ]);
  expect(said(problem)).toMatchInlineSnapshot(`
    [
      "dead layers.0: 3 units (1, 2, 3) of layer 1 give 0 for all 5 samples of this batch: their relu passes no gradient back, so they do not learn from it.",
      "zeroGradient layers.0.weight: The whole gradient of layers.0.weight, layers.0.bias, layers.1.weight is 0: they do not change in this step, at any learning rate.",
      "alikeUnits layers.0: Units 1, 2, 3 of layer 1 have the same weights in and out. They get the same gradients and remain identical; start from random weights.",
    ]
  `);
});

test('unscaled inputs: saturated outputs, unreachable targets, large steps', () => {
  const base = page({ optimizer: { name: 'sgd', learningRate: 100 } });
  const problem = {
    ...base,
    inputs: { shape: [3, 3], data: Float64Array.from([200, 300, 1, 1, 0, -200, 3, 1, 1]) },
    targets: { shape: [3, 1], data: Float64Array.from([3, 1, 0]) },
  };
  expect(said(problem).slice(1)).toMatchInlineSnapshot(`
    [
      "saturated layers.1: 2 outputs of 3 in layer 2 are saturated: sigmoid is within 0.01 of 0 or 1. There the curve is flat, and hardly any gradient passes. Smaller weights or scaled inputs keep it in its steep part.",
      "targetOutOfRange target: 1 target of 3 (such as 3) lies outside (0, 1), the range of sigmoid: no weights can reach them. Scale the targets, or use a linear output.",
      "largeStep layers.0.weight: This step changes layers.0.weight by 11.7906, more than its norm of 0.923309. A smaller learning rate, or clipNorm, keeps steps in proportion.",
      "largeStep layers.1.weight: This step changes layers.1.weight by 8.38443, more than its norm of 0.824621. A smaller learning rate, or clipNorm, keeps steps in proportion.",
      "lossRose loss: The loss of this batch rose from 0.938872 to 1: the step was too large, or was not in the direction of the negative gradient. A smaller learning rate usually fixes it.",
    ]
  `);
});

test('an ordinary step has no observations', () => {
  expect(said(classes())).toEqual([]);
});
