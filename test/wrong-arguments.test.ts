/**
 * Every exported function of every entry point, called with every kind of wrong argument: each call ends in an InputError
 * that has what, where and a fix, thrown or as a rejection; never in an error of JavaScript, and never in silence.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as core from '../src/core.ts';
import * as data from '../src/data/index.ts';
import * as blas from '../src/engines/blas/index.ts';
import * as wasm from '../src/engines/wasm/index.ts';
import * as explain from '../src/explain.ts';
import * as formats from '../src/formats/index.ts';
import * as databases from '../src/graphs/databases/index.ts';
import * as graphs from '../src/graphs/index.ts';
import * as main from '../src/index.ts';
import { type Call, faults, numbers } from './wrong-arguments.ts';

const none: readonly string[] = [];
const positive = ['number', 'fraction'];
const anyNumber = [...numbers, 'nan', 'infinity'];
const texts = ['text', 'emptyText'];
const functions = ['function'];
/** Where options are expected, an object without any is right. */
const missingOptions = ['undefined', 'object', 'bareObject'];

// ---- values that are right

const { network, dense, mse, sgd, sigmoid } = main;
const net = network([dense(1)], { inputs: 2, seed: 1 });
const rows = {
  inputs: [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
  targets: [[1], [0], [1], [0]],
};
const training = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 } };
const { model } = await main.train(net, rows, training);
const table = data.readTable('x,y\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n');
const prepared = data.prepareTable(table, { target: 'y' }, 1);
const { encoding } = prepared;
const experimentJson = {
  network: { inputs: 2, layers: [{ dense: 1 }] },
  data: rows,
  training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
};
const worked = { experiment: experimentJson, printed: [{ quantity: 'loss', value: '0.5' }] };
const setup = main.experiment(experimentJson);
const measured = await main.baselines(setup);
const trained = await main.train(setup);
const verdict: main.Verdict = {
  part: 'test',
  rows: 9,
  metric: 'accuracy',
  network: 0.9,
  baseline: 'constant',
  score: 0.5,
  standardError: 0.1,
  outcome: 'better',
};
const csv = new TextEncoder().encode('x,y\n1,2\n3,4\n');
const graph = graphs.fromEdges([
  ['a', 'b'],
  ['b', 'c'],
  ['c', 'a'],
  ['c', 'd'],
]);
const vectors = { ids: graph.ids, vectors: new Float32Array(8).fill(1), dimensions: 2 };
const tensors = new Map([['a', core.tensor([2], [1, 2])]]);
const vectorSource = {
  name: 'a.vec',
  chunks: {
    async *[Symbol.asyncIterator]() {
      for (const { pieces } of graphs.vectorFiles(vectors, 'a.vec')) yield* pieces();
    },
  },
};
const graphExample = explain.graphExample(
  JSON.parse(readFileSync(new URL('../examples/skip-gram-2d.json', import.meta.url), 'utf8')),
);
const labels = ['a', 'b', 'c', 'd'].map((node, i) => [node, i % 2 === 0 ? 'x' : 'y']);

// ---- calls of each entry point, by the function's name

const familyCalls = (family: { readonly specs: object }): Call => {
  const specs = Object.entries(family.specs) as [string, { type: string; default?: unknown; optional?: boolean }][];
  const right = Object.fromEntries(
    specs.filter(([, s]) => s.type === 'number' && s.default === undefined && !s.optional).map(([key]) => [key, 0.5]),
  );
  const isRequired = Object.keys(right).length > 0;
  return {
    call: family as never,
    right: [right],
    required: isRequired ? 1 : 0,
    accepts: [isRequired ? none : missingOptions],
    options: Object.fromEntries(
      specs.map(([key, { type }]) => [key, type === 'number' ? numbers : type === 'boolean' ? ['boolean'] : []]),
    ),
  };
};

const square = { f: (x: main.formula.Operand) => main.formula.square(x) };

