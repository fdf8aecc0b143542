/** Values of every kind, and what happens when a function is called with them. */
import { InputError } from '../src/base/errors.ts';

class Instance {
  readonly field = 1;
}

/** Values of every kind, by name. */
export const values: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  boolean: true,
  number: 5,
  fraction: 1.5,
  negative: -1,
  nan: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  text: 'text',
  emptyText: '',
  object: {},
  bareObject: Object.create(null),
  array: [],
  arrayOfText: ['a'],
  arrayOfUndefined: [undefined],
  rows: [{ a: 1 }],
  matrix: [[1, 2]],
  function: () => 1,
  class: Instance,
  instance: new Instance(),
  date: new Date(0),
  map: new Map(),
  bytes: new Uint8Array(4),
  floats: new Float32Array(4),
  symbol: Symbol('s'),
  promise: Promise.resolve(1),
  bigint: 3n,
};

export type ValueKind = keyof typeof values & string;

export const numbers = ['number', 'fraction', 'negative'];
export const objects = ['object', 'bareObject', 'instance', 'date', 'map'];
export const lists = ['array', 'arrayOfText', 'arrayOfUndefined', 'rows', 'matrix'];

/** A call of a function: right arguments, and for each position the kinds of value that are right too. */
export interface Call {
  readonly call: (...given: never[]) => unknown;
  readonly right: readonly unknown[];
  /** For each position: names of `values`, or `all`. */
  readonly accepts?: readonly (readonly string[] | 'all')[];
  /** The keys of the options, with the kinds of value that are right; their position is the last one of `right` unless said. */
  readonly options?: Readonly<Record<string, readonly string[] | 'all'>>;
  readonly optionsAt?: number;
  /** Whether the function throws an InputError whatever its arguments are. */
  readonly throws?: boolean;
  /** The number of arguments that cannot be left out. Default: all. */
  readonly required?: number;
}

/** The result of a call: undefined for an InputError, otherwise what happened instead. */
async function outcome(call: Call['call'], given: readonly unknown[]): Promise<string | undefined> {
  try {
    const result = call(...(given as never[])) as {
      then?: unknown;
      [Symbol.asyncIterator]?: () => AsyncIterator<unknown>;
    };
    const iterate = result?.[Symbol.asyncIterator];
    if (iterate !== undefined && typeof result.then !== 'function') {
      await iterate.call(result).next();
    } else await result;
    return 'no error';
  } catch (error) {
    if (error instanceof InputError || (error as Error)?.name === 'InputError') {
      const { what, where, fix } = error as InputError;
      return [what, where, fix].every((part) => typeof part === 'string' && part !== '') ? undefined : 'an empty part';
    }
    return `${(error as Error)?.name}: ${(error as Error)?.message?.split('\n')[0]}`;
  }
}

/** The wrong calls of a function that do not end in an InputError, as texts. */
export async function faults(
  name: string,
  { call, right, accepts = [], options = {}, ...rest }: Call,
): Promise<string[]> {
  const found: string[] = [];
  const report = (what: string, happened: string | undefined, isRight: boolean) => {
    if (happened !== undefined && !(isRight && happened === 'no error')) found.push(`${name} ${what}: ${happened}`);
  };
  report('right', (await outcome(call, right)) ?? (rest.throws ? undefined : 'InputError'), true);
  report('one more', (await outcome(call, [...right, 'more'])) ?? undefined, true);
  const { required = right.length, optionsAt = right.length - 1 } = rest;
  for (let count = 0; count < required; count++)
    report(`${count} arguments`, await outcome(call, right.slice(0, count)), false);
  for (const [kind, value] of Object.entries(values)) {
    for (let i = 0; i < right.length; i++) {
      const allowed = accepts[i] ?? (i >= required ? ['undefined'] : []);
      const isRight = allowed === 'all' || allowed.includes(kind);
      report(`#${i} ${kind}`, await outcome(call, right.with(i, value)), isRight);
    }
    for (const [key, allowed] of Object.entries(options)) {
      const isRight = kind === 'undefined' || allowed === 'all' || allowed.includes(kind);
      const changed = { ...(right[optionsAt] as object), [key]: value };
      report(`{ ${key} } ${kind}`, await outcome(call, right.with(optionsAt, changed)), isRight);
    }
  }
  return found;
}
