/**
 * The experiment file's form: one schema, from which come the checks, the types and the JSON Schema that editors read.
 */
import * as z from 'zod/mini';
import { describe, list, listForm, positiveInteger, recipeForm, rows, rowsOrList } from './form.ts';
import { layerForm } from './layers/index.ts';
import { builtIn, ownSchedules, type RecipeLists } from './recipes.ts';
import { watchable } from './watch.ts';

export { entryName, entrySpecs } from './recipe-json.ts';

const networkForm = (recipes: RecipeLists) =>
  z.strictObject({
    inputs: z.optional(describe(positiveInteger(), 'number of inputs; default: the number of inputs in the data')),
    layers: z.array(layerForm(recipes)).check(z.minLength(1)),
  });

const lossForm = ({ loss }: RecipeLists) => describe(recipeForm('loss', loss), 'the loss to minimize, such as "mse"');
const optimizerForm = (recipes: RecipeLists) =>
  describe(
    recipeForm('optimizer', recipes.optimizer, ownSchedules(recipes)),
    'such as { "name": "sgd", "learningRate": 0.1 }',
  );
const seed = () =>
  z.optional(
    describe(
      z.number().check(z.int(), z.gte(0), z.lte(2 ** 32 - 1)),
      'seed of initialization, shuffling, dropout and splits; default 1',
    ),
  );

const someRows = {
  inputs: rows(),
  targets: rowsOrList(),
  weights: z.optional(describe(list(), 'weight of each row in the loss; default 1')),
};
const inlineData = z.strictObject({ ...someRows, validation: z.optional(z.strictObject(someRows)) });

const marksForm = () => z.union([listForm(z.string()), z.record(z.string(), listForm(z.string()))]);
const share = () => z.number().check(z.gte(0), z.lt(1));
const fileData = z.strictObject({
  file: describe(z.string(), 'a table file; its path is relative to this file'),
  target: describe(
    z.union([z.string(), listForm(z.string(), { min: 1 })]),
    'the column to predict; for a regression also several columns',
  ),
  features: z.optional(describe(listForm(z.string(), { min: 1 }), 'the columns to predict from; default all others')),
  task: z.optional(
    describe(z.enum(['classification', 'regression']), 'the task; default: inferred from the target column'),
  ),
  split: z.optional(
    z.strictObject({
      validation: z.optional(describe(share(), 'share of the rows in the validation split')),
      test: z.optional(describe(share(), 'share of the rows in the test split')),
      stratify: z.optional(describe(z.boolean(), 'keep the class proportions in each split; default true for classes')),
    }),
  ),
  scale: z.optional(
    describe(
      z.enum(['standard', 'minMax', 'none']),
      'scaling of numeric columns: to mean 0 and standard deviation 1, to 0 … 1, or none; default standard',
    ),
  ),
  missing: z.optional(
    describe(
      marksForm(),
      'texts that mark a missing value, in addition to "", "NA" and the like; of all columns or of one',
    ),
  ),
  notMissing: z.optional(
    describe(marksForm(), 'texts such as "NA" that are values and do not mark a missing one; of all columns or of one'),
  ),
  handleMissing: z.optional(
    describe(z.enum(['impute', 'drop']), 'how to handle missing feature values; default impute'),
  ),
  categories: z.optional(describe(listForm(z.string()), 'numeric columns to treat as categories')),
  embed: z.optional(
    describe(listForm(z.string()), 'columns to encode as category indices, for an embedding as the first layer'),
  ),
  weights: z.optional(describe(z.string(), 'the column with the weight of each row in the loss')),
});

const positive = () => z.number().check(z.gt(0));
const notNegative = () => z.number().check(z.gte(0));

/** The stop conditions. */
const stopForm = () =>
  z.strictObject({
    epochs: z.optional(
      describe(
        z.number().check(z.int(), z.gte(0)),
        'maximum number of passes over the training rows; 0 only evaluates',
      ),
    ),
    seconds: z.optional(describe(positive(), 'maximum time of the training loop, in seconds')),
    loss: z.optional(describe(notNegative(), 'stops when the loss is at or below this value')),
    patience: z.optional(describe(positiveInteger(), 'stops after this many epochs without improvement')),
    minDelta: z.optional(describe(notNegative(), 'minimum change that counts as an improvement; default 0')),
    watch: z.optional(
      describe(
        z.enum(watchable as [string, ...string[]]),
        'the validation metric that patience, the best weights and the plateau schedule observe; default loss',
      ),
    ),
    gradientNorm: z.optional(
      describe(notNegative(), 'stops when the L2 norm of the gradient is at or below this value'),
    ),
  });

