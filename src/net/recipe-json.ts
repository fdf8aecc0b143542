/** A recipe as JSON, its name or an object of its name and options, and how it becomes the recipe. */
import { didYouMean, InputError } from '../base/errors.ts';
import { type AnyFamily, type NamedRecipe, type OptionSpecs, type RecipeKind, recipeName } from '../base/options.ts';
import type { Where } from '../base/reference.ts';

/** The name and the options of a recipe, family or not. */
export const entryName = recipeName;

export function entrySpecs(entry: NamedRecipe): OptionSpecs {
  return 'specs' in entry ? entry.specs : {};
}

/** A name in a file that no recipe has. With the recipe, the file can be read. */
export class UnknownRecipe extends InputError {
  readonly kind: RecipeKind;
  readonly recipe: string;

  constructor(kind: RecipeKind, recipe: string, { where, known }: { where: Where; known: readonly string[] }) {
    super({ what: `unknown ${kind} "${recipe}"`, where, fix: didYouMean(recipe, known) });
    this.kind = kind;
    this.recipe = recipe;
  }
}

/** Recipes of one kind. Those with options are families. */
export type Recipes<T> = readonly (T | AnyFamily<T>)[];

export type RecipeJson = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

/**
 * Turns a name, or an object of name and options, into the recipe that it names. An option that accepts a schedule may
 * name one of `own`.
 */
export function resolveRecipe<T extends { readonly name: string }>(
  kind: RecipeKind,
  entries: Recipes<T>,
  json: RecipeJson,
  where: Where,
  own: readonly object[] = [],
): T {
  const { name, ...options } = typeof json === 'string' ? { name: json } : json;
  const entry = entries.find((candidate) => entryName(candidate) === name);
  if (entry === undefined) throw new UnknownRecipe(kind, name, { where, known: entries.map(entryName) });
  if (typeof entry !== 'function') return entry;
  const resolved: Record<string, unknown> = { ...options };
  for (const [key, option] of Object.entries(entry.specs)) {
    const value = resolved[key];
    if (option.type !== 'number' || option.or === undefined || value === undefined || typeof value === 'number')
      continue;
    resolved[key] = option.or.resolve(value, `${where}.${key}`, own);
  }
  return madeAt(where, () => entry(resolved as never));
}

/** What `make` returns. An InputError of it, which knows the recipe's name, gets the path in the file. */
export function madeAt<T>(where: Where, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof InputError ? error.at(where) : error;
  }
}

/** A recipe in the experiment file: its name, or an object with its options. */
export function written({
  name,
  options,
}: {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}) {
  return Object.keys(options).length === 0 ? name : { name, ...options };
}
