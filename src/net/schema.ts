/**
 * The experiment file's form: one schema, from which come the checks, the types and the JSON Schema that editors read.
 * What the recipes declare (names, options, ranges) is read from them.
 */
import * as z from 'zod/mini';
import { didYouMean, fail } from '../base/errors.ts';
import { type Option, type OptionSpecs, rangeOf } from '../base/options.ts';
import { activations } from '../core/ops/activations.ts';
import { initializers } from './initializers.ts';
import { losses } from './losses.ts';
import { optimizers } from './optimizers.ts';

type Entry = { readonly name: string } | { readonly family: string; readonly specs: OptionSpecs };

/** The name and the options of a recipe, family or not. */
export function entryName(entry: Entry): string {
  return 'family' in entry ? entry.family : entry.name;
}

export function entrySpecs(entry: Entry): OptionSpecs {
  return 'specs' in entry ? entry.specs : {};
}

function describe<T extends z.ZodMiniType>(schema: T, description: string): T {
  return schema.check(z.describe(description)) as T;
}

function optionSchema(option: Option): z.ZodMiniType {
  if (option.type === 'boolean') return describe(z.boolean(), option.note);
  if (option.type === 'choice') return describe(z.enum(option.values as [string, ...string[]]), option.note);
  let number = z.number();
  if (option.above !== undefined) number = number.check(z.gt(option.above));
  if (option.atLeast !== undefined) number = number.check(z.gte(option.atLeast));
  if (option.below !== undefined) number = number.check(z.lt(option.below));
  if (option.atMost !== undefined) number = number.check(z.lte(option.atMost));
  return describe(number, `${option.note}; ${rangeOf(option)}`);
}

const isRequired = (option: Option) => option.type === 'number' && option.default === undefined;

/** A recipe: its name alone where nothing is required, or an object of its name and options. */
function recipe(entries: readonly Entry[]) {
  const bare = entries.filter((entry) => !Object.values(entrySpecs(entry)).some(isRequired)).map(entryName);
  const objects = entries.map((entry) => {
    const options = Object.entries(entrySpecs(entry)).map(([key, option]) => {
      const schema = optionSchema(option);
      return [key, isRequired(option) ? schema : z.optional(schema)];
    });
    return z.strictObject({ name: z.literal(entryName(entry)), ...Object.fromEntries(options) });
  });
  const named = z.discriminatedUnion('name', objects as [(typeof objects)[0], ...typeof objects]);
  return z.union([z.enum(bare as [string, ...string[]]), named]) as unknown as z.ZodMiniType<
    string | ({ name: string } & Record<string, number | boolean | string>)
  >;
}

/** Rows of numbers: their form is in the JSON Schema, and checked with better words where they become tensors. */
const rows = () =>
  z
    .array(z.unknown())
    .check(z.meta({ items: { type: 'array', items: { type: 'number' } } })) as unknown as z.ZodMiniType<number[][]>;