const formulaCalls = (formula: typeof main.formula): Record<string, Call> => {
  const x = formula.argument(0);
  const operands = (count: number) => ({ right: [x, 1, x].slice(0, count), accepts: new Array(count).fill(anyNumber) });
  const unary = [
    'neg',
    'exp',
    'expm1',
    'log',
    'log1p',
    'sqrt',
    'sin',
    'cos',
    'tanh',
    'abs',
    'floor',
    'erf',
    'step',
    'square',
    'sign',
  ];
  const binary = ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow'];
  const of = formula as unknown as Record<string, Call['call']>;
  return {
    ...Object.fromEntries(unary.map((name) => [name, { call: of[name], ...operands(1) }])),
    ...Object.fromEntries(binary.map((name) => [name, { call: of[name], ...operands(2) }])),
    where: { call: of.where, ...operands(3) },
    constant: { call: formula.constant, right: [1, 'c'], required: 1, accepts: [anyNumber, ['undefined', ...texts]] },
    argument: { call: formula.argument, right: [0], accepts: [['number']] },
    apply: { call: formula.apply, right: ['add', x, 1], accepts: [none, anyNumber, anyNumber] },
    evaluate: { call: formula.evaluate, right: [x, [1]], accepts: [none, ['matrix', 'floats', 'bytes']] },
    substitute: { call: formula.substitute, right: [x, () => x], accepts: [none, functions] },
    substituteAll: { call: formula.substituteAll, right: [[x], () => x], accepts: [['array'], functions] },
    formulaSize: { call: formula.formulaSize, right: [[x]], accepts: [['array']] },
    argumentsOf: { call: formula.argumentsOf, right: [x] },
    sameFormula: { call: formula.sameFormula, right: [x, x] },
    interned: { call: () => formula.interned(), right: [] },
    outerDerivatives: { call: formula.outerDerivatives, right: ['exp', [x]] },
    simplify: { call: formula.simplify, right: [x] },
    differentiate: { call: formula.differentiate, right: [x, 0], accepts: [none, ['number']] },
  };
};

const layerOptions = { affine: ['boolean'], trainable: ['boolean'] };

