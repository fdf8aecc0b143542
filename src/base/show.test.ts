import { expect, test } from 'vitest';
import { show } from './show.ts';

test('a value is shown as the beginning of its JSON', () => {
  for (const value of ['a"b', true, null, [1, 'x', null], { a: { b: [1] }, c: 'd' }, []]) {
    expect(show(value)).toBe(JSON.stringify(value));
  }
  expect(show(Number.NaN)).toBe('NaN');
  expect(show(undefined)).toBe('undefined');
  expect(show({ a: undefined })).toBe('{"a":null}');
  expect(show('x'.repeat(100), 10)).toBe(`"${'x'.repeat(9)}`);
});

test('deep, large and cyclic values, and values without a prototype or that throw, are shown at once', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const bare = Object.assign(Object.create(null), { a: 1 });
  const throwing = {
    get a() {
      throw new Error('no');
    },
  };
  expect(show(deep)).toBe('['.repeat(60));
  expect(show(new Array(1e6).fill(1)).length).toBe(60);
  expect(show('y'.repeat(1e7)).length).toBe(60);
  expect(show(cyclic).length).toBe(60);
  expect(show(bare)).toBe('{"a":1}');
  expect(show(throwing)).toBe('a value of type object');
  expect(show(Symbol('s'))).toBe('Symbol(s)');
  expect(show(3n)).toBe('a value of type bigint');
});
