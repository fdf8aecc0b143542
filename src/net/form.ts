/**
 * The forms that parts of an experiment file share (a recipe by its name, rows of numbers), and how the text of a recipe becomes
 * the recipe. Names, options and ranges come from the declarations of the recipes.
 */
import * as z from 'zod/mini';
import { listOf } from '../base/checks.ts';
import { didYouMean, InputError } from '../base/errors.ts';
import {
  type AnyFamily,
  type NamedRecipe,
  type Option,
  type OptionSpecs,
  type RecipeKind,
  rangeOf,
  recipeName,
} from '../base/options.ts';
import type { Where } from '../base/reference.ts';

/** The name and the options of a recipe, family or not. */
export const entryName = recipeName;

export function entrySpecs(entry: NamedRecipe): OptionSpecs {
  return 'specs' in entry ? entry.specs : {};
}

/** The kinds of recipe that a file writes as a name, or as an object of its name and options. */
export const namedKinds = ['activation', 'initializer', 'loss', 'optimizer', 'schedule'] as const;

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

/** A form with the description that editors show. */
export function describe<T extends z.ZodMiniType>(schema: T, description: string): T {
  return schema.check(z.describe(description)) as T;
}

function optionSchema(option: Option, own: readonly NamedRecipe[]): z.ZodMiniType {
  if (option.type === 'boolean') return describe(z.boolean(), option.note);
  if (option.type === 'choice') return describe(z.enum(option.values as [string, ...string[]]), option.note);
  let number = z.number();
  if (option.above !== undefined) number = number.check(z.gt(option.above));
  if (option.atLeast !== undefined) number = number.check(z.gte(option.atLeast));
  if (option.below !== undefined) number = number.check(z.lt(option.below));
  if (option.atMost !== undefined) number = number.check(z.lte(option.atMost));
  if (option.or === undefined) return describe(number, `${option.note}; ${rangeOf(option)}`);
  const others = [...(option.or.families as readonly NamedRecipe[]), ...own];
  return describe(
    z.union([number, recipeForm('schedule', others, own)]),
    `${option.note}; ${rangeOf(option)}, or one of: ${others.map(entryName).join(', ')}`,
  );
}

const isRequired = (option: Option) => option.type === 'number' && option.default === undefined && !option.optional;

/** The options of a recipe, as the keys of an object. Options that accept a schedule accept those of `own` too. */
export function optionsForm(specs: OptionSpecs, own: readonly NamedRecipe[] = []): Record<string, z.ZodMiniType> {
  return Object.fromEntries(
    Object.entries(specs).map(([key, option]) => {
      const schema = optionSchema(option, own);
      return [key, isRequired(option) ? schema : z.optional(schema)];
    }),
  );
}

/**
 * A recipe: its name alone, or an object of its name and options. The recipe itself says what it requires. The issue of a
 * value that does not fit has the kind of recipe as its message. Options that accept a schedule accept those of `own` too.
 */
export function recipeForm(
  kind: (typeof namedKinds)[number],
  entries: readonly NamedRecipe[],
  own: readonly NamedRecipe[] = [],
) {
  const names = entries.map(entryName);
  const objects = entries.map((entry) =>
    z.strictObject({ name: z.literal(entryName(entry)), ...optionsForm(entrySpecs(entry), own) }),
  );
  const named = z.discriminatedUnion('name', objects as [(typeof objects)[0], ...typeof objects]);
  return z.union([z.enum(names as [string, ...string[]]), named], kind) as unknown as z.ZodMiniType<
    string | ({ name: string } & Record<string, number | boolean | string>)
  >;
}

/** Rows of numbers. The JSON Schema has their form; they are checked, with better messages, when they become tensors. */
export const rows = () =>
  z
    .array(z.unknown())
    .check(z.meta({ items: { type: 'array', items: { type: 'number' } } })) as unknown as z.ZodMiniType<number[][]>;
export const list = () =>
  z.array(z.unknown()).check(z.meta({ items: { type: 'number' } })) as unknown as z.ZodMiniType<number[]>;
export const rowsOrList = () =>
  z
    .array(z.unknown())
    .check(
      z.meta({ items: { anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' } }] } }),
    ) as unknown as z.ZodMiniType<number[][] | number[]>;

/**
 * A list of such entries in the JSON Schema; it is checked entry by entry, so that a long list of wrong entries is refused
 * at the first one.
 */
export function listForm<T extends z.ZodMiniType>(entry: T, options: { readonly min?: number } = {}) {
  const { $schema: _, ...items } = z.toJSONSchema(entry, { unrepresentable: 'any' });
  return listOf(entry, options).check(z.meta({ items, ...(options.min && { minItems: options.min }) })) as ReturnType<
    typeof listOf<T>
  >;
}

export const positiveInteger = () => z.number().check(z.int(), z.gte(1));

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
