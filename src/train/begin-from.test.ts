import { describe, expect, test } from 'vitest';
import { tanh } from '../core/ops/activations.ts';
import { reference } from '../engines/reference/index.ts';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { identify, writeCheckpoint } from './checkpoint.ts';
import { type RunOptions, train } from './train.ts';
import { type Snapshot, trainingLoop } from './trainer.ts';

const rows = (n: number, shift: number) =>
  Array.from({ length: n }, (_, i) => [Math.sin(i + shift), Math.cos(3 * i + shift)]);
const targetsOf = (inputs: readonly (readonly number[])[]) => inputs.map(([a, b]) => a * b);

const layers = (dropout?: number) => [
  { dense: 4, activation: 'tanh' },
  ...(dropout === undefined ? [] : [{ dropout }]),
  { dense: 1 },
];
interface Choices {
  readonly epochs: number;
  readonly training?: object;
  readonly network?: object;
  readonly shift?: number;
}
function setup({ epochs, training = {}, network = { layers: layers() }, shift = 0 }: Choices): Setup {
  const inputs = rows(23, shift);
  return experiment({
    network,
    data: { inputs, targets: targetsOf(inputs) },
    training: {
      loss: 'mse',
      optimizer: { name: 'adam', learningRate: 0.02 },
      batchSize: 5,
      stop: { epochs },
      ...training,
    },
    seed: 3,
  } as never);
}

/** Trains, and returns the result with its last checkpoint. */
async function kept(of: Setup, options: RunOptions = {}) {
  let bytes: Uint8Array | undefined;
  const trained = await train(of, {
    ...options,
    onCheckpoint(given) {
      bytes = given;
    },
  });
  return { trained, bytes: bytes! };
}
const weightsOf = ({
  model,
}: {
  readonly model: { readonly parameters: ReadonlyMap<string, { readonly data: ArrayLike<number> }> };
}) => [...model.parameters.values()].flatMap(({ data }) => Array.from(data));

describe('from a checkpoint, with the same settings', () => {
  test.each<[string, object]>([
    ['adam', {}],
    ['sgd with momentum', { optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9 } }],
    ['rmsprop, averaged weights', { optimizer: { name: 'rmsprop', learningRate: 0.01 }, ema: 0.9 }],
    [
      'a cosine schedule',
      { optimizer: { name: 'adam', learningRate: { name: 'cosine', learningRate: 0.05, epochs: 20 } } },
    ],
    ['float32', { precision: 'float32', engine: 'wasm' }],
    [
      'a plateau schedule that has lowered the rate',
      { optimizer: { name: 'adam', learningRate: { name: 'plateau', learningRate: 0.3, patience: 0, factor: 0.5 } } },
    ],
  ])('the weights have the bits of an uninterrupted training: %s', async (_, training) => {
    const whole = await train(setup({ epochs: 20, training }));
    const { bytes } = await kept(setup({ epochs: 9, training }));
    const rest = await train(setup({ epochs: 20, training }), { from: bytes });
    expect(weightsOf(rest)).toEqual(weightsOf(whole));
    expect(rest.history.map(({ epoch, step, loss, learningRate }) => [epoch, step, loss, learningRate])).toEqual(
      whole.history.slice(9).map(({ epoch, step, loss, learningRate }) => [epoch, step, loss, learningRate]),
    );
    expect(rest.stop).toMatchObject({ reason: 'epochs', epoch: 20 });
  });

  test('a checkpoint within an epoch continues where that epoch began, with the same bits', async () => {
    const of = setup({ epochs: 20 });
    let take: (() => Snapshot) | undefined;
    const loop = trainingLoop(reference, of, {
      onStart: (snapshot) => {
        take = snapshot;
      },
    });
    // each slice is one step, and an epoch has five
    for (let s = 0; s < 17; s++) loop.next();
    const snapshot = take!();
    loop.return(undefined as never);
    expect(snapshot.progress.places[snapshot.progress.now]).toMatchObject({ epoch: 3, position: 2 });
    const bytes = writeCheckpoint(snapshot, identify(of, { name: 'wasm', precision: 'float64', arithmetic: 'strict' }));
    const rest = await train(of, { from: bytes });
    expect(rest.notes).toContain('Training continues after epoch 3 of a checkpoint, with the state of adam.');
    expect(weightsOf(rest)).toEqual(weightsOf(await train(of)));
  });
});

