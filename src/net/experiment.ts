/** Resolves an experiment file: names become recipes, and defaults are filled in. It does not read data. */
import { fail } from '../base/errors.ts';
import { message, option, setting } from '../base/reference.ts';
import { activationName, activations } from '../core/ops/activations.ts';
import { checkAgainst } from './complaint.ts';
import { entryName, type RecipeJson, resolveRecipe } from './form.ts';
import { initializers } from './initializers.ts';
import type { Layer } from './layer.ts';
import { makeLayer } from './layers/index.ts';
import { type Loss, type LossFamily, losses, resolveLoss } from './losses.ts';
import { maxLayers, type Network, network } from './network.ts';
import { type Optimizer, type OptimizerFamily, optimizers, resolveOptimizer } from './optimizers.ts';
import { builtIn, ownSchedules, type RecipeLists } from './recipes.ts';
import {
  type ExperimentJson,
  schemasFor,
  type TrainingJson,
  trainingOptionsSchema,
  type WorkedExampleJson,
} from './schema.ts';
import type { StepRecipe } from './step.ts';

/** The version of the file's form that this code writes and reads. */
const experimentVersion = 1;

/** The stop conditions, as in the experiment file. */
export type Stop = Readonly<TrainingJson['stop']>;

export type EngineName = 'auto' | 'reference' | 'wasm' | 'blas';

/** The weight of the rows of each class: n/(classes·rows of the class), or a weight by label, 1 for other labels. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** The parts of `training` other than the recipe of one step. */
export interface Schedule {
  readonly batchSize: 'full' | number;
  readonly shuffle: boolean;
  readonly stop: Stop;
  readonly keep: 'last' | 'best';
  readonly engine: EngineName;
  readonly precision?: 'float64' | 'float32';
  readonly arithmetic: 'strict' | 'fast';
  readonly threads?: number;
  readonly classWeights?: ClassWeights;
  /** How often a checkpoint is saved. */
  readonly checkpoint: false | { readonly seconds: number };
}

export interface Experiment {
  /** As given, checked. */
  readonly json: ExperimentJson;
  readonly network: Network;
  readonly recipe: StepRecipe;
  readonly schedule: Schedule;
  readonly symbols: Readonly<Record<string, string>>;
  readonly seed: number;
}

/** Throws an InputError for an address in `symbols` that does not exist. */
function checkSymbol(address: string, layers: readonly Layer[]): void {
  const [, index, tensor] = /^layers\.(\d+)\.(.+)$/.exec(address) ?? [];
  const layer = layers[Number(index)];
  const own = layer?.quantities?.map(({ name }) => name) ?? [];
  const named = ['input', 'output', ...own, ...(layer?.parameterNames ?? [])];
  if (address === 'loss' || address === 'target' || (layer !== undefined && named.includes(tensor))) return;
  fail({
    what: `"${address}" is not an address`,
    where: ['symbols'],
    fix: `Name loss, target, or layers.N.input, sum, output, weight or bias, N from 0 to ${layers.length - 1}.`,
  });
}

/**
 * Resolves an experiment file's JSON, whose names refer to recipes of the given lists.
 * Throws an InputError that names the path of the fault: an unknown key or name, a wrong type, a shape or a last
 * activation that does not fit.
 */
export function resolveExperiment(value: unknown, file = 'experiment', recipes: RecipeLists = builtIn): Experiment {
  checkVersion(value, file);
  checkLayerCount(value, file);
  const json = checkAgainst(schemasFor(recipes).experiment, value, file);
  const seed = json.seed ?? 1;
  const net = resolveNetwork(json.network, seed, recipes);
  for (const address of Object.keys(json.symbols ?? {})) checkSymbol(address, net.layers);
  const training = resolveTraining(json.training, recipes);
  checkLastLayer(net, training.recipe.loss);
  return { json, network: net, ...training, symbols: json.symbols ?? {}, seed };
}

/** The network that the `network` of a file describes. */
export function resolveNetwork(
  { inputs, layers }: { readonly inputs?: number; readonly layers: readonly object[] },
  seed: number,
  recipes: RecipeLists,
): Network {
  const made = layers.map((layer, index) => makeLayer(layer, `network.layers[${index}]`, recipes));
  return network(made, { inputs, seed });
}

