/**
 * How Parquet packs integers: runs and packed bits, and packed differences. Source: Encodings.md, at
 * github.com/apache/parquet-format. Each reader writes the next values into the caller's array, so that no length in the file
 * decides how much memory is allocated.
 */
import { torn } from '../budget.ts';

/** Runs of a value, and values packed in `width` bits each, in turns: levels, entries of a dictionary, booleans. */
export class RunReader {
  private readonly bytes: Uint8Array;
  private at: number;
  private readonly end: number;
  private readonly width: number;
  /** The rest of a run, and its value. */
  private run = 0;
  private value = 0;
  /** The number of packed values left, and the position of the next one, in bits. */
  private packed = 0;
  private bit = 0;

  constructor(bytes: Uint8Array, at: number, end: number, width: number) {
    if (width > 32) torn(`values are packed in ${width} bits`);
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.width = width;
  }

  private head(): void {
    const { bytes, end, width } = this;
    let head = 0;
    for (let scale = 1; ; scale *= 128) {
      if (this.at >= end || scale > 2 ** 28) torn('a page holds fewer values than it claims');
      const byte = bytes[this.at++];
      head += (byte & 127) * scale;
      if (byte < 128) break;
    }
    const count = Math.floor(head / 2);
    if (head % 2 === 1) {
      // writers may leave out the bytes after the last value
      this.packed = Math.min(8 * count, Math.floor((8 * (end - this.at)) / width));
      this.bit = 8 * this.at;
      this.at = Math.min(end, this.at + count * width);
      return;
    }
    this.run = count;
    this.value = 0;
    for (let i = 0, scale = 1; i < width; i += 8, scale *= 256) {
      if (this.at >= end) torn('a page holds fewer values than it claims');
      this.value += bytes[this.at++] * scale;
    }
  }

  /** The next `count` values. */
  read(out: Uint32Array, count: number): void {
    const { bytes, width } = this;
    // a dictionary with one entry needs no bits
    if (width === 0) {
      out.fill(0, 0, count);
      return;
    }
    for (let done = 0; done < count; ) {
      if (this.run > 0) {
        const here = Math.min(this.run, count - done);
        out.fill(this.value, done, done + here);
        this.run -= here;
        done += here;
      } else if (this.packed > 0) {
        const here = Math.min(this.packed, count - done);
        let { bit } = this;
        if (width <= 24) {
          const mask = (1 << width) - 1;
          for (let i = done; i < done + here; i++, bit += width) {
            const byte = bit >>> 3;
            const four = bytes[byte] | (bytes[byte + 1] << 8) | (bytes[byte + 2] << 16) | (bytes[byte + 3] << 24);
            out[i] = (four >>> (bit & 7)) & mask;
          }
        } else {
          for (let i = done; i < done + here; i++, bit += width) out[i] = wide(bytes, bit, width);
        }
        this.bit = bit;
        this.packed -= here;
        done += here;
      } else this.head();
    }
  }
}

/** A number of up to 53 bits, at any bit. */
function wide(bytes: Uint8Array, bit: number, width: number): number {
  let value = 0;
  for (let done = 0; done < width; ) {
    const skip = (bit + done) % 8;
    const count = Math.min(8 - skip, width - done);
    value += ((bytes[Math.floor((bit + done) / 8)] >>> skip) & ((1 << count) - 1)) * 2 ** done;
    done += count;
  }
  return value;
}

function exactly(value: bigint): number | undefined {
  const rounded = Number(value);
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}

/** Integers as differences in packed blocks (DELTA_BINARY_PACKED), each wrapped to 32 or 64 bits. */
export class DeltaReader {
  private readonly bytes: Uint8Array;
  /** The position of the next block or mini-block; after the last value, the end of the differences. */
  at: number;
  private readonly end: number;
  private readonly perMini: number;
  private readonly minis: number;
  private left: number;
  /** The last value; in 32 bits all arithmetic is in numbers, of which only the lowest 32 bits matter. */
  private value: bigint;
  private value32: number;
  private isFirst = true;
  private minDelta = 0n;
  private minDelta32 = 0;
  /** The last value, and the minimum difference, in 64 bits, if a number holds them exactly. */
  private exact: number | undefined;
  private minDeltaExact: number | undefined = 0;
  /** The position of the widths of a block's mini-blocks, and the index of the one that is read. */
  private widths = 0;
  private mini: number;
  private inMini = 0;
  private bit = 0;
  private width = 0;

