/** Experiments for tests: on a table, and with every kind of layer. */
import type { ExperimentJson } from 'chainrule';

export const penguins: ExperimentJson = {
  network: {
    layers: [
      { dense: 8, activation: 'relu' },
      { dense: 3, activation: 'softmax' },
    ],
  },
  data: { file: 'penguins.csv', target: 'species', split: { validation: 0.2, test: 0.1 }, scale: 'standard' },
  training: {
    loss: 'crossEntropy',
    optimizer: {
      name: 'adam',
      learningRate: { name: 'warmup', epochs: 2, schedule: { name: 'cosine', learningRate: 0.01 } },
    } as never,
    batchSize: 32,
    stop: { epochs: 8, patience: 20 },
  },
  seed: 3,
};

export const rows: ExperimentJson = {
  network: {
    inputs: 2,
    layers: [
      {
        dense: 3,
        activation: { name: 'leakyRelu', slope: 0.2 },
        bias: [0.1, 0, -0.1],
        weight: [
          [0.1, 0.2, 0.3],
          [0.4, 0.5, 0.6],
        ],
      },
      { layerNorm: true },
      { residual: [{ dense: 3, activation: 'tanh', initializer: { name: 'normal', std: 0.2 } }] },
      { dropout: 0.1 },
      { activate: 'silu' },
      { dense: 1 },
    ],
  },
  data: {
    inputs: [
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    targets: [[1], [0], [0.5]],
  },
  training: {
    loss: { name: 'huber', delta: 0.5 },
    optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 },
    l2: 0.01,
    stop: { epochs: 30 },
  },
  seed: 5,
} as ExperimentJson;
