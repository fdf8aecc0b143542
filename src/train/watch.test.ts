/** The watched value of early stopping, in runs: a metric of the validation split, an averaged model's loss. */
import { expect, test } from 'vitest';
import { averageOf } from '../net/addresses.ts';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { historyCsv } from './history.ts';
import { train } from './train.ts';

/**
 * y = w·x from w = 0 at a rate of 1/4 towards w = 1: w goes 1/2, 3/4, 7/8, 15/16 … The validation split has its optimum
 * at w = 0.8: its metrics improve for two epochs, then worsen.
 */
const line = (stop: object, training: object = {}): Setup =>
  experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[0]] }] },
    data: {
      inputs: [[1]],
      targets: [[1]],
      validation: { inputs: [[1], [2]], targets: [[0.8], [1.6]] },
    },
    training: {
      loss: 'mse',
      optimizer: { name: 'sgd', learningRate: 0.25 },
      stop: { epochs: 20, ...stop },
      ...training,
    },
  });
const weight = ({ parameters }: { parameters: ReadonlyMap<string, { data: ArrayLike<number> }> }) =>
  parameters.get('layers.0.weight')!.data[0];

test.each(['r2', 'meanAbsoluteError', 'rootMeanSquaredError', 'loss'])(
  '%s: patience counts epochs in which it is no better, higher or lower as it should be, and its best is kept',
  async (watch) => {
    const { stop, kept, model } = await train(line({ watch, patience: 3 }));
    expect(stop).toMatchObject({ reason: 'patience', epoch: 5 });
    expect(kept).toEqual({ epoch: 2, why: 'best' });
    expect(weight(model)).toBe(3 / 4);
  },
);

test('minDelta is in the units of the watched metric', async () => {
  // R² there: 1 - 5·(0.8-w)²/0.32; after epochs 1 to 3: -0.40625, 0.9609375, 0.912…
  const stopOf = async (minDelta: number) => (await train(line({ watch: 'r2', patience: 1, minDelta }))).stop.epoch;
  expect(await stopOf(1.3)).toBe(3);
  expect(await stopOf(1.4)).toBe(2);
});

test('keep: "best" alone keeps the best weights by the watched metric; training runs to its end', async () => {
  const { stop, kept } = await train(line({ watch: 'r2', epochs: 9 }, { keep: 'best' }));
  expect([stop.reason, kept?.epoch]).toEqual(['epochs', 2]);
});

test('the plateau schedule uses the watched metric too', async () => {
  const learningRate = { name: 'plateau', learningRate: 0.25, patience: 0, factor: 0.5 };
  const rates = async (watch: string) => {
    const { history } = await train(line({ watch, epochs: 4 }, { optimizer: { name: 'sgd', learningRate } }));
    return history.map((row) => row.learningRate);
  };
  // better in the first two epochs, worse in the third
  expect(await rates('r2')).toEqual([0.25, 0.25, 0.25, 0.125]);
  expect(await rates('loss')).toEqual([0.25, 0.25, 0.25, 0.125]);
});

test('the watched metric is in the history, with the usual metrics', async () => {
  const classes = (watch?: string) =>
    experiment({
      network: { layers: [{ dense: 2, activation: 'softmax' }] },
      data: { inputs: [[0], [1]], targets: [0, 1], validation: { inputs: [[0.2], [0.9]], targets: [0, 1] } },
      training: { loss: 'crossEntropy', optimizer: { name: 'sgd', learningRate: 1 }, stop: { epochs: 3, watch } },
    });
  const header = async (watch?: string) => historyCsv((await train(classes(watch))).history).split('\n')[0];
  expect(await header('logLoss')).toBe(`${await header()},validationLogLoss`);
  expect(await header('accuracy')).toBe(await header());
});

test('without validation rows and with averaged weights, training watches the training loss of the averages', async () => {
  const setup = experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[0]] }] },
    data: { inputs: [[1]], targets: [[1]] },
    // past the target and back: w goes 1.5, 0.75, 1.125 …; the averages of decay 1/2: 1.5, 1.125, 1.125, 1.03125 …
    training: {
      loss: 'mse',
      optimizer: { name: 'sgd', learningRate: 0.75 },
      ema: 0.5,
      stop: { epochs: 9, patience: 1 },
    },
  });
  const { stop, kept, model, loss } = await train(setup);
  // the third epoch's average is no better than the second's
  expect(stop).toMatchObject({ reason: 'patience', epoch: 3 });
  expect(kept).toEqual({ epoch: 2, why: 'best' });
  expect(weight(model)).toBe(1.125);
  expect(loss.final).toBe(1 / 64);
  expect(averageOf('layers.0.weight')).toBe('optimizer.layers.0.weight.average');
});
