import { expect, test } from 'vitest';
import { audit } from '../audit/index.ts';
import { experiment } from '../net/setup.ts';

// before, a tensor that is not trained had the exact gradient under either rule
test('under averaged factors, gradients follow that rule whether or not their tensor is trained', () => {
  const gradients = (trainable: boolean) => {
    const setup = experiment({
      network: {
        layers: [
          {
            dense: 2,
            activation: 'tanh',
            weight: [
              [0.1, 0.2],
              [0.3, 0.4],
            ],
            bias: [0.1, -0.1],
            trainable,
          },
          { dense: 1, weight: [[0.5], [-0.6]] },
        ],
      },
      data: {
        inputs: [
          [1, 2],
          [3, -1],
        ],
        targets: [[1], [0]],
      },
      training: {
        loss: 'mse',
        l2: 0.3,
        gradient: 'averagedFactors',
        optimizer: { name: 'sgd', learningRate: 0.1 },
        stop: { epochs: 1 },
      },
    });
    const quantities = ['gradient(layers.0.weight[1][0])', 'gradient(layers.0.bias[1])'];
    return audit(
      setup,
      quantities.map((quantity) => ({ quantity, value: '1' })),
    ).rows.map(({ computed }) => computed);
  };
  expect(gradients(false)).toEqual(gradients(true));
  expect(gradients(true)[0]).toBeCloseTo(-0.1245004847, 9);
});