describe('from a checkpoint, with other settings', () => {
  test.each<[string, Partial<Choices>]>([
    ['another rate', { training: { optimizer: { name: 'adam', learningRate: 0.001 } } }],
    ['another batch size', { training: { batchSize: 'full' } }],
    ['a penalty', { training: { l2: 0.01 } }],
    ['another loss', { training: { loss: 'mae' } }],
    ['other data', { shift: 1 }],
    ['dropout', { network: { layers: layers(0.1) } }],
    ['another activation', { network: { layers: [{ dense: 4, activation: 'softsign' }, { dense: 1 }] } }],
  ])('adam keeps its moments and its count of updates: %s', async (_, part) => {
    const { bytes, trained } = await kept(setup({ epochs: 9 }));
    const now = setup({ epochs: 10, ...part });
    const rest = await train(now, { from: bytes });
    expect(rest.notes).toContain('Training continues after epoch 9 of a checkpoint, with the state of adam.');
    // 23 rows in batches of 5 are 5 updates an epoch
    const added = now.batchSize === 'full' ? 1 : 5;
    expect(rest.history.map(({ epoch, step }) => [epoch, step])).toEqual([[10, 45 + added]]);
    if (part.network !== undefined) return;
    const anew = await train(setup({ epochs: 1, ...part }), { from: trained.model });
    expect(weightsOf(rest)).not.toEqual(weightsOf(anew));
  });

  test('the moments are those of the checkpoint: one update of Adam, calculated by hand', async () => {
    // y = w from w = 0, loss (w - t)²: the gradient is 2 (w - t)
    const line = (target: number, epochs: number) =>
      experiment({
        network: { layers: [{ dense: 1, bias: false, weight: [[0]] }] },
        data: { inputs: [[1]], targets: [[target]] },
        training: { loss: 'mse', optimizer: { name: 'adam', learningRate: 0.1 }, stop: { epochs } },
      });
    const { bytes, trained } = await kept(line(1, 1));
    const [w] = weightsOf(trained);
    const rest = await train(line(-3, 2), { from: bytes });
    // Kingma and Ba (2015), algorithm 1: m = 0.9 m + 0.1 g, v = 0.999 v + 0.001 g², both corrected by the second update's count
    const [g1, g2] = [-2, 2 * (w + 3)];
    const m = 0.9 * 0.1 * g1 + 0.1 * g2;
    const v = 0.999 * 0.001 * g1 ** 2 + 0.001 * g2 ** 2;
    const wanted = w - (0.1 * (m / (1 - 0.9 ** 2))) / (Math.sqrt(v / (1 - 0.999 ** 2)) + 1e-8);
    expect(weightsOf(rest)[0]).toBeCloseTo(wanted, 12);
  });

  test('another optimizer starts anew: its weights are those of a new training from the model, and notes say so', async () => {
    const training = { optimizer: { name: 'rmsprop', learningRate: 0.01 }, shuffle: false };
    const { bytes, trained } = await kept(setup({ epochs: 9 }));
    const rest = await train(setup({ epochs: 12, training }), { from: bytes });
    const anew = await train(setup({ epochs: 3, training }), { from: trained.model });
    expect(weightsOf(rest)).toEqual(weightsOf(anew));
    expect(rest.notes).toContain('Training continues after epoch 9 of a checkpoint; rmsprop starts anew.');
    const momentum = { optimizer: { name: 'adam', learningRate: 0.02, amsgrad: true } };
    const { notes } = await train(setup({ epochs: 10, training: momentum }), { from: bytes });
    expect(notes).toContain('Training continues after epoch 9 of a checkpoint; adam starts anew.');
  });

  test('a schedule counts epochs, also after a change of the batch size', async () => {
    const training = {
      optimizer: { name: 'sgd', learningRate: { name: 'step', learningRate: 0.1, stepSize: 12, gamma: 0.5 } },
    };
    const { bytes } = await kept(setup({ epochs: 9, training }));
    const rest = await kept(setup({ epochs: 14, training: { ...training, batchSize: 23 } }), { from: bytes });
    expect(rest.trained.history.map(({ learningRate }) => learningRate)).toEqual([0.1, 0.1, 0.1, 0.05, 0.05]);
    // its own checkpoint has the count of updates, and can be resumed or continued
    const again = await train(setup({ epochs: 15, training: { ...training, batchSize: 23 } }), { from: rest.bytes });
    expect(again.history.map(({ epoch, step }) => [epoch, step])).toEqual([[15, 51]]);
    const resumed = await train(setup({ epochs: 15, training: { ...training, batchSize: 23 } }), {
      from: bytes,
      resume: rest.bytes,
    });
    expect(resumed.history.at(-1)).toMatchObject({ epoch: 15, step: 51 });
    expect(weightsOf(resumed)).toEqual(weightsOf(again));
  });

  test('onStart has the model of the checkpoint, and the number of its epochs', async () => {
    const { bytes, trained } = await kept(setup({ epochs: 9 }));
    let seen: number[] | undefined;
    await train(setup({ epochs: 9 }), {
      from: bytes,
      onStart: async ({ epoch, model }) => {
        seen = [epoch, ...weightsOf({ model: await model() })];
      },
    });
    expect(seen).toEqual([9, ...weightsOf(trained)]);
  });

  test('a checkpoint of other layers, and bytes of a model, are refused', async () => {
    const { bytes, trained } = await kept(setup({ epochs: 1 }));
    const other = setup({ epochs: 2, network: { layers: [{ dense: 3, activation: tanh.name }, { dense: 1 }] } });
    await expect(train(other, { from: bytes })).rejects.toThrow(
      'from: layers.0.weight of the checkpoint is [2,4], but the network needs [2,3].\n  Continue from a checkpoint of the same layers and inputs.',
    );
    await expect(train(setup({ epochs: 2 }), { from: trained.model.save() })).rejects.toThrow(
      'from: it is not a checkpoint.\n  Pass the bytes that onCheckpoint received, or a model: from: load(bytes).',
    );
  });
});
