import { expect, test } from 'vitest';
import { InputError } from './errors.ts';
import {
  atLeast0,
  choice,
  distinctTexts,
  fields,
  finite,
  list,
  oneOfKinds,
  type Reader,
  refuse,
  text,
} from './readers.ts';

/** The message of a reader's error, without the fix; or what it returned. */
function outcome(reader: Reader<unknown>, value: unknown): unknown {
  try {
    return reader(value, ['data']);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message.split('\n')[0];
  }
}

const shape = oneOfKinds<object>([
  { name: 'circle', read: fields({ kind: choice(['circle']), radius: atLeast0 }) },
  { name: 'path', read: fields({ kind: choice(['path']), names: distinctTexts(1) }) },
]);

test('a value that fits is returned, without the keys that the reader does not name', () => {
  expect(outcome(shape, { kind: 'circle', radius: 2, colour: 'red' })).toEqual({ kind: 'circle', radius: 2 });
  expect(outcome(shape, { kind: 'path', names: ['a', 'b'] })).toEqual({ kind: 'path', names: ['a', 'b'] });
});

test('a key that every object has does not count as given', () => {
  expect(outcome(fields({ constructor: finite }), {})).toBe('data.constructor: it is missing.');
});

test.each([
  [shape, 5, 'data: 5 is not an object.'],
  [shape, [1], 'data: [1] is not an object.'],
  [shape, {}, 'data.kind: it is missing.'],
  [shape, { kind: 'circel' }, 'data.kind: unknown kind "circel".'],
  [shape, { kind: 'circle', radius: '2' }, 'data.radius: "2" is not a number.'],
  [shape, { kind: 'circle', radius: Number.NaN }, 'data.radius: NaN is not a finite number.'],
  [shape, { kind: 'circle', radius: -1 }, 'data.radius: -1 is not at least 0.'],
  [shape, { kind: 'path', names: 'ab' }, 'data.names: "ab" is not a list.'],
  [shape, { kind: 'path', names: [] }, 'data.names: the list is empty.'],
  [shape, { kind: 'path', names: ['a', 'b', 'a'] }, 'data.names[2]: the text appears twice.'],
  [list(text), ['a', 1], 'data[1]: 1 is not a text in quotes.'],
] as const)('%#: %s', (reader, value, message) => {
  expect(outcome(reader as Reader<unknown>, value)).toBe(message);
});

test('the first wrong entry ends the check of a list', () => {
  let calls = 0;
  const counted: Reader<never> = (_value, path) => {
    calls++;
    return refuse('it is wrong', path);
  };
  expect(outcome(list(counted), new Array(1000).fill(0))).toBe('data[0]: it is wrong.');
  expect(calls).toBe(1);
});
