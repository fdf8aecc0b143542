/** Training in a Node worker: this thread stays free, and all results are the same as without a worker. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { Activation, RunOptions, Setup, Trained } from '../src/index.ts';
import * as sources from '../src/index.ts';
import { isLong, sampled } from './runs.ts';

// The worker's file is that of the build.
const built = new URL('../dist/index.js', import.meta.url).href;
const { activation, adam, crossEntropy, dense, experiment, InputError, mse, network, normal, relu, sgd, softmax } =
  (await import(built)) as typeof sources;
const { embedding, formula, train } = (await import(built)) as typeof sources;

const workerThreads = createRequire(import.meta.url)('node:worker_threads') as {
  Worker: typeof import('node:worker_threads').Worker;
};
const { Worker: NodeWorker } = workerThreads;
afterEach(() => {
  workerThreads.Worker = NodeWorker;
});

const penguins = readFileSync(new URL('../examples/penguins.csv', import.meta.url), 'utf8');

/** A table with splits, missing values and categories; batches, dropout, a schedule, the best weights. */
const setup = (training: object = {}): Setup =>
  experiment(
    {
      network: { layers: [{ dense: 12, activation: 'gelu' }, { dropout: 0.1 }, { dense: 3, activation: 'softmax' }] },
      data: { file: 'penguins.csv', target: 'species', split: { validation: 0.2, test: 0.1 } },
      training: {
        loss: 'crossEntropy',
        optimizer: { name: 'adam', learningRate: { name: 'plateau', learningRate: 0.003, patience: 5 } },
        batchSize: 32,
        stop: { epochs: 40 },
        keep: 'best',
        ...training,
      },
      seed: 5,
    },
    { read: () => penguins },
  );

/** The result of a run without times. */
const timeless = ({ model, history, stop, engine, seconds: _, ...rest }: Trained) => ({
  ...rest,
  model: model.save(),
  history: history.map((row) => ({ ...row, seconds: 0 })),
  stop: { ...stop, seconds: 0 },
  engine,
});

const xor = {
  inputs: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [[0], [1], [1], [0]],
};
const long = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1e9 }, engine: 'wasm' } as const;

/** The error of a run. */
const failure = (run: PromiseLike<unknown>) =>
  Promise.resolve(run).then(
    () => 'no error',
    (error: Error) => error,
  );

