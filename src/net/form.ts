/** The forms that parts of an experiment file share: a recipe by its name, rows of numbers. They follow from the declarations of the recipes. */
import * as z from 'zod/mini';
import { listOf } from '../base/checks.ts';
import { type NamedRecipe, type Option, type OptionSpecs, rangeOf } from '../base/options.ts';
import { entryName, entrySpecs } from './recipe-json.ts';

/** The kinds of recipe that a file writes as a name, or as an object of its name and options. */
export const namedKinds = ['activation', 'initializer', 'loss', 'optimizer', 'schedule'] as const;

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
