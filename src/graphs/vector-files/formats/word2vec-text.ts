/**
 * word2vec's text: a line with the number of nodes and of dimensions, then a line for each node, its name and its numbers, separated
 * by spaces. Source: `distance.c` and `word2vec.c` of the word2vec tool (Mikolov et al., 2013), and gensim's `KeyedVectors`.
 */
import { fail } from '../../../base/errors.ts';
import { show } from '../../../base/show.ts';
import { count } from '../../../base/wording.ts';
import { textsOf } from '../../../data/read/byte-stream.ts';
import { linesOf } from '../../read/lines.ts';
import { CollectedVectors } from '../collected-vectors.ts';
import { checkTexts } from '../id-text.ts';
import { float32Text } from '../number-text.ts';
import { textPieces } from '../pieces.ts';
import type { VectorFormat, VectorsToWrite } from '../vector-format.ts';

/** What separates a name from its numbers. */
export const word2vecSeparators = /[\s\0]/;

function* lines({ ids, vectors, dimensions }: VectorsToWrite): Generator<string> {
  yield `${ids.length} ${dimensions}\n`;
  for (let node = 0; node < ids.length; node++) {
    const numbers = Array.from(vectors.subarray(node * dimensions, (node + 1) * dimensions), float32Text);
    yield `${ids[node]} ${numbers.join(' ')}\n`;
  }
}

/** The two numbers of the first line. Throws an InputError for another line. */
export function word2vecSizes(line: string, name: string): { readonly nodes: number; readonly dimensions: number } {
  const [, nodes, dimensions] = /^\s*(\d{1,10})\s+(\d{1,6})\s*$/.exec(line) ?? [];
  if (nodes !== undefined && Number(dimensions) > 0) return { nodes: Number(nodes), dimensions: Number(dimensions) };
  return fail({
    what: `the first line is ${show(line)}, not the number of vectors and of their dimensions`,
    where: `${name} line 1`,
    fix: "Write the vectors in word2vec's format, with its first line.",
  });
}

/** Throws an InputError where a file has fewer or more vectors than its first line says. */
function checkNodeCount(found: number, nodes: number, name: string): void {
  if (found === nodes) return;
  fail({
    what: `the first line says ${count(nodes, 'vector')}, but there are ${found}`,
    where: name,
    fix: 'Download or write the file again.',
  });
}

export const word2vecText: VectorFormat = {
  title: 'word2vec text',
  endings: ['.txt', '.vec', '.emb', '.w2v'],
  checkIds: (ids, name) => checkTexts(ids, name, word2vecSeparators),
  files: (vectors, name) => [{ name, pieces: () => textPieces(lines(vectors)) }],
  async read({ name, chunks }) {
    let found: CollectedVectors | undefined;
    let sizes = { nodes: 0, dimensions: 0 };
    for await (const { lines, first } of linesOf(textsOf(chunks, name), name)) {
      lines.forEach((line, i) => {
        if (found === undefined) {
          sizes = word2vecSizes(line, name);
          found = new CollectedVectors(name, sizes.dimensions);
          return;
        }
        if (line.trim() === '') return;
        const where = () => `${name} line ${first + i}`;
        // some tools end a line with a space
        const [id, ...numbers] = line.trimEnd().split(' ');
        found.add(id, numbers.map(numberOf), where);
      });
    }
    if (found === undefined) return new CollectedVectors(name).all();
    checkNodeCount(found.length, sizes.nodes, name);
    return found.all();
  },
};

/** NaN for a text that is not a number: `Number` reads an empty text as 0. */
const numberOf = (text: string): number => (text === '' ? Number.NaN : Number(text));
