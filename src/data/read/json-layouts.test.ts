import { describe, expect, test } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { readTableText } from './file.ts';
import { withTexts } from './json-text.ts';

const read = (text: string) => {
  const { columns } = readTableText(text, { name: 't.json' });
  return Object.fromEntries(columns.map(({ name, values }) => [name, [...values]]));
};
const wanted = { a: ['1.5', '2.5'], y: ['1', undefined] };

describe("pandas' to_json", () => {
  test.each([
    ['records', '[{"a":1.5,"y":1},{"a":2.5,"y":null}]'],
    ['columns, the default', '{"a":{"0":1.5,"1":2.5},"y":{"0":1,"1":null}}'],
    ['index', '{"0":{"a":1.5,"y":1},"1":{"a":2.5,"y":null}}'],
    ['split', '{"columns":["a","y"],"index":[0,1],"data":[[1.5,1],[2.5,null]]}'],
    ['table', '{"schema":{"fields":[{"name":"a"}]},"data":[{"a":1.5,"y":1},{"a":2.5,"y":null}]}'],
    ['lists', '{"a":[1.5,2.5],"y":[1,null]}'],
    ['lines', '{"a":1.5,"y":1}\n{"a":2.5,"y":null}\n'],
  ])('%s', (_orient, text) => expect(read(text)).toEqual(wanted));

  test('an index that does not count the rows is kept', () => {
    expect(read('{"columns":["a"],"index":["r","s"],"data":[[1],[2]]}')).toEqual({
      'Unnamed: 0': ['r', 's'],
      a: ['1', '2'],
    });
  });
  test('names that do not tell rows from columns are an error with the fix', () => {
    expect(() => read('{"a":{"r":1},"y":{"r":2}}')).toThrow('With pandas, write to_json(..., orient="records")');
  });
  test('rows without names of columns, pandas\' orient="values", are an error with the fix', () => {
    expect(() => read('[[1, "a"], [2, "b"]]')).toThrowErrorMatchingInlineSnapshot(`
      [InputError: t.json: the rows are lists without the names of their columns, as pandas writes with to_json(orient="values").
        With pandas, write to_json(..., orient="records"). Or write rows as objects: [{ "column": value }, …].]
    `);
  });
  test('rows inside an object are named', () => {
    expect(() => read('{"status":"ok","data":[{"a":1},{"a":2}]}')).toThrow('an object whose rows are under "data"');
    expect(() => read('{"columns":["a","b"],"index":[0],"data":[[1]]}')).toThrow('t.json.data[0]: the row has 1 cells');
  });
});

test('NaN, infinities and integers of too many digits become texts; strings stay as they are', () => {
  expect(
    JSON.parse(withTexts('[NaN, -Infinity, Infinity, "NaN \\" 12345678901234567890", 12345678901234567890]')),
  ).toEqual(['NaN', '-Infinity', 'Infinity', 'NaN " 12345678901234567890', '12345678901234567890']);
  // these are the nearest numbers, not rounded integers
  expect(JSON.parse(withTexts('[9007199254740991, 1234567890123456789.5, 1e20, 0.12345678901234567]'))).toEqual([
    9007199254740991, 1234567890123456789.5, 1e20, 0.12345678901234567,
  ]);
  expect(read('{"id":9007199254740993}\n{"id":9007199254740992}\n')).toEqual({
    id: ['9007199254740993', '9007199254740992'],
  });
  expect(read('[{"a": NaN}, {"a": 1}]')).toEqual({ a: ['NaN', '1'] });
});

test('a key that an object has twice is an error, because a column would be lost', () => {
  for (const text of ['[{"a":1,"b":2,"a":3}]', '{"a":1,"b":"a"}\n{"a":1,"a":2}\n', '{"a":[1],"a":[2]}']) {
    expect(() => read(text)).toThrow(InputError);
    expect(() => read(text)).toThrow('has the key "a" twice');
  }
  expect(read('[{"a":1,"b":"a"},{"a":2,"b":"a"}]').a).toEqual(['1', '2']);
});
