/**
 * Options of recipes (a loss's delta, an optimizer's momentum): declared once, as data, next to the recipe. The
 * checks, the defaults, the schema of the experiment file, the flags and the help follow from the declaration.
 */
import { aFunction, anObject, type Kind, oneOf, record, refuse } from './arguments.ts';
import { didYouMean, fail, showIn } from './errors.ts';
import { codeNotation, inside, message, setting, type Where } from './reference.ts';
import { show } from './show.ts';

export interface NumberOption {
  readonly type: 'number';
  /** Without a default, the option is required. */
  readonly default?: number | undefined;
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
  /** Whether the option can be left out although it has no default. */
  readonly optional?: boolean;
  /** What the option accepts instead of a number. */
  readonly or?: Alternative;
  readonly note: string;
}

/** A recipe as plain data: its name and its options. */
export interface RecipeValue {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** Recipes that an option accepts instead of a number: the schedules of a learning rate. */
export interface Alternative<T extends object = object> {
  readonly families: readonly AnyFamily<T>[];
  /**
   * Resolves a name, an object of name and options, a family or a member; names may also be those of `own` recipes. Throws an
   * InputError at `where`.
   */
  resolve(value: unknown, where: Where, own?: readonly (T | AnyFamily<T>)[]): T;
}

export interface BooleanOption {
  readonly type: 'boolean';
  readonly default: boolean;
  readonly note: string;
}

export interface ChoiceOption {
  readonly type: 'choice';
  readonly values: readonly string[];
  readonly default: string;
  readonly note: string;
}

export type Option = NumberOption | BooleanOption | ChoiceOption;
export type OptionSpecs = Readonly<Record<string, Option>>;
export type OptionValue = number | boolean | string | RecipeValue;
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** The range of a number option in words: "above 0 and below 1". */
export function rangeOf(option: NumberOption): string {
  const parts = [
    option.above !== undefined && `above ${option.above}`,
    option.atLeast !== undefined && `at least ${option.atLeast}`,
    option.below !== undefined && `below ${option.below}`,
    option.atMost !== undefined && `at most ${option.atMost}`,
  ];
  return parts.filter((part) => part !== false).join(' and ') || 'finite';
}

/** "a number above 0", "a finite number". */
function numberWanted(option: NumberOption): string {
  const range = rangeOf(option);
  return range === 'finite' ? 'a finite number' : `a number ${range}`;
}

function inRange(option: NumberOption, value: number): boolean {
  return (
    Number.isFinite(value) &&
    (option.above === undefined || value > option.above) &&
    (option.atLeast === undefined || value >= option.atLeast) &&
    (option.below === undefined || value < option.below) &&
    (option.atMost === undefined || value <= option.atMost)
  );
}

/** Checks one value; `where` is the option's path. */
function check(option: Option, value: unknown, where: Where): OptionValue {
  const shown = show(value);
  if (option.type === 'number') {
    if (option.or !== undefined && typeof value !== 'number') return option.or.resolve(value, where) as RecipeValue;
    if (typeof value !== 'number')
      fail({ what: `${shown} is not a number`, where, fix: `Give ${numberWanted(option)}.` });
    if (!inRange(option, value))
      fail({ what: `${value} is not ${rangeOf(option)}`, where, fix: `Give ${numberWanted(option)}.` });
    return value;
  }
  if (option.type === 'boolean') {
    if (typeof value !== 'boolean') fail({ what: `${shown} is not true or false`, where, fix: 'Write true or false.' });
    return value;
  }
  if (typeof value !== 'string' || !option.values.includes(value)) {
    fail({ what: `${shown} is not one of the allowed values`, where, fix: didYouMean(shown, option.values) });
  }
  return value;
}

/** A number that the option accepts, for a fix. */
const exampleOf = (option: NumberOption) => [0.1, 1, 10].find((each) => inRange(option, each)) ?? 0;

/**
 * Checks the given options and adds defaults for the others.
 * Throws an InputError for an unknown key (naming the nearest), a wrong type, a value out of range, a missing one.
 */
export function resolveOptions(
  specs: OptionSpecs,
  given: Readonly<Record<string, unknown>>,
  where: Where,
): OptionValues {
  anObject(given, where);
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(specs, key)) {
      fail({ what: `unknown option "${key}"`, where, fix: didYouMean(key, Object.keys(specs)) });
    }
  }
  const resolved: Record<string, OptionValue> = {};
  for (const [key, option] of Object.entries(specs)) {
    const value = given[key] === undefined ? option.default : given[key];
    if (value === undefined && option.type === 'number' && option.optional) continue;
    if (value === undefined)
      fail({
        what: `${key} is missing`,
        where,
        fix: message`Add ${setting([key], exampleOf(option as NumberOption))}.`,
      });
    resolved[key] = check(option, value, inside(where, key));
  }
  return resolved;
}

