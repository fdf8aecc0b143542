/**
 * Checks the options that a program passes to `train`. Valid options are recognized by the rules here, which are small enough for
 * a page. Anything else is checked against the schema of the experiment file, which is loaded for it and words the error.
 */
import { fail } from '../base/errors.ts';
import { someMetrics } from './own-metric.ts';
import type { TrainingOptions } from './training.ts';
import { watchable } from './watch.ts';

type Rule = (value: unknown) => boolean;

const number =
  (fits: (value: number) => boolean): Rule =>
  (value) =>
    typeof value === 'number' && Number.isFinite(value) && fits(value);
const oneOf =
  (...values: readonly unknown[]): Rule =>
  (value) =>
    values.includes(value);
const either =
  (...rules: readonly Rule[]): Rule =>
  (value) =>
    rules.some((rule) => rule(value));

const positive = number((value) => value > 0);
const atLeast0 = number((value) => value >= 0);
const count = number((value) => Number.isSafeInteger(value) && value >= 1);
const plainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
const keysFit = (value: unknown, ruleOf: (key: string) => Rule | undefined): boolean =>
  plainObject(value) &&
  Object.entries(value).every(([key, inner]) => {
    const rule = ruleOf(key);
    return rule !== undefined && (inner === undefined || rule(inner));
  });
const fields =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value) =>
    keysFit(value, (key) => (Object.hasOwn(rules, key) ? rules[key] : undefined));

/** For each option, whether a value certainly fits. A key without a rule is left to the schema. */
const rules: Readonly<Record<string, Rule>> = {
  gradient: oneOf('exact', 'averagedFactors'),
  update: oneOf('simultaneous', 'sequential'),
  batchSize: either(oneOf('full'), count),
  shuffle: oneOf(true, false),
  l1: atLeast0,
  l2: atLeast0,
  classWeights: either(oneOf('balanced'), (value) => keysFit(value, () => atLeast0)),
  clipNorm: positive,
  clipValue: positive,
  ema: number((value) => value > 0 && value < 1),
  stop: fields({
    epochs: number((value) => Number.isSafeInteger(value) && value >= 0),
    seconds: positive,
    loss: atLeast0,
    patience: count,
    minDelta: atLeast0,
    watch: oneOf(...watchable),
    gradientNorm: atLeast0,
  }),
  keep: oneOf('last', 'best'),
  arithmetic: oneOf('strict', 'fast'),
  precision: oneOf('float64', 'float32'),
  engine: oneOf('auto', 'reference', 'wasm', 'blas'),
  threads: count,
  checkpoint: either(
    oneOf(false),
    (value) => plainObject(value) && 'seconds' in value && fields({ seconds: positive })(value),
  ),
};

/** Whether a name is that of an option of training, and not of the data. */
export const isTrainingOption = (name: string): boolean =>
  Object.hasOwn(rules, name) || ['loss', 'optimizer', 'metrics'].includes(name);

/** Whether options, apart from the loss and the optimizer, certainly fit. */
export const fitsRules = (training: Readonly<Record<string, unknown>>): boolean =>
  plainObject(training.stop) && fields(rules)(training);

/**
 * Checks the options of a caller without types; `others` are the names of options that the caller takes beside them. Throws an
 * InputError, with paths as in the experiment file.
 */
export async function checkTrainingOptions(options: TrainingOptions, others: readonly string[] = []): Promise<void> {
  if (typeof options !== 'object' || options === null) {
    fail({
      what: 'the options are missing',
      where: ['training'],
      fix: 'Pass { loss, optimizer, stop } as the third argument of train.',
    });
  }
  const { loss, optimizer, metrics = [], ...training } = options;
  const isRecipe = (value: unknown, key: string) =>
    typeof value === 'function' || (typeof value === 'object' && value !== null && key in value);
  if (!isRecipe(loss, 'targets'))
    fail({ what: 'it is not a loss', where: ['training', 'loss'], fix: 'Pass one, such as mse.' });
  if (!isRecipe(optimizer, 'options')) {
    fail({
      what: 'it is not an optimizer',
      where: ['training', 'optimizer'],
      fix: 'Pass one, such as sgd({ learningRate: 0.1 }).',
    });
  }
  someMetrics(metrics, 'metrics');
  const watch = training.stop?.watch;
  if (metrics.some(({ name }) => name === watch))
    Object.assign(training, { stop: { ...training.stop, watch: 'loss' } });
  const given = Object.fromEntries(Object.entries(training).filter(([, value]) => value !== undefined));
  if (!fitsRules(given)) (await import('./option-faults.ts')).reportFaults(given, others);
}