const rowsOrList = () =>
  z
    .array(z.unknown())
    .check(
      z.meta({ items: { anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' } }] } }),
    ) as unknown as z.ZodMiniType<number[][] | number[]>;

const trainable = z.union([z.boolean(), z.array(z.string())]);
const positiveInteger = () => z.number().check(z.int(), z.gte(1));

const layerSchemas = {
  dense: z.strictObject({
    dense: describe(positiveInteger(), 'units'),
    activation: z.optional(recipe(activations)),
    bias: z.optional(
      z.union([
        z.boolean(),
        z.array(z.unknown()).check(z.meta({ items: { type: 'number' } })),
      ]) as unknown as z.ZodMiniType<boolean | number[]>,
    ),
    weight: z.optional(describe(rows(), '[inputs, units]')),
    initializer: z.optional(recipe(initializers)),
    trainable: z.optional(trainable),
  }),
  dropout: z.strictObject({
    dropout: describe(z.number().check(z.gte(0), z.lt(1)), 'the probability of dropping a unit'),
  }),
};

/** The keys that name a layer. */
export const layerKinds = Object.keys(layerSchemas) as (keyof typeof layerSchemas)[];
const layer = z.union([layerSchemas.dense, layerSchemas.dropout]);

const networkSchema = z.strictObject({
  inputs: z.optional(describe(positiveInteger(), 'number of inputs; left out, the data decide it')),
  layers: z.array(layer).check(z.minLength(1)),
});

const inlineData = z.strictObject({
  inputs: rows(),
  targets: rowsOrList(),
  validation: z.optional(z.strictObject({ inputs: rows(), targets: rowsOrList() })),
});

const share = () => z.number().check(z.gte(0), z.lt(1));
const fileData = z.strictObject({
  file: describe(z.string(), 'a CSV file, relative to this one'),
  target: describe(z.string(), 'the column to predict'),
  features: z.optional(
    describe(z.array(z.string()).check(z.minLength(1)), 'the columns to predict from; default all others'),
  ),
  task: z.optional(z.enum(['classification', 'regression'])),
  split: z.optional(
    z.strictObject({ validation: z.optional(share()), test: z.optional(share()), stratify: z.optional(z.boolean()) }),
  ),
  scale: z.optional(describe(z.enum(['standard', 'minMax', 'none']), 'default standard')),
  missing: z.optional(describe(z.enum(['impute', 'drop']), 'what becomes of gaps in features; default impute')),
});

const positive = () => z.number().check(z.gt(0));
const notNegative = () => z.number().check(z.gte(0));

const trainingSchema = z.strictObject({
  loss: recipe(losses),
  optimizer: recipe(optimizers),
  gradient: z.optional(describe(z.enum(['exact', 'averagedFactors']), 'default exact')),
  update: z.optional(describe(z.enum(['simultaneous', 'sequential']), 'default simultaneous')),
  batchSize: z.optional(describe(z.union([z.literal('full'), positiveInteger()]), 'default full')),
  shuffle: z.optional(describe(z.boolean(), 'rows in a new order each epoch; default true for batches')),
  l1: z.optional(describe(notNegative(), 'adds this times the sum of |w| to the loss')),
  l2: z.optional(describe(notNegative(), 'adds half this times the sum of w² to the loss')),
  clipNorm: z.optional(describe(positive(), 'the largest L2 norm of the gradient')),
  clipValue: z.optional(describe(positive(), 'the largest size of a gradient element')),
  stop: z.strictObject({
    epochs: z.optional(describe(z.number().check(z.int(), z.gte(0)), 'passes over the data; 0 only evaluates')),
    seconds: z.optional(describe(positive(), 'of the training loop')),
    loss: z.optional(describe(notNegative(), 'stops at or below this')),
    patience: z.optional(describe(positiveInteger(), 'epochs without improvement')),
    minDelta: z.optional(describe(notNegative(), 'what counts as improvement; default 0')),
    gradientNorm: z.optional(describe(notNegative(), 'stops at or below this L2 norm')),
  }),
  keep: z.optional(describe(z.enum(['last', 'best']), 'which weights are kept; best with patience')),
  arithmetic: z.optional(describe(z.enum(['strict', 'fast']), 'strict: the same bits everywhere; default strict')),
  precision: z.optional(z.enum(['float64', 'float32'])),
  engine: z.optional(describe(z.enum(['auto', 'reference', 'wasm', 'blas', 'webgpu', 'torch']), 'default auto')),
  threads: z.optional(positiveInteger()),
  checkpoint: z.optional(z.union([z.literal(false), z.strictObject({ seconds: positive() })])),
});

export const experimentSchema = z.strictObject({
  $schema: z.optional(z.string()),
  version: z.optional(describe(z.number().check(z.int(), z.gte(1)), 'of this form; now 1')),
  network: networkSchema,
  symbols: z.optional(describe(z.record(z.string(), z.string()), 'display names by address: "layers.0.weight": "v"')),
  data: z.union([inlineData, fileData]),
  training: trainingSchema,
  seed: z.optional(describe(z.number().check(z.int(), z.gte(0), z.lte(2 ** 32 - 1)), 'default 1')),
});

export const workedExampleSchema = z.strictObject({
  $schema: z.optional(z.string()),
  title: z.string(),
  source: z.string(),
  experiment: experimentSchema,
  printed: z.array(
    z.strictObject({
      quantity: z.string(),
      value: describe(z.string(), 'as printed: its digits say how exactly'),
      after: z.optional(describe(z.number().check(z.int(), z.gte(0)), 'updates made before; default 0')),
    }),
  ),
});

export type ExperimentJson = z.infer<typeof experimentSchema>;
export type WorkedExampleJson = z.infer<typeof workedExampleSchema>;
export type TrainingJson = ExperimentJson['training'];
export type InlineDataJson = z.infer<typeof inlineData>;
export type FileDataJson = z.infer<typeof fileData>;
export type LayerJson = ExperimentJson['network']['layers'][number];

/** The form as JSON Schema, draft 2020-12, for editors. */
export function experimentJsonSchema(): object {
  const id = { title: 'chainrule experiment' };
  return { ...id, ...z.toJSONSchema(experimentSchema, { unrepresentable: 'any' }) };
}

type Issue = z.core.$ZodIssue;

/** `network.layers[1].weight`. */
function showPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
}

/** Of a union's branches, the one that was meant: the one whose complaints are fewest and deepest. */
function meant(issue: Extract<Issue, { code: 'invalid_union' }>, value: unknown): Issue[] {
  const penalty = (branch: Issue[]) =>
    branch.reduce((sum, { code, path, ...rest }) => {
      if (code === 'unrecognized_keys') return sum + (rest as { keys: string[] }).keys.length;
      if (path.length === 0) return sum + 100;
      // a key that is not there at all tells of another branch
      const missing = code === 'invalid_type' && !(String(path[0]) in Object(value));
      return sum + (missing ? 10 : 1);
    }, 0);
  return issue.errors.reduce((a, b) => (penalty(b) < penalty(a) ? b : a));
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

const article: Record<string, string> = {
  object: 'an object',
  array: 'a list',
  int: 'an integer',
  number: 'a number',
  string: 'a text in quotes',
  boolean: 'true or false',
};

/** The allowed keys of an object schema at a path, for naming the nearest. */
function complain(
  issue: Issue,
  root: unknown,
  base: readonly PropertyKey[],
  keysAt: (path: readonly PropertyKey[]) => string[],
  file: string,
): never {
  const path = [...base, ...issue.path];
  const where = showPath(path) || file;
  const value = at(root, path);
  const shown = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, 60);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key] = issue.keys;
      return fail({
        what: `unknown key "${key}"`,
        where: showPath([...path, key]),
        mend: didYouMean(key, keysAt(path)),
      });
    }
    case 'invalid_type':
      if (value === undefined) {
        return fail({ what: 'is missing', where, mend: `Add it: ${article[issue.expected] ?? issue.expected}.` });
      }
      return fail({
        what: `${shown} is not ${article[issue.expected] ?? issue.expected}`,
        where,
        mend: `Write ${article[issue.expected] ?? issue.expected} here.`,
      });
    case 'invalid_value': {
      const values = issue.values.map(String);
      const mend = typeof value === 'string' ? didYouMean(value, values) : `Write one of: ${values.join(', ')}.`;
      return fail({ what: value === undefined ? 'is missing' : `${shown} is not known here`, where, mend });
    }
    case 'invalid_union': {
      if (issue.errors.length === 0) {
        const { options = [] } = issue as { options?: string[] };
        return fail({
          what: value === undefined ? 'is missing' : `${shown} is not known here`,
          where,
          mend: didYouMean(String(value), options.map(String)),
        });
      }
      const branch = meant(issue, value);
      return complain(branch[0], root, path, keysAt, file);
    }
    case 'too_small':
    case 'too_big': {
      if (Array.isArray(value)) return fail({ what: 'the list is empty', where, mend: 'Give at least one entry.' });
      const bound = 'minimum' in issue ? issue.minimum : issue.maximum;
      const words =
        issue.code === 'too_small' ? (issue.inclusive ? 'at least' : 'above') : issue.inclusive ? 'at most' : 'below';
      return fail({ what: `${shown} is not ${words} ${bound}`, where, mend: `Give a number ${words} ${bound}.` });
    }
    default:
      return fail({
        what: `${shown} does not fit (${issue.code})`,
        where,
        mend: 'See the JSON Schema of the experiment file.',
      });
  }
}

