/**
 * The flags put into an experiment. This happens before the experiment is checked, so that a flag and a key of the file meet the
 * same checks. A flag replaces its key only; another optimizer drops the options of the one before, except for the rate.
 */
import { fail } from '../../base/errors.ts';
import type { OptionPath } from '../../base/reference.ts';
import { allFlags, networkFlags, scheduleGroup } from './experiment-flags.ts';
import { type Flag, typed } from './flag.ts';
import { isObject, type Json } from './json.ts';
import { mergeSchedule } from './schedule.ts';
import { type FlagValues, parseValue } from './values.ts';

const recipeKeys = ['optimizer', 'loss'] as const;
type RecipeKey = (typeof recipeKeys)[number];

/** The recipe that a flag names, or whose option it sets. */
const recipeOf = ({ path: [section, key] }: Flag): RecipeKey | undefined =>
  section === 'training' ? recipeKeys.find((each) => each === key) : undefined;

/** Sets the value at a path, with objects on the way where there are none. */
function setAt(target: Json, path: OptionPath, value: unknown): void {
  let place = target;
  for (const key of path.slice(0, -1).map(String)) {
    if (!isObject(place[key])) place[key] = {};
    place = place[key] as Json;
  }
  place[String(path[path.length - 1])] = value;
}

/** Sets an option that belongs to no recipe. `--no-checkpoint` turns off the object that contains the option. */
function setPlain(target: Json, flag: Flag, value: unknown): void {
  const { path } = flag;
  if (value === false && flag.canBeOff) setAt(target, path.slice(0, -1), false);
  else setAt(target, path, parseValue(flag, value));
}

/** A recipe with other options, or another recipe in its place. */
function changedRecipe(key: RecipeKey, old: unknown, name: string | undefined, options: Json): unknown {
  const before: Json = isObject(old) ? old : { name: old };
  const rate = before.learningRate;
  const isSame = name === undefined || name === before.name;
  const keepsRate = key === 'optimizer' && rate !== undefined;
  const now: Json = isSame ? { ...before, ...options } : { name, ...(keepsRate && { learningRate: rate }), ...options };
  // a new rate is the rate that the schedule of the file starts from
  if (isObject(rate) && options.learningRate !== undefined) {
    now.learningRate = { ...rate, learningRate: options.learningRate };
  }
  return Object.keys(now).length === 1 ? now.name : now;
}

/** `--loss 0.1` is a common mistake for the loss to stop at. */
function checkLossName(loss: unknown): void {
  if (typeof loss !== 'string' || loss.trim() === '' || Number.isNaN(Number(loss))) return;
  fail({
    what: `"${loss}" is a number, and --loss names the loss to minimize`,
    where: '--loss',
    fix: `To stop at that loss, write --stop-loss ${loss}.`,
  });
}

/** Puts the recipes that flags name, and the options that flags set in them, into `training`. */
function mergeRecipes(training: Json, values: FlagValues): void {
  for (const key of recipeKeys) {
    const given = allFlags.filter((flag) => recipeOf(flag) === key && values[flag.name] !== undefined);
    const named = given.find(({ path }) => path.length === 2);
    const options = given.filter(({ path, group }) => path.length === 3 && group !== scheduleGroup);
    if (named === undefined && options.length === 0) continue;
    training[key] = changedRecipe(
      key,
      training[key],
      named && String(values[named.name]),
      Object.fromEntries(options.map((flag) => [flag.path[2], parseValue(flag, values[flag.name])])),
    );
  }
}

/** Puts the flags into an experiment, except for those of the given sections. The experiment is changed. */
function merge(experiment: Json, values: FlagValues, sections: readonly string[]): void {
  checkLossName(values.loss);
  for (const flag of allFlags) {
    const value = values[flag.name];
    if (value === undefined || !sections.includes(flag.path[0]) || recipeOf(flag) !== undefined) continue;
    setPlain(experiment, flag, value);
  }
  if (!sections.includes('training') || !isObject(experiment.training)) return;
  mergeRecipes(experiment.training, values);
  mergeSchedule(experiment.training, values);
}

/** The data options that flags set, for a table. */
export function dataOptions(values: FlagValues): Json {
  const experiment = { data: {} };
  merge(experiment, values, ['data']);
  return experiment.data;
}

/** An experiment that was made for a table, with the flags of training and the seed. */
export function withTrainingFlags<T extends object>(experiment: T, values: FlagValues): T {
  const out = structuredClone(experiment);
  merge(out as Json, values, ['training', 'seed']);
  return out;
}

/**
 * The JSON of an experiment file with the flags in it. The JSON was not checked yet: what has no place in it (there is no
 * `training` object, for example) is left to the checks. Throws an InputError that names the flag if its value cannot be read,
 * or if the flag makes no sense with the file.
 */
export function withFlags(json: unknown, values: FlagValues): unknown {
  if (!isObject(json)) return json;
  for (const { name } of networkFlags) {
    if (values[name] === undefined || !('network' in json)) continue;
    fail({
      what: 'the file already defines the layers',
      where: typed(name),
      fix: 'Change network.layers in the file, or leave the flag out.',
    });
  }
  const ofTable = allFlags.find(({ name, path }) => path[0] === 'data' && values[name] !== undefined);
  if (ofTable !== undefined && isObject(json.data) && !('file' in json.data)) {
    fail({
      what: 'the rows are in the experiment file itself',
      where: typed(ofTable.name),
      fix: 'Leave the flag out; it applies to tables.',
    });
  }
  const out = structuredClone(json);
  merge(out, values, ['data', 'training', 'seed']);
  return out;
}
