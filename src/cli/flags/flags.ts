/**
 * Flags: the experiment file's options in kebab case. They are read from the file's schema and from what the recipes
 * declare, and patch the JSON before it is checked, so that a flag and a key meet the same checks.
 */
import { type Command, Option } from 'commander';
import { fail, InputError } from '../../base/errors.ts';
import type { NumberOption, Option as RecipeOption } from '../../base/options.ts';
import { limitFlag, limitNames, type ReadLimits } from '../../data/read/limits.ts';
import { names } from '../../net/experiment.ts';
import { entryName, entrySpecs } from '../../net/form.ts';
import { losses } from '../../net/losses.ts';
import { optimizers } from '../../net/optimizers.ts';
import { schedules } from '../../net/schedules.ts';
import { experimentJsonSchema } from '../../net/schema.ts';

export type Json = { [key: string]: unknown };

/** A flag's values as commander gives them, by camelCase name. */
export type FlagValues = Readonly<Record<string, unknown>>;

interface Flag {
  /** camelCase, as in the file. */
  readonly name: string;
  readonly group: string;
  readonly description: string;
  /** Where in the file it goes; recipes' options go into the recipe. */
  readonly path: readonly string[];
  readonly kind: 'number' | 'boolean' | 'text' | 'list' | 'size' | 'weights' | 'names';
  readonly choices?: readonly string[];
}

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The flags of an object's plain keys. */
function flagsOf(
  schema: Schema,
  group: string,
  path: readonly string[],
  rename: Readonly<Record<string, string>> = {},
): Flag[] {
  return Object.entries(schema.properties ?? {}).flatMap(
    ([key, { type, description = '', enum: choices, anyOf, items }]): Flag[] => {
      const flag = { name: rename[key] ?? key, group, description, path: [...path, key] };
      if (type === 'number' || type === 'integer') return [{ ...flag, kind: 'number' }];
      if (type === 'boolean') return [{ ...flag, kind: 'boolean' }];
      if (type === 'string') return [{ ...flag, kind: 'text', choices }];
      if (type === 'array' && items?.type === 'string') return [{ ...flag, kind: 'list' }];
      if (anyOf?.length === 2 && anyOf[0].type === 'string' && anyOf[1].items?.type === 'string') {
        return [{ ...flag, kind: 'names' }];
      }
      // a number of rows, or "full"
      if (anyOf?.length === 2 && anyOf[1].type === 'integer') return [{ ...flag, kind: 'size' }];
      return [];
    },
  );
}

/** `default 0.01 (sgd), 0.001 (adam, adamW)`: of the recipes that have the option. */
function describeDefaults(found: readonly { readonly recipe: string; readonly option: RecipeOption }[]): string {
  const recipes = new Map<string, string[]>();
  for (const { recipe, option } of found) {
    // its note says what becomes of it
    if (option.type === 'number' && option.optional) continue;
    const value = option.default === undefined ? 'required' : String(option.default);
    recipes.set(value, [...(recipes.get(value) ?? []), recipe]);
  }
  const values = [...recipes].map(
    ([value, names]) => `${value === 'required' ? value : `default ${value}`} (${names.join(', ')})`,
  );
  return values.join('; ');
}

const recipesOf = (found: readonly { readonly recipe: string }[]) => found.map(({ recipe }) => recipe).join(', ');

/** The options of recipes of one kind, each once. */
function recipeFlags(
  path: readonly string[],
  entries: readonly Parameters<typeof entrySpecs>[0][],
  group: string,
  rename = (name: string) => name,
): Flag[] {
  const found = new Map<string, { recipe: string; option: RecipeOption }[]>();
  for (const entry of entries) {
    for (const [name, option] of Object.entries<RecipeOption>(entrySpecs(entry))) {
      found.set(name, [...(found.get(name) ?? []), { recipe: entryName(entry), option }]);
    }
  }
  return [...found].map(([name, each]) => {
    const [{ option }] = each;
    const kind = option.type === 'choice' ? 'text' : option.type;
    const choices = option.type === 'choice' ? option.values : undefined;
    const defaults = describeDefaults(each);
    const description = defaults === '' ? `${option.note} (${recipesOf(each)})` : `${option.note}; ${defaults}`;
    return { name: rename(name), group, description, path: [...path, name], kind, choices };
  });
}

