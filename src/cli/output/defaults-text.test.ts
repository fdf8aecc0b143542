import { expect, test } from 'vitest';
import type { ExperimentJson } from '../../net/schema.ts';
import { defaultsText } from './defaults-text.ts';

const experiment = (training: object, layers: readonly object[] = [{ dense: 1, activation: 'linear' }]) =>
  ({
    network: { layers },
    data: { file: 'a.csv', target: 'y', split: { validation: 0.2 } },
    training: { loss: 'mse', optimizer: { name: 'adam', learningRate: 0.001 }, stop: { epochs: 3 }, ...training },
  }) as unknown as ExperimentJson;

test('the defaults are two sentences about the network and the training', () => {
  const layers = [{ embedding: 'auto' }, { dense: 8, activation: 'relu' }, { dense: 1, activation: 'linear' }];
  expect(defaultsText(experiment({ batchSize: 32 }, layers))).toEqual([
    'Network: embedding(auto), dense(8, relu), dense(1, linear). Loss: mse.',
    'Training: adam with learning rate 0.001, batches of 32; at most 3 epochs. Validation split 0.2. Flags change these settings (see --help).',
  ]);
});

test('a schedule is named after its rate, and an optimizer without a rate is only named', () => {
  const scheduled = { optimizer: { name: 'sgd', learningRate: { name: 'cosine', learningRate: 0.1 } } };
  expect(defaultsText(experiment(scheduled))[1]).toContain(
    'Training: sgd with learning rate 0.1 (cosine), all rows at once;',
  );
  expect(defaultsText(experiment({ optimizer: 'lbfgs' }))[1]).toContain('Training: lbfgs, all rows at once;');
});
