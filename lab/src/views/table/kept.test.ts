import type { ExperimentJson } from 'chainrule';
import { expect, test } from 'vitest';
import { differencesOf } from './experiment-differences.ts';
import { keptRun, readKept } from './kept.ts';

const experimentOf = (units: number, training: object = {}) =>
  ({
    network: { layers: [{ dense: units, activation: 'relu' }, { dropout: 0.2 }, { dense: 3, activation: 'softmax' }] },
    data: { file: 'a.csv', target: 'y', split: { validation: 0.2 } },
    training: {
      loss: 'crossEntropy',
      optimizer: { name: 'adam', learningRate: 0.001 },
      stop: { epochs: 9 },
      ...training,
    },
    seed: 1,
  }) as unknown as ExperimentJson;

test('settings that differ are listed by their path, and one that only one run has is a default of the other', () => {
  const other = experimentOf(8, { optimizer: { name: 'adam', learningRate: 0.01 }, batchSize: 16 });
  expect(differencesOf(experimentOf(32), other)).toEqual([
    { name: 'network.layers', from: '32 relu, dropout 0.2, 3 softmax', to: '8 relu, dropout 0.2, 3 softmax' },
    { name: 'training.optimizer.learningRate', from: '0.001', to: '0.01' },
    { name: 'training.batchSize', from: 'default', to: '16' },
  ]);
  expect(differencesOf(other, other)).toEqual([]);
});

const history = Array.from({ length: 500 }, (_, i) => ({
  epoch: i + 1,
  step: i + 1,
  loss: 1 / (i + 1),
  validationLoss: 2 / (i + 1),
  learningRate: 0.1,
  gradientNorm: 1,
  seconds: 0,
}));

test('a run is kept with at most 100 points of its curve, its first and its last among them, and a link holds it', () => {
  const result = {
    history,
    loss: { final: 0.002 },
    metrics: { accuracy: 1 },
    validation: { loss: 0.004, accuracy: 0.5 },
  };
  const kept = keptRun(result, experimentOf(4));
  expect(kept.rows).toHaveLength(100);
  expect([kept.rows[0].epoch, kept.rows.at(-1)!.epoch]).toEqual([1, 500]);
  expect(kept.scores).toEqual({
    'validation loss': 0.004,
    'validation accuracy': 0.5,
    'training loss': 0.002,
    'training accuracy': 1,
  });
  expect(readKept(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
});

test('a kept run of another form is left out', () => {
  const kept = keptRun({ history, loss: { final: 1 }, metrics: {} }, experimentOf(4));
  const wrong = [
    null,
    7,
    { ...kept, rows: [] },
    { ...kept, rows: [{ epoch: 'x', loss: 1 }] },
    { ...kept, scores: { a: '<b>' } },
    { ...kept, experiment: [] },
  ];
  for (const value of wrong) expect(readKept(value)).toBeUndefined();
});