const schema = experimentJsonSchema() as Schema;
const trainingSchema = schema.properties!.training;
const fileSchema = schema.properties!.data.anyOf!.find(({ properties }) => properties?.file !== undefined)!;
const dataKeys = flagsOf(fileSchema, 'Data:', ['data']).filter(({ name }) => name !== 'file');

/** What a table needs beside its file. */
const dataFlags: readonly Flag[] = [...dataKeys, ...flagsOf(fileSchema.properties!.split, 'Data:', ['data', 'split'])];

// warmup goes around another
const { warmup: _warmup, ...shapes } = schedules;
const ratePath = ['training', 'optimizer', 'learningRate'];

const trainingFlags: readonly Flag[] = [
  { name: 'loss', group: 'Training:', description: names.losses.join(', '), path: ['training', 'loss'], kind: 'text' },
  ...recipeFlags(['training', 'loss'], losses, 'Training:'),
  ...flagsOf(trainingSchema, 'Training:', ['training']),
  {
    name: 'classWeights',
    group: 'Training:',
    description: 'weights of the classes in the loss: balanced, or class=weight,…; default 1 for each',
    path: ['training', 'classWeights'],
    kind: 'weights',
  },
  {
    name: 'optimizer',
    group: 'Optimizer:',
    description: names.optimizers.join(', '),
    path: ['training', 'optimizer'],
    kind: 'text',
  },
  ...recipeFlags(['training', 'optimizer'], optimizers, 'Optimizer:'),
  {
    name: 'schedule',
    group: 'Schedule of the learning rate:',
    description: Object.keys(shapes).join(', '),
    path: ratePath,
    kind: 'text',
  },
  {
    name: 'scheduleWarmup',
    group: 'Schedule of the learning rate:',
    description: 'epochs of linear warmup before the schedule',
    path: ratePath,
    kind: 'number',
  },
  ...recipeFlags(
    ratePath,
    Object.values(shapes),
    'Schedule of the learning rate:',
    (name) => `schedule${name[0].toUpperCase()}${name.slice(1)}`,
  ).filter(({ name }) => name !== 'scheduleLearningRate'),
  // the loss to stop at must not be confused with the loss to minimize
  ...flagsOf(trainingSchema.properties!.stop, 'Stop:', ['training', 'stop'], { loss: 'stopLoss' }),
  {
    name: 'checkpoint',
    group: 'Stop:',
    description: 'seconds between checkpoints; default 30 (--no-checkpoint: none)',
    path: ['training', 'checkpoint', 'seconds'],
    kind: 'number',
  },
  {
    name: 'seed',
    group: 'Training:',
    description: 'seed of initialization, shuffling, dropout and splits; default 1',
    path: ['seed'],
    kind: 'number',
  },
];

const networkFlags: readonly Flag[] = [
  {
    name: 'hidden',
    group: 'Network:',
    description: "units of each hidden layer of a table's network: 64,32; default 32",
    path: [],
    kind: 'list',
  },
  {
    name: 'activation',
    group: 'Network:',
    description: `activation of a table's hidden layers; default relu: ${names.activations.join(', ')}`,
    path: [],
    kind: 'text',
  },
];

const allFlags: readonly Flag[] = [...dataFlags, ...networkFlags, ...trainingFlags];

const limitNotes: Readonly<Record<keyof ReadLimits, string>> = {
  maxCells: 'maximum rows times columns of a table; default a million, and 1 to 16 for each byte of the file',
  maxColumns: 'maximum columns of a table; default 100,000',
  maxDepth: 'maximum nesting depth of JSON; default 64',
  maxDecompressedBytes: 'maximum bytes after decompression; default 32 MiB, and 32 to 64 for each byte of the file',
};

