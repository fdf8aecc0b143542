import { expect, test } from 'vitest';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import type { RunStart } from './callbacks.ts';
import type { HistoryRow } from './history.ts';
import { train } from './train.ts';

/** y = w·x from w = 0 at a rate of 1/4: w goes 0, 1/2, 3/4, 7/8 …, exact in binary. Thousands of epochs fit a slice. */
const line = (epochs: number, training: object = {}): Setup =>
  experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[0]] }] },
    data: { inputs: [[1]], targets: [[1]] },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.25 }, stop: { epochs }, ...training },
  });
const weight = ({ parameters }: { parameters: ReadonlyMap<string, { data: ArrayLike<number> }> }) =>
  parameters.get('layers.0.weight')!.data[0];

test.each(['reference', 'wasm'])('%s: onEpoch gets every row of the history, in order', async (engine) => {
  const rows: HistoryRow[] = [];
  const { history } = await train(line(3000, { engine }), { onEpoch: (row) => void rows.push(row) });
  expect(rows).toEqual(history);
  expect(rows).toHaveLength(3000);
});

test.each(['reference', 'wasm'])(
  '%s: answered false or "stop", the run ends with the weights after that epoch, however many were done at once',
  async (engine) => {
    for (const answer of [false, 'stop', Promise.resolve(false)]) {
      const run = await train(line(100_000, { engine }), {
        onEpoch: ({ epoch }) => (epoch === 3 ? answer : undefined),
      });
      expect(run.stop).toMatchObject({ reason: 'aborted', epoch: 3 });
      expect(weight(run.model)).toBe(7 / 8);
      expect(run.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    }
  },
);

test('other return values do not end a run, and its bits are those of a run without callbacks', async () => {
  const run = await train(line(50), { onEpoch: () => 0, onStart: () => false });
  const plain = await train(line(50));
  expect(run.model.save()).toEqual(plain.model.save());
  expect(run.stop.reason).toBe('epochs');
});

test('training waits for a promise', async () => {
  const told: string[] = [];
  await train(line(3), {
    onStart: async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      told.push('start');
    },
    onEpoch: async ({ epoch }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      told.push(`epoch ${epoch}`);
    },
  });
  expect(told).toEqual(['start', 'epoch 1', 'epoch 2', 'epoch 3']);
});

test('an error in a callback rejects the run, and its threads end', async () => {
  for (const callback of ['onStart', 'onEpoch'] as const) {
    const thrown = () => {
      throw new Error(`thrown in ${callback}`);
    };
    await expect(Promise.resolve(train(line(9), { [callback]: thrown }))).rejects.toThrow(`thrown in ${callback}`);
    const rejected = () => Promise.reject(new Error(`rejected in ${callback}`));
    await expect(Promise.resolve(train(line(9), { [callback]: rejected }))).rejects.toThrow(`rejected in ${callback}`);
  }
});

test.each(['reference', 'wasm'])(
  '%s: the model of an epoch has the weights at its end, and asking changes no bit',
  async (engine) => {
    const seen = new Map<number, number>();
    const setup = line(3000, { engine });
    const asked = await train(setup, {
      async onEpoch({ epoch, model }) {
        if (epoch < 20 || epoch % 500 === 0) seen.set(epoch, weight(await model()));
      },
    });
    const plain = await train(setup);
    expect(asked.model.save()).toEqual(plain.model.save());
    const timeless = ({ history }: typeof plain) => history.map(({ seconds: _, ...row }) => row);
    expect(timeless(asked)).toEqual(timeless(plain));
    // w = 1 - 2^-epoch
    expect([...seen].map(([epoch, w]) => w === 1 - 0.5 ** epoch)).toEqual(new Array(25).fill(true));
    expect([...seen.keys()].slice(-2)).toEqual([2500, 3000]);
  },
);

