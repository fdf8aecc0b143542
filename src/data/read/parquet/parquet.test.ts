import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  type ColumnSpec,
  deltas,
  fieldOf,
  itemsOf,
  joined,
  plain,
  run,
  setWhole,
  split,
  table,
  varint,
  withLength,
  writeFile,
} from '../../../../test/parquet-writer.ts';
import { runs } from '../../../../test/runs.ts';
import { readTableFile } from '../file.ts';

const read = async (bytes: Uint8Array, options = {}) => {
  const { columns } = await readTableFile(bytes, { name: 't.parquet', ...options });
  return Object.fromEntries(columns.map(({ name, values }) => [name, [...values]]));
};
const complaint = async (bytes: Uint8Array, options = {}) => {
  try {
    await read(bytes, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};
const file = (rows: number, ...columns: ColumnSpec[]) => writeFile(table(rows, columns));
const numbers = [3, -1, 2_000_000_000, -2_147_483_648, 0, 7];
const texts = ['a', 'ab', 'abc', 'b', '', 'bcd'];
const shownNumbers = numbers.map(String);

describe('every way in which pages pack values', () => {
  const whole = (encoding: number, bytes: Uint8Array): ColumnSpec => ({
    name: 'x',
    type: 1,
    pages: [{ values: 6, encoding, bytes }],
  });
  test('whole numbers: plain, differences, bytes apart, a dictionary of runs and of packed bits', async () => {
    expect(await read(file(6, whole(0, plain.int32(numbers))))).toEqual({ x: shownNumbers });
    expect(await read(file(6, whole(5, deltas(numbers))))).toEqual({ x: shownNumbers });
    expect(await read(file(6, whole(9, split(plain.int32(numbers), 4))))).toEqual({ x: shownNumbers });
    const dictionary = { kind: 'dictionary' as const, values: 3, bytes: plain.int32([10, 20, 30]) };
    // four times the entry 1, then 0 and 2 in two bits each
    const bytes = Uint8Array.from([2, ...run(4, 1, 2), ...varint(3), 0b1000, 0]);
    const column: ColumnSpec = { name: 'x', type: 1, pages: [dictionary, { values: 6, encoding: 8, bytes }] };
    expect(await read(file(6, column))).toEqual({ x: ['20', '20', '20', '20', '10', '30'] });
  });
  test('differences of 64 bits, from exact numbers to inexact ones, and back', async () => {
    // a block of 128 values in four parts of 32: differences of 0 to 2^52 above the least one, in 56 bits each
    const least = -(2n ** 51n);
    const steps = Array.from({ length: 128 }, (_, i) => BigInt((i * 7919) % 4096) << 40n);
    const packed = steps.reduce(
      (all, step, i) => all | (step << BigInt(56 * (i % 32) + 56 * 32 * Math.floor(i / 32))),
      0n,
    );
    const body = Array.from({ length: (128 * 56) / 8 }, (_, i) => Number((packed >> BigInt(8 * i)) & 255n));
    const zigzag = (value: bigint): number[] => {
      const out: number[] = [];
      let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
      for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
      return [...out, Number(rest)];
    };
    const first = 2n ** 53n - 5n;
    const bytes = Uint8Array.from([
      ...varint(128),
      ...varint(4),
      ...varint(129),
      ...zigzag(first),
      ...zigzag(least),
      56,
      56,
      56,
      56,
      ...body,
    ]);
    const want = [first];
    for (const step of steps) want.push(want[want.length - 1] + least + step);
    const column: ColumnSpec = { name: 'x', type: 2, pages: [{ values: 129, encoding: 5, bytes }] };
    expect(await read(file(129, column))).toEqual({ x: want.map(String) });
  });
  test('300 differences in three blocks, of which the last is not full', async () => {
    const many = Array.from({ length: 300 }, (_, i) => ((i * 7919) % 1000) - 500);
    const column: ColumnSpec = { name: 'x', type: 1, pages: [{ values: 300, encoding: 5, bytes: deltas(many) }] };
    expect(await read(file(300, column))).toEqual({ x: many.map(String) });
  });
  test('texts: plain, after their lengths, and with prefixes of the text before', async () => {
    const text = (encoding: number, bytes: Uint8Array): ColumnSpec => ({
      name: 'x',
      type: 6,
      converted: 0,
      pages: [{ values: 6, encoding, bytes }],
    });
    expect(await read(file(6, text(0, plain.bytes(texts))))).toEqual({ x: texts.map((each) => each || undefined) });
    const lengths = deltas(texts.map(({ length }) => length));
    const all = new TextEncoder().encode(texts.join(''));
    expect(await read(file(6, text(6, joined(lengths, all))))).toEqual({ x: texts.map((each) => each || undefined) });
    const front = joined(deltas([0, 1, 2, 0]), deltas([1, 1, 1, 1]), new TextEncoder().encode('abcb'));
    const column: ColumnSpec = { name: 'x', type: 6, converted: 0, pages: [{ values: 4, encoding: 7, bytes: front }] };
    expect(await read(file(4, column))).toEqual({ x: ['a', 'ab', 'abc', 'b'] });
  });
  test('booleans: packed bits and runs; missing cells in both versions of pages', async () => {
    const flags: ColumnSpec = { name: 'x', type: 0, pages: [{ values: 6, bytes: Uint8Array.of(0b101001) }] };
    const want = { x: ['true', 'false', 'false', 'true', 'false', 'true'] };
    expect(await read(file(6, flags))).toEqual(want);
    const runs = withLength([...run(2, 1), ...run(4, 0)]);
    const second: ColumnSpec = { name: 'x', type: 0, pages: [{ values: 6, encoding: 3, bytes: runs }] };
    expect((await read(file(6, second))).x.join()).toBe('true,true,false,false,false,false');
    const levels = [...run(2, 1), ...run(3, 0), ...run(1, 1)];
    const values = plain.double([0.5, 1.5, 2.5]);
    const missing = { x: ['0.5', '1.5', undefined, undefined, undefined, '2.5'] };
    const first = { values: 6, bytes: joined(withLength(levels), values) };
    expect(await read(file(6, { name: 'x', type: 5, isOptional: true, pages: [first] }))).toEqual(missing);
    const other = { kind: 'second' as const, values: 6, levels: levels.length, bytes: joined(levels, values) };
    expect(await read(file(6, { name: 'x', type: 5, isOptional: true, pages: [other] }))).toEqual(missing);
  });
  test('20,000 rows in pages of other lengths by column', async () => {
    const count = 20_000;
    const x = Array.from({ length: count }, (_, i) => i);
    const pages = (size: number, bytes: (part: number[]) => Uint8Array) =>
      Array.from({ length: Math.ceil(count / size) }, (_, p) => {
        const part = x.slice(p * size, (p + 1) * size);
        return { values: part.length, bytes: bytes(part) };
      });
    const found = await read(
      file(
        count,
        { name: 'a', type: 1, pages: pages(9000, plain.int32) },
        { name: 'b', type: 5, pages: pages(777, plain.double) },
      ),
    );
    expect(found).toEqual({ a: x.map(String), b: x.map(String) });
  });
  test('a whole number of 64 bits keeps its digits; one without a sign has none', async () => {
    const values = [2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n), -1n];
    const column: ColumnSpec = { name: 'x', type: 2, pages: [{ values: 4, bytes: plain.int64(values) }] };
    expect(await read(file(4, column))).toEqual({ x: values.map(String) });
    expect(await read(file(4, { ...column, converted: 14 }))).toEqual({
      x: values.map((value) => String(BigInt.asUintN(64, value))),
    });
  });
});

describe('a file that claims a wrong number of rows is refused, not padded', () => {
  const column = (values: number, held: number, name = 'x'): ColumnSpec => ({
    name,
    type: 1,
    pages: [{ values, bytes: plain.int32(Array.from({ length: held }, (_, i) => i)) }],
  });
  const prefix = 't.parquet: the Parquet file is damaged, or uses a feature that is not supported';
  test.each([
    ['a page of fewer values', file(1000, column(300, 300)), 'it claims 1,000 rows, but column "x" holds 300'],
    ['a page of more values', file(300, column(1000, 1000)), 'it claims 300 rows, but column "x" holds 1,000 or more'],
    [
      'a page that claims more than its bytes',
      file(1000, column(1000, 300)),
      'a page holds fewer values than it claims',
    ],
    [
      'columns of different lengths',
      file(1000, column(1000, 1000), column(300, 300, 'y')),
      'it claims 1,000 rows, but column "y" holds 300',
    ],
    [
      'a page behind the last row',
      file(300, { ...column(300, 300), pages: [...column(300, 300).pages, ...column(5, 5).pages] }),
      'it claims 300 rows, but column "x" holds more',
    ],
    ['no page', file(10, { name: 'x', type: 1, pages: [] }), 'it claims 10 rows, but column "x" holds 0'],
  ])('%s', async (_, bytes, reason) => {
    expect(await complaint(bytes)).toBe(`${prefix} (${reason}).\n  Write it again, or as CSV.`);
  });
  test('row groups, and columns, whose claims differ from those of the file', async () => {
    const sound = () => table(300, [column(300, 300)]);
    const fewer = sound();
    setWhole(fewer.footer, 3, 1000);
    expect(await complaint(writeFile(fewer))).toContain('it claims 1,000 rows, but its row groups hold 300');
    const group = sound();
    setWhole(itemsOf(fieldOf(group.footer, 4))[0], 3, 200);
    expect(await complaint(writeFile(group))).toContain('it claims 300 rows, but its row groups hold 200');
    const values = sound();
    const chunk = itemsOf(fieldOf(itemsOf(fieldOf(values.footer, 4))[0], 1))[0];
    setWhole(fieldOf(chunk, 3), 5, 299);
    expect(await complaint(writeFile(values))).toContain('it claims 300 rows, but column "x" holds 299');
    expect(await read(writeFile(sound()))).toHaveProperty('x.299', '299');
  });
  test('runs and differences that end early, or never', async () => {
    const packed = (encoding: number, bytes: Uint8Array): Uint8Array =>
      file(1000, { name: 'x', type: encoding === 3 ? 0 : 1, pages: [{ values: 1000, encoding, bytes }] });
    expect(await complaint(packed(3, withLength(run(300, 1))))).toContain('a page holds fewer values than it claims');
    expect(await complaint(packed(5, deltas(numbers)))).toContain('a page claims 1000 values, but holds 6');
    // more than requested: the rest of a run is unused
    expect((await read(packed(3, withLength(run(2 ** 30, 1))))).x).toHaveLength(1000);
  });
});

describe('the claims of a file are compared with its bytes before memory is allocated', () => {
  const zeros = (rows: number): ColumnSpec => ({
    name: 'x',
    type: 1,
    pages: [
      { kind: 'dictionary', values: 1, bytes: plain.int32([0]) },
      { values: rows, encoding: 8, bytes: Uint8Array.of(0) },
    ],
  });
  test('cells: rows times columns, and the limit can be raised', async () => {
    const bytes = file(3_000_000, zeros(3_000_000));
    expect(await complaint(bytes)).toMatch(
      /^t\.parquet: the file has 3,000,000 cells or more, but the limit.*\n.*maxCells/,
    );
    const small = file(2000, zeros(2000));
    expect(await complaint(small, { limits: { maxCells: 1000 } })).toContain('the file has 2,000 cells or more');
    expect((await read(small, { limits: { maxCells: 2001 } })).x).toHaveLength(2000);
  });
  test('rows beyond what JavaScript counts, and below zero', async () => {
    for (const rows of [2 ** 31, 2 ** 53, -1]) {
      const lie = table(5, [zeros(5)]);
      setWhole(lie.footer, 3, rows);
      setWhole(itemsOf(fieldOf(lie.footer, 4))[0], 3, rows);
      expect(await complaint(writeFile(lie)), String(rows)).toMatch(/rows|cells/);
    }
  });
  test('rows without columns', async () => {
    expect(await complaint(file(2 ** 30))).toContain('the file has 1,073,741,824 cells or more');
    expect(await complaint(file(10))).toContain('the table is empty');
  });
  test('decompressed bytes of every codec are at most as many as claimed, and not above the limit', async () => {
    const size = runs(2 ** 22, 2 ** 26);
    const bombs: readonly [string, number, Uint8Array][] = [
      ['gzip', 2, gzipSync(new Uint8Array(size))],
      ['deflate', 2, deflateRawSync(new Uint8Array(size))],
      ['brotli', 4, brotliCompressSync(new Uint8Array(size))],
      // a frame of blocks of 128 KiB that repeat a byte
      ['zstd', 6, zstdOfZeros(size)],
      ['lz4', 7, joined([0x1f, 0, 1, 0], new Uint8Array(size / 255).fill(255), [0, 0])],
    ];
    for (const [name, codec, bytes] of bombs) {
      const page = (length: number): ColumnSpec => ({
        name: 'x',
        type: 1,
        codec,
        pages: [{ values: 4, bytes, length }],
      });
      expect(await complaint(file(4, page(16))), name).toMatch(/compressed by|claims to hold 16 bytes/);
      const claimed = await complaint(file(4, page(2 ** 30)), { limits: { maxDecompressedBytes: 2 ** 24 } });
      expect(claimed, name).toMatch(/has 1\.0 GiB after decompression/);
    }
  });
  test('a small page cannot claim more than its codec makes of it', async () => {
    const page = { values: 4, bytes: Uint8Array.of(16, 0), length: 2 ** 24 };
    expect(await complaint(file(4, { name: 'x', type: 1, codec: 1, pages: [page] }))).toContain(
      'a part of 2 bytes claims to hold 16777216, which is more than snappy can produce from it',
    );
  });
  test('texts with shared prefixes count with their full lengths', async () => {
    const count = 20_000;
    const bytes = joined(
      deltas(Array.from({ length: count }, (_, i) => i)),
      deltas(Array.from({ length: count }, () => 1)),
      new Uint8Array(count).fill(97),
    );
    const column: ColumnSpec = { name: 'x', type: 6, pages: [{ values: count, encoding: 7, bytes }] };
    expect(await complaint(file(count, column))).toMatch(/after decompression or more, but the limit/);
  });
  test('overlapping columns, lists in lists, a number of many bytes', async () => {
    const column = zeros(5);
    const many = table(
      5,
      Array.from({ length: 50 }, (_, i) => ({ ...column, name: `c${i}` })),
    );
    const sizes = itemsOf(fieldOf(itemsOf(fieldOf(many.footer, 4))[0], 1));
    const bytes = writeFile(many);
    for (const chunk of sizes) setWhole(fieldOf(chunk, 3), 7, bytes.length - 2000);
    const { withFooter } = await import('../../../../test/parquet-writer.ts');
    const size = new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
    const data = bytes.subarray(0, bytes.length - 8 - size);
    expect(await complaint(withFooter(data, many.footer))).toMatch(/its columns claim [\d,]+ bytes, and the file has/);
    const footer = (content: number[]) =>
      joined(
        [0x50, 0x41, 0x52, 0x31],
        content,
        new Uint8Array(Uint32Array.of(content.length).buffer),
        [0x50, 0x41, 0x52, 0x31],
      );
    expect(await complaint(footer(new Array(5000).fill(0x1c)))).toContain('its metadata are nested too deeply');
    expect(await complaint(footer([0x16, ...new Array(5000).fill(0xff)]))).toContain('has too many bytes');
    expect(await complaint(footer([0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07]))).toContain('longer than they are');
  });
});

/** A Zstandard frame of zeros: blocks that repeat a byte. */
function zstdOfZeros(size: number): Uint8Array {
  const blocks = size / 2 ** 17;
  const head = [0x28, 0xb5, 0x2f, 0xfd, 0x80, 0x58, ...new Uint8Array(Uint32Array.of(size).buffer)];
  const block = (isLast: boolean) => {
    const bits = ((2 ** 17) << 3) | (1 << 1) | (isLast ? 1 : 0);
    return [bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, 0];
  };
  return Uint8Array.from([...head, ...Array.from({ length: blocks }, (_, i) => block(i === blocks - 1)).flat()]);
}
