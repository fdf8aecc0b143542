/**
 * The pair of files that TensorFlow's Embedding Projector loads: the numbers separated by tabs, a line for each node, and a second
 * file with its name on the same line. Source: the projector's dialog "Load data", at projector.tensorflow.org.
 */
import type { NodeId } from '../../graph.ts';
import { float32Text } from '../number-text.ts';
import { textPieces } from '../pieces.ts';
import type { VectorFormat, VectorsToWrite } from '../vector-format.ts';

function* numberLines({ ids, vectors, dimensions }: VectorsToWrite): Generator<string> {
  for (let node = 0; node < ids.length; node++) {
    yield `${Array.from(vectors.subarray(node * dimensions, (node + 1) * dimensions), float32Text).join('\t')}\n`;
  }
}

/** A single column has no header. A name may not break its line, so that tabs and line ends become spaces. */
function* nameLines(ids: readonly NodeId[]): Generator<string> {
  for (const id of ids) yield `${String(id).replace(/[\t\r\n]+/g, ' ')}\n`;
}

/** `tensors.tsv` has `metadata.tsv` beside it, and `a.tsv` has `a.metadata.tsv`. */
const metadataName = (name: string): string =>
  name
    .replace(/(^|[\\/])tensors\.tsv$/, '$1.tsv')
    .replace(/\.tsv$/, '.metadata.tsv')
    .replace(/(^|[\\/])\.metadata/, '$1metadata');

export const projector: VectorFormat = {
  title: "the Embedding Projector's pair of files",
  endings: ['.tsv'],
  companion: metadataName,
  files: (vectors, name) => [
    { name: metadataName(name), pieces: () => textPieces(nameLines(vectors.ids)) },
    { name, pieces: () => textPieces(numberLines(vectors)) },
  ],
};
