/**
 * LZ4 frames, unpacked: what Arrow files are compressed with by default. Source: the LZ4 frame and block format
 * descriptions (version 1.6.2), at github.com/lz4/lz4. Checksums are passed over: Arrow's lengths are checked by who asks.
 */
import { fail } from '../base/errors.ts';

const magic = 0x184d2204;

/** Bytes that a frame may hold. */
const most = 2 ** 30;

/** The bytes in a frame. Throws an InputError where it is torn, or holds more than a gigabyte. */
export function fromLz4(bytes: Uint8Array): Uint8Array {
  const torn = (): never =>
    fail({ what: 'a part compressed by LZ4 is torn, or too large', where: 'lz4', mend: 'Write the file again.' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== magic) torn();
  const flags = bytes[4];
  const [hasBlockSum, hasSize, hasDictionary] = [flags & 0x10, flags & 0x08, flags & 0x01];
  let at = 6 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0) + 1;
  let out = new Uint8Array(4 * bytes.length);
  let end = 0;
  const put = (from: Uint8Array, start: number, count: number) => {
    if (end + count > most) torn();
    if (end + count > out.length) {
      const larger = new Uint8Array(Math.max(2 * out.length, end + count));
      larger.set(out.subarray(0, end));
      if (from === out) from = larger;
      out = larger;
    }
    // a match may reach into what it writes itself
    if (from === out && start + count > end) for (let i = 0; i < count; i++) out[end + i] = out[start + i];
    else out.set(from.subarray(start, start + count), end);
    end += count;
  };
  /** A length that goes on in further bytes while they are 255. */
  const longer = (count: number, from: number, limit: number): [count: number, next: number] => {
    for (let total = count, next = from; ; ) {
      if (next >= limit) torn();
      const byte = bytes[next++];
      total += byte;
      if (byte !== 255) return [total, next];
    }
  };
  for (;;) {
    if (at + 4 > bytes.length) torn();
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) break;
    const size = head & 0x7fffffff;
    const limit = at + size;
    if (limit > bytes.length) torn();
    if (head >= 0x80000000) put(bytes, at, size);
    else {
      for (let next = at; next < limit; ) {
        const token = bytes[next++];
        let literals = token >>> 4;
        if (literals === 15) [literals, next] = longer(literals, next, limit);
        if (next + literals > limit) torn();
        put(bytes, next, literals);
        next += literals;
        // a block ends with literals
        if (next === limit) break;
        if (next + 2 > limit) torn();
        const distance = bytes[next] | (bytes[next + 1] << 8);
        next += 2;
        let match = token & 15;
        if (match === 15) [match, next] = longer(match, next, limit);
        if (distance === 0 || distance > end) torn();
        put(out, end - distance, match + 4);
      }
    }
    at = limit + (hasBlockSum ? 4 : 0);
  }
  return out.subarray(0, end);
}
