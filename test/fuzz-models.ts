/**
 * Structure-aware fuzzing: models, run records, checkpoints with a correct checksum, experiments, histories, and model
 * files of other programs. The results are also used: a model predicts and is exported, a record becomes a page, a
 * checkpoint is resumed, an experiment trains.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32 } from '../src/base/checksum.ts';
import { InputError } from '../src/base/errors.ts';
import { tensor } from '../src/base/tensor.ts';
import type { Encoding } from '../src/data/encode/encoding.ts';
import { readTable } from '../src/data/read/read.ts';
import { describe } from '../src/data/table/describe.ts';
import { reference } from '../src/engines/reference/index.ts';
import {
  fromNpy,
  fromOnnx,
  fromStateDict,
  toNpy,
  toNpz,
  toOnnx,
  toPyTorch,
  toTypeScript,
} from '../src/formats/index.ts';
import { decodeModel, encodeModel } from '../src/formats/onnx/schema.ts';
import { fromSafetensors, toSafetensors } from '../src/formats/safetensors.ts';
import { load } from '../src/model/load.ts';
import { Model } from '../src/model/model.ts';
import { dense } from '../src/net/layers/dense.ts';
import { residual } from '../src/net/layers/residual.ts';
import { mse } from '../src/net/losses.ts';
import { network } from '../src/net/network.ts';
import { adam } from '../src/net/optimizers.ts';
import { rowsIn } from '../src/net/problem.ts';
import type { Setup } from '../src/net/rows-setup.ts';
import type { ExperimentJson } from '../src/net/schema.ts';
import { experiment } from '../src/net/setup.ts';
import { differingSettings, renderComparison, scoreRows } from '../src/report/compare.ts';
import { renderReport } from '../src/report/page.ts';
import { recordJson, recordOf } from '../src/report/record.ts';
import { parseRecord } from '../src/report/record-schema.ts';
import { baselines } from '../src/studies/baselines.ts';
import { identify, writeCheckpoint } from '../src/train/checkpoint.ts';
import { historyCsv, parseHistory } from '../src/train/history.ts';
import { makeProbe } from '../src/train/probe.ts';
import { readCheckpoint } from '../src/train/read-checkpoint.ts';
import { train } from '../src/train/train.ts';
import { type Snapshot, trainingLoop } from '../src/train/trainer.ts';
import type { Target } from './fuzz.ts';
import { hostileTexts, mutateJson, type Random } from './fuzz-json.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const file = (path: string) => new Uint8Array(readFileSync(fileURLToPath(new URL(path, import.meta.url))));
const picker = (random: Random) => {
  const whole = (n: number) => Math.floor(random() * n);
  return { whole, pick: <T>(list: readonly T[]): T => list[whole(list.length)] };
};

const csv = `age,city,member,grade,born,rent,kind
34,Ulm,true,1,1990-03-01,310.5,a
51,Bonn,false,2,1973-11-12,420,b
,Ulm,true,3,1988-07-30,280,a
28,Kiel,,2,1996-01-05,510,c
46,Bonn,false,1,1978-05-21,300,b
39,Kiel,true,3,,470,c
30,Ulm,false,1,1994-09-09,350,a
57,Bonn,true,2,1967-02-14,390,b
`;
const read = () => readTable(csv, { name: 't.csv' });
const ofTable = (json: object, data: object) => ({
  network: { layers: [{ dense: 3, activation: 'softmax' }] },
  training: { loss: 'crossEntropy', optimizer: 'adam', stop: { epochs: 1 } },
  seed: 3,
  ...json,
  data: { file: 't.csv', ...data },
});

/** Experiments of every kind of layer, feature and target. */
const experiments: readonly object[] = [
  {
    version: 1,
    network: {
      inputs: 2,
      layers: [
        { dense: 2, activation: { name: 'leakyRelu', slope: 0.2 }, initializer: 'orthogonal' },
        { dropout: 0.1 },
        { residual: [{ dense: 2, activation: 'tanh' }, { layerNorm: true }] },
        { dense: 1, trainable: ['weight'] },
      ],
    },
    symbols: { 'layers.0.weight': 'v' },
    data: {
      inputs: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      targets: [1, 0, 2],
      validation: {
        inputs: [
          [2, 3],
          [4, 4],
        ],
        targets: [1, 2],
      },
    },
    training: {
      loss: { name: 'huber', delta: 2 },
      optimizer: { name: 'adam', learningRate: { name: 'warmup', epochs: 2, schedule: 'cosine' } },
      batchSize: 2,
      l2: 0.01,
      clipNorm: 1,
      ema: 0.9,
      stop: { epochs: 3, patience: 2, watch: 'r2' },
      threads: 2,
      checkpoint: { seconds: 5 },
    },
    seed: 3,
  },
  ofTable({}, { target: 'kind', categories: ['grade'], split: { validation: 0.25, test: 0.25 } }),
  ofTable(
    {
      network: { layers: [{ embedding: 'auto' }, { batchNorm: true }, { activate: 'gelu' }, { dense: 1 }] },
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, batchSize: 3, stop: { epochs: 2 } },
    },
    { target: 'rent', embed: ['city', 'grade'], scale: 'minMax', features: ['age', 'city', 'born', 'grade'] },
  ),
  ofTable(
    {
      network: { layers: [{ dense: 2, activation: 'relu' }, { dense: 2 }] },
      training: { loss: 'mse', optimizer: { name: 'lbfgs' }, stop: { epochs: 2 } },
    },
    { target: ['rent', 'age'], handleMissing: 'drop' },
  ),
  ofTable(
    {
      network: { layers: [{ dense: 1 }] },
      training: { loss: 'hinge', optimizer: 'rmsprop', classWeights: 'balanced', stop: { epochs: 1 } },
    },
    { target: 'member', scale: 'none', weights: 'grade' },
  ),
];

