/**
 * Files of at most 1 MB that claim or contain as much as possible of one thing, each with the code that reads and uses
 * it.
 */

import { type Tensor, tensor } from '../src/base/tensor.ts';
import { readTable } from '../src/data/read/read.ts';
import { fromNpy, fromOnnx, fromStateDict, toOnnx, toPyTorch, toTypeScript } from '../src/formats/index.ts';
import { encodeModel } from '../src/formats/onnx/schema.ts';
import { fromSafetensors, toSafetensors } from '../src/formats/safetensors.ts';
import { load } from '../src/model/load.ts';
import { Model } from '../src/model/model.ts';
import { dense } from '../src/net/layers/dense.ts';
import { network } from '../src/net/network.ts';
import { experiment } from '../src/net/setup.ts';
import { differingSettings, renderComparison, scoreRows } from '../src/report/compare.ts';
import { renderReport } from '../src/report/page.ts';
import { parseRecord } from '../src/report/record-schema.ts';
import { parseHistory } from '../src/train/history.ts';
import { unlessRefused, useModel } from './fuzz-models.ts';

const megabyte = 1e6;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const many = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));

type Json = Readonly<Record<string, unknown>>;

/** A model's file with that network and encoding, and zeros of the given shapes in it. */
function modelFile(
  net: Json,
  { data = null as unknown, shapes = {} as Record<string, number[]>, loss = 'mse' } = {},
): Uint8Array {
  const tensors = new Map<string, Tensor>(Object.entries(shapes).map(([name, shape]) => [name, tensor(shape)]));
  const experiment = { network: net, training: { loss: { name: loss }, optimizer: { name: 'adam' } }, seed: 1 };
  const metadata = {
    format: 'chainrule',
    formatVersion: '1',
    experiment: JSON.stringify(experiment),
    data: JSON.stringify(data),
  };
  return toSafetensors({ tensors, metadata }, 'float32');
}

function headed(header: string): Uint8Array {
  const bytes = new Uint8Array(8 + header.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(bytesOf(header), 8);
  return bytes;
}

const deep = (n: number) => '['.repeat(n) + ']'.repeat(n);
const scaling = { mean: 0, std: 1 };
const target = { kind: 'number', name: 'y', scaling: 'none' };
const encodingOf = (features: readonly Json[], of: Json = target) => ({
  task: of.kind === 'classes' ? 'classification' : 'regression',
  scale: 'standard',
  features,
  target: of,
});
const linear = (inputs: number, outputs = 1, activation = 'linear') => ({
  net: { inputs, layers: [{ dense: outputs, activation }] },
  shapes: { 'layers.0.weight': [inputs, outputs], 'layers.0.bias': [outputs] },
});

const numberFeatures = 8000;
const values = many(50_000, (i) => `v${i}`);
const wide = linear(numberFeatures);
const ofCategories = linear(values.length);
const ofClasses = linear(1, values.length, 'softmax');

const models: Readonly<Record<string, () => Uint8Array>> = {
  'of 5 billion units': () => modelFile({ inputs: 1, layers: [{ dense: 5e9 }] }),
  'of 5 billion inputs': () => modelFile({ inputs: 5e9, layers: [{ dense: 1 }] }),
  'of 5 billion inputs, embedded': () =>
    modelFile({ inputs: 5e9, layers: [{ embedding: 2 ** 50, of: [{ input: 0, size: 2 ** 24 }] }, { dense: 1 }] }),
  'of 25,000 layers': () => modelFile({ inputs: 1, layers: many(25_000, () => ({ activate: 'relu' })) }),
  'of 200,000 invalid layers': () => modelFile({ inputs: 1, layers: many(200_000, () => 0) }),
  'of a residual layer of 100,000': () => modelFile({ inputs: 1, layers: [{ residual: many(100_000, () => ({})) }] }),
  'of 300,000 invalid embedded columns': () =>
    modelFile({ inputs: 1, layers: [{ embedding: 1, of: many(300_000, () => 1) }] }),
  'of 30,000 embedded columns': () =>
    modelFile({
      inputs: 30_000,
      layers: [{ embedding: 1, of: many(30_000, (input) => ({ input, size: 1 })) }, { dense: 1 }],
    }),
  'of 999 activations and a layer': () =>
    modelFile(
      { inputs: 1, layers: [...many(999, () => ({ activate: 'relu' })), { dense: 1 }] },
      { shapes: { 'layers.999.weight': [1, 1], 'layers.999.bias': [1] } },
    ),
  'of 1,000 layers with weights': () =>
    modelFile(
      { inputs: 1, layers: many(1000, () => ({ dense: 1, activation: 'tanh' })) },
      {
        shapes: Object.fromEntries(
          many(1000, (i) => [
            [`layers.${i}.weight`, [1, 1]],
            [`layers.${i}.bias`, [1]],
          ]).flat(),
        ),
      },
    ),
  'whose encoding is 400,000 nested lists': () =>
    headed(
      JSON.stringify({
        __metadata__: { format: 'chainrule', formatVersion: '1', experiment: '{"training":{}}', data: deep(400_000) },
      }),
    ),
  'whose header is 400,000 nested lists': () => headed(`{"a":${deep(400_000)}}`),
  'whose experiment is 400,000 nested lists': () =>
    headed(JSON.stringify({ __metadata__: { format: 'chainrule', formatVersion: '1', experiment: deep(400_000) } })),
  'whose header is 20,000 tensors': () =>
    headed(
      JSON.stringify(
        Object.fromEntries(many(14_000, (i) => [`t${i}`, { dtype: 'F32', shape: [0], data_offsets: [0, 0] }])),
      ),
    ),
  'of one name of 1 MB': () => headed(JSON.stringify({ ['a'.repeat(900_000)]: 1 })),
  'of 8,000 columns': () =>
    modelFile(wide.net, {
      shapes: wide.shapes,
      data: encodingOf(many(numberFeatures, (i) => ({ kind: 'number', name: `c${i}`, scaling, fill: 0 }))),
    }),
  'of 50,000 categories': () =>
    modelFile(ofCategories.net, {
      shapes: ofCategories.shapes,
      data: encodingOf([{ kind: 'category', name: 'c', of: 'text', values, fill: 'v0' }]),
    }),
  'of 50,000 classes': () =>
    modelFile(ofClasses.net, {
      loss: 'crossEntropy',
      shapes: ofClasses.shapes,
      data: encodingOf([{ kind: 'number', name: 'c', scaling, fill: 0 }], {
        kind: 'classes',
        name: 'y',
        of: 'text',
        values,
        coding: 'oneHot',
      }),
    }),
  'of 400,000 invalid features': () =>
    modelFile(wide.net, { shapes: {}, data: encodingOf(many(400_000, () => 1 as never)) }),
};

const example = {
  network: { layers: [{ dense: 1 }] as unknown[] } as Json,
  data: { inputs: [[1], [2]], targets: [1, 2] } as Json,
  training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 1 } } as Json,
};
const table = 'a,y\n1,2\n2,3\n';

