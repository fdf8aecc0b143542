/**
 * Readers of values that a file holds as JSON: each checks a value and returns it typed, or throws an InputError that names the
 * path and the value. They cost a hundredth of a schema library, so everything that predicts uses them; the experiment file,
 * whose JSON Schema editors read, keeps its schema in `net/schema.ts`.
 */
import { didYouMean, fail } from './errors.ts';
import { clip } from './printable.ts';
import type { OptionPath } from './reference.ts';
import { show } from './show.ts';

/** Returns the value at a path, checked. Throws an InputError if it does not fit. */
export type Reader<T> = (value: unknown, path: OptionPath) => T;

/** The type that a reader returns. */
export type Read<R> = R extends Reader<infer T> ? T : never;

/** The maximum length of a value that a message repeats. */
const maxShown = 60;

/** Throws the InputError for a value that is not what belongs at its path. */
export function refuse(what: string, where: OptionPath, fix = 'Correct it.'): never {
  return fail({ what, where, fix });
}

function expected(value: unknown, wanted: string, path: OptionPath): never {
  const missing = value === undefined;
  return refuse(missing ? 'it is missing' : `${show(value, maxShown)} is not ${wanted}`, path);
}

export const text: Reader<string> = (value, path) =>
  typeof value === 'string' ? value : expected(value, 'a text in quotes', path);

/** A number, not NaN or infinite. */
export const finite: Reader<number> = (value, path) => {
  if (typeof value !== 'number') return expected(value, 'a number', path);
  return Number.isFinite(value) ? value : expected(value, 'a finite number', path);
};

export const atLeast0: Reader<number> = (value, path) => {
  const number = finite(value, path);
  return number >= 0 ? number : refuse(`${number} is not at least 0`, path);
};

/** 0, 1, 2, … */
export const wholeNumber: Reader<number> = (value, path) => {
  const number = atLeast0(value, path);
  return Number.isSafeInteger(number) ? number : refuse(`${number} is not an integer`, path);
};

export const positiveWhole: Reader<number> = (value, path) =>
  wholeNumber(value, path) || refuse('0 is not at least 1', path);

/** Any number; a loss may be infinite or NaN. */
export const anyNumber: Reader<number> = (value, path) =>
  typeof value === 'number' ? value : expected(value, 'a number', path);

export const boolean: Reader<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : expected(value, 'true or false', path);

/** A value that passes a test; `what` names what is wrong with any other. */
/* @__NO_SIDE_EFFECTS__ */
export const satisfying =
  <T>(test: (value: unknown) => boolean, what: string): Reader<T> =>
  (value, path) =>
    test(value) ? (value as T) : refuse(what, path);

/** A value that may be missing. */
/* @__NO_SIDE_EFFECTS__ */
export const optional =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : reader(value, path);

/** What one of two readers accepts. The error is the second one's. */
/* @__NO_SIDE_EFFECTS__ */
export const either =
  <A, B>(first: (value: unknown) => value is A, second: Reader<B>): Reader<A | B> =>
  (value, path) =>
    first(value) ? value : second(value, path);

/** One of some texts. */
/* @__NO_SIDE_EFFECTS__ */
export const choice =
  <const T extends string>(values: readonly T[]): Reader<T> =>
  (value, path) => {
    if (values.includes(value as T)) return value as T;
    if (value === undefined) return expected(value, '', path);
    const shown = show(value, maxShown);
    if (typeof value !== 'string') return refuse(`${shown} is not a known value`, path, didYouMean(shown, values));
    return refuse(`unknown ${String(path.at(-1))} ${shown}`, path, didYouMean(clip(value, maxShown), values));
  };

/** An object that is not a list. */
export const object: Reader<Readonly<Record<string, unknown>>> = (value, path) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : expected(value, 'an object', path);

/** An object with values of one kind, by any names. */
/* @__NO_SIDE_EFFECTS__ */
export const record =
  <T>(entry: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  (value, path) =>
    Object.fromEntries(Object.entries(object(value, path)).map(([key, each]) => [key, entry(each, [...path, key])]));

/** An object with these fields. Other keys are left out of the result. */
/* @__NO_SIDE_EFFECTS__ */
export const fields =
  <const F extends Readonly<Record<string, Reader<unknown>>>>(
    readers: F,
  ): Reader<{ readonly [K in keyof F]: Read<F[K]> }> =>
  (value, path) => {
    const given = object(value, path);
    const read = Object.entries(readers).map(([key, reader]) => [
      key,
      reader(Object.hasOwn(given, key) ? given[key] : undefined, [...path, key]),
    ]);
    return Object.fromEntries(read.filter(([, found]) => found !== undefined));
  };

/** A list of at least `min` and at most `max` entries. The first wrong entry ends the check. */
/* @__NO_SIDE_EFFECTS__ */
export const list =
  <T>(entry: Reader<T>, min = 0, max = Number.POSITIVE_INFINITY): Reader<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) return expected(value, 'a list', path);
    if (value.length < min) return refuse('the list is empty', path, 'Give at least one entry.');
    if (value.length > max) {
      return refuse(
        `${value.length.toLocaleString('en-US')} entries are more than ${max.toLocaleString('en-US')}`,
        path,
      );
    }
    return value.map((each, i) => entry(each, [...path, i]));
  };

/** Texts without duplicates. */
/* @__NO_SIDE_EFFECTS__ */
export const distinctTexts =
  (min = 0): Reader<readonly string[]> =>
  (value, path) => {
    const texts = list(text, min)(value, path);
    const seen = new Set<string>();
    const at = texts.findIndex((each) => seen.size === seen.add(each).size);
    return at === -1 ? texts : refuse('the text appears twice', [...path, at]);
  };

/** One of several forms, which the field `kind` distinguishes. */
/* @__NO_SIDE_EFFECTS__ */
export function oneOfKinds<T>(kinds: readonly { readonly name: string; readonly read: Reader<T> }[]): Reader<T> {
  return (value, path) => {
    const kind = choice(kinds.map(({ name }) => name))(object(value, path).kind, [...path, 'kind']);
    return kinds.find(({ name }) => name === kind)!.read(value, path);
  };
}
