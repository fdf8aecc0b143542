import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sampled } from '../../../test/runs.ts';
import type { Table } from '../table/table.ts';
import { collectTable } from './collect-table.ts';
import { readTableFile, readTableText } from './file.ts';
import { checkLimits, limitOf } from './limits.ts';
import { readTable } from './read.ts';
import { readTableParts, readTableStream } from './stream.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const lines = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join('\n');

async function* inPieces(bytes: Uint8Array, length = 50_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const complaint = async (call: () => unknown) => {
  try {
    await call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

async function rowsOf(parts: AsyncIterable<Table>): Promise<number> {
  let rows = 0;
  for await (const part of parts) rows += part.rows;
  return rows;
}

/** Every way of reading bytes. */
const ways: readonly [string, (bytes: Uint8Array, options?: object) => Promise<unknown>][] = [
  ['whole', (bytes, options) => readTableFile(bytes, { name: 'f', ...options })],
  ['as a stream', (bytes, options) => readTableStream(inPieces(bytes), { name: 'f', ...options })],
  ['packed', (bytes, options) => readTableStream(inPieces(bytes), { name: 'f', maxPlainLength: 100, ...options })],
  ['in parts', (bytes, options) => rowsOf(readTableParts(inPieces(bytes), { name: 'f', ...options }))],
];

/** Small files that claim much: each with the limit that refuses it. */
const claims: readonly [string, string, () => string | Uint8Array][] = [
  ['JSON Lines whose rows have a key each', 'cells', () => lines(20_000, (i) => `{"k${i}":1}`)],
  ['JSON whose rows have a key each', 'cells', () => `[${lines(20_000, (i) => `{"k${i}":1},`)}{"a":1}]`],
  [
    'JSON Lines with ten thousand keys in the last row',
    'cells',
    () => `${'{"a":1}\n'.repeat(20_000)}{${Array.from({ length: 10_000 }, (_, i) => `"k${i}":1`)}}`,
  ],
  ['rows of zeros under gzip', 'cells', () => gzipSync(`a,b,c\n${'0,0,0\n'.repeat(400_000)}`)],
  ['empty objects under gzip', 'cells', () => gzipSync('{}\n'.repeat(1_200_000))],
  ['a list of empty objects under gzip', 'cells', () => gzipSync(`[${'{},'.repeat(1_200_000)}{"a":1}]`)],
  ['blank lines under gzip', 'cells', () => gzipSync(`a\n${'\n'.repeat(1_200_000)}1\n`)],
  ['quoted cells under gzip', 'cells', () => gzipSync(`a\n${'""\n'.repeat(1_200_000)}`)],
  ['a long text under gzip', 'after decompression', () => gzipSync(`[{"a":"${'x'.repeat(40_000_000)}"}]`)],
  ['brackets under gzip', 'after decompression', () => gzipSync('['.repeat(40_000_000))],
  ['a header of very many columns', 'columns', () => `${Array.from({ length: 100_001 }, (_, i) => `c${i}`)}\n1\n`],
  ['an object of very many keys', 'columns', () => `[{${Array.from({ length: 100_001 }, (_, i) => `"k${i}":1`)}}]`],
  ['nested lists', 'levels of nesting', () => `[{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`],
  ['nested lists without an end', 'levels of nesting', () => '['.repeat(1_000_000)],
];

describe('a small file that claims a large size is refused, with the limit and how to raise it', () => {
  const numbered = claims.map(([name, limit, make], i) => [name, limit, make, i] as const);
  test.each(numbered)('%s', async (_name, limit, make, i) => {
    const made = make();
    const bytes = typeof made === 'string' ? bytesOf(made) : made;
    // in the short suite by one way, in turn
    for (const [way, read] of sampled(ways, 4, i)) {
      const message = await complaint(() => read(bytes));
      expect(message, way).toMatch(/^f: the file has [\d.,]+( MiB)? /);
      expect(message, way).toContain(` ${limit} or more, but the limit for a file of `);
      expect(message, way).toMatch(/raise the limit: --max-[a-z-]+ on the command line, or limits: \{ max\w+: … \}/);
    }
  });
});

test('the message has the size, the limit, the flag and the option', async () => {
  const text = lines(20_000, (i) => `{"k${i}":1}`);
  expect(await complaint(() => readTableText(text, { name: 'sparse.jsonl' }))).toMatchInlineSnapshot(`
    "sparse.jsonl: the file has 1,299,600 cells or more, but the limit for a file of 244 KiB is 1,297,465.
      If you trust the file, raise the limit: --max-cells on the command line, or limits: { maxCells: … } in a program."
  `);
  const limits = { maxCells: 10 };
  expect(await complaint(() => readTable('a,b\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n', { limits }))).toMatchInlineSnapshot(`
    "data: the file has 12 cells or more, but the limit is 10.
      If you trust the file, raise the limit: --max-cells on the command line, or limits: { maxCells: … } in a program."
  `);
});

test('a raised limit accepts the file, and a lowered limit refuses it, with every reader', async () => {
  const zeros = new Uint8Array(gzipSync(`a,b\n${'0,0\n'.repeat(600_000)}`));
  for (const [way, read] of sampled(ways, 4, 1)) {
    expect(await complaint(() => read(zeros)), way).toContain('cells or more');
    expect(await complaint(() => read(zeros, { limits: { maxCells: 1e7 } })), way).toBe('no complaint');
  }
  for (const [way, read] of ways) {
    const two = { limits: { maxCells: 2 } };
    expect(await complaint(() => read(bytesOf('a\n1\n2\n'), two)), way).toBe('no complaint');
    expect(await complaint(() => read(bytesOf('a\n1\n2\n'), { limits: { maxCells: 1 } })), way).toContain(
      'cells or more, but the limit is 1.',
    );
    expect(await complaint(() => read(bytesOf('a,b\n1,2\n'), { limits: { maxColumns: 1 } })), way).toContain(
      '2 columns',
    );
  }
  const rows = [{ a: 1 }, { b: 2 }, { c: 3 }];
  expect(await complaint(() => readTable(rows, { limits: { maxCells: 8 } }))).toContain('9 cells or more');
  expect(await complaint(() => collectTable(inTurn(rows), { limits: { maxColumns: 2 } }))).toContain('3 columns');
});

async function* inTurn<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

test('sparse rows in memory are refused before the table is made; as many dense rows are not', async () => {
  const sparse = Array.from({ length: 1200 }, (_, i) => ({ [`k${i}`]: 1 }));
  expect(await complaint(() => readTable(sparse))).toContain('cells or more');
  expect(await complaint(() => collectTable(inTurn(sparse)))).toContain('cells or more');
  // 1.2 million cells
  const row = Object.fromEntries(Array.from({ length: 60 }, (_, c) => [`c${c}`, 1]));
  expect(readTable(new Array(20_000).fill(row)).columns).toHaveLength(60);
});

test('CSV without compression never has more cells than its default limit', () => {
  for (const bytes of [0, 1, 1e3, 1e6, 1e9]) expect(limitOf('maxCells', undefined, bytes)).toBeGreaterThan(bytes);
});

test('a compressed file of a sixtieth of its size is accepted', () => {
  for (const bytes of [1e3, 1e5, 1e6, 2e6, 2e7, 1e9]) {
    expect(limitOf('maxDecompressedBytes', undefined, bytes)).toBeGreaterThan(60 * bytes);
  }
});

test('the limits of a stream follow its size if that is given, and otherwise the bytes read so far', async () => {
  // the rows of many keys come first
  const sparse = Array.from({ length: 1500 }, (_, i) => `{"k${i}":1}`);
  const rest = Array.from({ length: 20 }, () => `{"k0":"${'x'.repeat(100_000)}"}`);
  const bytes = bytesOf([...sparse, ...rest].join('\n'));
  const read = (size?: number) => readTableStream(inPieces(bytes, 1000), { name: 'f', maxPlainLength: 100, size });
  expect(await complaint(() => read())).toContain('cells or more');
  expect(await complaint(() => read(bytes.length))).toBe('no complaint');
});

test('an invalid limit is an error', async () => {
  expect(await complaint(() => checkLimits({ maxCell: 5 } as object))).toMatchInlineSnapshot(`
    "limits: unknown limit "maxCell".
      The limits are: maxCells, maxColumns, maxDepth, maxDecompressedBytes."
  `);
  for (const value of [0, Number.NaN, '5', -1]) {
    const limits = { maxCells: value } as never;
    for (const [way, read] of ways) {
      expect(await complaint(() => read(bytesOf('a\n1\n'), { limits })), way).toContain('is not a valid limit');
    }
    expect(await complaint(() => readTable('a\n1\n', { limits }))).toContain('is not a valid limit');
    expect(await complaint(() => readTableText('a\n1\n', { limits }))).toContain('is not a valid limit');
    expect(await complaint(() => collectTable(inTurn([{ a: 1 }]), { limits }))).toContain('is not a valid limit');
  }
});