const experiments: Readonly<Record<string, () => unknown>> = {
  'of 5 billion units': () => ({ ...example, network: { layers: [{ dense: 5e9 }, { dense: 1 }] } }),
  'of 100 million units': () => ({ ...example, network: { layers: [{ dense: 1e8 }, { dense: 1 }] } }),
  'of 5 billion classes': () => ({
    ...example,
    network: { layers: [{ dense: 5e9, activation: 'softmax' }] },
    training: { ...example.training, loss: 'crossEntropy' },
  }),
  'of 5 million classes': () => ({
    ...example,
    network: { layers: [{ dense: 5e6, activation: 'softmax' }] },
    training: { ...example.training, loss: 'crossEntropy' },
  }),
  'of an embedding of 16 million': () => ({
    ...example,
    network: { layers: [{ embedding: 16, of: [{ input: 0, size: 2 ** 24 }] }, { dense: 1 }] },
  }),
  'of 40,000 layers': () => ({ ...example, network: { layers: many(40_000, () => ({ activate: 'relu' })) } }),
  'of 400,000 invalid layers': () => ({ ...example, network: { layers: many(400_000, () => 0) } }),
  'of 1,000 invalid layers': () => ({
    ...example,
    network: { layers: many(1000, () => ({ dense: 'x', activation: {} })) },
  }),
  'of 1,000 layers': () => ({ ...example, network: { layers: many(1000, () => ({ dense: 1 })) } }),
  'of 400,000 invalid features': () => ({
    ...example,
    data: { file: 'a', target: 'y', features: many(400_000, () => 0) },
  }),
  'of 150,000 features': () => ({ ...example, data: { file: 'a', target: 'y', features: many(150_000, () => 'a') } }),
  'of 100,000 rows': () => ({
    ...example,
    data: { inputs: many(100_000, (i) => [i]), targets: many(100_000, () => 1) },
  }),
  'of 200,000 invalid rows': () => ({
    ...example,
    data: { inputs: many(200_000, () => 0), targets: many(200_000, () => 1) },
  }),
  'of 400,000 nested lists': () => ({ ...example, data: { inputs: JSON.parse(deep(400_000)), targets: [1] } }),
  'of 50,000 symbols': () => ({ ...example, symbols: Object.fromEntries(many(50_000, (i) => [`s${i}`, 'x'])) }),
  'of one key of 1 MB': () => ({ ...example, ['x'.repeat(900_000)]: 1 }),
  'of 60,000 unknown keys': () => ({ ...example, ...Object.fromEntries(many(60_000, (i) => [`k${i}`, 1])) }),
  'of a name of 1 MB': () => ({ ...example, training: { ...example.training, loss: 'm'.repeat(900_000) } }),
  'of batches of 9 quadrillion': () => ({ ...example, training: { ...example.training, batchSize: 2 ** 53 - 1 } }),
  'of 1e308 epochs': () => ({ ...example, training: { ...example.training, stop: { epochs: 1e308 } } }),
  'of 60,000 class weights': () => ({
    ...example,
    training: { ...example.training, classWeights: Object.fromEntries(many(60_000, (i) => [`k${i}`, 1])) },
  }),
};

