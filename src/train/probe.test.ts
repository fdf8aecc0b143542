import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { experiment } from '../net/setup.ts';
import { makeProbe } from './probe.ts';
import { train } from './train.ts';

const penguins = readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8');
const json = {
  network: { layers: [{ dense: 8, activation: 'relu' }, { dropout: 0.2 }, { dense: 3, activation: 'softmax' }] },
  data: { file: 'penguins.csv', target: 'species', split: { validation: 0.2 } },
  training: { loss: 'crossEntropy', optimizer: 'adam', batchSize: 32, stop: { epochs: 30, patience: 5 } },
};
const setup = (training: object = {}, network: object = {}) =>
  experiment(
    { ...json, network: { ...json.network, ...network }, training: { ...json.training, ...training } },
    { read: () => penguins },
  );

test('a training has the same bits with and without a probe', async () => {
  const [plain, probed] = [await train(setup()), await train(setup(), { probe: true })];
  expect(plain.gradients).toBeUndefined();
  expect(Buffer.from(probed.model.save())).toEqual(Buffer.from(plain.model.save()));
  const rows = (history: typeof plain.history) => history.map(({ seconds: _, ...row }) => row);
  expect(rows(probed.history)).toEqual(rows(plain.history));
  expect(probed.stop.reason).toBe(plain.stop.reason);
  // dropout has no parameters
  expect(Object.keys(probed.gradients!.norms)).toEqual(['layers.0', 'layers.2']);
  expect(probed.gradients!.epochs.slice(0, 3)).toEqual([0, 1, 2]);
});

test("the layers' norms together are the norm of the whole gradient", async () => {
  const data = {
    inputs: [
      [0, 1],
      [1, 0.5],
      [2, -1],
    ],
    targets: [[1], [0], [3]],
  };
  const { gradients, history } = await train(
    experiment({
      network: { layers: [{ dense: 3, activation: 'tanh' }, { dense: 1 }] },
      data,
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, l2: 0.1, stop: { epochs: 20 } },
    }),
    { probe: true },
  );
  // a full batch: an epoch's norm is that of the weights after the epoch before
  history.forEach(({ epoch, gradientNorm }) => {
    const parts = ['layers.0', 'layers.1'].map((layer) => gradients!.norms[layer][epoch - 1]);
    // the same terms in another order
    expect(Math.hypot(...parts)).toBeCloseTo(gradientNorm, 14);
  });
});

test('a resumed run has probed the same epochs', async () => {
  const once = await train(setup({ engine: 'reference', stop: { epochs: 12 } }), { probe: true });
  let saved: Uint8Array | undefined;
  await train(setup({ engine: 'reference', stop: { epochs: 5 } }), {
    probe: true,
    onCheckpoint: (bytes) => {
      saved = bytes;
    },
  });
  const twice = await train(setup({ engine: 'reference', stop: { epochs: 12 } }), { probe: true, resume: saved });
  expect(twice.gradients).toEqual(once.gradients);
});

test('the cost is bounded: few measurements in a large training, none in one epoch of few rows and many parameters', () => {
  const after = (epochs: number | undefined, units: number) => {
    const probe = makeProbe(
      setup(
        { stop: epochs === undefined ? { seconds: 1 } : { epochs } },
        {
          layers: [
            { dense: units, activation: 'relu' },
            { dense: 3, activation: 'softmax' },
          ],
        },
      ),
    );
    if (probe === undefined) return undefined;
    const looked: number[] = [];
    for (let epoch = probe.after(0); epoch <= (epochs ?? 100); epoch = probe.after(epoch)) looked.push(epoch);
    return { rows: probe.found.rows, looks: looked.length, last: looked.at(-1) };
  };
  expect(after(200, 8)).toEqual({ rows: 256, looks: 100, last: 200 });
  expect(after(200, 30_000)).toEqual({ rows: 27, looks: 40, last: 200 });
  expect(after(1, 200_000)).toBeUndefined();
  // for an unknown number of epochs, measurements become rarer
  expect(after(undefined, 8)).toEqual({ rows: 16, looks: 38, last: 94 });
});
