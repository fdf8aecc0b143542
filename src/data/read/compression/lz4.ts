/**
 * Decompresses LZ4: frames, the default in Arrow files, and bare blocks, as in Parquet. Source: the
 * LZ4 frame and block format descriptions (version 1.6.2), at github.com/lz4/lz4. Checksums are skipped. The output is
 * the caller's array, and nothing is written beyond it.
 */
import { torn } from '../budget.ts';

const magic = 0x184d2204;

const broken = (): never => torn('a part compressed by LZ4 is damaged, or longer than it claims');

/** Decompresses the block from `at` to `limit` into `out` from `end` on; returns the new end. */
function lz4Block(bytes: Uint8Array, at: number, limit: number, out: Uint8Array, end: number): number {
  /** A length that continues in further bytes while they are 255. */
  const longer = (): number => {
    for (let total = 15; ; ) {
      if (at >= limit) broken();
      const byte = bytes[at++];
      total += byte;
      if (byte !== 255) return total;
    }
  };
  while (at < limit) {
    const token = bytes[at++];
    const literals = token >>> 4 === 15 ? longer() : token >>> 4;
    if (at + literals > limit || end + literals > out.length) broken();
    if (literals <= 16) for (let i = 0; i < literals; i++) out[end + i] = bytes[at + i];
    else out.set(bytes.subarray(at, at + literals), end);
    end += literals;
    at += literals;
    // a block ends with literals
    if (at === limit) break;
    if (at + 2 > limit) broken();
    const distance = bytes[at] | (bytes[at + 1] << 8);
    at += 2;
    const match = 4 + ((token & 15) === 15 ? longer() : token & 15);
    if (distance === 0 || distance > end || end + match > out.length) broken();
    copyBack(out, end, distance, match);
    end += match;
  }
  return end;
}

/** Repeats `count` bytes from `distance` before `end`; they may overlap the output. */
export function copyBack(out: Uint8Array, end: number, distance: number, count: number): void {
  const from = end - distance;
  if (distance === 1) out.fill(out[from], end, end + count);
  else if (count <= 16 || distance < count) for (let i = 0; i < count; i++) out[end + i] = out[from + i];
  else out.copyWithin(end, from, from + count);
}

/** The `length` bytes in a frame. */
export function fromLz4(bytes: Uint8Array, length: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== magic) broken();
  const flags = bytes[4];
  const [hasBlockSum, hasSize, hasDictionary] = [flags & 0x10, flags & 0x08, flags & 0x01];
  let at = 6 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0) + 1;
  const out = new Uint8Array(length);
  let end = 0;
  for (;;) {
    if (at + 4 > bytes.length) broken();
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) break;
    const size = head & 0x7fffffff;
    const limit = at + size;
    if (limit > bytes.length) broken();
    if (head < 0x80000000) end = lz4Block(bytes, at, limit, out, end);
    else {
      if (end + size > length) broken();
      out.set(bytes.subarray(at, limit), end);
      end += size;
    }
    at = limit + (hasBlockSum ? 4 : 0);
  }
  return end === length ? out : broken();
}

/** The `length` bytes in a bare block. */
export function fromLz4Block(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  return lz4Block(bytes, 0, bytes.length, out, 0) === length ? out : broken();
}

/**
 * The `length` bytes in data of Parquet's deprecated codec: blocks as Hadoop frames them, each after two big-endian lengths;
 * some writers use a bare block.
 */
export function fromLz4Hadoop(bytes: Uint8Array, length: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: { readonly from: number; readonly to: number; readonly length: number }[] = [];
  let at = 0;
  let total = 0;
  while (at + 8 <= bytes.length) {
    const block = { from: at + 8, to: at + 8 + view.getUint32(at + 4), length: view.getUint32(at) };
    total += block.length;
    if (block.to > bytes.length || total > length) break;
    blocks.push(block);
    at = block.to;
  }
  if (at !== bytes.length || total !== length) return fromLz4Block(bytes, length);
  const out = new Uint8Array(length);
  let end = 0;
  for (const block of blocks) {
    const next = lz4Block(bytes, block.from, block.to, out, end);
    if (next - end !== block.length) broken();
    end = next;
  }
  return out;
}