const setupsOf = () =>
  experiments.map((json) => experiment(json, { read }) as Setup & { readonly json: ExperimentJson });

/** The header of a safetensors file, and the bytes after it. */
function opened(bytes: Uint8Array) {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(textOf(bytes.subarray(8, 8 + length))) as Record<string, Record<string, unknown>>;
  return { header, body: bytes.subarray(8 + length) };
}

function packed(header: string, body: Uint8Array): Uint8Array {
  const text = bytesOf(header);
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

/** Runs a function that may refuse: an export to a format that lacks a layer. */
export function unlessRefused(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

const cellFor = (feature: Encoding['features'][number]) =>
  feature.kind === 'number' ? '1.5' : feature.kind === 'date' ? '2020-02-03' : feature.values[0];

/** Uses a model in every way. */
export function useModel(model: Model): void {
  const { encoding, inputs } = model;
  unlessRefused(() => model.predict([new Array(inputs).fill(0)]));
  if (encoding !== undefined) {
    const row = Object.fromEntries(encoding.features.map((feature) => [feature.name, cellFor(feature)]));
    unlessRefused(() => model.predictTable(readTable([row])));
  }
  const saved = model.save();
  if (!Buffer.from(load(saved).save()).equals(saved)) throw new Error('it is saved differently from how it was loaded');
  for (const write of [
    toTypeScript,
    toOnnx,
    (m: Model) => toPyTorch(m, 'w.safetensors'),
    (m: Model) => toNpz(m.parameters),
  ])
    unlessRefused(() => write(model));
  JSON.stringify(model);
}

/** Another value of the same type, or a list changed, somewhere in a message of protobuf. */
function changeMessage(message: unknown, random: Random): void {
  const { whole, pick } = picker(random);
  const sites: { holder: Record<PropertyKey, unknown>; key: PropertyKey }[] = [];
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    for (const key of Object.keys(value)) {
      if (key.startsWith('$')) continue;
      sites.push({ holder: value as Record<PropertyKey, unknown>, key: Array.isArray(value) ? Number(key) : key });
      visit((value as Record<string, unknown>)[key]);
    }
  };
  visit(message);
  const { holder, key } = pick(sites);
  const value = holder[key];
  const other = sites.map((site) => site.holder[site.key]).filter((each) => typeof each === typeof value);
  if (Array.isArray(value)) {
    const at = whole(value.length + 1);
    const how = whole(5);
    if (how === 0) value.splice(at, 1);
    else if (how === 1 && value.length > 0) value.splice(at, 0, value[whole(value.length)]);
    else if (how === 2) value.length = 0;
    else if (how === 3) value.reverse();
    else if (value.length > 0) for (let i = 0; i < 300; i++) value.push(value[0]);
  } else if (typeof value === 'string')
    holder[key] = random() < 0.5 ? pick(other) : pick(hostileTexts.filter((t) => t !== '\ud800'));
  else if (typeof value === 'bigint')
    holder[key] = pick([0n, -1n, 1n, 2n, value + 1n, 2n ** 31n, 2n ** 62n, 2n ** 63n - 1n]);
  else if (typeof value === 'number') holder[key] = pick([0, 1, 2, 7, 11, -1, 2 ** 31 - 1, value + 1]);
  else if (value instanceof Uint8Array) {
    const changed = Uint8Array.from(value, (byte) => (random() < 0.05 ? whole(256) : byte));
    holder[key] = changed.subarray(0, whole(changed.length + 1));
  }
}

export async function modelTargets(): Promise<Target[]> {
  const setups = setupsOf();
  const results = await Promise.all(
    setups.map((setup) =>
      train({ ...setup, schedule: { ...setup.schedule, engine: 'reference', precision: 'float64' } }, { probe: true }),
    ),
  );
  const models = results.map(({ model }) => model.save());
  const openedModels = models.map(opened);
  const parsed = openedModels.map(({ header: { __metadata__: held } }) => ({
    experiment: JSON.parse(held.experiment as string),
    data: JSON.parse(held.data as string),
  }));

  const records = await Promise.all(
    [0, 1, 2].map(async (i) => {
      const setup = setups[i];
      const record = recordOf(
        {
          name: 'trial',
          versions: { chainrule: '1.2.3', node: '20.0.0' },
          command: 'chainrule train t.csv',
          ...(i < 2 && { baselines: await baselines(setup) }),
          ...(setup.prepared && { description: describe(read()) }),
          seconds: { reading: 0.5 },
        },
        setup,
        results[i],
      );
      return recordJson(record);
    }),
  );
  const recordValues = records.map((text) => JSON.parse(text) as unknown);
  const history = historyCsv(results[1].history);
  const rows = parseHistory(history, 'history.csv');
  const sound = parseRecord(records[0], 'run.json');

  const checkpoints = setups.map((setup) => {
    const identity = identify(setup, { name: 'reference', precision: 'float64', arithmetic: 'strict' });
    let take: (() => Snapshot) | undefined;
    const probe = makeProbe(setup);
    const loop = trainingLoop(reference, setup, {
      probe,
      onStart: (snapshot) => {
        take = snapshot;
      },
    });
    for (let s = 0; s < 3; s++) loop.next();
    return { setup, identity, bytes: writeCheckpoint(take!(), identity) };
  });

  const onnx = [
    ...models.map((model) => toOnnx(load(model))),
    ...['relu', 'classes', 'leaky', 'gelu'].map((name) => file(`outside/networks/${name}.onnx`)),
  ];
  const state = { network: network([dense(3), residual([dense(3)]), dense(1)]), inputs: 2 };
  const names = ['0.weight', '0.bias', '1.layers.0.weight', '1.layers.0.bias', '2.weight', '2.bias'];
  const shapes = [[3, 2], [3], [3, 3], [3], [1, 3], [1]];
  const stateDict = names.map((name, i) => [name, shapes[i]]);

  const sumAt = 8 + '{"__metadata__":{"checksum":"'.length;
  /** Writes the correct checksum, if there is a place for it. */
  const summed = (bytes: Uint8Array) => {
    if (bytes.length < sumAt + 8) return bytes;
    bytes.set(bytesOf('00000000'), sumAt);
    bytes.set(bytesOf(crc32(bytes).toString(16).padStart(8, '0')), sumAt);
    return bytes;
  };

  return [
    {
      name: 'model metadata',
      seeds: models,
      read: (given) => useModel(load(given)),
      make(random) {
        const { whole, pick } = picker(random);
        const i = whole(models.length);
        const { header, body } = openedModels[i];
        const other = pick(parsed);
        const { experiment: described, data } = parsed[i];
        const metadata = { ...header.__metadata__ };
        if (data === null || random() < 0.5) metadata.experiment = mutateJson(described, other.experiment, random);
        else metadata.data = mutateJson(data, other.data, random);
        return packed(JSON.stringify({ ...header, __metadata__: metadata }), body);
      },
    },
    {
      name: 'safetensors header',
      seeds: models,
      read: (given) => {
        fromSafetensors(given);
        useModel(load(given));
      },
      make(random) {
        const { pick } = picker(random);
        const { header, body } = pick(openedModels);
        return packed(mutateJson(header, pick(openedModels).header, random), body);
      },
    },
    {
      name: 'run record',
      seeds: records.map(bytesOf),
      read(given) {
        const record = parseRecord(textOf(given), 'run.json');
        const runs = [
          { label: 'a', record },
          { label: 'b', record: sound },
        ];
        scoreRows(runs);
        differingSettings(runs);
        // a page takes longest
        if (given.length % 2 === 0) renderReport(record, rows);
        if (given.length % 4 === 1) renderComparison(runs, [rows, rows]);
      },
      make(random) {
        const { pick } = picker(random);
        return bytesOf(mutateJson(pick(recordValues), pick(recordValues), random));
      },
    },
    ...checkpoints.map(({ setup, identity, bytes }, c): Target => {
      const { header, body } = opened(bytes);
      const progress = JSON.parse(header.__metadata__.progress as string);
      return {
        name: `checkpoint ${c + 1}`,
        seeds: [bytes],
        read(given) {
          const resume = readCheckpoint(given, identity);
          const probe = makeProbe(setup);
          const loop = trainingLoop(reference, setup, { resume, probe });
          for (let s = 0; s < 4; s++) if (loop.next().done) break;
          loop.return(undefined as never);
        },
        make(random) {
          const changed = { ...header };
          if (random() < 0.8) {
            const metadata = { ...header.__metadata__, progress: mutateJson(progress, progress, random) };
            return summed(packed(JSON.stringify({ ...changed, __metadata__: metadata }), body));
          }
          const { __metadata__: metadata, ...tensors } = changed;
          const text = mutateJson(tensors, tensors, random);
          const joined =
            text.startsWith('{') && text !== '{}'
              ? `{"__metadata__":${JSON.stringify(metadata)},${text.slice(1)}`
              : text;
          return summed(packed(joined, body));
        },
      };
    }),
    {
      name: 'experiment json',
      seeds: experiments.map((json) => bytesOf(JSON.stringify(json))),
      read(given) {
        const setup = experiment(JSON.parse(textOf(given)), { read });
        const shapesOf = [...setup.parameters.values()].map(({ shape }) => shape);
        const count = shapesOf.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
        // a larger experiment may take longer
        if (count * rowsIn(setup) > 100_000) return;
        const loop = trainingLoop(reference, setup);
        for (let s = 0; s < 3; s++) if (loop.next().done) break;
        loop.return(undefined as never);
      },
      make(random) {
        const { pick } = picker(random);
        return bytesOf(mutateJson(pick(experiments), pick(experiments), random));
      },
    },
    {
      name: 'history cells',
      seeds: [bytesOf(history)],
      read: (given) => historyCsv(parseHistory(textOf(given), 'history.csv')),
      make(random) {
        const { whole, pick } = picker(random);
        const lines = history.split('\n').map((line) => line.split(','));
        for (let c = 0; c <= whole(4); c++) {
          const line = pick(lines);
          const at = whole(line.length);
          if (random() < 0.8) line[at] = random() < 0.5 ? pick(hostileTexts) : pick(pick(lines));
          else if (random() < 0.5) line.splice(at, 1);
          else lines.push(pick(lines));
        }
        return bytesOf(lines.map((line) => line.join(',')).join('\n'));
      },
    },
    {
      name: 'onnx messages',
      seeds: onnx,
      read(given) {
        const model = new Model(fromOnnx(given));
        unlessRefused(() => model.predict([new Array(model.inputs).fill(0)]));
        unlessRefused(() => toOnnx(model));
        model.save();
      },
      make(random) {
        const { whole, pick } = picker(random);
        const seed = pick(onnx);
        const model = decodeModel(seed);
        const own = model.metadataProps.find(({ key }) => key === 'chainrule');
        const how = whole(3);
        if (own !== undefined && how === 0) {
          const described = JSON.parse(own.value);
          own.value = mutateJson(described, described, random);
        }
        // without chainrule's description, a file is read as a chain of nodes
        if (how === 1) model.metadataProps = [];
        for (let c = 0; c <= whole(3); c++) changeMessage(model, random);
        try {
          return encodeModel(model as never);
        } catch {
          return seed;
        }
      },
    },
    {
      name: 'npy header',
      seeds: [toNpy(tensor([2, 2], [1, 2, 3, 4])), toNpy(tensor([], [5]), 'float32')],
      read: (given) => fromNpy(given),
      make(random) {
        const { whole, pick } = picker(random);
        const types = ['<f8', '<f4', '>f8', '|O', '<i8', "<f8', 'x': '", '<f999999999'];
        const dims = [
          '(2, 2)',
          '()',
          '(0,)',
          '(4,)',
          '(-1,)',
          `(${'9'.repeat(400)},)`,
          '(1e3,)',
          `(${'0, '.repeat(5000)})`,
        ];
        const head = `{'descr': '${pick(types)}', 'fortran_order': ${pick(['False', 'True', '0'])}, 'shape': ${pick(dims)}, ${pick(hostileTexts)}}\n`;
        const text = Uint8Array.from(head, (letter) => letter.charCodeAt(0));
        const long = random() < 0.3;
        const start = long ? 12 : 10;
        const bytes = new Uint8Array(start + text.length + pick([0, 8, 16, 32, 31, whole(64)]));
        bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, long ? 2 : 1, 0]);
        const said = random() < 0.8 ? text.length : whole(2 ** 20);
        const view = new DataView(bytes.buffer);
        if (long) view.setUint32(8, said, true);
        else view.setUint16(8, said & 0xffff, true);
        bytes.set(text, start);
        return bytes;
      },
    },
    {
      name: 'state_dict',
      seeds: [bytesOf(JSON.stringify(stateDict))],
      read(given) {
        const listed = JSON.parse(textOf(given)) as unknown;
        const tensors = new Map(
          (Array.isArray(listed) ? listed : []).flatMap((entry) => {
            const [name, shape] = Array.isArray(entry) ? entry : [];
            const isShape = Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0 && n < 1000);
            if (typeof name !== 'string' || !isShape || shape.reduce((a, b) => a * b, 1) > 1e6) return [];
            return [[name, tensor(shape)] as const];
          }),
        );
        const parameters = fromStateDict(tensors, state.network, state.inputs);
        useModel(new Model({ ...state, parameters, loss: mse, optimizer: adam() }));
      },
      make: (random) => bytesOf(mutateJson(stateDict, stateDict, random)),
    },
    {
      name: 'safetensors of a state_dict',
      seeds: [toSafetensors({ tensors: new Map(names.map((name, i) => [name, tensor(shapes[i])])), metadata: {} })],
      read: (given) => fromStateDict(fromSafetensors(given).tensors, state.network, state.inputs),
    },
  ];
}