  /** `count`: the expected number of values. */
  constructor(bytes: Uint8Array, at: number, end: number, bits: 32 | 64, count: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    const block = Number(this.varint());
    this.minis = Number(this.varint());
    this.left = Number(this.varint());
    this.value = BigInt.asIntN(bits, this.zigzag());
    this.value32 = Number(BigInt.asIntN(32, this.value));
    this.perMini = block / this.minis;
    if (!(Number.isInteger(this.perMini) && this.perMini > 0 && this.perMini % 8 === 0)) {
      torn(`differences are packed in ${this.minis} parts of ${block}`);
    }
    // a page claims its values twice
    if (this.left !== count) torn(`a page claims ${count} values, but holds ${this.left}`);
    this.mini = this.minis;
  }

  private varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= this.end) torn('a page ends in the middle of a number');
      const byte = this.bytes[this.at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return torn('a number of a page has too many bytes');
  }

  private zigzag(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  private nextMini(): void {
    if (this.mini === this.minis) {
      this.minDelta = this.zigzag();
      this.minDelta32 = Number(BigInt.asIntN(32, this.minDelta));
      this.minDeltaExact = exactly(this.minDelta);
      this.widths = this.at;
      if (this.minis > this.end - this.at) torn('a page ends in the middle of a block');
      this.at += this.minis;
      this.mini = 0;
    }
    this.width = this.bytes[this.widths + this.mini++];
    if (this.width > 64) torn(`values are packed in ${this.width} bits`);
    this.bit = 8 * this.at;
    this.at += (this.perMini * this.width) / 8;
    this.inMini = this.perMini;
    // writers may leave out the rest of the last mini-block
    if (this.bit + Math.min(this.left + 1, this.perMini) * this.width > 8 * this.end)
      torn('a page ends in the middle of a block');
    this.at = Math.min(this.at, this.end);
  }

  private step(): boolean {
    if (this.left === 0) torn('a page holds fewer values than it claims');
    this.left--;
    if (this.isFirst) {
      this.isFirst = false;
      return false;
    }
    if (this.inMini === 0) this.nextMini();
    this.inMini--;
    return true;
  }

  /** The next value of 32 bits. */
  next32(): number {
    if (this.step()) this.value32 = (this.value32 + this.minDelta32 + this.delta32()) | 0;
    return this.value32;
  }

  private delta32(): number {
    const { width, bit } = this;
    this.bit = bit + width;
    return width === 0 ? 0 : wide(this.bytes, bit, Math.min(width, 32));
  }

  /** The next value of 64 bits: a number if it holds the value exactly, else a bigint. */
  next64(): number | bigint {
    if (!this.step()) return this.keep(this.value);
    // most values and differences fit into numbers, which are several times as fast as bigints
    if (this.exact !== undefined && this.minDeltaExact !== undefined && this.width <= 32) {
      const delta = this.delta32();
      const next = this.exact + this.minDeltaExact + delta;
      if (Number.isSafeInteger(next)) {
        this.exact = next;
        return next;
      }
      return this.keep(BigInt(this.exact) + this.minDelta + BigInt(delta));
    }
    const before = this.exact === undefined ? this.value : BigInt(this.exact);
    return this.keep(before + this.minDelta + this.delta64());
  }

  private keep(value: bigint): number | bigint {
    this.value = BigInt.asIntN(64, value);
    this.exact = exactly(this.value);
    return this.exact ?? this.value;
  }

  private delta64(): bigint {
    const { width, bit } = this;
    this.bit = bit + width;
    if (width <= 32) return width === 0 ? 0n : BigInt(wide(this.bytes, bit, width));
    return (BigInt(wide(this.bytes, bit + 32, width - 32)) << 32n) | BigInt(wide(this.bytes, bit, 32));
  }

  /** The next `count` values, which are lengths. */
  lengths(count: number): Int32Array {
    const lengths = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      lengths[i] = this.next32();
      if (lengths[i] < 0) torn('a text has a negative length');
    }
    return lengths;
  }
}
