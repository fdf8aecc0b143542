/** A flag: an option of the experiment file in kebab case. Flags are made from the file's schema and from what recipes declare. */
import type { Option as RecipeOption } from '../../base/options.ts';
import { entryName, entrySpecs } from '../../net/recipe-json.ts';

export interface Flag {
  /** camelCase, as in the file. */
  readonly name: string;
  readonly group: string;
  readonly description: string;
  /** The path of the option in the file; the options of recipes are inside the recipe. */
  readonly path: readonly string[];
  readonly kind: 'number' | 'boolean' | 'text' | 'list' | 'size' | 'weights' | 'names' | 'marks';
  readonly choices?: readonly string[];
  /** `--no-…` sets the object that contains the option to false. */
  readonly canBeOff?: true;
}

/** The parts of a JSON Schema that flags are made from. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The flag as the user types it: `--batch-size`. */
export const typed = (name: string): string => `--${kebab(name)}`;

/** The kind of value that a schema of two alternatives takes on the command line; undefined if no flag can express it. */
function kindOfAlternatives([first, second]: readonly Schema[]): Flag['kind'] | undefined {
  if (first.type === 'string' && second.items?.type === 'string') return 'names';
  // a number of rows, or "full"
  if (second.type === 'integer') return 'size';
  // marks of all columns, or of each column
  if (first.items?.type === 'string') return 'marks';
  // "balanced", or the weight of each class
  return typeof second.additionalProperties === 'object' ? 'weights' : undefined;
}

/** The kind of value that a schema takes on the command line; undefined if no flag can express it. */
function kindOf({ type, anyOf, items }: Schema): Flag['kind'] | undefined {
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'string') return 'text';
  if (type === 'array') return items?.type === 'string' ? 'list' : undefined;
  return anyOf?.length === 2 ? kindOfAlternatives(anyOf) : undefined;
}

/** The only key of an object that `false` turns off: `{ "seconds": 30 }` of a checkpoint. */
function keyOfSwitch({ anyOf: [off, { properties = {} }] = [{}, {}] }: Schema): string | undefined {
  const keys = Object.keys(properties);
  return off.const === false && keys.length === 1 ? keys[0] : undefined;
}

/** The flags for the keys of an object. Keys that contain recipes or objects have no flag here. */
export function flagsOf(
  schema: Schema,
  group: string,
  path: readonly string[],
  rename: Readonly<Record<string, string>> = {},
): Flag[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]): Flag[] => {
    const { description = '', enum: choices } = inner;
    const flag = { name: rename[key] ?? key, group, description, path: [...path, key] };
    const only = keyOfSwitch(inner);
    if (only !== undefined) return [{ ...flag, path: [...flag.path, only], kind: 'number', canBeOff: true }];
    const kind = kindOf(inner);
    return kind === undefined ? [] : [{ ...flag, kind, ...(choices && { choices }) }];
  });
}

/** `default 0.01 (sgd), 0.001 (adam, adamW)`: the defaults of the recipes that have the option. */
function describeDefaults(found: readonly { readonly recipe: string; readonly option: RecipeOption }[]): string {
  const recipes = new Map<string, string[]>();
  for (const { recipe, option } of found) {
    // the note states the default
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

/** The flags for the options of recipes of one kind, each option once. */
export function recipeFlags(
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
