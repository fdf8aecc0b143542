/** Resolves an experiment file: names become recipes, and defaults are filled in. It does not read data. */
import { fail } from '../base/errors.ts';
import { checkAgainst } from './complaint.ts';
import type { Layer } from './layer.ts';
import { maxLayers, type Network } from './network.ts';
import { builtIn, type RecipeLists } from './recipes.ts';
import { resolveNetwork, resolveRecipes } from './resolve.ts';
import { type ExperimentJson, schemasFor, type TrainingJson, type WorkedExampleJson } from './schema.ts';
import type { StepRecipe } from './step.ts';
import { assemble, checkLastLayer, type Schedule } from './training.ts';

/** The version of the file's form that this code writes and reads. */
const experimentVersion = 1;

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
