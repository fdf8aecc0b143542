import { experiment, train } from 'chainrule';
import { expect, test } from 'vitest';
import { type Config, defaultConfig, hiddenActivations, optimizerRates, readConfig } from './config.ts';
import { consecutive, endless, experimentOf, fits, fromExperiment, type Weights } from './experiment.ts';

const config = (part: Partial<Config> = {}): Config => ({ ...defaultConfig, ...part });

const weightsOf = (json: ReturnType<typeof experimentOf>): Weights =>
  consecutive(
    Object.fromEntries(
      [...experiment(json!).parameters].map(([name, { shape, data }]) => [
        name,
        { shape, data: Float64Array.from(data) },
      ]),
    ),
  );

test('every choice of the playground is an experiment that the library accepts', () => {
  for (const activation of hiddenActivations) {
    experiment(experimentOf(config({ hidden: [{ units: 3, activation }] })));
  }
  for (const optimizer of Object.keys(optimizerRates)) {
    experiment(experimentOf(config({ optimizer, set: 'sine', dropout: 0.2, l1: 0.01, l2: 0.01, batchSize: 0 })));
  }
  expect(experimentOf(config({ set: 'empty' }))).toBeUndefined();
});

test('XOR of the defaults reaches a small loss', async () => {
  const json = experimentOf(config())!;
  const { loss, validation } = await train(
    experiment({ ...json, training: { ...json.training!, stop: { epochs: 200 } } }),
  );
  expect(loss.final).toBeLessThan(0.05);
  expect(validation?.accuracy).toBe(1);
});

test('a document goes to the step view and back: points, choices and weights stay, with and without dropout', () => {
  for (const set of ['moons', 'sine']) {
    for (const dropout of [0, 0.2]) {
      const before = config({
        set,
        dropout,
        hidden: [
          { units: 3, activation: 'relu' },
          { units: 2, activation: 'tanh' },
        ],
      });
      const weights = weightsOf(experimentOf(before));
      const json = JSON.parse(JSON.stringify(experimentOf(before, weights)));
      const found = fromExperiment(json)!;
      expect(found.weights).toEqual(weights);
      expect(fits(weights, before)).toBe(true);
      // the set's points are now the person's own
      expect(experimentOf(found.config, found.weights)).toEqual(json);
    }
  }
});

test('weights fit if shapes and numbers do, whether or not there is dropout', () => {
  const weights = weightsOf(experimentOf(config()));
  expect(fits(weights, config({ dropout: 0.5 }))).toBe(true);
  expect(fits(weights, config({ set: 'sine' }))).toBe(false);
  expect(fits(weights, config({ hidden: [{ units: 5, activation: 'tanh' }] }))).toBe(false);
  weights['layers.0.weight'].data[0] = Number.NaN;
  expect(fits(weights, config())).toBe(false);
});

test('documents of other networks are not shown', () => {
  const other = {
    network: { layers: [{ dense: 2, activation: 'tanh' }, { dense: 1 }] },
    data: { inputs: [[2, 3, 1]], targets: [[0.6]] },
    training: { loss: 'halfMse', optimizer: { name: 'sgd', learningRate: 0.5 }, stop: { epochs: 1 } },
  };
  expect(fromExperiment(other as never)).toBeUndefined();
  expect(fromExperiment({ data: { file: 'a.csv' } } as never)).toBeUndefined();
  const wide = experimentOf(config())!;
  const layers = [{ dense: 1e9, activation: 'tanh' }, ...wide.network.layers.slice(1)];
  expect(fromExperiment({ ...wide, network: { layers } } as never)).toBeUndefined();
  expect(fromExperiment(wide)).toBeDefined();
});

test('a training without an end has the same steps', () => {
  const json = experimentOf(config())!;
  const { stop: _, ...rest } = json.training!;
  expect(endless(json)).toEqual({
    ...json,
    training: { ...rest, stop: { seconds: 1e6 }, checkpoint: { seconds: 1e6 } },
  });
});

test('a link of any content gives choices that work', () => {
  const wild = [
    null,
    7,
    [],
    { set: '__proto__', optimizer: 'constructor', hidden: 'x', drawn: {} },
    { hidden: [{ units: 1e9, activation: 'tanh' }, { units: 3, activation: 'softmax' }, null] },
    {
      drawn: [
        { x: Number.NaN, y: 0 },
        { x: '1', y: 2 },
        { x: 1e9, y: 0 },
        { x: 0.1, y: 0.2, label: 'a' },
      ],
    },
    { learningRate: -1, batchSize: 2.5, l1: Number.POSITIVE_INFINITY, dropout: 1, count: 1e9, seed: -1 },
  ];
  for (const value of wild) {
    const read = readConfig(value);
    experiment(experimentOf(read));
    expect(read.hidden.every(({ units }) => units <= 64)).toBe(true);
  }
  expect(readConfig(wild[5]).drawn).toEqual([{ x: 0.1, y: 0.2, label: 0 }]);
  const chosen = config({ set: 'moons', l2: 0.01, speed: 5, drawn: [{ x: 0.5, y: -0.25, label: 1 }] });
  expect(readConfig(JSON.parse(JSON.stringify(chosen)))).toEqual(chosen);
});
