/**
 * Decompresses Zstandard. Source: RFC 8878, whose terms this uses. The output is the caller's array: nothing is written beyond
 * it, and a block gives at most 128 KiB, so that neither memory nor time grows beyond the claimed size. Checksums are skipped,
 * and dictionaries are not supported.
 */
import { torn } from '../budget.ts';
import { copyBack } from './lz4.ts';

const broken = (): never => torn('a part compressed by Zstandard is damaged, or longer than it claims');

const maxBlock = 2 ** 17;
const highBit = (value: number) => 31 - Math.clz32(value);

/** A bit stream that is read from its end to its beginning; before that there are zeros. */
class BackwardBits {
  private readonly bytes: Uint8Array;
  private readonly start: number;
  /** The number of bits left; below 0 if too many were read. */
  left: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    // the last byte's highest bit marks the end
    if (end <= start || bytes[end - 1] === 0) broken();
    this.bytes = bytes;
    this.start = start;
    this.left = 8 * (end - start - 1) + highBit(bytes[end - 1]);
  }

  /** At most 24 bits. */
  private few(count: number): number {
    this.left -= count;
    let at = this.left;
    let missing = 0;
    if (at < 0) {
      missing = -at;
      if (missing >= count) return 0;
      at = 0;
    }
    const { bytes } = this;
    const byte = this.start + (at >>> 3);
    const four = bytes[byte] | (bytes[byte + 1] << 8) | (bytes[byte + 2] << 16) | (bytes[byte + 3] << 24);
    return ((four >>> (at & 7)) & ((1 << (count - missing)) - 1)) << missing;
  }

  read(count: number): number {
    if (count <= 24) return this.few(count);
    const high = this.few(count - 16);
    return high * 2 ** 16 + this.few(16);
  }
}