/** Adds the flags that raise the limits on files. An experiment file cannot: it may be from the same stranger as its table. */
export function addLimitFlags(command: Command): Command {
  for (const name of limitNames) {
    const option = new Option(`${limitFlag(name)} <number|none>`, limitNotes[name]);
    if (command.options.some(({ long }) => long === option.long)) continue;
    command.addOption(option.helpGroup('Limits on data files (raise them for files you trust):'));
  }
  return command;
}

/** The limits that flags set. Throws an InputError that names the flag whose value is none. */
export function limitsFrom(values: FlagValues): ReadLimits {
  const limits: Partial<Record<keyof ReadLimits, number>> = {};
  for (const name of limitNames) {
    const text = values[name];
    if (text === undefined) continue;
    const flag = limitFlag(name);
    const value = text === 'none' ? Number.POSITIVE_INFINITY : numberFlag(text, flag);
    if (value < 1)
      fail({ what: `${value} is below 1`, where: flag, fix: `Pass a number such as ${flag} 1e9, or none.` });
    limits[name] = value;
  }
  return limits;
}

/** Adds the flags of an experiment to a command, those for its table's limits included. */
export function addExperimentFlags(command: Command): Command {
  for (const flag of allFlags) {
    const name = `--${kebab(flag.name)}`;
    if (flag.kind === 'boolean') {
      command.addOption(new Option(name, flag.description).helpGroup(flag.group));
      command.addOption(new Option(`--no-${kebab(flag.name)}`).hideHelp());
      continue;
    }
    const { choices = [] } = flag;
    // more than a line of the help holds
    const areMany = choices.length === 0 || choices.length > 6;
    const value = {
      number: '<number>',
      size: '<rows|full>',
      list: '<a,b,…>',
      names: '<a|a,b,…>',
      weights: '<balanced|a=2,b=1>',
      text: areMany ? '<name>' : `<${choices.join('|')}>`,
    }[flag.kind];
    const description = areMany && choices.length > 0 ? `${flag.description}: ${choices.join(', ')}` : flag.description;
    command.addOption(new Option(`${name} ${value}`, description).helpGroup(flag.group));
    if (flag.name === 'checkpoint') command.addOption(new Option('--no-checkpoint').hideHelp());
  }
  return addLimitFlags(command);
}

/** A number as it is written on the command line. Throws an InputError that names the flag. */
export function numberFlag(text: unknown, flag: string): number {
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) {
    fail({ what: `"${String(text)}" is not a number`, where: flag, fix: `Write it as a number: ${flag} 10.` });
  }
  return value;
}

/** `class=weight`; a class may have an = in its name. */
function classWeight(part: string, flag: string): [string, number] {
  const at = part.lastIndexOf('=');
  if (at < 1) {
    fail({
      what: `"${part}" is not a class with a weight`,
      where: flag,
      fix: `Write ${flag} balanced, or ${flag} yes=3,no=1.`,
    });
  }
  return [part.slice(0, at).trim(), numberFlag(part.slice(at + 1), flag)];
}

const trimmed = (text: unknown) =>
  String(text)
    .split(',')
    .map((part) => part.trim());

function parse({ name, kind }: Flag, text: unknown): unknown {
  const flag = `--${kebab(name)}`;
  switch (kind) {
    case 'number':
      return numberFlag(text, flag);
    case 'size':
      return text === 'full' ? text : numberFlag(text, flag);
    case 'names':
      return Array.isArray(text) || !String(text).includes(',') ? text : trimmed(text);
    case 'weights':
      return text === 'balanced'
        ? text
        : Object.fromEntries(
            String(text)
              .split(',')
              .map((part) => classWeight(part, flag)),
          );
    case 'list':
      return trimmed(text);
    default:
      return text;
  }
}