const mainCalls: Record<string, Call> = {
  // An error itself: wrong parts give an error that says so.
  InputError: {
    call: ((parts: never) => core.fail(new main.InputError(parts))) as never,
    right: [undefined],
    throws: true,
  },
  Model: { call: ((parts: never) => new main.Model(parts)) as never, right: [model] },
  activate: { call: main.activate, right: [sigmoid] },
  activation: { call: main.activation, right: ['own', square], accepts: [['text']] },
  activationFamily: {
    call: main.activationFamily,
    right: ['own', {}, () => square],
    accepts: [['text'], ['object', 'bareObject'], functions],
  },
  audit: { call: main.audit, right: [worked, {}], required: 1, accepts: [none, missingOptions] },
  baselines: {
    call: main.baselines,
    right: [setup, {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { signal: none },
  },
  batchNorm: {
    call: main.batchNorm,
    right: [{}],
    required: 0,
    accepts: [missingOptions],
    options: { epsilon: positive, momentum: ['number', 'fraction'], ...layerOptions },
  },
  layerNorm: {
    call: main.layerNorm,
    right: [{}],
    required: 0,
    accepts: [missingOptions],
    options: { epsilon: positive, ...layerOptions },
  },
  check: {
    call: main.check,
    right: [setup, {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { limit: ['number'] },
  },
  crossValidate: {
    call: main.crossValidate,
    right: [net, rows, { ...training, folds: 2 }],
    options: {
      folds: none,
      signal: none,
      onFold: functions,
      onEpoch: functions,
      loss: none,
      optimizer: none,
      stop: none,
      batchSize: ['number'],
    },
  },
  dense: {
    call: main.dense,
    right: [2, {}],
    required: 1,
    accepts: [['number'], missingOptions],
    options: {
      activation: none,
      initializer: none,
      bias: ['boolean'],
      weight: ['matrix'],
      trainable: ['boolean', 'array'],
    },
  },
  dropout: { call: main.dropout, right: [0.5], accepts: [none] },
  embedding: {
    call: main.embedding,
    right: [2, { of: [{ input: 0, size: 3 }] }],
    required: 1,
    accepts: [['number'], missingOptions],
    options: { of: none, initializer: none, trainable: ['boolean'] },
  },
  experiment: {
    call: main.experiment,
    right: [experimentJson, {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { read: functions, file: texts, recipes: ['array'], encoding: none },
  },
  experimentJsonSchema: { call: () => main.experimentJsonSchema(), right: [] },
  explain: {
    call: main.explain,
    right: [setup, {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { step: ['number'], sample: none, layer: none },
  },
  findLearningRate: {
    call: main.findLearningRate,
    right: [net, rows, { ...training, steps: 10 }],
    options: { from: positive, to: positive, steps: ['number'], smoothing: none, signal: none },
  },
  historyCsv: { call: main.historyCsv, right: [trained.history], accepts: [['array']] },
  tableExperiment: {
    call: main.tableExperiment,
    right: [table, { data: { file: 'a.csv', target: 'y' } }],
    options: {
      data: none,
      hidden: ['array'],
      activation: texts,
      loss: texts,
      optimizer: texts,
      from: ['object', 'bareObject', 'instance'],
    },
  },
  verdictText: {
    call: main.verdictText,
    right: [verdict, measured, {}, String],
    accepts: [none, none, ['object', 'bareObject'], functions],
    options: { classes: ['array', 'arrayOfText'], target: texts },
    optionsAt: 2,
  },
  judge: { call: main.judge, right: [measured, trained.model, setup] },
  loss: {
    call: main.loss,
    right: ['own', { f: (y: main.formula.Operand, t: main.formula.Operand) => main.formula.sub(y, t) }],
    accepts: [['text']],
  },
  load: {
    call: main.load,
    right: [model.save(), {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { recipes: ['array'], file: texts },
  },
  metric: {
    call: main.metric,
    right: ['own', { better: 'lower', value: () => 0 }],
    accepts: [['text']],
    options: { better: none, of: none, value: functions },
  },
  network: {
    call: main.network,
    right: [[dense(1)], {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { inputs: ['number'], seed: ['number'] },
  },
  overfitBatch: {
    call: main.overfitBatch,
    right: [net, rows, { ...training, steps: 3 }],
    options: { rows: ['number'], steps: ['number'], signal: none },
  },
  residual: { call: main.residual, right: [[dense(2)]] },
  train: {
    call: main.train,
    right: [net, rows, training],
    options: {
      loss: none,
      optimizer: none,
      stop: none,
      batchSize: ['number'],
      shuffle: ['boolean'],
      signal: none,
      onCheckpoint: functions,
      resume: ['function'],
      onStart: functions,
      onEpoch: functions,
      onPause: functions,
      probe: ['boolean'],
      metrics: ['array'],
      from: none,
      l1: positive,
      threads: ['number'],
    },
  },
};

const g = () => {
  const of = new core.Graph();
  const input = of.source('input', 'input', [2, 3]);
  return { of, input };
};
const shown = g();
const pattern = core.sparsePattern(shown.of, { columns: 3, starts: [0, 1, 2], indices: [0, 1] });
const values2 = shown.of.source('parameter', 'v', [2]);
const dense3 = shown.of.source('parameter', 'd', [3, 2]);
const indices = shown.of.integerInput('i', [2]);

const coreCalls: Record<string, Call> = {
  InputError: mainCalls.InputError,
  Graph: { call: () => new core.Graph(), right: [] },
  activation: mainCalls.activation,
  activationFamily: mainCalls.activationFamily,
  concat: { call: core.concat, right: [shown.of, [shown.input, shown.input], 0], accepts: [none, none, none] },
  fail: { call: ((parts: never) => core.fail(parts)) as never, right: [undefined], throws: true },
  fillNormal: {
    call: core.fillNormal,
    right: [new Float64Array(2), 1, 'shuffle', 0],
    accepts: [none, ['number'], none, numbers],
  },
  fillUniform: {
    call: core.fillUniform,
    right: [new Float64Array(2), 1, 'shuffle', 0],
    accepts: [none, ['number'], none, numbers],
  },
  gather: { call: core.gather, right: [shown.of, dense3, indices] },
  gradient: {
    call: core.gradient,
    right: [shown.of, shown.of.contract('bi->', [shown.input]), [shown.input], {}],
    required: 3,
    accepts: [none, none, ['array'], missingOptions],
  },
  initializer: { call: core.initializer, right: ['own', () => {}], accepts: [['text'], functions] },
  initializerFamily: {
    call: core.initializerFamily,
    right: ['own', {}, () => () => {}],
    accepts: [['text'], ['object', 'bareObject'], functions],
  },
  layer: {
    call: core.layer,
    right: ['own', { make: () => ({ forward: () => {} }) }],
    accepts: [['text']],
    options: { make: functions, options: ['object', 'bareObject'] },
  },
  leadingLetters: { call: core.leadingLetters, right: [{ shape: [2, 3] }] },
  loss: { call: core.loss, right: ['own', { f: (y: never, t: never) => main.formula.sub(y, t) }], accepts: [['text']] },
  lossFamily: {
    call: core.lossFamily,
    right: ['own', {}, () => square],
    accepts: [['text'], ['object', 'bareObject'], functions],
  },
  map: { call: core.map, right: ['own', square], accepts: [texts] },
  mapOf: { call: core.mapOf, right: ['own', main.formula.argument(0), 1], accepts: [texts, none, ['number']] },
  metric: {
    call: core.metric,
    right: ['own', { better: 'lower', value: () => 0 }],
    accepts: [['text']],
    options: { better: none, of: none, value: functions },
  },
  optimizer: {
    call: core.optimizer,
    right: ['own', { update: () => () => {} }],
    accepts: [['text']],
    options: { update: functions, learningRate: positive, options: ['object', 'bareObject'] },
  },
  reshape: { call: core.reshape, right: [shown.of, shown.input, [3, 2]] },
  rowMaximum: { call: core.rowMaximum, right: [shown.of, shown.input] },
  schedule: {
    call: core.schedule,
    right: ['own', { rate: () => (base: unknown) => base }],
    accepts: [['text']],
    options: { rate: functions, options: ['object', 'bareObject'], plateau: functions },
  },
  slice: { call: core.slice, right: [shown.of, shown.input, 0, 0, 1], accepts: [none, none, none, none, none] },
  sparsePattern: {
    call: core.sparsePattern,
    right: [shown.of, { columns: 3, starts: [0, 1], indices: [0] }],
    options: { columns: ['number'], starts: none, indices: ['matrix', 'bytes', 'floats'] },
  },
  spmm: {
    call: core.spmm,
    right: [shown.of, pattern, values2, dense3, false],
    required: 4,
    accepts: [none, none, none, none, ['undefined', 'boolean']],
  },
  tensor: { call: core.tensor, right: [[2], [1, 2]], required: 1, accepts: [['array'], ['undefined']] },
};

/** An object of marks by column; without any, nothing is told. */
const noMarks = ['object', 'bareObject'];
const readOptions = { name: texts, missing: ['array', 'arrayOfText', ...noMarks], limits: ['object', 'bareObject'] };
const streamOptions = {
  ...readOptions,
  onProgress: functions,
  columns: ['array', 'arrayOfText'],
  maxPlainLength: numbers,
  size: numbers,
};
const outputs = core.tensor([1, 2], [0.4, 0.6]);

const dataCalls: Record<string, Call> = {
  decode: { call: data.decode, right: [encoding, outputs, 'scores'], required: 2 },
  describe: { call: data.describe, right: [table] },
  histogram: {
    call: data.histogram,
    right: [table.columns[0], 4],
    required: 1,
    accepts: [none, ['undefined', 'number']],
  },
  encodeRows: {
    call: data.encodeRows,
    right: [encoding, table, {}],
    required: 2,
    accepts: [none, none, missingOptions],
    options: { targets: ['boolean'], weights: none },
  },
  inputNames: { call: data.inputNames, right: [encoding] },
  prepareTable: {
    call: data.prepareTable,
    right: [table, { target: 'y' }, 1, 'oneHot'],
    required: 3,
    accepts: [none, none, ['number']],
    optionsAt: 1,
    options: {
      target: none,
      task: none,
      split: ['object', 'bareObject'],
      scale: none,
      handleMissing: none,
      encoding: none,
      features: none,
    },
  },
  readTable: {
    call: data.readTable,
    right: ['x,y\n1,2\n', {}],
    required: 1,
    accepts: [
      ['rows', 'text'],
      [...missingOptions, 'instance'],
    ],
    options: readOptions,
  },
  readTableFile: {
    call: data.readTableFile,
    right: [csv, {}],
    required: 1,
    accepts: [none, [...missingOptions, 'instance']],
    options: readOptions,
  },
  readTableText: {
    call: data.readTableText,
    right: ['x,y\n1,2\n', {}],
    required: 1,
    accepts: [none, [...missingOptions, 'instance']],
    options: readOptions,
  },
  readTableParts: {
    call: data.readTableParts,
    right: [csv, {}],
    required: 1,
    accepts: [none, [...missingOptions, 'instance']],
    options: streamOptions,
  },
  readTableStream: {
    call: data.readTableStream,
    right: [csv, {}],
    required: 1,
    accepts: [none, [...missingOptions, 'instance']],
    options: streamOptions,
  },
  splitRows: {
    call: data.splitRows,
    right: [10, { test: 0.2 }, 1, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]],
    required: 3,
    accepts: [['number'], ['object', 'bareObject'], ['number']],
    optionsAt: 1,
    options: { test: none, validation: none, stratify: ['boolean'] },
  },
  toUnits: { call: data.toUnits, right: [data.prepareTable(table, { target: 'x' }, 1).encoding, outputs] },
  writeCsv: {
    call: data.writeCsv,
    right: [['a'], [[1]]],
    accepts: [
      ['array', 'arrayOfText'],
      ['array', 'matrix'],
    ],
  },
};

const explained = explain.explanation(setup);
const document = {
  right: [explained, {}],
  required: 1,
  accepts: [none, missingOptions],
  options: { blank: ['boolean'] },
};
const explainCalls: Record<string, Call> = {
  audit: mainCalls.audit,
  check: mainCalls.check,
  explain: mainCalls.explain,
  explanation: { ...mainCalls.explain, call: explain.explanation },
  underRule: {
    call: explain.underRule,
    right: [explained, 'exact', {}],
    required: 2,
    accepts: [none, none, missingOptions],
    options: { sample: none, layer: none },
  },
  blankSheet: {
    call: explain.blankSheet,
    right: [explain.explain(setup), () => true],
    required: 1,
    accepts: [['array'], ['undefined', ...functions]],
  },
  codeOfRow: { call: explain.codeOfRow, right: [explained.rows[0]] },
  texOfRow: {
    call: explain.texOfRow,
    right: [explained.rows[0], {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { digits: ['number'], marked: ['boolean'], mark: functions },
  },
  explanationHtml: { call: explain.explanationHtml, ...document },
  explanationLatex: { call: explain.explanationLatex, ...document },
  typesetLines: { call: explain.typesetLines, right: [explained] },
  typesetGiven: {
    call: explain.typesetGiven,
    right: [explained, {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { max: ['number'] },
  },
  openExample: {
    call: explain.openExample,
    right: [{ ...experimentJson }, {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { file: texts, read: functions, recipes: ['array'], withoutStop: ['boolean'], encoding: none },
  },
  checkGraphExample: { call: explain.checkGraphExample, right: [graphExample] },
  explainGraphExample: { call: explain.explainGraphExample, right: [graphExample] },
  graphExample: {
    call: explain.graphExample,
    right: [{}, 'file'],
    required: 0,
    accepts: ['all', ['undefined', ...texts]],
  },
};

const formatsCalls: Record<string, Call> = {
  fromNpy: {
    call: formats.fromNpy,
    right: [formats.toNpy(core.tensor([2], [1, 2])), 'file'],
    required: 1,
    accepts: [none, ['undefined', ...texts]],
  },
  fromOnnx: {
    call: formats.fromOnnx,
    right: [formats.toOnnx(model), {}],
    required: 1,
    accepts: [none, [...missingOptions, 'instance']],
    options: { recipes: ['array'], file: texts },
  },
  fromSafetensors: {
    call: formats.fromSafetensors,
    right: [model.save(), 'file'],
    required: 1,
    accepts: [none, ['undefined', ...texts]],
  },
  fromStateDict: {
    call: formats.fromStateDict,
    right: [
      new Map([
        ['a.weight', core.tensor([1, 2], [1, 2])],
        ['a.bias', core.tensor([1], [1])],
      ]),
      net,
      2,
      {},
    ],
    required: 3,
    accepts: [none, none, ['number'], missingOptions],
    options: { file: texts, modules: ['arrayOfText'] },
  },
  toNpy: { call: formats.toNpy, right: [core.tensor([2], [1, 2]), 'float64'], required: 1 },
  toNpz: { call: formats.toNpz, right: [tensors, 'float64'], required: 1, accepts: [['map']] },
  toOnnx: { call: formats.toOnnx, right: [model] },
  toPyTorch: { call: formats.toPyTorch, right: [model, 'weights.safetensors'], accepts: [none, texts] },
  toSafetensors: {
    call: formats.toSafetensors,
    right: [{ tensors, metadata: {} }, 'float64'],
    required: 1,
    accepts: [none, ['undefined', ...functions]],
    optionsAt: 0,
    options: { tensors: ['map'], metadata: ['object', 'bareObject'] },
  },
  toTypeScript: { call: formats.toTypeScript, right: [model] },
};

const embedding = { method: 'fastrp', dimensions: 2 };
const embeddingOptions = {
  seed: ['number'],
  threads: ['number'],
  signal: none,
  onProgress: functions,
  checkpoint: ['object', 'bareObject'],
  warmStart: none,
  method: none,
};
const graphsCalls: Record<string, Call> = {
  assignVectors: {
    call: graphs.assignVectors,
    right: [{ hasNode: () => true, setNodeAttribute: () => {} }, vectors, 'v'],
    required: 2,
    accepts: [none, none, ['undefined', ...texts]],
  },
  checkVectorFile: { call: graphs.checkVectorFile, right: [['a'], 'a.vec'], accepts: [['array', 'arrayOfText']] },
  chooseMethod: {
    call: graphs.chooseMethod,
    right: [graph, {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { dimensions: ['number'], seconds: [...positive, 'infinity'], available: ['array'] },
  },
  companionOf: { call: graphs.companionOf, right: ['a.npy'], accepts: [none] },
  embed: {
    call: graphs.embed,
    right: [graph, embedding],
    required: 1,
    accepts: [none, missingOptions],
    options: embeddingOptions,
  },
  planEmbedding: {
    call: graphs.planEmbedding,
    right: [graph, embedding],
    required: 1,
    accepts: [none, missingOptions],
    options: embeddingOptions,
  },
  evaluateEmbedding: {
    call: graphs.evaluateEmbedding,
    right: [graph, vectors.vectors, { labels, ratios: [0.5], shuffles: 1 }],
    accepts: [none, ['bytes', 'floats']],
    options: {
      labels: none,
      ratios: none,
      shuffles: ['number'],
      seed: ['number'],
      signal: none,
      onProgress: functions,
    },
  },
  evaluateLinks: {
    call: graphs.evaluateLinks,
    right: [graph, async () => vectors.vectors, { seed: 1 }],
    options: {
      seed: ['number'],
      share: none,
      maxPairs: ['number'],
      hitsAt: ['number'],
      signal: none,
      onProgress: functions,
    },
  },
  extendVectors: {
    call: graphs.extendVectors,
    right: [{ ...vectors, ids: ['a', 'b', 'c', 'z'] }, graph, {}],
    required: 2,
    accepts: [none, none, missingOptions],
    options: { signal: none, onProgress: functions },
  },
  fromEdges: {
    call: graphs.fromEdges as never,
    right: [[['a', 'b']], {}],
    required: 1,
    accepts: [['matrix'], missingOptions],
    options: {
      directed: ['boolean'],
      nodes: ['array', 'arrayOfText', 'floats', 'bytes', 'map'],
      weight: texts,
      name: texts,
    },
  },
  mapNodes: {
    call: graphs.mapNodes,
    right: [vectors, {}],
    required: 1,
    accepts: [none, missingOptions],
    options: { kind: none, seed: ['number'], signal: none, onProgress: functions },
  },
  optionsOf: { call: graphs.optionsOf, right: [graphs.embeddingMethods[0]] },
  updateExplainer: {
    call: graphs.updateExplainer,
    right: [graph, embedding],
    required: 1,
    accepts: [none, missingOptions],
    options: embeddingOptions,
  },
  neighbors: {
    call: graphs.neighbors,
    right: [vectors, 'a', {}],
    required: 2,
    accepts: [none, none, missingOptions],
    options: { count: ['number'] },
  },
  parseLabels: { call: graphs.parseLabels as never, right: ['a\tx\nb\ty\n'], accepts: [['emptyText']] },
  readEdges: {
    call: graphs.readEdges,
    right: [new TextEncoder().encode('a b\nb c\n'), {}],
    required: 1,
    accepts: [none, [...missingOptions, 'instance']],
    options: { directed: ['boolean'], nodes: none, nodesOptions: ['object', 'bareObject', 'instance'], name: texts },
  },
  readVectors: {
    call: graphs.readVectors,
    right: [vectorSource],
    options: { name: none, chunks: none },
  },
  vectorFiles: { call: graphs.vectorFiles, right: [vectors, 'a.vec'] },
};

const databasesCalls: Record<string, Call> = {
  isDatabase: { call: databases.isDatabase, right: ['a.lbug'], accepts: [texts] },
  openDatabase: { call: databases.openDatabase, right: ['a.txt', { environment: {} }], throws: true },
};
const engineOptions = {
  precision: none,
  threads: ['number'],
  arithmetic: none,
  unrollUpTo: [...positive, 'infinity'],
  passes: ['object', 'bareObject', 'instance'],
};
const wasmCalls: Record<string, Call> = {
  MemoryRefused: { call: ((a: never) => new wasm.MemoryRefused(a)) as never, right: [], required: 0 },
  threadsMissing: { call: wasm.threadsMissing as never, right: [], required: 0 },
  wasmEngine: { call: wasm.wasmEngine, right: [{}], required: 0, accepts: [missingOptions], options: engineOptions },
  wasmMissing: { call: wasm.wasmMissing as never, right: [], required: 0 },
};
const blasCalls: Record<string, Call> = {
  findBlas: { call: () => blas.findBlas(), right: [] },
  blasEngine: { call: blas.blasEngine as never, right: [], required: 0 },
  blasOr: { call: blas.blasOr as never, right: [{ missing: 'node', detail: '' }], throws: true },
};

// ---- the sweep

/** Fails with the first faults as lines, and the number of all. */
function noFaults(found: readonly string[]): void {
  if (found.length > 0) throw new Error(`${found.length} calls:\n${found.slice(0, 60).join('\n')}`);
}

const entries: readonly (readonly [string, object, Record<string, Call>])[] = [
  ['chainrule', main, mainCalls],
  ['chainrule/core', core, coreCalls],
  ['chainrule/data', data, dataCalls],
  ['chainrule/explain', explain, explainCalls],
  ['chainrule/formats', formats, formatsCalls],
  ['chainrule/graphs', graphs, graphsCalls],
  ['chainrule/graphs/databases', databases, databasesCalls],
  ['chainrule/engines/wasm', wasm, wasmCalls],
  ['chainrule/engines/blas', blas, blasCalls],
];

describe.each(entries)('%s', (_name, module, calls) => {
  for (const [name, exported] of Object.entries(module)) {
    // what two entry points export is called once
    const isRepeated = module !== main && (main as object as Record<string, unknown>)[name] === exported;
    if (typeof exported !== 'function' || isRepeated) continue;
    test(`${name} refuses every kind of wrong argument with an InputError`, async () => {
      const call = Object.hasOwn(exported, 'specs') ? familyCalls(exported) : calls[name];
      expect(call, 'add its right arguments to this test').toBeDefined();
      noFaults(await faults(name, call));
    });
  }
});

test('the builders of formulas refuse every kind of wrong argument with an InputError', async () => {
  const calls = formulaCalls(main.formula);
  const functions = Object.entries(main.formula).filter(([, value]) => typeof value === 'function');
  expect(Object.keys(calls).sort()).toEqual(functions.map(([name]) => name).sort());
  const found = await Promise.all(Object.entries(calls).map(([name, call]) => faults(name, call)));
  noFaults(found.flat());
});

test('the methods of a model refuse every kind of wrong argument with an InputError', async () => {
  const { model: ofTable } = await main.train(
    network([dense(2, { activation: main.softmax })]),
    { table, target: 'y' },
    { loss: main.crossEntropy, optimizer: main.adam(), stop: { epochs: 1 } },
  );
  const calls: Record<string, Call> = {
    predict: {
      call: (...given) => model.predict(...(given as [never])),
      right: [[[0, 1]]],
      accepts: [['array', 'matrix']],
    },
    predictTable: { call: (...given) => ofTable.predictTable(...(given as [never])), right: [table] },
    evaluate: {
      call: (...given) => model.evaluate(...(given as [never])),
      right: [rows],
      options: { inputs: none, targets: ['bytes', 'floats'], weights: none, feeds: ['object', 'bareObject'] },
    },
    evaluateOptions: {
      call: (...given) => model.evaluate(rows, ...(given as [never])),
      right: [{}],
      required: 0,
      accepts: [missingOptions],
      options: { metrics: ['array'] },
    },
    predictRow: { call: (...given) => ofTable.predictRow(...(given as [never])), right: [{ x: 1 }] },
    outputs: { call: (...given) => model.outputs(...(given as [never])), right: [[0, 1]] },
    gradient: {
      call: (...given) => model.gradient(...(given as [never])),
      right: [[0, 1], {}],
      required: 1,
      accepts: [none, missingOptions],
      options: { output: none },
    },
    problem: { call: (...given) => model.problem(...(given as [])), right: [rows], required: 0 },
  };
  const found = await Promise.all(Object.entries(calls).map(([name, call]) => faults(name, call)));
  noFaults(found.flat());
});

test('schedules refuse every kind of wrong argument with an InputError', async () => {
  const found = await Promise.all(
    Object.entries(main.schedules).map(([name, family]) => faults(name, familyCalls(family))),
  );
  noFaults(found.flat());
});