describe('with worker: true', () => {
  const trainings = [
    {},
    { ema: 0.9, stop: { epochs: 20, watch: 'accuracy', patience: 5 } },
    { engine: 'wasm', precision: 'float32' },
  ];
  test.each(sampled(trainings, 3))('a run gives the same bits as without: %o', async (training) => {
    const here = await train(setup(training));
    const there = await train(setup(training), { worker: true });
    expect(timeless(there)).toEqual(timeless(here));
    expect(there.model.problem().inputs).toEqual(here.model.problem().inputs);
  });

  test('given weights, a frozen layer, initializers with options, embedded columns and weights of rows are preserved', async () => {
    const net = network([
      embedding(1, { of: [{ input: 1, size: 3 }] }),
      dense(2, {
        activation: relu,
        weight: [
          [1, -1],
          [0.5, 2],
        ],
        bias: [0.1, 0.2],
        trainable: ['bias'],
      }),
      dense(3, { activation: relu, initializer: normal({ std: 0.5 }) }),
      dense(1),
    ]);
    const data = {
      inputs: [
        [0.5, 0],
        [1, 2],
        [-1, 1],
      ],
      targets: [1, 2, 3],
      weights: [1, 0.5, 2],
    };
    const options = { loss: mse, optimizer: adam, stop: { epochs: 30 } };
    const here = await train(net, data, options);
    const there = await train(net, data, { ...options, worker: true });
    expect(timeless(there)).toEqual(timeless(here));
  });

  // It compares times. On a busy machine a timer may be late for another reason, so it may try again.
  test('timers in this thread run during long steps', { retry: 2 }, async () => {
    const rows = 100;
    const inputs = Array.from({ length: rows }, (_, r) => Array.from({ length: 200 }, (_, c) => Math.sin(r * c + r)));
    const data = { inputs, targets: inputs.map((_, r) => r % 3) };
    const net = network([dense(150, { activation: relu }), dense(3, { activation: softmax })]);
    // One step for each epoch, on the slow engine.
    const options = { loss: crossEntropy, optimizer: adam, stop: { epochs: 3 }, engine: 'reference' } as const;
    const longestWait = async (worker: boolean) => {
      const run = train(net, data, { ...options, worker });
      let waited = 0;
      let last: number | undefined;
      const timer = setInterval(() => {
        const now = performance.now();
        waited = Math.max(waited, now - (last ?? now));
        last = now;
      }, 2);
      let seen = 0;
      // With the first row, training has started.
      for await (const _row of run) if (seen++ === 0) waited = 0;
      clearInterval(timer);
      const { stop } = await run;
      return { waited, step: (1000 * stop.seconds) / stop.epoch };
    };
    const there = await longestWait(true);
    const here = await longestWait(false);
    // Other processes may run: half a step is much longer than a message takes.
    expect(here.waited).toBeGreaterThan(here.step / 2);
    expect(there.waited).toBeLessThan(there.step / 2);
  });

  test('progress is reported, and an aborted signal ends the run with the weights so far', async () => {
    const aborter = new AbortController();
    const run = train(network([dense(3, { activation: relu }), dense(1)]), xor, {
      ...long,
      signal: aborter.signal,
      worker: true,
    });
    const epochs: number[] = [];
    for await (const { epoch } of run) {
      epochs.push(epoch);
      if (epochs.length === 3) aborter.abort();
    }
    const { stop, history, model } = await run;
    expect(stop.reason).toBe('aborted');
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
    expect(history.at(-1)?.epoch).toBe(epochs.at(-1));
    expect(model.predict([[0, 1]])).toHaveLength(1);
  });

  test.runIf(isLong)('a signal that is already aborted lets it make no step', async () => {
    const { stop } = await train(network([dense(1)]), xor, { ...long, signal: AbortSignal.abort(), worker: true });
    expect(stop).toMatchObject({ reason: 'aborted', epoch: 0 });
  });

  test('checkpoints are delivered; a training continues from them in this thread, and the other way round, to the same bits', async () => {
    const plain = { optimizer: 'adam' };
    const whole = timeless(await train(setup(plain)));
    for (const worker of sampled([true, false], 2)) {
      const kept: Uint8Array[] = [];
      const onCheckpoint = (bytes: Uint8Array) => void kept.push(bytes.slice());
      const early = setup({ ...plain, stop: { epochs: 15 }, checkpoint: { seconds: 0.001 } });
      await train(early, { onCheckpoint, worker });
      expect(kept.length).toBeGreaterThan(0);
      const resumes: RunOptions['resume'][] = [kept.at(-1), (read) => read(kept.at(-1)!)];
      // in the short suite, each form in one direction
      for (const resume of sampled(resumes, 2, Number(worker))) {
        const { history: _, ...rest } = timeless(await train(setup(plain), { resume, worker: !worker }));
        expect(rest).toEqual({ ...rest, model: whole.model, loss: whole.loss, stop: whole.stop });
      }
    }
  });

  test('a training with other settings continues from a checkpoint, as in this thread; onStart has its model', async () => {
    let bytes: Uint8Array = new Uint8Array();
    const onCheckpoint = (given: Uint8Array) => {
      bytes = given;
    };
    await train(setup({ optimizer: 'adam', stop: { epochs: 5 } }), { onCheckpoint });
    const found = await Promise.all(
      [false, true].map(async (worker) => {
        let first: unknown;
        const onStart: RunOptions['onStart'] = async ({ epoch, model }) => {
          first = [epoch, [...(await model()).parameters.values()].map(({ data }) => [...data])];
        };
        const changed = setup({ optimizer: 'adam', batchSize: 3, stop: { epochs: 9 } });
        const { model, history, notes } = await train(changed, { from: bytes.slice(), onStart, worker });
        return { first, notes, parameters: model.parameters, steps: history.map(({ step }) => step) };
      }),
    );
    expect(found[1]).toEqual(found[0]);
    expect(found[1].notes.join()).toContain('after epoch 5 of a checkpoint, with the state of adam');
  });

  test('training waits until a checkpoint is stored; if that fails, so does the run', async () => {
    const disk = new Error('the disk is full');
    const onCheckpoint = () => Promise.reject(disk);
    const options = { ...long, checkpoint: { seconds: 0.01 }, onCheckpoint, worker: true };
    expect(await failure(train(network([dense(1)]), xor, options))).toBe(disk);
  });

  test('onStart and onEpoch are called here, and the worker waits for them; false ends the run after that epoch', async () => {
    const runs = await Promise.all(
      [false, true].map(async (worker) => {
        const told: unknown[] = [];
        const { stop, model } = await train(setup(), {
          worker,
          onStart: ({ epoch, engine }) => void told.push([epoch, engine.name]),
          onEpoch: async ({ epoch, loss }) => {
            told.push([epoch, loss]);
            return epoch < 7;
          },
        });
        return { told, reason: stop.reason, epoch: stop.epoch, model: model.save() };
      }),
    );
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[1]).toMatchObject({ reason: 'aborted', epoch: 7 });
    const thrown = new Error('thrown here');
    expect(await failure(train(setup(), { worker: true, onEpoch: () => Promise.reject(thrown) }))).toBe(thrown);
  });

  test('onEpoch gets the model of each epoch that it asks for', async () => {
    const runs = await Promise.all(
      [true, false].map(async (worker) => {
        const saved: Uint8Array[] = [];
        await train(setup({ optimizer: 'adam' }), {
          worker,
          async onEpoch({ epoch, model }) {
            if (epoch % 5 === 0) saved.push((await model()).save());
          },
        });
        return saved;
      }),
    );
    expect(runs[0].length).toBeGreaterThan(2);
    expect(runs[0]).toEqual(runs[1]);
  });

  test('wrong input is the same InputError as without a worker', async () => {
    const bad = [
      () => ({ ...long, engine: 'torch' as never, stop: { epochs: 1 } }),
      () => ({ ...long, stop: {} }),
      () => ({ ...long, stop: { epochs: 1 }, resume: new Uint8Array(9) }),
    ];
    for (const options of bad) {
      const [here, there] = await Promise.all(
        [false, true].map((worker) => failure(train(network([dense(1)]), xor, { ...options(), worker }))),
      );
      expect(there).toBeInstanceOf(InputError);
      expect({ ...(there as object) }).toEqual({ ...(here as object) });
    }
    const value = train(network([dense(1)]), xor, { ...long, worker: 'yes' as never });
    expect(String(await failure(value))).toMatchInlineSnapshot(`
      "InputError: worker: "yes" is not true or false.
        Write true."
    `);
  });

  test('a custom activation cannot be sent, whatever its name', async () => {
    const { add, div, square } = formula;
    // One that is made by hand may have any name.
    const bump = activation('bump', { f: (x) => div(x, add(1, square(x))) });
    const own: Activation = { ...bump, name: 'tanh' };
    const net = network([dense(4, { activation: bump }), dense(1)]);
    expect(String(await failure(train(net, xor, { ...long, worker: true })))).toMatchInlineSnapshot(`
      "InputError: network.layers[0].activation: the activation "bump" is your own, and a worker has only chainrule's recipes.
        Leave "worker" out to train in this thread."
    `);
    expect(() => dense(4, { activation: own })).toThrow(
      'this activation has the name of chainrule\'s "tanh" but differs from it',
    );
  });

  test('a worker that dies rejects the run', async () => {
    let started: { terminate(): Promise<number> } | undefined;
    class Watched extends NodeWorker {
      constructor(...args: ConstructorParameters<typeof NodeWorker>) {
        super(...args);
        started = this;
      }
    }
    workerThreads.Worker = Watched;
    const run = train(network([dense(1)]), xor, { ...long, threads: 1, worker: true });
    const failed = failure(run);
    for await (const _row of run) {
      await started!.terminate();
      break;
    }
    expect(String(await failed)).toMatchInlineSnapshot(`
      "InputError: training.worker: the worker ended before the training did: it ended.
        Resume the last checkpoint with "resume", or leave "worker" out."
    `);
  });

  test('without workers, training runs in this thread, with a warning', async () => {
    const options = { ...long, stop: { epochs: 20 }, worker: true };
    class Forbidden {
      constructor() {
        throw new Error('the policy forbids it');
      }
    }
    workerThreads.Worker = Forbidden as never;
    const { warnings, model } = await train(network([dense(1)]), xor, options);
    expect(warnings).toMatchInlineSnapshot(`
      [
        "No worker could be started (the policy forbids it), so this thread trained the network.",
      ]
    `);
    workerThreads.Worker = NodeWorker;
    // The sources have no such file.
    const other = await sources.train(sources.network([sources.dense(1)]), xor, {
      ...options,
      loss: sources.mse,
      optimizer: sources.sgd({ learningRate: 0.1 }),
    });
    expect(other.warnings).toEqual([expect.stringContaining('No worker could be started (Cannot find module')]);
    expect(other.model.save()).toEqual(model.save());
  });

  test('two runs at the same time do not interfere', async () => {
    const run = (seed: number, worker = true) =>
      train(network([dense(3), dense(1)], { seed }), xor, { ...long, stop: { epochs: 500 }, worker });
    const [a, b] = await Promise.all([run(1), run(2)]);
    for (const [seed, { model }] of [a, b].entries()) {
      expect(model.save()).toEqual((await run(seed + 1, false)).model.save());
    }
    expect(b.model.save()).not.toEqual(a.model.save());
  });

  test('it keeps the process alive until it is done, and no longer, also in a program given as text', () => {
    const program = `import { dense, mse, network, sgd, train } from ${JSON.stringify(built)};
      train(network([dense(1)]), { inputs: [[0], [1]], targets: [[1], [3]] },
        { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 200 }, worker: true })
        .then(({ model, warnings }) => console.log(model.predict([[2]])[0][0].toFixed(1), warnings.length));`;
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
        encoding: 'utf8',
        timeout: 120_000,
      });
    expect(run().trim()).toBe('5.0 0');
  });
});