/** The units of the hidden layers and their activation, for a table's network. */
export function hiddenLayers(values: FlagValues): { units: readonly number[]; activation: string } {
  const { hidden = '32', activation = 'relu' } = values;
  const units = String(hidden)
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => numberFlag(part, '--hidden'));
  return { units, activation: String(activation) };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Puts a recipe's option into it, or another recipe in its place. */
function patchRecipe(training: Json, key: 'optimizer' | 'loss', name: string | undefined, options: Json): void {
  const old = training[key];
  const before: Json = isObject(old) ? old : { name: old };
  if (name === undefined || name === before.name) training[key] = { ...before, ...options };
  else {
    // another optimizer drops the old one's options, but not the rate
    const rate = key === 'optimizer' && before.learningRate !== undefined ? { learningRate: before.learningRate } : {};
    training[key] = { name, ...rate, ...options };
  }
  const rate = before.learningRate;
  const now = training[key] as Json;
  // a rate is what the file's schedule starts from
  if (isObject(rate) && options.learningRate !== undefined)
    now.learningRate = { ...rate, learningRate: options.learningRate };
  const { name: kept, ...rest } = now;
  if (Object.keys(rest).length === 0) training[key] = kept;
}

/** Puts a schedule in the place of the optimizer's rate, or its options into the one that is there. */
function patchSchedule(training: Json, values: FlagValues): void {
  const options = Object.fromEntries(
    trainingFlags
      .filter(
        ({ name, path }) => path.length > ratePath.length && path[2] === 'learningRate' && values[name] !== undefined,
      )
      .map((flag) => [flag.path[3], parse(flag, values[flag.name])]),
  );
  const { schedule: name, scheduleWarmup: warmup } = values;
  if (name === undefined && warmup === undefined && Object.keys(options).length === 0) return;
  if (typeof training.optimizer === 'string') training.optimizer = { name: training.optimizer };
  if (!isObject(training.optimizer)) return;
  const { learningRate: old, name: optimizer } = training.optimizer;
  const entry = optimizers.find((candidate) => entryName(candidate) === optimizer);
  if (entry !== undefined && (entrySpecs(entry).learningRate as NumberOption).or === undefined) {
    const given = Object.keys(values).find((key) => key.startsWith('schedule') && values[key] !== undefined)!;
    fail({
      what: `${optimizer} searches for the length of each step itself, and takes no schedule`,
      where: `--${kebab(given)}`,
      fix: 'Leave it out, or choose another optimizer: --optimizer adam.',
    });
  }
  const before: Json = isObject(old) ? old : { ...(old !== undefined && { learningRate: old }) };
  if (name === undefined && before.name === undefined && Object.keys(options).length > 0) {
    const [first] = trainingFlags.filter((flag) => values[flag.name] !== undefined && flag.path[3] !== undefined);
    fail({
      what: 'there is no schedule to change',
      where: `--${kebab(first.name)}`,
      fix: `Add --schedule ${Object.keys(shapes).join('|')}.`,
    });
  }
  const kept = name === undefined || name === before.name ? before : { learningRate: before.learningRate };
  const rate: Json = { ...kept, ...(name !== undefined && { name }), ...options };
  if (rate.learningRate === undefined) delete rate.learningRate;
  training.optimizer.learningRate =
    warmup === undefined
      ? rate
      : {
          name: 'warmup',
          epochs: numberFlag(warmup, '--schedule-warmup'),
          ...(rate.name === undefined ? rate : { schedule: rate }),
        };
}

/**
 * The experiment's JSON with the flags in it. What has no place (there is no `training` object, say) is left to the
 * checks. Throws an InputError that names the flag where its value cannot be read, or makes no sense with a file.
 */