/** Throws an InputError for too many layers, which are counted before each is compared with every kind of layer. */
export function checkLayerCount(value: unknown, file: string): void {
  const { layers } = ((value as { network?: unknown } | null | undefined)?.network ?? {}) as { layers?: unknown };
  if (!Array.isArray(layers)) return;
  let count = 0;
  for (const layer of layers) {
    const { residual } = (layer ?? {}) as { residual?: unknown };
    count += 1 + (Array.isArray(residual) ? residual.length : 0);
  }
  if (count <= maxLayers) return;
  fail({
    what: `there are ${count.toLocaleString('en-US')} layers`,
    where: `${file === 'experiment' ? '' : `${file}: `}network.layers`,
    fix: `Give at most ${maxLayers}.`,
  });
}

function checkVersion(value: unknown, file: string): void {
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > experimentVersion) {
    fail({
      what: `${version} is newer than ${experimentVersion}, the newest version that this chainrule reads`,
      where: `${file === 'experiment' ? '' : `${file}: `}version`,
      fix: 'Use a newer chainrule.',
    });
  }
}

/** The recipe of a step and the schedule of a run, from `training`. */
export function resolveTraining(
  training: TrainingJson,
  recipes: RecipeLists = builtIn,
): { recipe: StepRecipe; schedule: Schedule } {
  return assemble({ ...training, ...resolveRecipes(training, recipes) });
}

/** The loss and the optimizer that the `training` of a file names. */
export function resolveRecipes(
  training: { readonly loss: RecipeJson; readonly optimizer: RecipeJson },
  recipes: RecipeLists,
): Pick<StepRecipe, 'loss' | 'optimizer'> {
  return {
    loss: resolveRecipe('loss', recipes.loss, training.loss, ['training', 'loss']),
    optimizer: resolveRecipe(
      'optimizer',
      recipes.optimizer,
      training.optimizer,
      ['training', 'optimizer'],
      ownSchedules(recipes),
    ),
  };
}

/** `training` with recipes in place of names: the options of the library's `train`. */
export interface TrainingOptions extends Omit<TrainingJson, 'loss' | 'optimizer'> {
  readonly loss: Loss | LossFamily;
  readonly optimizer: Optimizer | OptimizerFamily;
}

/** Checks the options of a caller without types. Throws an InputError, with paths as in the experiment file. */
export function checkTrainingOptions(options: TrainingOptions): void {
  if (typeof options !== 'object' || options === null) {
    fail({
      what: 'the options are missing',
      where: ['training'],
      fix: 'Pass { loss, optimizer, stop } as the third argument of train.',
    });
  }
  const { loss, optimizer, ...training } = options;
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
  const given = Object.fromEntries(Object.entries(training).filter(([, value]) => value !== undefined));
  checkAgainst(trainingOptionsSchema, { training: given }, 'training');
}

/** Throws an InputError for stop conditions under which training might never end. */
export function checkEnds(stop: Stop | undefined): asserts stop is Stop {
  if (stop?.epochs !== undefined || stop?.seconds !== undefined) return;
  fail({
    what: 'neither epochs nor seconds is given, so training might never end',
    where: ['training', 'stop'],
    fix: message`Add ${setting(['training', 'stop', 'epochs'], 1000)} or ${setting(['training', 'stop', 'seconds'], 10)}.`,
  });
}

