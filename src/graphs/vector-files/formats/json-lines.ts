/** JSON Lines: `{"id": "a", "vector": [0.1, 0.2]}` for each node, with `x` and `y` where there are places on a map. */
import { fail } from '../../../base/errors.ts';
import { textsOf } from '../../../data/read/byte-stream.ts';
import type { NodeId } from '../../graph.ts';
import { linesOf } from '../../read/lines.ts';
import { CollectedVectors } from '../collected-vectors.ts';
import { idJson, idOfJson } from '../id-text.ts';
import { float32Text } from '../number-text.ts';
import { textPieces } from '../pieces.ts';
import type { VectorFormat, VectorsToWrite } from '../vector-format.ts';

function* lines({ ids, vectors, dimensions, x, y }: VectorsToWrite): Generator<string> {
  for (let node = 0; node < ids.length; node++) {
    const numbers = Array.from(vectors.subarray(node * dimensions, (node + 1) * dimensions), float32Text);
    const place = x === undefined || y === undefined ? '' : `,"x":${x[node]},"y":${y[node]}`;
    yield `{"id":${idJson(ids[node])},"vector":[${numbers.join(',')}]${place}}\n`;
  }
}

/** The two properties of a line; undefined where it has others. */
function vectorOn(line: string): { readonly id: NodeId; readonly vector: readonly number[] } | undefined {
  let row: { readonly id?: unknown; readonly vector?: unknown; readonly embedding?: unknown } | null;
  try {
    row = JSON.parse(line);
  } catch {
    return undefined;
  }
  const vector = row?.vector ?? row?.embedding;
  if (!Array.isArray(vector) || (typeof row?.id !== 'string' && typeof row?.id !== 'number')) return undefined;
  // JSON.parse would round an integer of many digits
  const digits = typeof row.id === 'number' ? /^\s*\{\s*"id"\s*:\s*(-?\d{16,})\s*[,}]/.exec(line)?.[1] : undefined;
  return { id: digits === undefined ? row.id : idOfJson(digits)!, vector };
}

export const jsonLines: VectorFormat = {
  title: 'JSON Lines',
  endings: ['.jsonl', '.ndjson'],
  storesPlaces: true,
  files: (vectors, name) => [{ name, pieces: () => textPieces(lines(vectors)) }],
  async read({ name, chunks }) {
    const found = new CollectedVectors(name);
    for await (const { lines, first } of linesOf(textsOf(chunks, name), name)) {
      lines.forEach((line, i) => {
        if (line.trim() === '') return;
        const where = () => `${name} line ${first + i}`;
        const row = vectorOn(line);
        if (row !== undefined) found.add(row.id, row.vector, where);
        else
          fail({ what: 'the line is not a vector', where: where(), fix: 'Write {"id": "a", "vector": [0.1, 0.2]}.' });
      });
    }
    return found.all();
  },
};