const trainingForm = (recipes: RecipeLists) =>
  z.strictObject({
    loss: lossForm(recipes),
    optimizer: optimizerForm(recipes),
    gradient: z.optional(
      describe(
        z.enum(['exact', 'averagedFactors']),
        'rule for the gradient; averagedFactors is a shortcut of some textbooks; default exact',
      ),
    ),
    update: z.optional(
      describe(
        z.enum(['simultaneous', 'sequential']),
        'whether all layers are updated at once, or one after the other, from the last to the first; default simultaneous',
      ),
    ),
    batchSize: z.optional(
      describe(z.union([z.literal('full'), positiveInteger()]), 'rows in a batch; default full (all rows)'),
    ),
    shuffle: z.optional(
      describe(z.boolean(), 'whether to shuffle the rows before each epoch; default true for batches'),
    ),
    l1: z.optional(describe(notNegative(), 'L1 regularization: adds this factor times the sum of |w| to the loss')),
    l2: z.optional(
      describe(notNegative(), 'L2 regularization: adds half of this factor times the sum of w² to the loss'),
    ),
    classWeights: z.optional(
      describe(
        z.union([z.literal('balanced'), z.record(z.string(), notNegative())]),
        'weight of each class in the loss; "balanced" gives every class the same total weight; default 1 for each',
      ),
    ),
    clipNorm: z.optional(describe(positive(), 'maximum L2 norm of the gradient; a longer gradient is scaled down')),
    clipValue: z.optional(describe(positive(), 'maximum absolute value of each element of the gradient')),
    ema: z.optional(
      describe(
        z.number().check(z.gt(0), z.lt(1)),
        'decay of a running average of the weights, such as 0.999; the average is evaluated and saved',
      ),
    ),
    stop: describe(stopForm(), 'when training ends, such as { "epochs": 1000 }'),
    keep: z.optional(
      describe(
        z.enum(['last', 'best']),
        'whether to keep the weights of the last epoch or of the best; default best with patience, else last',
      ),
    ),
    arithmetic: z.optional(
      describe(
        z.enum(['strict', 'fast']),
        'strict gives the same bits on every machine, fast may be faster; default strict',
      ),
    ),
    precision: z.optional(
      describe(z.enum(['float64', 'float32']), 'number format; default float64 for small networks, else float32'),
    ),
    engine: z.optional(
      describe(z.enum(['auto', 'reference', 'wasm', 'blas']), 'the engine that computes; default auto'),
    ),
    threads: z.optional(
      describe(positiveInteger(), 'number of threads; under strict arithmetic, the results do not depend on it'),
    ),
    checkpoint: z.optional(
      describe(
        z.union([z.literal(false), z.strictObject({ seconds: positive() })]),
        'seconds between checkpoints, from which an interrupted run resumes; default 30',
      ),
    ),
  });

/** `training` in the library: its recipes are values, which are checked separately. */
export const trainingOptionsSchema = z.strictObject({
  training: z.omit(trainingForm(builtIn), { loss: true, optimizer: true }),
});

const experimentForm = (recipes: RecipeLists) =>
  z.strictObject({
    $schema: z.optional(z.string()),
    version: z.optional(describe(z.number().check(z.int(), z.gte(1)), 'version of the file format; currently 1')),
    network: networkForm(recipes),
    symbols: z.optional(describe(z.record(z.string(), z.string()), 'display names by address: "layers.0.weight": "v"')),
    data: z.union([inlineData, fileData]),
    training: trainingForm(recipes),
    seed: seed(),
  });

/** The description of a model: its network, and the loss and the optimizer that trained it. */
const descriptionForm = (recipes: RecipeLists) =>
  z.strictObject({
    network: networkForm(recipes),
    training: z.strictObject({ loss: lossForm(recipes), optimizer: optimizerForm(recipes) }),
    seed: seed(),
  });

/** A worked example: an experiment, and what is printed of it. */
export const workedExampleForm = <Experiment extends z.ZodMiniType>(experiment: Experiment) =>
  z.strictObject({
    $schema: z.optional(z.string()),
    title: z.optional(z.string()),
    source: z.optional(z.string()),
    experiment,
    printed: listForm(
      z.strictObject({
        quantity: z.string(),
        value: describe(z.string(), 'as printed; the number of digits gives the precision'),
        after: z.optional(
          describe(z.number().check(z.int(), z.gte(0)), 'number of updates before the value is read; default 0'),
        ),
      }),
    ),
  });

/** The schemas of files that refer to recipes by their names. */
function schemasOf(recipes: RecipeLists) {
  const experiment = experimentForm(recipes);
  return { experiment, workedExample: workedExampleForm(experiment), description: descriptionForm(recipes) };
}

const known = new WeakMap<RecipeLists, ReturnType<typeof schemasOf>>();

/** The schemas for the given recipes; they are made once for each. */
export function schemasFor(recipes: RecipeLists): ReturnType<typeof schemasOf> {
  const found = known.get(recipes) ?? schemasOf(recipes);
  known.set(recipes, found);
  return found;
}

/** The experiment file's schema, for the built-in recipes. */
export const { experiment: experimentSchema } = schemasFor(builtIn);

export type ExperimentJson = z.infer<typeof experimentSchema>;
export type WorkedExampleJson = z.infer<ReturnType<typeof schemasOf>['workedExample']>;
export type DescriptionJson = z.infer<ReturnType<typeof schemasOf>['description']>;
export type TrainingJson = ExperimentJson['training'];
export type InlineDataJson = z.infer<typeof inlineData>;
export type FileDataJson = z.infer<typeof fileData>;
export type { LayerJson } from './layers/index.ts';