/** Fills in the defaults of `training` and checks that the options fit each other. */
export function assemble(training: TrainingOptions): { recipe: StepRecipe; schedule: Schedule } {
  const loss = resolveLoss(training.loss);
  const optimizer = resolveOptimizer(training.optimizer);
  const {
    stop,
    gradient = 'exact',
    update = 'simultaneous',
    l1 = 0,
    l2 = 0,
    clipNorm,
    clipValue,
    ema,
    batchSize = 'full',
  } = training;
  if (update === 'sequential' && (clipNorm !== undefined || clipValue !== undefined)) {
    fail({
      what: 'a sequential update changes a layer before the gradients of the others are known, so they cannot be clipped',
      where: ['training', 'update'],
      fix: message`Leave ${option('training', 'clipNorm')} and ${option('training', 'clipValue')} out, or use "simultaneous".`,
    });
  }
  if (optimizer.search !== undefined) {
    const { name } = optimizer;
    const refused = (
      [
        ['batchSize', batchSize !== 'full', `${name} compares losses of all rows`, 'Leave it out, or write "full".'],
        ['update', update === 'sequential', `${name} changes all layers at once`, 'Leave it out.'],
        ['gradient', gradient !== 'exact', `${name} needs the gradient of the loss`, 'Leave it out.'],
        ['clipNorm', clipNorm !== undefined, `${name} needs the gradient of the loss`, 'Leave it out.'],
        ['clipValue', clipValue !== undefined, `${name} needs the gradient of the loss`, 'Leave it out.'],
        [
          'ema',
          ema !== undefined,
          `${name} takes few steps and searches for the best of each, so there is little to average`,
          'Leave it out.',
        ],
      ] as const
    ).find(([, isRefused]) => isRefused);
    if (refused !== undefined) fail({ what: refused[2], where: ['training', refused[0]], fix: refused[3] });
  }
  checkEnds(stop);
  const { engine = 'auto', arithmetic = 'strict' } = training;
  if (engine === 'blas' && arithmetic === 'strict') {
    fail({
      what: `"${engine}" rounds as its library does, which strict arithmetic forbids`,
      where: ['training', 'engine'],
      fix: message`Add ${setting(['training', 'arithmetic'], 'fast')}, or leave the engine out.`,
    });
  }
  return {
    recipe: { loss, optimizer, gradient, update, l1, l2, clipNorm, clipValue, ...(ema !== undefined && { ema }) },
    schedule: {
      batchSize,
      shuffle: training.shuffle ?? batchSize !== 'full',
      stop,
      keep: training.keep ?? (stop.patience === undefined ? 'last' : 'best'),
      engine,
      precision: training.precision,
      arithmetic,
      threads: training.threads,
      ...(training.classWeights !== undefined && { classWeights: training.classWeights }),
      checkpoint: training.checkpoint ?? { seconds: 30 },
    },
  };
}

/** The network must end in a layer with an activation, one that its loss takes. */
export function checkLastLayer(net: Network, loss: Loss): void {
  const index = net.layers.length - 1;
  const { activation, kind } = net.layers[index];
  if (activation === undefined) {
    fail({
      what: `the network ends in ${kind}, but the loss needs a layer with weights at the end`,
      where: ['network', 'layers', index],
      fix: 'End in a dense layer, such as { "dense": 1 }.',
    });
  }
  if (loss.takes !== undefined && !loss.takes.includes(activation.name)) {
    fail({
      what: `${loss.name} needs ${loss.takes.join(' or ')} as the last activation, not ${activation.name}`,
      where: ['network', 'layers', index, 'activation'],
      fix: message`Write ${setting(['network', 'layers', index, 'activation'], loss.takes[0])}, or choose another loss.`,
    });
  }
}

/** A worked example's file, or an experiment's: both give the experiment, the first the printed numbers too. */
export function resolveFile(
  value: unknown,
  file: string,
  recipes: RecipeLists = builtIn,
): { experiment: Experiment; worked?: Omit<WorkedExampleJson, 'experiment'> } {
  if (typeof value !== 'object' || value === null || !('printed' in value || 'experiment' in value)) {
    return { experiment: resolveExperiment(value, file, recipes) };
  }
  checkVersion((value as { experiment?: unknown }).experiment, file);
  const { experiment, ...worked } = checkAgainst(schemasFor(recipes).workedExample, value, file);
  return { experiment: resolveExperiment(experiment, file, recipes), worked };
}

/** The names of the entries, for flags and help. */
export const names = {
  activations: activations.map(activationName),
  losses: losses.map(entryName),
  optimizers: optimizers.map(entryName),
  initializers: initializers.map(entryName),
};
