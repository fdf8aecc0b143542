/**
 * Checks the messages between a training worker and the thread that started it. A message is checked before it is used, and is
 * then used unchanged: typed arrays are not copied, and objects keep the order of their keys.
 */
import {
  anyNumber,
  atLeast0,
  boolean,
  choice,
  either,
  fields,
  finite,
  list,
  object,
  optional,
  positiveWhole,
  type Reader,
  record,
  refuse,
  satisfying,
  text,
  wholeNumber,
} from '../../base/readers.ts';
import { placeText } from '../../base/reference.ts';
import { size } from '../../base/shape.ts';
import type { Tensor } from '../../base/tensor.ts';
import { readNumbersTarget, readNumberTarget } from '../../data/encode/targets/stored-target.ts';
import type { Layer } from '../../net/layer.ts';
import { makeLayer } from '../../net/layers/index.ts';
import { builtIn } from '../../net/recipes.ts';
import { readChange, readHistoryRow, readProgress } from '../progress-form.ts';

/** Whether an object's class has one of these names, in any realm. */
const isOf = (value: unknown, ...names: readonly string[]) =>
  names.includes(Object.prototype.toString.call(value).slice('[object '.length, -1));

function isTensor(value: unknown): boolean {
  const { shape, data } = (value ?? {}) as Partial<Tensor>;
  const isShape = Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  return isShape && isOf(data, 'Float64Array') && data?.length === size(shape);
}
const tensor = satisfying<Tensor>(isTensor, 'it is not a tensor');

const mapOf = (isValue: (value: unknown) => boolean, what: string) =>
  satisfying<ReadonlyMap<string, unknown>>(
    (value) =>
      isOf(value, 'Map') &&
      [...(value as Map<unknown, unknown>)].every(([name, inner]) => typeof name === 'string' && isValue(inner)),
    `it is not a map from names to ${what}`,
  );
const tensors = mapOf(isTensor, 'tensors');
const save = mapOf((value) => isOf(value, 'Float64Array', 'Float32Array'), 'numbers');

const texts = list(text);
const scores = record(anyNumber);
const precision = choice(['float64', 'float32']);
const arithmetic = choice(['strict', 'fast']);
const nothing = satisfying<undefined>((value) => value === undefined, 'it cannot be sent');
const rows = { inputs: tensor, targets: tensor, weights: optional(tensor), stream: nothing };
const dataset = fields(rows);
const positive: Reader<number> = (value, path) => {
  const number = finite(value, path);
  return number > 0 ? number : refuse(`${number} is not above 0`, path);
};
const isFull = (value: unknown): value is 'full' => value === 'full';
const isBalanced = (value: unknown): value is 'balanced' => value === 'balanced';
const isFalse = (value: unknown): value is false => value === false;
const isText = (value: unknown): value is string => typeof value === 'string';

/** The worker makes the recipe from its name and options, and then checks the options. */
const named: Reader<unknown> = (value, path) => text(object(value, path).name, [...path, 'name']);
const recipeJson = either(isText, named);

/** A layer is checked by making it; its numbers are among the parameters. */
const layer: Reader<Layer> = (value, path) => makeLayer(object(value, path), placeText(path), builtIn);

const recipe = fields({
  loss: recipeJson,
  optimizer: recipeJson,
  gradient: choice(['exact', 'averagedFactors']),
  update: choice(['simultaneous', 'sequential']),
  l1: atLeast0,
  l2: atLeast0,
  clipNorm: optional(positive),
  clipValue: optional(positive),
  ema: optional(positive),
  span: optional(fields({ stepsPerEpoch: positiveWhole, epochs: optional(atLeast0), offset: optional(finite) })),
});

const batchSize = either(isFull, positiveWhole);

const schedule = fields({
  batchSize,
  shuffle: boolean,
  stop: fields({
    epochs: optional(wholeNumber),
    seconds: optional(positive),
    loss: optional(atLeast0),
    patience: optional(positiveWhole),
    minDelta: optional(atLeast0),
    watch: optional(text),
    gradientNorm: optional(atLeast0),
  }),
  keep: choice(['last', 'best']),
  engine: choice(['auto', 'reference', 'wasm', 'blas']),
  precision: optional(precision),
  arithmetic,
  threads: optional(positiveWhole),
  classWeights: optional(either(isBalanced, record(atLeast0))),
  checkpoint: either(isFalse, fields({ seconds: positive })),
});

