/** The fuzzing targets: every reader, with valid files to start from. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../src/base/errors.ts';
import { tensor } from '../src/base/tensor.ts';
import { Torn } from '../src/data/read/budget.ts';
import { fromLz4 } from '../src/data/read/compression/lz4.ts';
import { readTableText } from '../src/data/read/file.ts';
import { readTableStream } from '../src/data/read/stream.ts';
import { describe } from '../src/data/table/describe.ts';
import { reference } from '../src/engines/reference/index.ts';
import { fromNpy, fromOnnx, toNpy, toOnnx } from '../src/formats/index.ts';
import { fromSafetensors, toSafetensors } from '../src/formats/safetensors.ts';
import { load } from '../src/model/load.ts';
import { experiment } from '../src/net/setup.ts';
import { identify, writeCheckpoint } from '../src/train/checkpoint.ts';
import { parseHistory } from '../src/train/history.ts';
import { readCheckpoint } from '../src/train/read-checkpoint.ts';
import { train } from '../src/train/train.ts';
import { type Snapshot, trainingLoop } from '../src/train/trainer.ts';
import type { Target } from './fuzz.ts';
import { textTargets } from './fuzz-text.ts';

const file = (path: string) => new Uint8Array(readFileSync(fileURLToPath(new URL(path, import.meta.url))));
const tables = fileURLToPath(new URL('outside/tables/', import.meta.url));
const outside = (ending: string) =>
  readdirSync(tables)
    .filter((name) => name.endsWith(ending) && !name.startsWith('long'))
    .map((name) => new Uint8Array(readFileSync(tables + name)));
/** In chunks, like a large file. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}
const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const json = {
  version: 1,
  network: {
    inputs: 2,
    layers: [{ dense: 2, activation: { name: 'leakyRelu', slope: 0.2 } }, { dropout: 0.1 }, { dense: 1 }],
  },
  data: {
    inputs: [
      [1, 2],
      [3, 4],
    ],
    targets: [1, 0],
  },
  training: {
    loss: { name: 'huber', delta: 2 },
    optimizer: { name: 'adam', learningRate: { name: 'warmup', epochs: 2, schedule: 'cosine' } },
    batchSize: 1,
    stop: { epochs: 3 },
  },
  seed: 3,
};

async function trained(): Promise<Uint8Array[]> {
  const { model } = await train(experiment(json));
  const table = readTableText('x,c,y\n1,a,0.5\n2,b,1\n,a,2\n3,b,4\n');
  const of = { ...json, data: { file: 't.csv', target: 'y' }, network: { layers: [{ dense: 1 }] } };
  const { model: second } = await train(experiment(of, { read: () => table }));
  return [model.save(), second.save()];
}

function checkpoint() {
  const setup = experiment(json);
  const identity = identify(setup, { name: 'reference', precision: 'float64', arithmetic: 'strict' });
  let take: (() => Snapshot) | undefined;
  const loop = trainingLoop(reference, setup, {
    onStart: (snapshot) => {
      take = snapshot;
    },
  });
  loop.next();
  return { identity, bytes: writeCheckpoint(take!(), identity) };
}

/** The built package, because the readers of binary formats load a file of it in a thread. */
const built = (await import(new URL('../dist/data/index.js', import.meta.url).href)) as {
  readTableFile(bytes: Uint8Array): Promise<unknown>;
};
/** The built package has its own class of errors. */
const readTableFile = (given: Uint8Array) =>
  built.readTableFile(given).catch((error: InputError) => {
    throw error.constructor.name === 'InputError' ? new InputError(error) : error;
  });

/** The error of a codec as its reader reports it. */
const decompressing = (call: (bytes: Uint8Array, length: number) => unknown) => (given: Uint8Array) => {
  try {
    call(given, 65_536);
  } catch (error) {
    throw error instanceof Torn
      ? new InputError({ what: error.message, where: 'data', fix: 'Write it again.' })
      : error;
  }
};

