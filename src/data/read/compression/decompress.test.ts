import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Codec, decompressor } from './decompress.ts';

/** Bytes with repetitions near and far, and some that have none. */
const content = Uint8Array.from({ length: 200_000 }, (_, i) =>
  i < 1000 ? (i * 7919) % 251 : i % 5000 < 4000 ? i % 37 : (i * i) % 256,
);

afterEach(() => vi.restoreAllMocks());

const packed: readonly [Codec, Uint8Array][] = [
  ['none', content],
  ['gzip', gzipSync(content)],
  ['gzip', deflateRawSync(content)],
  ['gzip', Buffer.concat([gzipSync(content.subarray(0, 99)), gzipSync(content.subarray(99))])],
  ['brotli', brotliCompressSync(content)],
];

describe.each(['with zlib of Node', 'without, as in a page'])('%s', (where) => {
  test.each(packed)('%s returns exactly the requested number of bytes', async (codec, bytes) => {
    if (where.startsWith('without')) vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    const decompress = await decompressor(codec);
    expect(Buffer.compare(decompress(bytes, content.length), content)).toBe(0);
    // a page's brotli decoder does not report how much it read
    if (codec === 'brotli' && where.startsWith('without')) return;
    for (const length of [content.length - 1, content.length + 1, 10]) {
      expect(() => decompress(bytes, length), String(length)).toThrow(/claims to hold|cannot be decompressed/);
    }
    if (codec === 'none') return;
    expect(() => decompress(bytes.subarray(0, bytes.length / 2), content.length)).toThrow(/claims to hold|cannot be/);
  });
});

test('Snappy: literals of all lengths of length, copies near and far, and none beyond the beginning or the end', async () => {
  const decompress = await decompressor('snappy');
  const literal = (text: string) => [(text.length - 1) << 2, ...new TextEncoder().encode(text)];
  const shown = (bytes: number[], length: number) =>
    new TextDecoder().decode(decompress(Uint8Array.from(bytes), length));
  expect(shown([3, ...literal('abc')], 3)).toBe('abc');
  // 60: one further byte has the length
  expect(shown([70, 60 << 2, 69, ...new Array(70).fill(120)], 70)).toBe('x'.repeat(70));
  // a copy that reaches into itself: of one byte of distance, two, and four
  expect(shown([8, ...literal('ab'), ((6 - 4) << 2) | 1, 2], 8)).toBe('abababab');
  expect(shown([22, ...literal('ab'), (19 << 2) | 2, 1, 0], 22)).toBe(`ab${'b'.repeat(20)}`);
  expect(shown([6, ...literal('abc'), (2 << 2) | 3, 3, 0, 0, 0], 6)).toBe('abcabc');
  for (const [bytes, length] of [
    [[3, ...literal('abc')], 4],
    [[4, ...literal('abc')], 4],
    [[2, ...literal('abc')], 2],
    [[6, ...literal('abc'), (2 << 2) | 2, 4, 0], 6],
    [[6, ...literal('abc'), (2 << 2) | 2, 0, 0], 6],
    [[9, ...literal('abc'), (63 << 2) | 2, 1, 0], 9],
    [[255, 255, 255, 255, 255, 255, 255], 255],
  ] as [number[], number][]) {
    expect(() => shown(bytes, length)).toThrow('cannot be decompressed');
  }
});

test('Zstandard: the output of a block of sequences is bounded, even if the block has very few bytes', async () => {
  const decompress = await decompressor('zstd');
  // a block of 98,047 sequences of one code each, whose matches of 65,538 bytes take no bits
  const block = [0x08, 120, 255, 255, 255, 0b01010100, 0, 0, 52, 0xff, 0xff, 0x01];
  const head = (block.length << 3) | (2 << 1) | 1;
  const frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, head & 255, (head >>> 8) & 255, head >>> 16, ...block];
  const start = performance.now();
  expect(() => decompress(Uint8Array.from(frame), 2 ** 20)).toThrow('cannot be decompressed');
  expect(performance.now() - start).toBeLessThan(1000);
});