/** A table of a finite state entropy code. */
interface Fse {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

function fseTable(frequencies: ArrayLike<number>, log: number): Fse {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(frequencies.length);
  let high = size;
  for (let s = 0; s < frequencies.length; s++) {
    if (frequencies[s] !== -1) continue;
    symbols[--high] = s;
    next[s] = 1;
  }
  const step = (size >>> 1) + (size >>> 3) + 3;
  let at = 0;
  for (let s = 0; s < frequencies.length; s++) {
    if (frequencies[s] <= 0) continue;
    next[s] = frequencies[s];
    for (let i = 0; i < frequencies[s]; i++) {
      symbols[at] = s;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  }
  if (at !== 0) broken();
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let i = 0; i < size; i++) {
    const state = next[symbols[i]]++;
    bits[i] = log - highBit(state);
    bases[i] = (state << bits[i]) - size;
  }
  return { log, symbols, bits, bases };
}

/** A code of a single symbol, which takes no bits. */
const constantTable = (symbol: number): Fse => ({
  log: 0,
  symbols: Uint8Array.of(symbol),
  bits: Uint8Array.of(0),
  bases: Uint16Array.of(0),
});

/** The table whose description starts at `at`, and the end of the description. */
function readFse(bytes: Uint8Array, at: number, end: number, maxLog: number, maxSymbol: number): [Fse, number] {
  let bit = 8 * at;
  const read = (count: number) => {
    const byte = bit >>> 3;
    const three = bytes[byte] | (bytes[byte + 1] << 8) | (bytes[byte + 2] << 16);
    const value = (three >>> (bit & 7)) & ((1 << count) - 1);
    bit += count;
    return value;
  };
  const log = read(4) + 5;
  if (log > maxLog) broken();
  const frequencies: number[] = [];
  let remaining = 1 << log;
  while (remaining > 0) {
    if (frequencies.length > maxSymbol || bit > 8 * end) broken();
    const count = highBit(remaining + 1) + 1;
    let value = read(count);
    const lower = (1 << (count - 1)) - 1;
    const threshold = (1 << count) - 2 - remaining;
    if ((value & lower) < threshold) {
      bit--;
      value &= lower;
    } else if (value > lower) value -= threshold;
    frequencies.push(value - 1);
    remaining -= Math.abs(value - 1);
    if (value !== 1) continue;
    for (;;) {
      const zeros = read(2);
      for (let i = 0; i < zeros; i++) frequencies.push(0);
      if (zeros !== 3) break;
      if (bit > 8 * end) broken();
    }
  }
  const next = (bit + 7) >>> 3;
  if (remaining !== 0 || frequencies.length > maxSymbol + 1 || next > end) broken();
  return [fseTable(frequencies, log), next];
}

interface Huffman {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

/** The weights in a finite state code with two alternating states. */
function readWeights(bytes: Uint8Array, at: number, end: number): number[] {
  const [{ log, symbols, bits, bases }, start] = readFse(bytes, at, end, 6, 255);
  const stream = new BackwardBits(bytes, start, end);
  const weights: number[] = [];
  const states = [stream.read(log), stream.read(log)];
  for (let turn = 0; ; turn ^= 1) {
    weights.push(symbols[states[turn]]);
    if (weights.length > 254) broken();
    states[turn] = bases[states[turn]] + stream.read(bits[states[turn]]);
    if (stream.left >= 0) continue;
    weights.push(symbols[states[turn ^ 1]]);
    return weights;
  }
}

/** The Huffman code whose description starts at `at`, and the end of the description. */
function readHuffman(bytes: Uint8Array, at: number, limit: number): [Huffman, number] {
  const head = bytes[at++];
  let weights: number[];
  let end: number;
  if (head < 128) {
    end = at + head;
    if (end > limit) broken();
    weights = readWeights(bytes, at, end);
  } else {
    const count = head - 127;
    end = at + ((count + 1) >>> 1);
    if (end > limit) broken();
    weights = Array.from({ length: count }, (_, i) => (bytes[at + (i >>> 1)] >>> (i % 2 === 0 ? 4 : 0)) & 15);
  }
  let sum = 0;
  for (const weight of weights) sum += weight > 0 ? 2 ** (weight - 1) : 0;
  if (sum === 0 || sum >= 2 ** 11) broken();
  const log = highBit(sum) + 1;
  // the last weight makes the sum a power of two
  const rest = (1 << log) - sum;
  if ((rest & (rest - 1)) !== 0) broken();
  weights.push(highBit(rest) + 1);
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let code = 0;
  for (let weight = 1; weight <= log; weight++) {
    for (let symbol = 0; symbol < weights.length; symbol++) {
      if (weights[symbol] !== weight) continue;
      const next = code + (1 << (weight - 1));
      symbols.fill(symbol, code, next);
      bits.fill(log + 1 - weight, code, next);
      code = next;
    }
  }
  if (code !== 1 << log) broken();
  return [{ log, symbols, bits }, end];
}

/** Literals from one stream. */
function readStream(bytes: Uint8Array, from: number, to: number, code: Huffman, out: Uint8Array): void {
  const { log, symbols, bits } = code;
  const stream = new BackwardBits(bytes, from, to);
  const mask = (1 << log) - 1;
  let state = stream.read(log);
  for (let i = 0; i < out.length; i++) {
    out[i] = symbols[state];
    const count = bits[state];
    state = ((state << count) | stream.read(count)) & mask;
    if (stream.left < -log) broken();
  }
  if (stream.left !== -log) broken();
}

// biome-ignore format: as the RFC has it
const literalLengths = {
  bases: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024,
    2048, 4096, 8192, 16384, 32768, 65536],
  bits: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  table: fseTable([4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1,
    -1, -1], 6),
  maxLog: 9,
};
// biome-ignore format: as the RFC has it
const matchLengths = {
  bases: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
    34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539],
  bits: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3,
    3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  table: fseTable([1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1], 6),
  maxLog: 9,
};
const offsets = {
  bases: Array.from({ length: 32 }, (_, code) => 2 ** code),
  bits: Array.from({ length: 32 }, (_, code) => code),
  table: fseTable([1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5),
  maxLog: 8,
};
type Kind = typeof offsets;

/** The state that the blocks of a frame share. */
interface Frame {
  /** The start of its output: matches reach back no further. */
  readonly from: number;
  huffman?: Huffman;
  tables: [literals: Fse, offsets: Fse, matches: Fse] | [];
  readonly recent: [number, number, number];
}

/** The literals of a compressed block, and their end. */
function readLiterals(bytes: Uint8Array, start: number, limit: number, frame: Frame): [Uint8Array, number] {
  let at = start;
  const kind = bytes[at] & 3;
  const form = (bytes[at] >>> 2) & 3;
  if (kind < 2) {
    const heads = form === 3 ? 3 : form === 1 ? 2 : 1;
    let size = bytes[at] >>> (heads === 1 ? 3 : 4);
    if (heads > 1) size |= bytes[at + 1] << 4;
    if (heads > 2) size |= bytes[at + 2] << 12;
    at += heads;
    const end = at + (kind === 1 ? 1 : size);
    if (end > limit || size > maxBlock) broken();
    return [kind === 1 ? new Uint8Array(size).fill(bytes[at]) : bytes.subarray(at, end), end];
  }
  const width = [10, 10, 14, 18][form];
  const heads = [3, 3, 4, 5][form];
  if (at + heads > limit) broken();
  let head = 0;
  for (let i = 0; i < heads; i++) head += bytes[at + i] * 2 ** (8 * i);
  head = Math.floor(head / 16);
  const size = head % 2 ** width;
  at += heads;
  const end = at + Math.floor(head / 2 ** width);
  if (end > limit || size > maxBlock) broken();
  if (kind === 2) [frame.huffman, at] = readHuffman(bytes, at, end);
  const code = frame.huffman ?? broken();
  const out = new Uint8Array(size);
  if (form === 0) readStream(bytes, at, end, code, out);
  else {
    if (at + 6 > end) broken();
    const part = (size + 3) >>> 2;
    let from = at + 6;
    for (let i = 0; i < 4; i++) {
      const to = i === 3 ? end : from + (bytes[at + 2 * i] | (bytes[at + 2 * i + 1] << 8));
      if (to > end || 3 * part > size) broken();
      readStream(bytes, from, to, code, out.subarray(i * part, i === 3 ? size : (i + 1) * part));
      from = to;
    }
  }
  return [out, end];
}

/** Decompresses a block into `out` from `written` on; returns the new end. */
function readBlock(
  bytes: Uint8Array,
  start: number,
  limit: number,
  frame: Frame,
  out: Uint8Array,
  written: number,
): number {
  if (limit - start < 2) broken();
  const [literals, afterLiterals] = readLiterals(bytes, start, limit, frame);
  let at = afterLiterals;
  if (at >= limit) broken();
  let count = bytes[at++];
  if (count > 127) {
    if (count === 255) {
      count = 0x7f00 + (bytes[at] | (bytes[at + 1] << 8));
      at += 2;
    } else count = ((count - 128) << 8) | bytes[at++];
  }
  const maxEnd = Math.min(out.length, written + maxBlock);
  let end = written;
  let used = 0;
  if (count > 0) {
    if (at >= limit) broken();
    const modes = bytes[at++];
    if ((modes & 3) !== 0) broken();
    const table = (kind: Kind, index: number): Fse => {
      const mode = (modes >>> (6 - 2 * index)) & 3;
      if (mode === 0) return kind.table;
      if (mode === 3) return frame.tables[index] ?? broken();
      if (mode === 1) {
        if (at >= limit || bytes[at] >= kind.bases.length) broken();
        return constantTable(bytes[at++]);
      }
      const [found, next] = readFse(bytes, at, limit, kind.maxLog, kind.bases.length - 1);
      at = next;
      return found;
    };
    const lengthTable = table(literalLengths, 0);
    const offsetTable = table(offsets, 1);
    const matchTable = table(matchLengths, 2);
    frame.tables = [lengthTable, offsetTable, matchTable];
    const stream = new BackwardBits(bytes, at, limit);
    let lengthState = stream.read(lengthTable.log);
    let offsetState = stream.read(offsetTable.log);
    let matchState = stream.read(matchTable.log);
    const { recent } = frame;
    for (let i = 0; i < count; i++) {
      const offsetCode = offsetTable.symbols[offsetState];
      const value = offsets.bases[offsetCode] + stream.read(offsetCode);
      const matchCode = matchTable.symbols[matchState];
      const match = matchLengths.bases[matchCode] + stream.read(matchLengths.bits[matchCode]);
      const lengthCode = lengthTable.symbols[lengthState];
      const length = literalLengths.bases[lengthCode] + stream.read(literalLengths.bits[lengthCode]);
      let distance: number;
      if (value > 3) {
        distance = value - 3;
        recent[2] = recent[1];
        recent[1] = recent[0];
        recent[0] = distance;
      } else {
        const index = value - (length > 0 ? 1 : 0);
        distance = index === 3 ? recent[0] - 1 : recent[index];
        if (index > 1) recent[2] = recent[1];
        if (index > 0) recent[1] = recent[0];
        recent[0] = distance;
      }
      if (used + length > literals.length || end + length + match > maxEnd) broken();
      if (length <= 16) for (let k = 0; k < length; k++) out[end + k] = literals[used + k];
      else out.set(literals.subarray(used, used + length), end);
      used += length;
      end += length;
      if (distance < 1 || distance > end - frame.from) broken();
      copyBack(out, end, distance, match);
      end += match;
      if (i === count - 1) break;
      lengthState = lengthTable.bases[lengthState] + stream.read(lengthTable.bits[lengthState]);
      matchState = matchTable.bases[matchState] + stream.read(matchTable.bits[matchState]);
      offsetState = offsetTable.bases[offsetState] + stream.read(offsetTable.bits[offsetState]);
      if (stream.left < 0) broken();
    }
    if (stream.left !== 0) broken();
  }
  if (end + literals.length - used > maxEnd) broken();
  out.set(literals.subarray(used), end);
  return end + literals.length - used;
}

/** The `length` bytes in one or more frames. */
export function fromZstd(bytes: Uint8Array, length: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Uint8Array(length);
  let at = 0;
  let end = 0;
  while (at < bytes.length) {
    if (at + 8 > bytes.length) broken();
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === 0x184d2a5) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== 0xfd2fb528) broken();
    const flags = bytes[at + 4];
    const single = (flags & 0x20) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][flags & 3];
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >>> 6];
    at += 5 + (single ? 0 : 1);
    if ((flags & 8) !== 0 || at + dictionaryBytes + sizeBytes > bytes.length) broken();
    for (let i = 0; i < dictionaryBytes; i++)
      if (bytes[at++] !== 0) torn('Zstandard with a dictionary is not supported');
    let size = sizeBytes === 2 ? 256 : 0;
    for (let i = 0; i < sizeBytes; i++) size += bytes[at++] * 2 ** (8 * i);
    if (size > length - end) broken();
    const frame: Frame = { from: end, tables: [], recent: [1, 4, 8] };
    for (let isLast = false; !isLast; ) {
      if (at + 3 > bytes.length) broken();
      const head = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
      at += 3;
      isLast = (head & 1) === 1;
      const kind = (head >>> 1) & 3;
      const blockSize = head >>> 3;
      const next = at + (kind === 1 ? 1 : blockSize);
      if (next > bytes.length || blockSize > maxBlock || kind === 3) broken();
      if (kind === 2) end = readBlock(bytes, at, next, frame, out, end);
      else {
        if (blockSize > length - end) broken();
        if (kind === 0) out.set(bytes.subarray(at, next), end);
        else out.fill(bytes[at], end, end + blockSize);
        end += blockSize;
      }
      at = next;
    }
    if (sizeBytes > 0 && end - frame.from !== size) broken();
    if ((flags & 4) !== 0) at += 4;
  }
  return end === length ? out : broken();
}
