/**
 * word2vec's binary format: a line with the number of nodes and of dimensions, then for each node its name, a space, and its numbers
 * as float32, little-endian. word2vec ends each vector with a line feed, gensim does not: this writes as gensim and reads both.
 * Source: `word2vec.c` and `distance.c` of the word2vec tool (Mikolov et al., 2013), and gensim's `KeyedVectors`.
 */
import { failOnBytes } from '../../../data/read/text-encoding.ts';
import { ByteReader } from '../byte-reader.ts';
import { CollectedVectors } from '../collected-vectors.ts';
import { checkTexts } from '../id-text.ts';
import { float32Bytes, float32Numbers } from '../pieces.ts';
import type { VectorFormat, VectorsToWrite } from '../vector-format.ts';
import { word2vecSeparators, word2vecSizes } from './word2vec-text.ts';

const [space, lineFeed] = [0x20, 0x0a];
/** The longest first line, and the longest name, in bytes. */
const [maxHeader, maxName] = [64, 2 ** 20];
/** Nodes that are written at a time. */
const batchNodes = 1024;

async function* pieces({ ids, vectors, dimensions }: VectorsToWrite): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(`${ids.length} ${dimensions}\n`);
  for (let first = 0; first < ids.length; first += batchNodes) {
    const names = ids.slice(first, first + batchNodes).map((id) => encoder.encode(`${id} `));
    const bytes = new Uint8Array(names.reduce((sum, { length }) => sum + length + 4 * dimensions, 0));
    let at = 0;
    names.forEach((name, i) => {
      const row = (first + i) * dimensions;
      bytes.set(name, at);
      bytes.set(float32Bytes(vectors.subarray(row, row + dimensions)), at + name.length);
      at += name.length + 4 * dimensions;
    });
    yield bytes;
  }
}

export const word2vecBinary: VectorFormat = {
  title: 'word2vec binary',
  endings: ['.bin'],
  checkIds: (ids, name) => checkTexts(ids, name, word2vecSeparators),
  files: (vectors, name) => [{ name, pieces: () => pieces(vectors) }],
  async read({ name, chunks }) {
    const reader = new ByteReader(chunks, name);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const { nodes, dimensions } = word2vecSizes(decoder.decode(await reader.until(lineFeed, maxHeader)), name);
    const found = new CollectedVectors(name, dimensions);
    for (let node = 0; node < nodes; node++) {
      const bytes = await reader.until(space, maxName);
      // the line feed after the vector before
      const from = bytes[0] === lineFeed ? 1 : 0;
      let id: string;
      try {
        id = decoder.decode(bytes.subarray(from));
      } catch {
        return failOnBytes(name);
      }
      found.add(id, float32Numbers(await reader.take(4 * dimensions)), () => `${name}, vector ${node + 1}`);
    }
    return found.all();
  },
};
