import { expect, test } from 'vitest';
import {
  aCount,
  aFunction,
  anObject,
  aText,
  checkCall,
  type Kind,
  listOf,
  oneOf,
  options,
  record,
  someBytes,
} from './arguments.ts';
import { InputError } from './errors.ts';

/** What the check of a value says; undefined if the value is right. */
function complaint(kind: Kind, value: unknown): string | undefined {
  try {
    kind(value, 'value');
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).what;
  }
}

test('a value is named as its reader would: its text, its class, a promise to await, or that it is missing', () => {
  expect(complaint(aCount, 'three')).toBe('"three" is not a positive integer');
  expect(complaint(aCount, new Date(0))).toBe('an instance of Date is not a positive integer');
  expect(complaint(aCount, undefined)).toBe('it is missing');
  expect(complaint(aCount, Symbol('n'))).toBe('Symbol(n) is not a positive integer');
  expect(complaint(aCount, 3n)).toMatch(/is not a positive integer$/);
  expect(() => aCount(Promise.resolve(3), 'units')).toThrow(
    'units: it is a promise, not a positive integer.\n  Write await before it.',
  );
});

test('objects are plain ones and instances of the caller, but none of JavaScript', () => {
  class Options {
    readonly seed = 1;
  }
  expect([{}, Object.create(null), new Options()].map((value) => complaint(anObject, value))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  for (const value of [null, [], new Map(), new Date(), Promise.resolve(), new Uint8Array(1), () => {}, 'a']) {
    expect(complaint(anObject, value)).toBeDefined();
  }
});

test('a class is not a function that can be called', () => {
  expect(complaint(aFunction, class {})).toBeDefined();
  expect(complaint(aFunction, () => {})).toBeUndefined();
});

test('the error names the place inside lists and objects, and the nearest known option', () => {
  const kind = options({ recipes: listOf(record({ name: aText })), mode: oneOf('fast', 'strict') });
  expect(() => kind({ recipes: [{ name: 'a' }, { name: 3 }] }, 'load: options')).toThrow(
    'load: options.recipes[1].name: 3 is not a text',
  );
  expect(() => kind({ recipe: [] }, 'load: options')).toThrow('Did you mean "recipes"?');
  expect(() => kind({ mode: 'fats' }, 'load: options')).toThrow('Did you mean "fast"?');
  expect(() => checkCall('load(bytes)', { bytes: ['a.safetensors', someBytes] })).toThrow(
    'load: bytes: "a.safetensors"',
  );
});

test('a value whose properties cannot be read is refused like any other', () => {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new TypeError('no');
      },
      getPrototypeOf() {
        throw new TypeError('no');
      },
    },
  );
  expect(() => aText(hostile, 'name')).toThrow(InputError);
});
