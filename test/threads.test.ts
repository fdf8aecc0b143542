/** Threads share the work of large steps: with the same bits, without keeping a process alive, and without hanging. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Engine } from '../src/engines/engine.ts';
import { wasmEngine } from '../src/engines/wasm/index.ts';
import { words } from '../src/engines/wasm/threads.ts';
import { adam, crossEntropy, dense, InputError, network, relu, softmax, train } from '../src/index.ts';
import { setUp } from '../src/net/table-setup.ts';
import { assemble } from '../src/net/training.ts';
import { trainingLoop } from '../src/train/trainer.ts';
import { isLong, runs, sampled } from './runs.ts';

const workerThreads = createRequire(import.meta.url)('node:worker_threads') as {
  Worker: typeof import('node:worker_threads').Worker;
};

const rows = 200;
const data = {
  inputs: Array.from({ length: rows }, (_, r) => Array.from({ length: 70 }, (_, c) => Math.sin(r * c + r))),
  targets: Array.from({ length: rows }, (_, r) => Array.from({ length: 5 }, (_, k) => Number(r % 5 === k))),
};
const options = { loss: crossEntropy, optimizer: adam(), batchSize: 64, engine: 'wasm' } as const;
const net = () =>
  network([dense(130, { activation: relu }), dense(67, { activation: relu }), dense(5, { activation: softmax })]);

afterEach(() => vi.restoreAllMocks());

describe.each(sampled(['float64', 'float32'] as const, 2))('%s', (precision) => {
  test('one, two and three threads end with the same bits', async () => {
    const results = [];
    for (const threads of [1, 2, 3]) {
      const engine = wasmEngine({ precision, threads });
      let serving = () => 0;
      const watched: Engine = {
        ...engine,
        compileLoop(plans, spec) {
          const made = engine.compileLoop(plans, spec);
          serving = made.loop.serving;
          return made;
        },
      };
      const setup = setUp(net(), data, assemble({ ...options, stop: { epochs: runs(30, 400) } }));
      const loop = trainingLoop(watched, setup, { slice: 0.01 });
      let step = loop.next();
      // so that most epochs are shared
      while (serving() < threads) await sleep(5);
      while (!step.done) {
        await new Promise(setImmediate);
        step = loop.next();
      }
      expect(serving()).toBe(threads);
      results.push({
        losses: step.value.history.map(({ loss }) => loss),
        weights: [...step.value.parameters.values()],
      });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  }, 60_000);
});

test('a small network starts no thread, even if several are requested', async () => {
  const made = vi.spyOn(workerThreads, 'Worker');
  const run = await train(network([dense(3), dense(5, { activation: softmax })]), data, {
    ...options,
    threads: 4,
    stop: { epochs: 2 },
  });
  expect(run.engine.threads).toBe(1);
  expect(made).not.toHaveBeenCalled();
});

// the leader waits for ten seconds
test.runIf(isLong)(
  'a thread that dies ends the run with an error',
  async () => {
    const { Worker } = workerThreads;
    const workers: InstanceType<typeof Worker>[] = [];
    let isServing = () => false;
    vi.spyOn(workerThreads, 'Worker').mockImplementation(function (
      this: unknown,
      ...given: ConstructorParameters<typeof Worker>
    ) {
      const worker = new Worker(...given);
      workers.push(worker);
      const { postMessage } = worker;
      worker.postMessage = (order: { memory: { buffer: SharedArrayBuffer } }) => {
        const shared = new Int32Array(order.memory.buffer);
        isServing = () => Atomics.load(shared, words.ready / 4) === 1;
        postMessage.call(worker, order);
      };
      return worker;
    } as never);
    const run = train(net(), data, { ...options, threads: 2, stop: { seconds: 60 } });
    const failed = run.then(
      () => undefined,
      (error) => error,
    );
    // training would continue without a thread that never served
    for await (const _epoch of run) {
      if (isServing()) break;
    }
    expect(workers.length).toBe(1);
    await workers[0].terminate();
    const error = await failed;
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatchInlineSnapshot(`
    "threads: a training thread ended, or did not answer for ten seconds.
      Train on one thread: "threads": 1."
  `);
  },
  30_000,
);

test('threads do not keep a process alive, and an abandoned run does not either', () => {
  const source = `
    import { train, network, dense, relu, softmax, crossEntropy, adam } from './dist/index.js';
    const inputs = Array.from({ length: 200 }, (_, r) => Array.from({ length: 70 }, (_, c) => Math.sin(r * c)));
    const targets = inputs.map((_, r) => [0, 1, 2, 3, 4].map((k) => Number(r % 5 === k)));
    const net = network([dense(130, { activation: relu }), dense(5, { activation: softmax })]);
    const run = train(net, { inputs, targets }, { loss: crossEntropy, optimizer: adam(), batchSize: 64, threads: 2, engine: 'wasm', stop: { epochs: 50 } });
    console.log((await run).engine.threads);`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(out.trim()).toBe('2');
});
