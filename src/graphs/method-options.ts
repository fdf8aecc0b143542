/** The options of a method: their names, their checks, and the other names that callers may use. */
import * as z from 'zod/mini';
import { checkCall, isCallable, kind } from '../base/arguments.ts';
import { didYouMean, fail } from '../base/errors.ts';
import { show } from '../base/show.ts';
import { checkAgainst } from '../net/complaint.ts';
import type { EmbeddingMethod } from './method.ts';
import { optionNamed } from './option-aliases.ts';

/** An option as its method declares it, for flags, help and checks of names. */
export interface OptionDescription {
  readonly name: string;
  readonly description: string;
  readonly default?: unknown;
  /** JSON Schema's type: `integer`, `number`, `string`, `boolean`, `array`; undefined where the option takes several. */
  readonly type?: string;
  /** The allowed texts. */
  readonly choices?: readonly string[];
}

interface OptionSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly enum?: readonly string[];
}

const aMethod = kind(
  'an embedding method',
  ({ options }: EmbeddingMethod) => isCallable((options as { safeParse?: unknown })?.safeParse),
  'Pass one of embeddingMethods.',
);

/** The options of a method, or of anything with a schema of options, in the order of its declaration. */
export function optionsOf(method: Pick<EmbeddingMethod, 'options'>): readonly OptionDescription[] {
  checkCall('optionsOf(method)', { method: [method, aMethod] });
  const { options } = method;
  const { properties = {} } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as {
    readonly properties?: Readonly<Record<string, OptionSchema>>;
  };
  return Object.entries(properties).map(([name, { description = '', default: value, type, enum: choices }]) => ({
    name,
    description,
    ...(value !== undefined && { default: value }),
    ...(type !== undefined && { type }),
    ...(choices !== undefined && { choices }),
  }));
}

/** Options by their own names, and the other names that were used for them. */
export interface NamedOptions {
  readonly values: Readonly<Record<string, unknown>>;
  /** The own name of each option that was given under another name: `{ walk_num: 'walksPerNode' }`. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** Replaces other names of options by their own. Throws an InputError for an unknown name, and for an option given twice. */
export function ownNames(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  where: string,
): NamedOptions {
  const values: Record<string, unknown> = {};
  const aliases: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const name = optionNamed(key, known);
    if (name === undefined) return fail({ what: `unknown option "${key}"`, where, fix: didYouMean(key, known) });
    if (Object.hasOwn(values, name)) {
      fail({ what: `the option ${name} is given twice, also as "${key}"`, where, fix: 'Leave one of them out.' });
    }
    values[name] = value;
    if (name !== key) aliases[key] = name;
  }
  return { values, aliases };
}

/** The options with their defaults. Throws an InputError that names the option for a wrong value. */
export const checkedOptions = <T extends z.ZodMiniType>(
  { options }: { readonly options: T },
  values: Readonly<Record<string, unknown>>,
): z.infer<T> => checkAgainst(options, values, 'options');

/** A whole number in a range. Throws an InputError. */
export function checkedWhole(
  value: unknown,
  {
    name,
    min,
    max,
    where,
  }: { readonly name: string; readonly min: number; readonly max: number; readonly where: string },
): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  return fail({ what: `${name} is ${show(value)}`, where, fix: `Pass a whole number from ${min} to ${max}.` });
}

export const checkedSeed = (seed: unknown, where: string): number =>
  checkedWhole(seed, { name: 'seed', min: 0, max: 2 ** 32 - 1, where });
