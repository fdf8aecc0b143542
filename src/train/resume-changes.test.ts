import { expect, test } from 'vitest';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { changeNotes, changesOf } from './resume-changes.ts';
import { train } from './train.ts';

/** y = w·x from w = 0: a step halves, or quarters, the distance of w from 1, exactly in binary. */
const line = (epochs: number, learningRate: number | object = 0.25, training: object = {}): Setup =>
  experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[0]] }] },
    data: { inputs: [[1]], targets: [[1]] },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate }, stop: { epochs }, ...training },
  });
type Trained = Awaited<ReturnType<typeof train>>;
const weight = ({ model }: Trained) => model.parameters.get('layers.0.weight')!.data[0];

/** Trains, and returns the result with its last checkpoint. */
async function kept(setup: Setup, resume?: Uint8Array) {
  let bytes: Uint8Array | undefined;
  const trained = await train(setup, {
    resume,
    onCheckpoint(given) {
      bytes = given;
    },
  });
  return { trained, bytes: bytes! };
}

test('a resumed run takes another rate and other stop conditions from there; each change is recorded', async () => {
  const first = await kept(line(2));
  const second = await kept(line(3, 0.375), first.bytes);
  expect([first, second].map(({ trained }) => weight(trained))).toEqual([3 / 4, 15 / 16]);
  expect(second.trained.changes).toEqual([
    { epoch: 2, option: 'learningRate', from: '0.25', to: '0.375' },
    { epoch: 2, option: 'epochs', from: '2', to: '3' },
  ]);
  // resumed once more without a change, and then with another
  const third = await kept(line(3, 0.375), second.bytes);
  expect(third.trained.changes).toEqual(second.trained.changes);
  const last = await kept(line(4, 0.375, { stop: { epochs: 4, seconds: 60 } }), third.bytes);
  expect(last.trained.notes).toEqual([
    'The run was resumed after epoch 2 with other options: learningRate 0.25 → 0.375, epochs 2 → 3.',
    'The run was resumed after epoch 3 with other options: epochs 3 → 4, seconds none → 60.',
  ]);
  expect(weight(last.trained)).toBe(63 / 64);
  expect(last.trained.history.map(({ learningRate }) => learningRate)).toEqual([0.25, 0.25, 0.375, 0.375]);
});

test('a rate may become a schedule', async () => {
  const { bytes } = await kept(line(2));
  const schedule = { name: 'step', learningRate: 0.25, stepSize: 3, gamma: 0.5 };
  const { trained } = await kept(line(4, schedule), bytes);
  expect(trained.history.map(({ learningRate }) => learningRate)).toEqual([0.25, 0.25, 0.25, 0.125]);
  expect(trained.changes?.[0]).toMatchObject({ option: 'learningRate', from: '0.25' });
});

test('early stopping that begins on resume counts from there, and keeps the best weights from there', async () => {
  // at a rate of 1, w goes 0, 2, 0, 2 …: no epoch improves
  const { bytes } = await kept(line(9, 1));
  const { trained } = await kept(line(99, 1, { stop: { epochs: 99, patience: 4 } }), bytes);
  expect(trained.stop).toMatchObject({ reason: 'patience', epoch: 14 });
  expect(trained.changes?.map(({ option }) => option)).toEqual(['epochs', 'patience']);
});

test('what else differs is named, and nothing else may', () => {
  const training = JSON.stringify({ l2: 0, batchSize: 8, optimizer: { name: 'adam', learningRate: 1, beta1: 0.9 } });
  const against = (text: object) =>
    changesOf({ training, stop: undefined, epoch: 3 }, JSON.stringify(text), { epochs: 9 });
  expect(against({ l2: 1, optimizer: { name: 'adamax', learningRate: 2, beta1: 0.8 } })).toEqual({
    fixed: ['l2', 'batchSize', 'optimizer', 'beta1'],
  });
  expect(against({ l2: 0, batchSize: 8, optimizer: { name: 'adam', learningRate: 2, beta1: 0.9 } })).toEqual({
    changes: [{ epoch: 3, option: 'learningRate', from: '1', to: '2' }],
  });
  expect(changeNotes([])).toEqual([]);
});
