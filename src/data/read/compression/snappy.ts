/**
 * Decompresses Snappy, the codec of most Parquet files. Source: the Snappy format description, at github.com/google/snappy.
 * The length at its beginning is compared with the one that the page claims, and nothing is written beyond it.
 */
import { torn } from '../budget.ts';
import { copyBack } from './lz4.ts';

const broken = (): never => torn('a part compressed by Snappy is damaged, or longer than it claims');

/** The `length` bytes in a block. */
export function fromSnappy(bytes: Uint8Array, length: number): Uint8Array {
  let at = 0;
  const byte = (): number => (at < bytes.length ? bytes[at++] : broken());
  let claimed = 0;
  for (let scale = 1; ; scale *= 128) {
    const next = byte();
    claimed += (next & 127) * scale;
    if (next < 128) break;
    if (scale > 2 ** 28) broken();
  }
  if (claimed !== length) broken();
  const out = new Uint8Array(length);
  let end = 0;
  while (at < bytes.length) {
    const tag = bytes[at++];
    let count: number;
    if ((tag & 3) === 0) {
      count = tag >>> 2;
      if (count >= 60) {
        const size = count - 59;
        count = 0;
        for (let i = 0, scale = 1; i < size; i++, scale *= 256) count += byte() * scale;
      }
      count++;
      if (count > bytes.length - at || count > length - end) broken();
      if (count <= 16) for (let i = 0; i < count; i++) out[end + i] = bytes[at + i];
      else out.set(bytes.subarray(at, at + count), end);
      at += count;
    } else {
      let distance: number;
      if ((tag & 3) === 1) {
        count = ((tag >>> 2) & 7) + 4;
        distance = ((tag >>> 5) << 8) | byte();
      } else {
        count = (tag >>> 2) + 1;
        distance = byte() + byte() * 256;
        if ((tag & 3) === 3) distance += byte() * 2 ** 16 + byte() * 2 ** 24;
      }
      if (distance === 0 || distance > end || count > length - end) broken();
      copyBack(out, end, distance, count);
    }
    end += count;
  }
  return end === length ? out : broken();
}
