import { expect, test } from 'vitest';
import { dataOptions, withFlags, withTrainingFlags } from './merge.ts';

const file = (training: object = {}) => ({
  network: { layers: [{ dense: 1 }] },
  data: { file: 'a.csv', target: 'y' },
  training: {
    loss: 'mse',
    optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 },
    stop: { epochs: 5 },
    ...training,
  },
});
const trainingWith = (values: object, training?: object) =>
  (withFlags(file(training), values as never) as ReturnType<typeof file>).training as Record<string, unknown>;

test('a flag replaces only its key, and does not change the JSON that was passed', () => {
  const json = file();
  const merged = withFlags(json, { batchSize: '16', seconds: '3', validation: '0.1' });
  expect(merged).toMatchObject({
    data: { file: 'a.csv', split: { validation: 0.1 } },
    training: { batchSize: 16, stop: { epochs: 5, seconds: 3 } },
  });
  expect(json).toEqual(file());
});

test('another optimizer keeps the rate and drops the other options; the same optimizer keeps them', () => {
  expect(trainingWith({ optimizer: 'adam' }).optimizer).toEqual({ name: 'adam', learningRate: 0.1 });
  expect(trainingWith({ optimizer: 'sgd', learningRate: '0.2' }).optimizer).toEqual({
    name: 'sgd',
    learningRate: 0.2,
    momentum: 0.9,
  });
});

test('a recipe without options is its name', () => {
  expect(trainingWith({ loss: 'mae' }).loss).toBe('mae');
  expect(trainingWith({ loss: 'huber', delta: '2' }).loss).toEqual({ name: 'huber', delta: 2 });
});

test('--no-checkpoint turns checkpoints off, and --checkpoint sets their interval', () => {
  expect(trainingWith({ checkpoint: false }).checkpoint).toBe(false);
  expect(trainingWith({ checkpoint: '60' }, { checkpoint: false }).checkpoint).toEqual({ seconds: 60 });
});

test('a schedule starts from the given rate, also inside a warmup', () => {
  expect(trainingWith({ schedule: 'cosine', scheduleMinRate: '0.01' }).optimizer).toMatchObject({
    learningRate: { name: 'cosine', learningRate: 0.1, minRate: 0.01 },
  });
  expect(trainingWith({ scheduleWarmup: '2' }).optimizer).toMatchObject({
    learningRate: { name: 'warmup', epochs: 2, learningRate: 0.1 },
  });
  expect(() => trainingWith({ scheduleGamma: '0.5' })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: --schedule-gamma: there is no schedule to change.
      Add --schedule constant|step|exponential|cosine|oneCycle|linear|plateau.]
  `);
});

test('flags that make no sense with a file are refused by their names', () => {
  expect(() => withFlags(file(), { hidden: '8' })).toThrow('--hidden: the file already defines the layers');
  const inline = { ...file(), data: { inputs: [[1]], targets: [[1]] } };
  expect(() => withFlags(inline, { target: 'y' })).toThrow('--target: the rows are in the experiment file itself');
  expect(() => withFlags(file(), { loss: '0.1' })).toThrow('--loss: "0.1" is a number');
});

test('JSON that is not an experiment is left to the checks', () => {
  expect(withFlags([1], { epochs: '3' })).toEqual([1]);
  expect(withFlags(null, { epochs: '3' })).toBe(null);
});

test('the data options of a table come from flags alone; its experiment gets the other flags', () => {
  const values = { target: 'y', features: 'a,b', stratify: false, epochs: '3', seed: '7' };
  expect(dataOptions(values)).toEqual({
    target: 'y',
    features: ['a', 'b'],
    stratify: undefined,
    split: { stratify: false },
  });
  const { data, training, ...rest } = withTrainingFlags({ ...file(), seed: 1 }, values);
  expect(data).toEqual(file().data);
  expect([training.stop, rest.seed]).toEqual([{ epochs: 3 }, 7]);
});
