/**
 * The schemas of the messages between a training worker and the thread that started it. A message is checked before it is
 * used, and is then used unchanged: typed arrays are not copied, and objects keep the order of their keys.
 */
import * as z from 'zod/mini';
import { also, atLeast0, listOf, positiveWhole, wholeNumber } from '../../base/checks.ts';
import type { InputError } from '../../base/errors.ts';
import { size } from '../../base/shape.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Encoding } from '../../data/encode/encoding.ts';
import { readEncoding } from '../../data/encode/read-encoding.ts';
import { recipeForm } from '../../net/form.ts';
import { layerForm } from '../../net/layers/index.ts';
import { builtIn } from '../../net/recipes.ts';
import { stopForm } from '../../net/schema.ts';
import { anyNumber, historyRowSchema, progressSchema } from '../progress-schema.ts';

/** Whether an object's class has one of these names, in any realm. */
const isOf = (value: unknown, ...names: readonly string[]) =>
  names.includes(Object.prototype.toString.call(value).slice('[object '.length, -1));

const tensor = z.custom<Tensor>((value) => {
  const { shape, data } = (value ?? {}) as Partial<Tensor>;
  const isShape = Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  return isShape && isOf(data, 'Float64Array') && data?.length === size(shape);
}, 'it is not a tensor');

const mapOf = (isValue: (value: unknown) => boolean, what: string) =>
  z.custom<Map<string, unknown>>(
    (value) =>
      isOf(value, 'Map') &&
      [...(value as Map<unknown, unknown>)].every(([name, inner]) => typeof name === 'string' && isValue(inner)),
    `it is not a map from names to ${what}`,
  );
const tensors = mapOf((value) => tensor.safeParse(value).success, 'tensors');
const save = mapOf((value) => isOf(value, 'Float64Array', 'Float32Array'), 'numbers');

const encodingSchema = also(z.custom<Encoding>(), (value) => {
  try {
    readEncoding(value, []);
    return undefined;
  } catch (error) {
    const { what, option } = error as InputError;
    return { what, path: option };
  }
});

const texts = () => listOf(z.string());
const scores = () => z.record(z.string(), anyNumber());
const precision = z.enum(['float64', 'float32']);
const arithmetic = z.enum(['strict', 'fast']);
const rows = { inputs: tensor, targets: tensor, weights: z.optional(tensor), stream: z.optional(z.undefined()) };
const dataset = z.object(rows);
const positive = () => z.number().check(z.gt(0));

const recipe = z.object({
  loss: recipeForm('loss', builtIn.loss),
  optimizer: recipeForm('optimizer', builtIn.optimizer),
  gradient: z.enum(['exact', 'averagedFactors']),
  update: z.enum(['simultaneous', 'sequential']),
  l1: atLeast0(),
  l2: atLeast0(),
  clipNorm: z.optional(positive()),
  clipValue: z.optional(positive()),
  ema: z.optional(z.number().check(z.gt(0), z.lt(1))),
  span: z.optional(z.object({ stepsPerEpoch: positiveWhole(), epochs: z.optional(atLeast0()) })),
});

const batchSize = z.union([z.literal('full'), positiveWhole()]);

const schedule = z.object({
  batchSize,
  shuffle: z.boolean(),
  stop: stopForm(),
  keep: z.enum(['last', 'best']),
  engine: z.enum(['auto', 'reference', 'wasm', 'blas']),
  precision: z.optional(precision),
  arithmetic,
  threads: z.optional(positiveWhole()),
  classWeights: z.optional(z.union([z.literal('balanced'), z.record(z.string(), atLeast0())])),
  checkpoint: z.union([z.literal(false), z.object({ seconds: positive() })]),
});

const parcel = z.object({
  ...rows,
  network: z.object({
    inputs: z.optional(positiveWhole()),
    seed: z.number().check(z.int(), z.gte(0), z.lt(2 ** 32)),
    layers: listOf(layerForm(builtIn), { min: 1 }),
  }),
  recipe,
  parameters: tensors,
  batchSize,
  shuffle: z.boolean(),
  symbols: z.record(z.string(), z.string()),
  inputNames: z.optional(texts()),
  outputNames: z.optional(texts()),
  schedule,
  validation: z.optional(dataset),
  test: z.optional(dataset),
  prepared: z.optional(
    z.object({
      task: z.enum(['classification', 'regression']),
      encoding: encodingSchema,
      train: dataset,
      validation: z.optional(dataset),
      test: z.optional(dataset),
      classes: z.optional(texts()),
      inputNames: texts(),
      notes: texts(),
      warnings: texts(),
    }),
  ),
  measure: z.object({
    coding: z.optional(z.enum(['oneHot', 'binary', 'sign'])),
    units: z.optional(encodingSchema),
  }),
  notes: texts(),
  warnings: texts(),
});

const called = z.enum(['onStart', 'onEpoch', 'onCheckpoint']);

/** Each order by the key that only it has. */
export const orderForms = {
  train: z.object({
    train: parcel,
    resume: z.optional(
      also(z.object({ progress: progressSchema, saves: listOf(save) }), ({ progress, saves }) =>
        saves.length === progress.places.length ? undefined : 'a place has no save',
      ),
    ),
    calls: listOf(called, { max: 3 }),
  }),
  abort: z.object({ abort: z.literal(true) }),
  answer: z.object({ answer: z.unknown() }),
} as const;

const text = () => z.string();
const part = z.enum(['training', 'validation', 'test']);

const trained = z.object({
  stop: z.object({
    reason: z.enum(['epochs', 'seconds', 'loss', 'patience', 'gradientNorm', 'aborted', 'diverged']),
    epoch: wholeNumber(),
    seconds: atLeast0(),
    evaluations: z.optional(wholeNumber()),
    cause: z.optional(text()),
  }),
  loss: z.object({ first: anyNumber(), final: anyNumber(), best: anyNumber() }),
  metrics: scores(),
  validation: scores(),
  test: scores(),
  confusion: z.optional(z.object({ part, matrix: listOf(listOf(wholeNumber())) })),
  engine: z.object({
    name: text(),
    precision,
    threads: positiveWhole(),
    arithmetic,
    why: text(),
    memory: atLeast0(),
  }),
  history: listOf(historyRowSchema),
  kept: z.optional(z.object({ epoch: wholeNumber(), why: z.enum(['best', 'diverged']) })),
  gradients: z.optional(
    z.object({ rows: positiveWhole(), epochs: listOf(wholeNumber()), norms: z.record(text(), listOf(anyNumber())) }),
  ),
  seconds: z.object({ compiling: atLeast0(), evaluating: atLeast0() }),
  notes: texts(),
  warnings: texts(),
});

const start = z.object({
  epoch: wholeNumber(),
  engine: z.object({ name: text(), precision, arithmetic, why: text() }),
  notes: texts(),
  warnings: texts(),
});

/** Each report by the key that only it has. */
export const reportForms = {
  ready: z.object({ ready: z.literal(true) }),
  row: z.object({ row: historyRowSchema }),
  call: z.discriminatedUnion('call', [
    z.object({ call: z.literal('onStart'), with: start }),
    z.object({ call: z.literal('onEpoch'), with: historyRowSchema }),
    z.object({
      call: z.literal('onCheckpoint'),
      with: z.custom<Uint8Array>((value) => isOf(value, 'Uint8Array'), 'it is not bytes'),
    }),
  ]),
  trained: z.object({ trained, parameters: tensors }),
  error: z.object({
    complaint: z.optional(z.object({ what: text(), where: text(), fix: text() })),
    error: z.object({ message: text(), stack: z.optional(text()) }),
  }),
} as const;
