/**
 * Initial vectors that depend on a node's id and the seed alone, and not on the node's place in the graph: two versions of a graph
 * start alike.
 */
import { philox, streams } from '../../base/random.ts';
import type { Numbers } from '../../engines/engine.ts';
import type { NodeId } from '../graph.ts';

/** Distinguishes these counters from those of `fillUniform`, which are 0 here. */
const purpose = 1;

/** Two hashes of 32 bits: each multiplies by an odd constant after each code unit. `1` and `'1'` differ. */
function hashOf(id: NodeId): readonly [number, number] {
  const text = `${typeof id}:${id}`;
  let [a, b] = [0x9e3779b9, 0xbb67ae85];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ (a >>> 15) ^ unit, 0x85ebca6b);
    b = Math.imul(b ^ (b >>> 13) ^ unit, 0xc2b2ae35);
  }
  return [a >>> 0, b >>> 0];
}

/**
 * Fills the first `width` columns of `out`, `[ids, stride]`, with `value(word)` of random words from 0 to 2³² - 1: a function of the id, the
 * column and the seed.
 */
export function fillHashed(
  out: Numbers,
  width: number,
  ids: Iterable<NodeId>,
  seed: number,
  value: (word: number) => number,
  stride = width,
): void {
  const words = new Uint32Array(4);
  let at = 0;
  for (const id of ids) {
    const [low, high] = hashOf(id);
    for (let c = 0; c < width; c++) {
      if (c % 4 === 0) philox(words, c / 4, low, high, purpose, seed, streams.initialization);
      out[at + c] = value(words[c % 4]);
    }
    at += stride;
  }
}

const third = 2 ** 32 / 3;

/**
 * An entry of a very sparse random projection: √3, -√3 or 0 with probability 1/6, 1/6 and 2/3.
 * Source: Achlioptas, "Database-friendly random projections" (2003).
 */
export const sparseEntry = (word: number): number =>
  word < third / 2 ? Math.sqrt(3) : word < third ? -Math.sqrt(3) : 0;
