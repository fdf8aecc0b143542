/**
 * safetensors with one tensor, `embedding` of float32 `[nodes, dimensions]`, and the names of the nodes as JSON in the metadata `ids`.
 */
import { fail } from '../../../base/errors.ts';
import { allBytes } from '../../../data/read/byte-stream.ts';
import { fromSafetensors, safetensorsHeader } from '../../../formats/safetensors.ts';
import type { NodeId } from '../../graph.ts';
import { checkedVectors } from '../collected-vectors.ts';
import { idJson, idOfJson } from '../id-text.ts';
import { float32Pieces } from '../pieces.ts';
import type { VectorFormat, VectorsToWrite } from '../vector-format.ts';

const tensorName = 'embedding';

async function* pieces({ ids, vectors, dimensions }: VectorsToWrite): AsyncGenerator<Uint8Array> {
  const entry = { name: tensorName, shape: [ids.length, dimensions], precision: 'float32' } as const;
  yield safetensorsHeader([entry], { format: 'chainrule embedding', ids: `[${ids.map(idJson).join(',')}]` });
  yield* float32Pieces(vectors);
}

export const safetensors: VectorFormat = {
  title: 'safetensors',
  endings: ['.safetensors'],
  files: (vectors, name) => [{ name, pieces: () => pieces(vectors) }],
  async read({ name, chunks }) {
    const { tensors, metadata } = fromSafetensors(await allBytes(chunks), name);
    const found = tensors.get(tensorName);
    if (found?.shape.length !== 2 || !Object.hasOwn(metadata, 'ids')) {
      return fail({
        what: `there is no tensor "${tensorName}" of [nodes, dimensions] with the metadata "ids"`,
        where: name,
        fix: 'Use a file that chainrule embed wrote.',
      });
    }
    const ids = idsOf(metadata.ids, name);
    return checkedVectors({ ids, vectors: Float32Array.from(found.data), dimensions: found.shape[1] }, name);
  },
};

/** The names in the metadata: a JSON list, whose elements are read one by one because of large integers. */
function idsOf(text: string, name: string): NodeId[] {
  const elements = text.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? [];
  return elements.map((element) => {
    const id = idOfJson(element);
    if (id !== undefined) return id;
    return fail({ what: 'the metadata "ids" is not a list of names', where: name, fix: 'Write the file again.' });
  });
}