export function patch(json: unknown, values: FlagValues, { hasLayers }: { hasLayers: boolean }): unknown {
  if (!isObject(json)) return json;
  const out: Json = structuredClone(json);
  if (hasLayers) {
    for (const { name } of networkFlags) {
      if (values[name] === undefined) continue;
      fail({
        what: 'the file already defines the layers',
        where: `--${kebab(name)}`,
        fix: 'Change network.layers in the file, or leave the flag out.',
      });
    }
  }
  if (typeof values.loss === 'string' && values.loss.trim() !== '' && !Number.isNaN(Number(values.loss))) {
    fail({
      what: `"${values.loss}" is a number, and --loss names the loss to minimize`,
      where: '--loss',
      fix: `To stop at that loss, write --stop-loss ${values.loss}.`,
    });
  }
  const recipes = { optimizer: {} as Json, loss: {} as Json };
  const named: { optimizer?: string; loss?: string } = {};
  for (const flag of allFlags) {
    const value = values[flag.name];
    if (value === undefined || flag.path.length === 0) continue;
    const [section, key, ...rest] = flag.path;
    if (value === false && flag.kind === 'number') {
      if (isObject(out[section])) (out[section] as Json)[key] = false;
      continue;
    }
    if (section === 'training' && (key === 'optimizer' || key === 'loss')) {
      if (flag.path.length > 3 || flag.name.startsWith('schedule')) continue;
      if (rest.length === 0) named[key] = String(value);
      else recipes[key][rest[0]] = parse(flag, value);
      continue;
    }
    if (section === 'data' && isObject(out.data) && !('file' in out.data)) {
      fail({
        what: 'the rows are in the experiment file itself',
        where: `--${kebab(flag.name)}`,
        fix: 'Leave the flag out; it applies to tables.',
      });
    }
    let place = out;
    for (const step of flag.path.slice(0, -1)) {
      if (!isObject(place[step])) place[step] = {};
      place = place[step] as Json;
    }
    place[flag.path[flag.path.length - 1]] = parse(flag, value);
  }
  if (isObject(out.training)) {
    for (const key of ['optimizer', 'loss'] as const) {
      if (named[key] !== undefined || Object.keys(recipes[key]).length > 0)
        patchRecipe(out.training, key, named[key], recipes[key]);
    }
    patchSchedule(out.training, values);
  }
  return out;
}

/** An error at a path that a flag set is said of the flag. `own` are the command's flags by the path they stand for. */
export function blame(error: unknown, values: FlagValues, own: Readonly<Record<string, string>> = {}): unknown {
  if (!(error instanceof InputError)) return error;
  const { what, where, fix } = error;
  if (own[where] !== undefined) return new InputError({ what, where: own[where], fix });
  const set = allFlags.filter(({ name, path }) => values[name] !== undefined && path.length > 0);
  const recipe = where.split('.').slice(0, 2).join('.');
  const hidden = /^network\.layers\[\d+\]\.(dense|activation)/.exec(where)?.[1];
  const layer = { dense: 'hidden', activation: 'activation' }[hidden ?? ''];
  const flag =
    set.find(({ path }) => path.join('.') === where.replace(/\[\d+\]$/, '')) ??
    set.find(({ path }) => path.length === 2 && path.join('.') === recipe) ??
    networkFlags.find(({ name }) => name === layer && values[name] !== undefined);
  return flag === undefined ? error : new InputError({ what, where: `--${kebab(flag.name)}`, fix: inFlags(fix) });
}

/** A fix as one who speaks in flags would do it: `"arithmetic": "fast"` is `--arithmetic fast`. */
function inFlags(fix: string): string {
  return fix.replace(/"(\w+)": (?:"([^"]*)"|([\w.]+))/g, (whole, key, text, plain) => {
    const flag = allFlags.find(({ path }) => path.at(-1) === key);
    if (flag === undefined) return whole;
    return [`--${kebab(flag.name)}`, ...(flag.kind === 'boolean' ? [] : [text ?? plain])].join(' ');
  });
}

/** Calls, and says errors of the flags that are to blame. */
export function blameFlags<T>(values: FlagValues, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw blame(error, values);
  }
}
