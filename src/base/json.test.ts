import { expect, test } from 'vitest';
import { measureJson, parseJson } from './json.ts';
import { fillUniform } from './random.ts';

const read = (text: string) => () => parseJson(text, 'experiment.json');

test('valid JSON is read as the platform reads it', () => {
  for (const value of [{ a: [1, -0.5, 1e-7], b: { c: null } }, [], {}, 'ü\u2028\n"', 0, true, null]) {
    expect(parseJson(JSON.stringify(value), 'x')).toEqual(value);
    expect(parseJson(`\r\n\t ${JSON.stringify(value, null, 2)} \n`, 'x')).toEqual(value);
  }
  // every digit counts: 17 of them name a float64
  expect(parseJson('0.1000000000000000055511151231257827', 'x')).toBe(0.1);
  expect(Object.is(parseJson('-0', 'x'), -0)).toBe(true);
});

test('an empty file', () => {
  expect(read('')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: experiment.json: the file is empty.
      Write a JSON object: { … }.]
  `);
  expect(read(' \n\t')).toThrow('experiment.json: the file is empty.');
});

test('a comma after the last entry', () => {
  expect(read('{\n  "seed": 1,\n}')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: experiment.json line 3, column 1: unexpected "}" found, which is not JSON.
      Correct this position: keys and strings are in double quotes, and no comma follows the last entry.]
  `);
  expect(read('[1, 2,]')).toThrow('experiment.json line 1, column 7: ');
});

test('a missing comma is reported at the next entry', () => {
  expect(read('{\n  "seed": 1\n  "network": {}\n}')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: experiment.json line 3, column 3: unexpected text found, which is not JSON.
      Correct this position: keys and strings are in double quotes, and no comma follows the last entry.]
  `);
});

test('names without quotes, and in single quotes', () => {
  expect(read('{ seed: 1 }')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: experiment.json line 1, column 3: unexpected character 's' found, which is not JSON.
      Correct this position: keys and strings are in double quotes, and no comma follows the last entry.]
  `);
  expect(read("{ 'seed': 1 }")).toThrow('experiment.json line 1, column 3: ');
});

test('a comment', () => {
  expect(read('{\n  // the seed\n  "seed": 1\n}')).toThrow('experiment.json line 2, column 3: ');
  expect(read('/* an experiment */ {}')).toThrow('experiment.json line 1, column 1: ');
});

test("numbers that are not in JSON's notation", () => {
  const columns = {
    '[NaN]': 2,
    '[Infinity]': 2,
    '[+1]': 2,
    '[.5]': 2,
    '[01]': 2,
    '[1.]': 4,
    '[0x10]': 3,
    '[1_000]': 3,
  };
  for (const [text, column] of Object.entries(columns)) {
    expect(read(text), text).toThrow(`experiment.json line 1, column ${column}: `);
  }
});

test('text after the end', () => {
  expect(read('{}\n{}')).toThrow('experiment.json line 2, column 1: ');
  expect(read('{"a": 1}}')).toThrow('experiment.json line 1, column 9: ');
});

test('an invalid escape sequence', () => {
  expect(read('{ "file": "C:\\data.csv" }')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: experiment.json line 1, column 14: unexpected character 'd' found, which is not JSON.
      Correct this position: keys and strings are in double quotes, and no comma follows the last entry.]
  `);
});

test('lines are counted at line feeds, carriage returns and both together', () => {
  expect(read('[\n1,\r\n2,\n3 4]')).toThrow('experiment.json line 4, column 3: ');
});

test('a file with one changed character is read, or refused with line and column', () => {
  const whole = JSON.stringify(
    { network: { layers: [{ dense: 2, bias: false, weight: [[0.15, -2e-3]] }] }, seed: 1 },
    null,
    1,
  );
  // control characters within quotes are not among them
  const characters = '{}[]",:.-+eE0 9atrufnls\\/\'x ';
  const seed = 1;
  const draws = new Float64Array(3000);
  fillUniform(draws, seed, 'check', 0);
  let refused = 0;
  for (let i = 0; i < draws.length; i += 3) {
    const at = Math.floor(draws[i] * whole.length);
    const inserted = draws[i + 1] < 0.3 ? '' : characters[Math.floor(draws[i + 2] * characters.length)];
    const changed = whole.slice(0, at) + inserted + whole.slice(at + 1);
    try {
      parseJson(changed, 'x.json');
    } catch (error) {
      refused++;
      expect(error, `draw ${i} of seed ${seed}: ${changed}`).toMatchObject({ name: 'InputError' });
      expect((error as { where: string }).where).toMatch(/^x\.json line \d+, column \d+$/);
    }
  }
  expect(refused).toBeGreaterThan(300);
});

test('a string that continues past the end of its line', () => {
  expect(read('{ "file": "a\nb" }')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: experiment.json line 1, column 13: a string continues past the end of its line, or contains a tab.
      End it with a double quote, or write \\n or \\t.]
  `);
  expect(read('"a\tb"')).toThrow('experiment.json line 1, column 3: ');
});

test('a byte order mark, which some editors write, is ignored', () => {
  expect(parseJson('\uFEFF{ "seed": 1 }', 'x')).toEqual({ seed: 1 });
});

test('an incomplete file', () => {
  expect(read('{\n  "seed": 1,\n  "network": { "inp')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: experiment.json line 3, column 20: the text ends too early: a bracket or a quote is not closed.
      Close it, or write the whole file again.]
  `);
  for (const cut of ['[1', '{"a":', '[1,', '[', '{"a": [tru']) expect(read(cut), cut).toThrow('ends too early');
});

test('nested lists and objects are counted before they are parsed, and refused beyond 64 levels', () => {
  const nested = (depth: number) => '[{"a":'.repeat(depth / 2) + '1'.concat('}]'.repeat(depth / 2));
  expect(parseJson(nested(64), 'x')).toBeDefined();
  expect(() => parseJson(nested(66), 'x.json')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: x.json: 66 lists and objects are nested, but the limit is 64.
      Nest them less deeply.]
  `);
  for (const text of [
    '['.repeat(1_000_000),
    '{"a":'.repeat(200_000),
    `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
  ]) {
    expect(() => parseJson(text, 'x.json')).toThrow('x.json: ');
    // also where the caller sets no limit, nothing overflows the stack
    try {
      parseJson(text, 'x.json', () => {});
    } catch (error) {
      expect(error).toMatchObject({ name: 'InputError' });
    }
  }
});

test('values are counted outside strings', () => {
  expect(measureJson('[1,{"a":"[,{\\"[","b\\\\":[]}]')).toMatchObject({ depth: 3, values: 6 });
  expect(measureJson('"[[[')).toMatchObject({ depth: 0, values: 1 });
});
