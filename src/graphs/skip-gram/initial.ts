/** Initial vectors: a function of the seed and of the node, by its index or by its id. */
import { philox, streams } from '../../base/random.ts';
import type { NodeId } from '../graph.ts';

/** By the index: each run has its own. By the id (`hashed`): two versions of a graph start alike. */
export const initialKinds = ['uniform', 'hashed'] as const;
export type InitialKind = (typeof initialKinds)[number];

interface InitialOptions {
  readonly dimensions: number;
  readonly stride?: number;
  readonly seed: number;
  readonly kind: InitialKind;
}

const words = new Uint32Array(4);

/** Two words from the text of an id and its type: FNV-1a over UTF-16 code units, from two starting values. */
function hashes(id: NodeId): readonly [number, number] {
  const text = `${typeof id === 'string' ? 's' : 'n'}${id}`;
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000193) ^ (b >>> 15);
  }
  return [a >>> 0, b >>> 0];
}

/**
 * Writes uniform numbers in ±0.5/dimensions, as word2vec starts input vectors; output vectors start at 0. A row of `vectors` has
 * `stride` numbers, of which the first `dimensions` are written.
 */
export function fillInitial(
  vectors: Float32Array,
  ids: readonly NodeId[],
  { dimensions, stride = dimensions, seed, kind }: InitialOptions,
): void {
  const scale = Math.fround(1 / dimensions);
  for (let node = 0; node < ids.length; node++) {
    const [a, b] = kind === 'hashed' ? hashes(ids[node]) : [node, 0];
    for (let d = 0; d < dimensions; d += 4) {
      // A third counter keeps the two kinds apart.
      philox(words, d / 4, a, b, kind === 'hashed' ? 1 : 0, seed >>> 0, streams.vectors);
      const end = Math.min(4, dimensions - d);
      for (let i = 0; i < end; i++) {
        vectors[node * stride + d + i] = Math.fround((words[i] >>> 8) * 2 ** -24 - 0.5) * scale;
      }
    }
  }
}