test('after its epoch, a model is refused', async () => {
  let late: (() => Promise<unknown>) | undefined;
  const run = train(line(9), {
    onEpoch({ model }) {
      late ??= model;
    },
  });
  await run;
  await expect(late!()).rejects.toThrowErrorMatchingInlineSnapshot(`
    [InputError: onEpoch: row.model(): the epoch is over, and its weights are gone.
      Call it before onEpoch returns: onEpoch: async ({ model }) => { const now = await model(); … }.]
  `);
});

test('a callback that is not a function is refused', async () => {
  const run = train(line(9), { onEpoch: 'print' as never });
  const error = await Promise.resolve(run).catch((thrown: Error) => thrown);
  expect((error as Error).message).toMatchInlineSnapshot(`
    "onEpoch: "print" is not a function.
      Pass one: onEpoch: (row) => console.log(row)."
  `);
});

test('a resumed run reports the epoch it continues after; checkpoints are taken between slices only', async () => {
  const starts: RunStart[] = [];
  const onStart = (start: RunStart) => void starts.push(start);
  let bytes: Uint8Array | undefined;
  const onCheckpoint = (given: Uint8Array) => {
    bytes = given;
  };
  const often = { checkpoint: { seconds: 1e-6 } };
  await train(line(4000, often), { onStart, onCheckpoint, onEpoch: ({ epoch }) => epoch < 2500 });
  const more = await train(line(4000, often), { onStart, resume: bytes, onEpoch: () => {} });
  expect(starts.map(({ epoch, engine: { name } }) => [epoch, name])).toEqual([
    [0, 'reference'],
    [2500, 'reference'],
  ]);
  const whole = await train(line(4000, often));
  expect(more.model.save()).toEqual(whole.model.save());
  expect(more.history.map(({ epoch, loss }) => [epoch, loss])).toEqual(
    whole.history.map(({ epoch, loss }) => [epoch, loss]),
  );
});

test('onPause is called within an epoch, with the weights after the updates so far; it does not change the training', async () => {
  // one epoch of 60,000 updates takes more than a slice
  const ones = Array.from({ length: 60_000 }, () => [1]);
  const long = experiment({
    network: { layers: [{ dense: 1, bias: false, weight: [[0]] }] },
    data: { inputs: ones, targets: ones },
    training: {
      loss: 'mse',
      optimizer: { name: 'sgd', learningRate: 1e-6 },
      batchSize: 1,
      shuffle: false,
      engine: 'reference',
      stop: { epochs: 1 },
    },
  });
  const seen: { updates: number; weight: number }[] = [];
  const { model } = await train(long, {
    onPause: ({ updates, model: now }) => void seen.push({ updates, weight: weight(now()) }),
  });
  expect(seen.length).toBeGreaterThan(1);
  for (const { updates, weight: found } of seen) {
    // each update takes the rest 1 - w times 1 - 2·rate
    expect(found).toBeCloseTo(1 - (1 - 2e-6) ** updates, 9);
  }
  expect(model.save()).toEqual((await train(long)).model.save());
});

test('with a probe, onEpoch gets the gradient norms so far', async () => {
  const lengths: (number | undefined)[] = [];
  const { gradients } = await train(line(3), {
    probe: true,
    onEpoch: (row) => void lengths.push(row.gradients?.epochs.length),
  });
  expect(lengths.at(-1)).toBeGreaterThanOrEqual(3);
  expect(gradients!.epochs.length).toBe(4);
  await train(line(1), { onEpoch: (row) => expect(row.gradients).toBeUndefined() });
});

test('an experiment starts from the weights of a model too', async () => {
  const first = await train(line(1));
  const second = await train(line(1), { from: first.model });
  expect(weight(second.model)).toBe(3 / 4);
  const wide = experiment({
    network: { layers: [{ dense: 2 }] },
    data: { inputs: [[1]], targets: [[1, 1]] },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 1 }, stop: { epochs: 1 } },
  });
  await expect(train(wide, { from: first.model })).rejects.toThrow(
    'options.from: layers.0.weight of the model is [1,1], but the network needs [1,2].',
  );
});