/** The numeric columns whose units metrics are in. */
const target: Reader<unknown> = (value, path) =>
  'columns' in object(value, path) ? readNumbersTarget(value, path) : readNumberTarget(value, path);

const parcel = fields({
  ...rows,
  network: fields({ inputs: optional(positiveWhole), seed: wholeNumber, layers: list(layer, 1) }),
  recipe,
  parameters: tensors,
  batchSize,
  shuffle: boolean,
  symbols: record(text),
  inputNames: optional(texts),
  outputNames: optional(texts),
  schedule,
  validation: optional(dataset),
  test: optional(dataset),
  measure: fields({ coding: optional(choice(['oneHot', 'binary', 'sign'])), units: optional(fields({ target })) }),
  notes: texts,
  warnings: texts,
});

const readResume = fields({ progress: readProgress, saves: list(save) });
const resume: Reader<unknown> = (value, path) => {
  const { progress, saves } = readResume(value, path);
  return saves.length === progress.places.length ? undefined : refuse('a place has no save', path);
};

const bytes = satisfying<Uint8Array>((value) => isOf(value, 'Uint8Array'), 'it is not bytes');
const isTrue = satisfying<true>((value) => value === true, 'it is not true');
const anything: Reader<unknown> = (value) => value;

/** Each order by the key that only it has. */
export const orderForms = {
  train: fields({
    train: parcel,
    resume: optional(resume),
    from: optional(bytes),
    calls: list(choice(['onStart', 'onEpoch', 'onCheckpoint']), 0, 3),
  }),
  abort: fields({ abort: isTrue }),
  weights: fields({ weights: isTrue }),
  answer: fields({ answer: anything }),
} as const;

const trained = fields({
  stop: fields({
    reason: choice(['epochs', 'seconds', 'loss', 'patience', 'gradientNorm', 'aborted', 'diverged']),
    epoch: wholeNumber,
    seconds: atLeast0,
    evaluations: optional(wholeNumber),
    cause: optional(text),
  }),
  loss: fields({ first: anyNumber, final: anyNumber, best: anyNumber }),
  metrics: scores,
  validation: optional(scores),
  test: optional(scores),
  confusion: optional(fields({ part: choice(['training', 'validation', 'test']), matrix: list(list(wholeNumber)) })),
  engine: fields({ name: text, precision, threads: positiveWhole, arithmetic, why: text, memory: atLeast0 }),
  history: list(readHistoryRow),
  changes: optional(list(readChange)),
  kept: optional(fields({ epoch: wholeNumber, why: choice(['best', 'diverged']) })),
  gradients: optional(fields({ rows: positiveWhole, epochs: list(wholeNumber), norms: record(list(anyNumber)) })),
  seconds: fields({ compiling: atLeast0, evaluating: atLeast0 }),
  notes: texts,
  warnings: texts,
});

const start = fields({
  epoch: wholeNumber,
  engine: fields({ name: text, precision, arithmetic, why: text }),
  notes: texts,
  warnings: texts,
});

/** What the callbacks get. */
const calls: Readonly<Record<string, Reader<unknown>>> = {
  onStart: start,
  onEpoch: readHistoryRow,
  onCheckpoint: bytes,
};
const call: Reader<unknown> = (value, path) => {
  const name = choice(Object.keys(calls))(object(value, path).call, [...path, 'call']);
  return calls[name](object(value, path).with, [...path, 'with']);
};

/** Each report by the key that only it has. */
export const reportForms = {
  ready: fields({ ready: isTrue }),
  row: fields({ row: readHistoryRow }),
  call,
  weights: fields({ weights: tensors, precision }),
  trained: fields({ trained, parameters: tensors }),
  error: fields({
    complaint: optional(fields({ what: text, where: text, fix: text })),
    error: fields({ message: text, stack: optional(text) }),
  }),
} as const;