const record = {
  name: 'r',
  versions: { chainrule: '1' },
  experiment: example,
  parameters: 2,
  rows: { training: 2, validation: 0, test: 0 },
  stop: { reason: 'epochs', epoch: 1, seconds: 1 },
  loss: { first: 1, final: 1, best: 1 },
  metrics: { r2: 1 },
  validation: {},
  test: {},
  engine: { name: 'wasm', precision: 'float64', threads: 1, arithmetic: 'strict', why: 'x', memory: 1 },
  notes: [] as unknown[],
  warnings: [] as unknown[],
};
const histogram = { from: 0, to: 1, counts: [1] };
const column = { name: 'a', kind: 'number', present: 1, missing: 0, marks: [], distinct: 1, use: 'x' };
const ofData = { target: 'y', task: 'regression', inputs: ['a'] };

const records: Readonly<Record<string, () => unknown>> = {
  'of 200,000 notes': () => ({ ...record, notes: many(200_000, () => 'n') }),
  'of 200,000 invalid notes': () => ({ ...record, notes: many(200_000, () => 1) }),
  'of 40,000 metrics': () => ({ ...record, metrics: Object.fromEntries(many(40_000, (i) => [`m${i}`, 1])) }),
  'of 40,000 metrics of columns': () => ({
    ...record,
    metrics: Object.fromEntries(many(40_000, (i) => [`m${i}(c${i})`, 1])),
  }),
  'of 3 metrics of 6,000 columns': () => ({
    ...record,
    metrics: Object.fromEntries(many(18_000, (i) => [`m${i % 3}(c${Math.floor(i / 3)})`, 1])),
  }),
  'of 600 classes': () => ({ ...record, confusion: { part: 'training', matrix: many(600, () => many(600, () => 1)) } }),
  'of 10,000 columns': () => ({ ...record, data: { ...ofData, columns: many(9000, () => column) } }),
  'of 150,000 inputs': () => ({ ...record, data: { ...ofData, inputs: many(150_000, () => 'a') } }),
  'of 100,000 rows of text': () => ({
    ...record,
    experiment: { ...example, data: { inputs: many(150_000, () => 'x'), targets: many(100_000, () => 'y') } },
  }),
  'of 300,000 rows of nothing': () => ({
    ...record,
    experiment: { ...example, data: { inputs: many(300_000, () => []), targets: [] } },
  }),
  'of 400,000 nested lists': () => ({
    ...record,
    experiment: { ...example, data: { inputs: JSON.parse(deep(400_000)), targets: [] } },
  }),
  'of 100 curves of 2,000 points': () => ({
    ...record,
    figures: {
      part: 'training',
      rows: 20,
      weights: [],
      roc: many(70, () => ({ label: 'a', area: 1, points: many(1000, (i) => [i / 1000, 1]) })),
    },
  }),
  'of 100 histograms of 1,000 bins': () => ({
    ...record,
    figures: {
      part: 'training',
      rows: 20,
      weights: many(100, (i) => ({
        name: `layers.${i}.weight`,
        shape: [1],
        histogram: { ...histogram, counts: many(1000, () => 1) },
      })),
    },
  }),
  'of 100,000 predictions': () => ({
    ...record,
    figures: {
      part: 'training',
      rows: 20,
      weights: [],
      numbers: many(10, () => ({ name: 'y', truth: many(10_000, (i) => i), predicted: many(10_000, (i) => i) })),
    },
  }),
  'of 100,000 gradients': () => ({
    ...record,
    gradients: { rows: 1, epochs: many(100_000, (i) => i), norms: { 'layers.0': many(100_000, () => 1) } },
  }),
  'of 20,000 layers with gradients': () => ({
    ...record,
    gradients: { rows: 1, epochs: [1, 2], norms: Object.fromEntries(many(20_000, (i) => [`layers.${i}`, [1, 2]])) },
  }),
};

