/** The bits of trainings, recorded: any machine, any version of Node, any number of threads must come to the same. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  adam,
  crossEntropy,
  dense,
  dropout,
  gelu,
  halfMse,
  mse,
  type Network,
  nadam,
  network,
  relu,
  rmsprop,
  sgd,
  sigmoid,
  softmax,
  type TrainingOptions,
  tanh,
  train,
} from '../src/index.ts';

/** Numbers in [-1, 1] from whole numbers alone, so that no function of the platform is in the data. */
const rowsOf = (n: number, width: number) =>
  Array.from({ length: n }, (_, r) =>
    Array.from({ length: width }, (_, c) => (((r * 7919 + c * 104_729) % 2003) - 1001) / 1001),
  );
const classesOf = (n: number, k: number) =>
  Array.from({ length: n }, (_, r) => Array.from({ length: k }, (_, c) => Number((r * r) % k === c)));

type Options = Omit<TrainingOptions, 'engine' | 'precision'>;
const runs: Record<string, [() => Network, number[][], number[][], Options]> = {
  '3-2-1': [
    () => network([dense(2), dense(1, { activation: sigmoid })]),
    rowsOf(3, 3),
    [[0.64], [0.52], [0.36]],
    { loss: halfMse, optimizer: sgd({ learningRate: 0.5 }), stop: { epochs: 500 } },
  ],
  'gelu, dropout, nadam': [
    () => network([dense(9, { activation: gelu }), dropout(0.2), dense(3, { activation: softmax })]),
    rowsOf(50, 5),
    classesOf(50, 3),
    { loss: crossEntropy, optimizer: nadam(), batchSize: 16, stop: { epochs: 20 } },
  ],
  'tanh, rmsprop': [
    () => network([dense(13, { activation: tanh }), dense(2)]),
    rowsOf(41, 7),
    rowsOf(41, 2),
    { loss: mse, optimizer: rmsprop(), batchSize: 10, stop: { epochs: 20 } },
  ],
  'large enough for threads': [
    () => network([dense(120, { activation: relu }), dense(10, { activation: softmax })]),
    rowsOf(150, 90),
    classesOf(150, 10),
    { loss: crossEntropy, optimizer: adam(), batchSize: 64, stop: { epochs: 30 } },
  ],
};

test.each(['reference', 'wasm'] as const)('%s, float64', async (engine) => {
  expect(await hashes(engine, 'float64')).toMatchInlineSnapshot(`
    {
      "3-2-1": "e1042b5f0c095561",
      "gelu, dropout, nadam": "c963e8c8920effc7",
      "large enough for threads": "a2b258e46481d0b1",
      "tanh, rmsprop": "c60e73e992a68da3",
    }
  `);
});

test('wasm, float32', async () => {
  expect(await hashes('wasm', 'float32')).toMatchInlineSnapshot(`
    {
      "3-2-1": "ac15edd10f715bd3",
      "gelu, dropout, nadam": "e5ec059db591163e",
      "large enough for threads": "4dbf1dc3595b8c88",
      "tanh, rmsprop": "c4996170b1744652",
    }
  `);
});

async function hashes(engine: 'reference' | 'wasm', precision: 'float64' | 'float32') {
  const found: Record<string, string> = {};
  for (const [name, [net, inputs, targets, options]] of Object.entries(runs)) {
    for (const threads of engine === 'wasm' ? [1, 2] : [1]) {
      const { model, history } = await train(net(), { inputs, targets }, { ...options, engine, precision, threads });
      const hash = createHash('sha256');
      for (const { data } of model.parameters.values())
        hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      hash.update(Float64Array.from(history, ({ loss }) => loss));
      const digest = hash.digest('hex').slice(0, 16);
      expect(found[name] ?? digest).toBe(digest);
      found[name] = digest;
    }
  }
  return found;
}