/**
 * Checks a value against a schema and returns it typed. The first complaint becomes an InputError whose `where` is its
 * path (`network.layers[1].activation`), with the nearest known name where a name is wrong. `file` stands for the path of
 * the whole.
 */
export function checkAgainst<T extends z.ZodMiniType>(schema: T, value: unknown, file: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const json = z.toJSONSchema(schema, { unrepresentable: 'any' });
  const keysAt = (path: readonly PropertyKey[]) => knownKeys(json as JsonSchema, path, value);
  // an unknown key is the likeliest cause of the rest
  const { issues } = result.error;
  const first = issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0];
  return complain(first, value, [], keysAt, file);
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/** The keys that objects at a path may have; of several forms, those of the one that shares most with what stands there. */
function knownKeys(schema: JsonSchema, path: readonly PropertyKey[], root: unknown): string[] {
  let forms: JsonSchema[] = [schema];
  const open = (list: JsonSchema[]): JsonSchema[] =>
    list.flatMap((form) => (form.anyOf || form.oneOf ? open([...(form.anyOf ?? []), ...(form.oneOf ?? [])]) : [form]));
  for (const key of path) {
    forms = open(forms).flatMap((form) => {
      const next = typeof key === 'number' ? form.items : form.properties?.[String(key)];
      return next === undefined ? [] : [next];
    });
  }
  const value = at(root, path) as Record<string, unknown>;
  const score = (form: JsonSchema) =>
    Object.entries(form.properties ?? {}).reduce((sum, [key, inner]) => {
      if (!(key in value)) return sum;
      return sum + (inner.const === undefined ? 1 : inner.const === value[key] ? 100 : -100);
    }, 0);
  const best = open(forms).reduce<JsonSchema | undefined>(
    (a, b) => (a === undefined || score(b) > score(a) ? b : a),
    undefined,
  );
  return Object.keys(best?.properties ?? {});
}