/** Whether an option has no default and must be given. */
type IsRequired<O> = O extends { readonly type: 'number' }
  ? 'default' extends keyof O
    ? O extends { readonly default: undefined }
      ? true
      : false
    : 'optional' extends keyof O
      ? false
      : true
  : false;
type RequiredKey<S> = { [K in keyof S]: IsRequired<S[K]> extends true ? K : never }[keyof S];

/** The options that a caller gives: each that has a default can be left out. */
export type GivenOptions<S extends OptionSpecs> = {
  readonly [K in Exclude<keyof S, RequiredKey<S>>]?: ValueOf<S[K]>;
} & {
  readonly [K in RequiredKey<S>]: ValueOf<S[K]>;
};
/** The options that a recipe receives. */
export type ResolvedOptions<S extends OptionSpecs> = { readonly [K in keyof S]: ValueOf<S[K]> };

type ValueOf<O extends Option> = O extends { readonly or: Alternative<infer T> }
  ? number | T | AnyFamily<T>
  : O extends NumberOption
    ? number
    : O extends BooleanOption
      ? boolean
      : string;

/** The kinds of recipe: the parts of a network and its training that files refer to by their names. */
export type RecipeKind = 'activation' | 'initializer' | 'layer' | 'loss' | 'optimizer' | 'schedule';

/** A recipe with options: call it with some of them, or pass it unchanged for the defaults. */
export interface Family<T, S extends OptionSpecs> {
  (...options: [RequiredKey<S>] extends [never] ? [options?: GivenOptions<S>] : [options: GivenOptions<S>]): T;
  readonly kind: RecipeKind;
  readonly family: string;
  readonly specs: S;
}

/** Any family of a kind of recipe. */
export type AnyFamily<T> = ((options: never) => T) & {
  readonly kind: RecipeKind;
  readonly family: string;
  readonly specs: OptionSpecs;
};

/** A family's member with default options. Throws an InputError if an option has no default. */
export const withDefaults = <T>(given: AnyFamily<T>): T => (given as unknown as () => T)();

/** Declares a family: it makes its members from checked options. */
export function family<T extends object, const S extends OptionSpecs>(
  kind: RecipeKind,
  name: string,
  specs: S,
  make: (options: ResolvedOptions<S>, values: OptionValues) => T,
): Family<T, S> {
  const of = (given: Readonly<Record<string, unknown>> = {}) => {
    try {
      const values = resolveOptions(specs, given, name);
      const member = make(values as ResolvedOptions<S>, values);
      familyOf.set(member, made);
      return member;
    } catch (error) {
      // a file that names the recipe writes the error's options as keys again
      return showIn(codeNotation)(error);
    }
  };
  const made: Family<T, S> = Object.assign(of, { kind, family: name, specs });
  return made;
}

/** The family that made a member. A copy of a member has none. */
const familyOf = new WeakMap<object, unknown>();

/** A recipe without options, or a family. */
export type NamedRecipe = { readonly name: string } | { readonly family: string; readonly specs: OptionSpecs };

/** The name that files refer to a recipe by. */
export function recipeName(recipe: NamedRecipe): string {
  return 'family' in recipe ? recipe.family : recipe.name;
}

/**
 * Throws an InputError if a recipe of a user's own has the name of a built-in recipe of its kind: a file that refers to the
 * name would then mean the built-in one.
 */
