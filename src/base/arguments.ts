/**
 * Checks the arguments of public functions, which JavaScript calls without types. A kind of argument is one small check
 * with its words; `checkCall` applies one to each argument, at the beginning of the function. Making a kind has no side effects,
 * which bundlers are told, so that they leave out what nothing checks.
 */
import { didYouMean, fail } from './errors.ts';
import { inside, type Where } from './reference.ts';
import { show } from './show.ts';

/** Checks one value. Throws an InputError at `where`. */
export type Kind = (value: unknown, where: Where) => void;

const isPromise = (value: unknown) => typeof (value as { then?: unknown } | null)?.then === 'function';

/** A value as the subject of a sentence: `it is missing`, `it is a promise and not …`, `"3" is not …`. */
function fault(value: unknown, wanted: string): string {
  if (value === undefined) return 'it is missing';
  try {
    return isPromise(value) ? `it is a promise, not ${wanted}` : `${named(value)} is not ${wanted}`;
  } catch {
    // reading a property of a foreign value may throw
    return `it is not ${wanted}`;
  }
}

/** A value for a message: an instance of a class by the name of its class, an object of objects or functions as `it`. */
function named(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return show(value);
  if (Object.values(value).some((each) => typeof each === 'object' || typeof each === 'function')) return 'it';
  const { name } = (Object.getPrototypeOf(value)?.constructor ?? {}) as { name?: unknown };
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an instance of ${name}` : show(value);
}

/** Throws the InputError for a value that is not what is wanted. The fix of a promise is to await it. */
export function refuse(value: unknown, where: Where, wanted: string, fix = `Pass ${wanted}.`): never {
  const what = fault(value, wanted);
  return fail({ what, where, fix: what.startsWith('it is a promise') ? 'Write await before it.' : fix });
}

/** A kind from a test; `wanted` has its article: "a text". */
/* @__NO_SIDE_EFFECTS__ */
export function kind(wanted: string, accepts: (value: never) => boolean, fix?: string): Kind {
  return (value, where) => {
    if (!isAccepted(accepts, value)) refuse(value, where, wanted, fix);
  };
}

/** A test may read any property of a foreign value, also one whose reading throws. */
function isAccepted(accepts: (value: never) => boolean, value: unknown): boolean {
  try {
    return value !== undefined && value !== null && accepts(value as never);
  } catch {
    return false;
  }
}

export const aText = kind('a text', (value) => typeof value === 'string');
export const aBoolean = kind('true or false', (value) => typeof value === 'boolean', 'Write true or false.');
/** Whether it is a function that can be called: a class needs `new`. */
export const isCallable = (value: unknown): boolean =>
  typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
export const aFunction = kind('a function', isCallable);
export const aNumber = kind('a finite number', Number.isFinite);
/** A finite number, or NaN or an infinity. */
export const aFloat = kind('a number', (value) => typeof value === 'number');
export const aPositiveNumber = kind('a number above 0', (value) => Number.isFinite(value) && value > 0);
/** A share: from 0 to 1, neither of them. */
export const aShare = kind('a number between 0 and 1', (value) => typeof value === 'number' && value > 0 && value < 1);
export const atLeast0 = kind('a number of at least 0', (value) => typeof value === 'number' && value >= 0);
/** 0, 1, 2, … */
export const aWholeNumber = kind('an integer of at least 0', (value) => Number.isSafeInteger(value) && value >= 0);
/** 1, 2, 3, … */
export const aCount = kind('a positive integer', (value) => Number.isSafeInteger(value) && value > 0);
export const aSeed = kind(
  'a seed',
  (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32,
  'Give an integer from 0 to 4294967295.',
);
export const someBytes = kind(
  'a Uint8Array',
  (value) => (value as object) instanceof Uint8Array,
  "Read the file first, such as await readFile('model.safetensors'), and pass its bytes.",
);
/** A plain object or an instance of the caller's own class; no list, and none of JavaScript's own, such as a map or a promise. */
export const isObject = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Object]';
export const anObject = kind('an object', isObject);
export const aList = kind('a list', Array.isArray);
/** A list or a typed array. */
export const numbers = kind('a list of numbers', isNumbers);
/** A list, or a typed array of numbers; the numbers of a list are not checked. */
export const isNumberList = (value: unknown): value is ArrayLike<number> =>
  Array.isArray(value) ||
  (ArrayBuffer.isView(value) && !(value instanceof DataView) && typeof (value as never)[0] !== 'bigint');
export const aSignal = kind(
  'an AbortSignal',
  (value: AbortSignal) => typeof value.aborted === 'boolean' && typeof value.addEventListener === 'function',
  'Pass the signal of an AbortController.',
);
/** Any value, also none: it is checked where it is used. */
export const anyValue: Kind = () => {};
/** Any value except undefined. */
export const anything: Kind = (value, where) => {
  if (value === undefined) refuse(value, where, 'a value');
};

function isNumbers(value: unknown): boolean {
  return isNumberList(value) && (!Array.isArray(value) || value.every((each) => typeof each === 'number'));
}

/** The kind, or undefined. */
/* @__NO_SIDE_EFFECTS__ */
export const optional =
  (inner: Kind): Kind =>
  (value, where) => {
    if (value !== undefined) inner(value, where);
  };

/** A list of at least some entries, each of which is of a kind. */
/* @__NO_SIDE_EFFECTS__ */
export const listOf =
  (inner: Kind, min = 0): Kind =>
  (value, where) => {
    aList(value, where);
    if ((value as unknown[]).length < min) fail({ what: 'it is empty', where, fix: `Pass at least ${min}.` });
    // forEach passes over holes
    for (let i = 0; i < (value as unknown[]).length; i++) inner((value as unknown[])[i], inside(where, i));
  };

/** One of some texts. */
/* @__NO_SIDE_EFFECTS__ */
export const oneOf =
  (...values: readonly string[]): Kind =>
  (value, where) => {
    if (values.includes(value as string)) return;
    if (typeof value === 'string') fail({ what: `unknown value "${value}"`, where, fix: didYouMean(value, values) });
    refuse(value, where, 'a known value', `Choose one of: ${values.join(', ')}.`);
  };

/** An object with these keys. An unknown key is an error unless `isOpen`. */
/* @__NO_SIDE_EFFECTS__ */
export const record =
  (fields: Readonly<Record<string, Kind>>, { isOpen = false }: { readonly isOpen?: boolean } = {}): Kind =>
  (value, where) => {
    anObject(value, where);
    const names = Object.keys(fields);
    const unknown = isOpen ? undefined : Object.keys(value as object).find((key) => !Object.hasOwn(fields, key));
    if (unknown !== undefined) fail({ what: `unknown option "${unknown}"`, where, fix: didYouMean(unknown, names) });
    for (const name of names) fields[name]((value as Record<string, unknown>)[name], inside(where, name));
  };

/** An object whose values are of a kind. */
/* @__NO_SIDE_EFFECTS__ */
export const recordOf =
  (inner: Kind): Kind =>
  (value, where) => {
    anObject(value, where);
    for (const [name, each] of Object.entries(value as object)) inner(each, inside(where, name));
  };

/** Options that may be left out as a whole: an object with these keys. */
/* @__NO_SIDE_EFFECTS__ */
export const options = (fields: Readonly<Record<string, Kind>>): Kind => optional(record(optionalAll(fields)));

const optionalAll = (fields: Readonly<Record<string, Kind>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, optional(inner)]));

/**
 * Checks the arguments of a call, in order. `call` is its signature, as the fix shows it. Throws an InputError at the first
 * argument that is wrong.
 *
 * `checkCall('load(bytes)', { bytes: [3, someBytes] })` says: load: bytes: 3 is not a Uint8Array.
 */
export function checkCall(call: string, given: Readonly<Record<string, readonly [unknown, Kind]>>): void {
  const name = call.slice(0, call.indexOf('('));
  for (const [argument, [value, check]] of Object.entries(given)) check(value, `${name}: ${argument}`);
}
