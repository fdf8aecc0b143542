/**
 * NumPy's npy, an array of float32 `[nodes, dimensions]`, with the names of the nodes in a second file: one JSON value on each line, in
 * the order of the rows. In Python: `numpy.load('a.npy')` and `[json.loads(line) for line in open('a.ids.jsonl')]`.
 */
import { fail } from '../../../base/errors.ts';
import { allBytes, textsOf } from '../../../data/read/byte-stream.ts';
import { npyArray, npyHeader } from '../../../formats/npy.ts';
import type { NodeId } from '../../graph.ts';
import { linesOf } from '../../read/lines.ts';
import { checkedVectors } from '../collected-vectors.ts';
import { idJson, idOfJson } from '../id-text.ts';
import { float32Numbers, float32Pieces, textPieces } from '../pieces.ts';
import type { VectorFormat, VectorsToWrite } from '../vector-format.ts';

async function* pieces({ ids, vectors, dimensions }: VectorsToWrite): AsyncGenerator<Uint8Array> {
  yield npyHeader([ids.length, dimensions], 'float32');
  yield* float32Pieces(vectors);
}

function* idLines(ids: readonly NodeId[]): Generator<string> {
  for (const id of ids) yield `${idJson(id)}\n`;
}

const idsName = (name: string): string => name.replace(/\.npy$/, '.ids.jsonl');

async function readIds(chunks: AsyncIterable<Uint8Array>, name: string): Promise<NodeId[]> {
  const ids: NodeId[] = [];
  for await (const { lines, first } of linesOf(textsOf(chunks, name), name)) {
    lines.forEach((line, i) => {
      const id = idOfJson(line);
      if (id !== undefined) ids.push(id);
      else {
        const where = `${name} line ${first + i}`;
        fail({ what: 'the line is not the name of a node in JSON', where, fix: 'Write a text in quotes or a number.' });
      }
    });
  }
  return ids;
}

export const npy: VectorFormat = {
  title: 'npy with the names of the nodes in a second file',
  endings: ['.npy'],
  companion: idsName,
  files: (vectors, name) => [
    { name: idsName(name), pieces: () => textPieces(idLines(vectors.ids)) },
    { name, pieces: () => pieces(vectors) },
  ],
  async read({ name, chunks, companion }) {
    if (companion === undefined) {
      return fail({
        what: 'npy holds the vectors without the names of the nodes',
        where: name,
        fix: `Pass the file ${idsName(name)} too.`,
      });
    }
    const { shape, width, bytes } = npyArray(await allBytes(chunks), name);
    if (shape.length !== 2) {
      fail({ what: `the array has ${shape.length} axes, not 2`, where: name, fix: 'Save it as [nodes, dimensions].' });
    }
    const vectors = width === 4 ? float32Numbers(bytes) : float32OfFloat64(bytes);
    return checkedVectors({ ids: await readIds(companion, idsName(name)), vectors, dimensions: shape[1] }, name);
  },
};

function float32OfFloat64(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}