/** Our codecs, and those of libraries. */
export async function targets(): Promise<{ own: Target[]; library: Target[] }> {
  const models = await trained();
  const { identity, bytes } = checkpoint();
  const tensors = new Map([
    ['a', tensor([2, 2], [1, 2, 3, 4])],
    ['b', tensor([], [5])],
  ]);
  const lz4 = (() => {
    const long = file('outside/tables/long.feather');
    const at = long.findIndex(
      (_, i) => long[i] === 4 && long[i + 1] === 0x22 && long[i + 2] === 0x4d && long[i + 3] === 0x18,
    );
    return long.slice(at, at + 3000);
  })();
  return {
    own: [
      {
        name: 'json lines',
        seeds: ['{"a":1,"b":"x"}\n{"a":2,"b":null}\n', '{"a":true}\r\n\r\n{"c":[1]}'].map(bytesOf),
        read: (given) => readTableText(textOf(given)),
      },
      {
        name: 'csv in pieces',
        seeds: ['a,b,c\n1,x,2024-01-05\n2,,\n', 'a;b\r\n1,5;2\r\n', 'a\tb\n1\t\n', 'a,b\n1,"say ""hi"""\n'].map(
          bytesOf,
        ),
        read: async (given) => describe(await readTableStream(pieces(given), { maxPlainLength: 4 })),
      },
      {
        name: 'json lines in pieces',
        seeds: ['{"a":1,"b":"x"}\n{"a":2,"b":null}\n', '{"a":true}\r\n\r\n{"c":"2024-01-05T10:00Z"}'].map(bytesOf),
        read: async (given) => describe(await readTableStream(pieces(given), { maxPlainLength: 4 })),
      },
      {
        name: 'safetensors',
        seeds: [toSafetensors({ tensors, metadata: { a: 'b' } }), ...models],
        read: fromSafetensors,
      },
      { name: 'model', seeds: models, read: (given) => load(given) },
      { name: 'checkpoint', seeds: [bytes], read: (given) => readCheckpoint(given, identity) },
      {
        name: 'experiment',
        seeds: [bytesOf(JSON.stringify(json)), file('../examples/textbook-3-2-1.json')],
        read: (given) => {
          let value: unknown;
          try {
            value = JSON.parse(textOf(given));
          } catch {
            return;
          }
          experiment(value);
        },
      },
      {
        name: 'history',
        seeds: [bytesOf('epoch,step,loss,validationLoss,learningRate,gradientNorm,seconds\n1,1,0.5,,0.1,1,0.01\n')],
        read: (given) => parseHistory(textOf(given), 'history.csv'),
      },
      {
        name: 'onnx',
        seeds: [
          ...models.map((model) => toOnnx(load(model))),
          ...['relu', 'classes', 'leaky', 'gelu'].map((name) => file(`outside/networks/${name}.onnx`)),
        ],
        read: (given) => fromOnnx(given),
      },
      { name: 'npy', seeds: [toNpy(tensor([2, 2], [1, 2, 3, 4])), toNpy(tensor([], [5]), 'float32')], read: fromNpy },
      { name: 'lz4', seeds: [lz4], read: decompressing(fromLz4) },
      ...textTargets,
    ],
    library: [
      {
        name: 'csv',
        seeds: ['a,b,c\n1,x,"say ""hi"""\n2,,\n', 'a;b\r\n1,5;2\r\n', 'a\tb\n1\t\n'].map(bytesOf),
        read: (given) => readTableText(textOf(given)),
      },
      {
        name: 'json',
        seeds: ['[{"a":1,"b":"x"},{"a":2}]', '{"a":[1,2],"b":["x",null]}'].map(bytesOf),
        read: (given) => readTableText(textOf(given)),
      },
      { name: 'parquet', seeds: outside('.parquet'), read: (given) => readTableFile(given) },
      { name: 'arrow', seeds: [...outside('.feather'), ...outside('.arrows')], read: (given) => readTableFile(given) },
      { name: 'gzip', seeds: outside('.gz'), read: (given) => readTableFile(given) },
    ],
  };
}