export function checkOwnName(kind: RecipeKind, name: string, builtIns: readonly NamedRecipe[]): void {
  if (typeof name !== 'string' || name === '')
    refuse(name, `${kind}: name`, 'a name', `Pass one first: ${kind}('name', …).`);
  if (!builtIns.some((builtIn) => recipeName(builtIn) === name)) return;
  fail({
    what: `chainrule already has ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind} named "${name}"`,
    where: `${kind} "${name}"`,
    fix: `Choose another name, such as "${ownName(name)}".`,
  });
}

const ownName = (name: string) => `my${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** The same for a family, whose options and function are checked too. */
export function checkOwnFamily(
  kind: RecipeKind,
  name: string,
  builtIns: readonly NamedRecipe[],
  { specs, make }: { readonly specs: unknown; readonly make: unknown },
): void {
  checkOwnName(kind, name, builtIns);
  someSpecs(specs, `${kind} "${name}": options`);
  aFunction(make, `${kind} "${name}"`);
}

/** Declared options, by name. */
export const someSpecs: Kind = (specs, where) => {
  anObject(specs, where);
  for (const [name, spec] of Object.entries(specs as object)) {
    record({ type: oneOf('number', 'boolean', 'choice') }, { isOpen: true })(spec, inside(where, name));
  }
};

/**
 * The recipe itself. A family gives its member with default options.
 * Throws an InputError for a recipe that has the name of a built-in one and is another object, such as an edited copy: a file
 * holds only the name, and would be read back as the built-in recipe.
 */
export function memberOf<T extends { readonly name: string }>(
  kind: RecipeKind,
  given: T | AnyFamily<T>,
  builtIns: readonly (T | AnyFamily<T>)[],
): T {
  const member = madeBy(kind, given);
  const known: readonly unknown[] = builtIns;
  if (!known.includes(member) && !known.includes(familyOf.get(member))) refuseCopy(kind, member.name, builtIns);
  return member;
}

/** The field that tells the recipes of each kind from other objects. */
const marks: Readonly<Record<RecipeKind, string>> = {
  activation: 'apply',
  initializer: 'fill',
  layer: 'forward',
  loss: 'terms',
  schedule: 'rate',
  // schedules may have a learning rate too
  optimizer: 'learningRate',
};

/** The kind of a recipe or a family; undefined for any other value. */
export function recipeKindOf(value: unknown): RecipeKind | undefined {
  const held = Object(value) as { readonly kind?: RecipeKind; readonly name?: unknown };
  if (typeof value === 'function') {
    return Object.hasOwn(held, 'specs') && held.kind !== undefined && Object.hasOwn(marks, held.kind)
      ? held.kind
      : undefined;
  }
  const found = Object.entries(marks).find(([, mark]) => Object.hasOwn(held, mark));
  return found?.[0] as RecipeKind | undefined;
}

/** The recipe, or the family's member with default options. Throws an InputError for a value that is neither. */
function madeBy<T extends { readonly name: string }>(kind: RecipeKind, given: T | AnyFamily<T>): T {
  if (recipeKindOf(given) === kind) return typeof given === 'function' ? withDefaults(given as AnyFamily<T>) : given;
  const article = /^[aeiou]/.test(kind) ? 'an' : 'a';
  return refuse(given, kind, `${article} ${kind}`, recipeFix(kind, given));
}

/** How to pass a recipe: the thing itself in place of its name, a builder in place of a function. */
function recipeFix(kind: RecipeKind, given: unknown): string {
  if (typeof given === 'string' && /^[A-Za-z]\w*$/.test(given)) {
    return `Pass the ${kind} itself, without quotes: import { ${given} } from 'chainrule'.`;
  }
  if (typeof given === 'function') return `Make one of a formula: ${kind}('name', …), from 'chainrule/core'.`;
  return `Pass one of chainrule's, or make one with ${kind}('name', …).`;
}

/** Throws an InputError if `name` is the name of a built-in recipe. */
export function refuseCopy(kind: RecipeKind, name: string, builtIns: readonly NamedRecipe[]): void {
  if (!builtIns.some((builtIn) => recipeName(builtIn) === name)) return;
  fail({
    what: `this ${kind} has the name of chainrule's "${name}" but differs from it, so a model file could not distinguish the two`,
    where: `${kind} "${name}"`,
    fix: `Pass chainrule's ${name}, or make your own with ${kind}("${ownName(name)}", …) of 'chainrule/core'.`,
  });
}