const head = 'epoch,step,loss,validationLoss,learningRate,gradientNorm,seconds';
const histories: Readonly<Record<string, () => string>> = {
  'of 40,000 rows': () => `${head}\n${many(40_000, (i) => `${i + 1},${i},1,,1,1,${i}`).join('\n')}`,
  'of 40,000 columns': () =>
    `${head},${many(40_000, (i) => `m${i}`).join(',')}\n${many(40_007, () => '1').join(',')}\n`,
  'of 900,000 commas': () => `${head}${','.repeat(900_000)}\n`,
};

const value = (name: string) => ({ name, type: { tensorType: { elemType: 1 } } });
const chain = (n: number, side: number) => ({
  irVersion: 10n,
  graph: {
    name: 'g',
    node: many(n, (i) => ({ opType: 'MatMul', input: [`v${i}`, 'w'], output: [`v${i + 1}`] })),
    initializer: [
      { name: 'w', dims: [BigInt(side), BigInt(side)], dataType: 1, rawData: new Uint8Array(4 * side * side) },
    ],
    input: [value('v0')],
    output: [value(`v${n}`)],
  },
});
/** Elementwise operators one after the other, from `v0`; every `every`-th node multiplies by a matrix. */
function elementwise(n: number, operators: readonly string[], every: number) {
  const names = many(n + 1, (i) => `v${i}`);
  const { graph } = chain(1, 2);
  const node = many(n, (i) => {
    if (i % every === every - 1) return { opType: 'MatMul', input: [names[i], 'w'], output: [names[i + 1]] };
    const opType = operators[i % operators.length];
    const isBinary = ['Add', 'Mul', 'Div', 'Max'].includes(opType);
    return { opType, input: isBinary ? [names[i], 'c'] : [names[i]], output: [names[i + 1]] };
  });
  const c = { name: 'c', dims: [], dataType: 1, floatData: [1.5] };
  return {
    graph: { ...graph, node, initializer: [...graph.initializer, c], input: [value('v0')], output: [value(names[n])] },
  };
}
/** A field of protobuf: its number, wire type 2, and bytes. */
function field(number: number, bytes: Uint8Array): Uint8Array {
  const varint: number[] = [];
  for (let left = bytes.length; ; left = Math.floor(left / 128)) {
    varint.push(left < 128 ? left : (left % 128) + 128);
    if (left < 128) break;
  }
  return Uint8Array.from([
    ...(number < 16 ? [(number << 3) | 2] : [(((number << 3) | 2) & 127) | 128, number >> 4]),
    ...varint,
    ...bytes,
  ]);
}
const repeated = (n: number, bytes: Uint8Array) => {
  const out = new Uint8Array(n * bytes.length);
  for (let i = 0; i < n; i++) out.set(bytes, i * bytes.length);
  return out;
};
const empty = new Uint8Array();
const onnx: Readonly<Record<string, () => Uint8Array>> = {
  'of 20,000 products with one matrix': () => encodeModel(chain(20_000, 64)),
  'of 900 products with one large matrix': () => encodeModel(chain(900, 450)),
  'of 900 products with a matrix of one number': () => encodeModel(chain(900, 1)),
  'of 15,000 scalings between products': () => encodeModel(elementwise(15_000, ['Add', 'Mul', 'Div'], 60)),
  'of 15,000 activations between products': () => encodeModel(elementwise(15_000, ['LeakyRelu', 'Elu', 'Tanh'], 60)),
  'of 15,000 operators without a product': () => encodeModel(elementwise(15_000, ['Relu', 'Sigmoid', 'Add'], 20_000)),
  'of 450,000 empty nodes': () => field(7, repeated(450_000, field(1, empty))),
  'of 450,000 empty initializers': () => field(7, repeated(450_000, field(5, empty))),
  'of 450,000 empty inputs': () => field(7, repeated(450_000, field(11, empty))),
  'of 450,000 empty properties': () => repeated(450_000, field(14, empty)),
  'of a node of 450,000 attributes': () => field(7, field(1, repeated(450_000, field(5, empty)))),
  'of a node of 450,000 inputs': () => field(7, field(1, repeated(450_000, field(1, empty)))),
  'of a value of 450,000 dimensions': () =>
    field(7, field(11, field(2, field(1, field(2, repeated(400_000, field(1, empty))))))),
  'of 900,000 open groups': () => new Uint8Array(900_000).fill(0x0b + (20 << 3)),
  'of 900,000 unknown fields': () => repeated(450_000, Uint8Array.of((15 << 3) | 0, 1)),
  'of a tensor of 900,000 dimensions': () => field(7, field(5, repeated(450_000, Uint8Array.of(1 << 3, 1)))),
  'of a tensor that claims to be huge': () =>
    encodeModel({
      graph: { ...chain(1, 1).graph, initializer: [{ name: 'w', dims: [2n ** 40n, 2n ** 40n], dataType: 1 }] },
    }),
};

