import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, describe as group, test } from 'vitest';
import { fromLz4 } from './compression/lz4.ts';
import { readTableFile, readTableText } from './file.ts';

const folder = new URL('../../../test/outside/tables/', import.meta.url);
const file = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const bytes = (text: string) => new TextEncoder().encode(text);
const cells = ({ columns }: { columns: readonly { name: string; values: readonly unknown[] }[] }) =>
  Object.fromEntries(columns.map(({ name, values }) => [name, values]));
const complaint = async (call: () => unknown) => {
  try {
    await call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

/** What test/outside/tables.py wrote. */
const n = 12;
const wanted = {
  whole: Array.from({ length: n }, (_, i) => (i === 3 ? undefined : String(i * 10 ** 15))),
  real: Array.from({ length: n }, (_, i) => (i === 5 ? undefined : String(i / 3))),
  single: Array.from({ length: n }, (_, i) => String(i / 4)),
  flag: Array.from({ length: n }, (_, i) => String(i % 3 === 0)),
  text: Array.from({ length: n }, (_, i) => (i === 7 ? undefined : ['red', 'grün', 'say "hi"', 'a,b'][i % 4])),
  coded: Array.from({ length: n }, (_, i) => ['x', 'y'][i % 2]),
  day: Array.from({ length: n }, (_, i) => `2024-01-${String(i + 1).padStart(2, '0')}`),
  moment: Array.from({ length: n }, (_, i) => `2024-01-01T${String(i).padStart(2, '0')}:30:00.000Z`),
};

group("pyarrow's files", () => {
  const names = readdirSync(folder).filter((name) => !/^(nested|long|table)/.test(name));
  test('the samples include Parquet, Feather and streams, in every compression', () => expect(names).toHaveLength(10));
  test.each(names)('%s: every cell of every type', async (name) => {
    expect(cells(await readTableFile(file(name)))).toEqual(wanted);
  });
  test('30,000 rows of Feather under LZ4', async () => {
    const { x, y } = cells(await readTableFile(file('long.feather')));
    expect(x).toEqual(Array.from({ length: 30_000 }, (_, i) => String(((i * i) % 97) / 7)));
    expect(y).toEqual(Array.from({ length: 30_000 }, (_, i) => `row ${i % 1000}`));
  });
  test('gzip with any content is decompressed', async () => {
    expect(cells(await readTableFile(file('table.csv.gz')))).toEqual({ x: ['1', undefined], y: ['yes', 'no'] });
    expect(cells(await readTableFile(gzipSync(file('zstd.parquet'))))).toEqual(wanted);
  });
  test('a damaged file, or one that is not a table, is an error', async () => {
    const { columns, leftOut } = await readTableFile(file('nested.parquet'), { name: 'n.parquet' });
    expect([columns.map(({ name }) => name), leftOut]).toEqual([
      ['y'],
      [{ name: 'x', reason: 'its cells are lists or structures' }],
    ]);
    const torn = file('snappy.parquet').subarray(0, 3000);
    expect(await complaint(() => readTableFile(torn, { name: 't.parquet' }))).toMatchInlineSnapshot(`
      "t.parquet: the Parquet file is damaged, or uses a feature that is not supported (its end is missing).
        Write it again, or as CSV."
    `);
    expect(
      await complaint(() => readTableFile(file('table.csv.gz').subarray(0, 20), { name: 't.gz' })),
    ).toMatchInlineSnapshot(`
      "t.gz: the gzip file is incomplete or damaged.
        Download or write it again."
    `);
    expect(
      await complaint(() => readTableFile(Uint8Array.of(0x89, 0x50, 0xff), { name: 't.png' })),
    ).toMatchInlineSnapshot(`
      "t.png: it is not UTF-8 text, Parquet, Arrow or gzip.
        Save it as CSV or JSON in UTF-8."
    `);
    const half = file('lz4.feather');
    expect(await complaint(() => readTableFile(half.subarray(0, half.length / 2), { name: 't.feather' }))).toContain(
      'the Arrow file is damaged',
    );
  });
});

test('JSON: rows, columns; JSON Lines, with its lines in errors', async () => {
  const want = { a: ['1', '2'], b: ['x', undefined] };
  for (const text of [
    '[{"a":1,"b":"x"},{"a":2}]',
    '{"a":[1,2],"b":["x",null]}',
    '{"a":1,"b":"x"}\n{"a":2,"b":null}\n',
    '\uFEFF{"a":1,"b":"x"}\r\n\r\n{"a":2}',
  ]) {
    expect(cells(readTableText(text)), text).toEqual(want);
    expect(cells(await readTableFile(bytes(text))), text).toEqual(want);
  }
  // a single line is a row
  expect(cells(readTableText('{"a":1,"b":"x"}'))).toEqual({ a: ['1'], b: ['x'] });
  const of = (text: string) => complaint(() => readTableText(text, { name: 't.jsonl' }));
  expect(await of('{"a":1}\n{"a":}\n')).toMatchInlineSnapshot(`
    "t.jsonl line 2: the line is not JSON.
      Write each row as one object in a line: {"column": value}."
  `);
  expect(await of('{"a":1}\n\n[2]\n')).toMatchInlineSnapshot(`
    "t.jsonl line 3: the line is not an object.
      Write each row as one object in a line: {"column": value}."
  `);
  expect(await of('{"a":1}\n{"a":{"b":2}}\n')).toMatchInlineSnapshot(`
    "t.jsonl: no column can be used. "a": its cell in t.jsonl line 2 is a structure.
      Split lists and structures into columns of numbers and texts."
  `);
  expect(await of('[{"a":1},2]')).toMatchInlineSnapshot(`
    "t.jsonl[1]: the row is not an object.
      Write each row as { "column": value }, or pass the table as columns: { "column": [values] }."
  `);
});

test('LZ4: a frame of literals, of a match that reaches into itself, of stored bytes; damaged ones are refused', () => {
  const frame = (...blocks: number[][]) =>
    Uint8Array.from([
      4,
      0x22,
      0x4d,
      0x18,
      0x60,
      0x40,
      0x82,
      ...blocks.flatMap((block) => [block.length, 0, 0, 0, ...block]),
      0,
      0,
      0,
      0,
    ]);
  const text = (packed: Uint8Array, length: number) => new TextDecoder().decode(fromLz4(packed, length));
  const [a, b, c] = [97, 98, 99];
  expect(text(frame([0x30, a, b, c]), 3)).toBe('abc');
  // two literals, then 14 bytes from two back, then an end of literals
  expect(text(frame([0x2a, a, b, 2, 0, 0x10, c]), 17)).toBe(`${'ab'.repeat(8)}c`);
  // a match goes over a block's start
  expect(text(frame([0x30, a, b, c], [0x00, 3, 0, 0x10, a]), 8)).toBe('abcabcaa');
  const stored = frame([a, b]);
  stored[10] = 0x80;
  expect(text(stored, 2)).toBe('ab');
  for (const bad of [
    frame([0x40, a, b, c]),
    frame([0x20, a, b, 9, 0, 0x10, c]),
    frame([0xf0]),
    frame([0x30, a, b, c]).subarray(0, 9),
  ]) {
    expect(() => fromLz4(bad, 3)).toThrow('damaged');
  }
});
