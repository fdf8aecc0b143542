/**
 * The forms that parts of an experiment file have in common (a recipe by its name, rows of numbers), and the way from a
 * recipe's text to the recipe. What the recipes declare (names, options, ranges) is read from them.
 */
import * as z from 'zod/mini';
import { listOf } from '../base/checks.ts';
import { didYouMean, fail, InputError } from '../base/errors.ts';
import { type AnyFamily, type Option, type OptionSpecs, rangeOf } from '../base/options.ts';

type Entry = { readonly name: string } | { readonly family: string; readonly specs: OptionSpecs };

/** The name and the options of a recipe, family or not. */
export function entryName(entry: Entry): string {
  return 'family' in entry ? entry.family : entry.name;
}

export function entrySpecs(entry: Entry): OptionSpecs {
  return 'specs' in entry ? entry.specs : {};
}

/** A form with the words that editors show for it. */
export function describe<T extends z.ZodMiniType>(schema: T, description: string): T {
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
  if (option.or === undefined) return describe(number, `${option.note}; ${rangeOf(option)}`);
  const others = option.or.families as readonly Entry[];
  return describe(
    z.union([number, recipeForm(others)]),
    `${option.note}; ${rangeOf(option)}, or one of: ${others.map(entryName).join(', ')}`,
  );
}

const isRequired = (option: Option) => option.type === 'number' && option.default === undefined && !option.optional;

/** A recipe: its name alone, or an object of its name and options. The recipe itself says what it requires. */
export function recipeForm(entries: readonly Entry[]) {
  const names = entries.map(entryName);
  const objects = entries.map((entry) => {
    const options = Object.entries(entrySpecs(entry)).map(([key, option]) => {
      const schema = optionSchema(option);
      return [key, isRequired(option) ? schema : z.optional(schema)];
    });
    return z.strictObject({ name: z.literal(entryName(entry)), ...Object.fromEntries(options) });
  });
  const named = z.discriminatedUnion('name', objects as [(typeof objects)[0], ...typeof objects]);
  return z.union([z.enum(names as [string, ...string[]]), named]) as unknown as z.ZodMiniType<
    string | ({ name: string } & Record<string, number | boolean | string>)
  >;
}

/** Rows of numbers: their form is in the JSON Schema, and checked with better words where they become tensors. */
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
 * A list of such entries in the JSON Schema; it is checked entry by entry, so that a list of very many wrong ones is refused
 * at the first.
 */
export function listForm<T extends z.ZodMiniType>(entry: T, options: { readonly min?: number } = {}) {
  const { $schema: _, ...items } = z.toJSONSchema(entry, { unrepresentable: 'any' });
  return listOf(entry, options).check(z.meta({ items, ...(options.min && { minItems: options.min }) })) as ReturnType<
    typeof listOf<T>
  >;
}

export const positiveInteger = () => z.number().check(z.int(), z.gte(1));

/** Recipes of one kind: without options as they are, with options as functions of them. */
export type Recipes<T> = readonly (T | AnyFamily<T>)[];

export type RecipeJson = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

/** Turns a name, or an object of name and options, into the recipe that it stands for. */
export function resolveRecipe<T extends { readonly name: string }>(
  entries: Recipes<T>,
  json: RecipeJson,
  where: string,
): T {
  const { name, ...options } = typeof json === 'string' ? { name: json } : json;
  const entry = entries.find((candidate) => entryName(candidate) === name);
  if (entry === undefined) {
    return fail({ what: `"${name}" is not known here`, where, fix: didYouMean(name, entries.map(entryName)) });
  }
  if (typeof entry !== 'function') return entry;
  try {
    return entry(options as never);
  } catch (error) {
    // the recipe knows its own name; the file knows the path
    if (error instanceof InputError) fail({ what: error.what, where, fix: error.fix });
    throw error;
  }
}

/** What a recipe with options looks like in the experiment file: its name, or an object with its options. */
export function written({
  name,
  options,
}: {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}) {
  return Object.keys(options).length === 0 ? name : { name, ...options };
}
