/** The order of start nodes: a different permutation for each pass over the nodes, computed one place at a time. */
import { philox, streams } from '../../base/random.ts';

const keys = new Uint32Array(4);

/** The bits of an index below `count`. */
export const indexBits = (count: number) => (count <= 2 ? 1 : 32 - Math.clz32(count - 1));

/** The multipliers and summands of three rounds are derived from four words of Philox at this counter. */
export const orderCounter = 2 ** 32 - 1;

/**
 * The place of `index` in the permutation of 0 … count − 1 of a pass. Three rounds of multiplication and shift permute the
 * numbers of as many bits; a result that is not below `count` is permuted again (cycle walking), which keeps the map one to one.
 * Source of cycle walking: Black and Rogaway, "Ciphers with arbitrary finite domains" (CT-RSA 2002).
 */
export function placeInPass(count: number, index: number, seed: number, pass: number): number {
  const bits = indexBits(count);
  const mask = 2 ** bits - 1;
  const shift = (bits + 1) >>> 1;
  philox(keys, orderCounter, pass, 0, 0, seed >>> 0, streams.walks);
  let x = index;
  do {
    for (let round = 0; round < 3; round++) {
      x = (Math.imul(x, keys[round] | 1) + keys[round + 1]) & mask;
      x ^= x >>> shift;
    }
    x >>>= 0;
  } while (x >= count);
  return x;
}