const statesOf = (names: readonly string[]) => new Map(names.map((name) => [name, tensor([1])]));
const small = network([dense(3), dense(1)]);

export interface CostCase {
  readonly name: string;
  /** Of at most 1 MB. */
  readonly bytes: () => Uint8Array;
  read(bytes: Uint8Array): unknown;
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const cases = <T>(
  kind: string,
  of: Readonly<Record<string, () => T>>,
  write: (made: T) => Uint8Array,
  read: (bytes: Uint8Array) => unknown,
): CostCase[] =>
  Object.entries(of).map(([name, make]) => ({ name: `${kind} ${name}`, bytes: () => write(make()), read }));

const asJson = (value: unknown) => bytesOf(stringify(value));
/** JSON of a value that may be nested deeply. */
function stringify(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    if (Array.isArray(value)) return deep(400_000);
    return `{${Object.entries(value as object)
      .map(([key, inner]) => `${JSON.stringify(key)}:${stringify(inner)}`)
      .join(',')}}`;
  }
}

export const costCases: readonly CostCase[] = [
  ...cases(
    'a model',
    models,
    (bytes) => bytes,
    (bytes) => useModel(load(bytes)),
  ),
  ...cases('an experiment', experiments, asJson, (bytes) =>
    experiment(JSON.parse(textOf(bytes)), { read: () => readTable(table) }),
  ),
  ...cases('a record', records, asJson, (bytes) => {
    const found = parseRecord(textOf(bytes), 'run.json');
    const runs = [
      { label: 'a', record: found },
      { label: 'b', record: parseRecord(JSON.stringify(record), 'run.json') },
    ];
    scoreRows(runs);
    differingSettings(runs);
    renderReport(found, []);
    renderComparison(runs, [[], []]);
  }),
  ...cases('a history', histories, bytesOf, (bytes) => {
    const rows = parseHistory(textOf(bytes), 'history.csv');
    renderReport(parseRecord(JSON.stringify(record), 'run.json'), rows);
  }),
  ...cases(
    'an ONNX file',
    onnx,
    (bytes) => bytes,
    (bytes) => {
      const model = new Model(fromOnnx(bytes));
      model.predict([new Array(model.inputs).fill(0)]);
      for (const write of [toOnnx, toTypeScript, (m: Model) => toPyTorch(m, 'w')]) unlessRefused(() => write(model));
    },
  ),
  {
    name: 'an npy file whose shape is 20,000 lengths',
    bytes: () => {
      const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${'1, '.repeat(20_000)})}\n`;
      const text = `\x93NUMPY\x02\x00LLLL${header}12345678`;
      const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      new DataView(bytes.buffer).setUint32(8, header.length, true);
      return bytes;
    },
    read: fromNpy,
  },
  {
    name: 'a state_dict of 14,000 tensors',
    bytes: () => toSafetensors({ tensors: statesOf(many(14_000, (i) => `t${i}.x`)), metadata: {} }, 'float32'),
    read: (bytes) => fromStateDict(fromSafetensors(bytes).tensors, small, 2),
  },
  {
    name: 'a state_dict of a name of 900,000 letters that ends in a dot',
    bytes: () => toSafetensors({ tensors: statesOf([`${'a'.repeat(900_000)}.`]), metadata: {} }),
    read: (bytes) => fromStateDict(fromSafetensors(bytes).tensors, small, 2),
  },
];

export const largest = 1.05 * megabyte;
