/** Vectors to files and back. The ending of a file's name chooses the format. */
import { aText, kind, listOf, optional, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { aNodeId, type NodeId } from '../graph.ts';
import { type NodeVectors, someNodeVectors } from '../node-vectors.ts';
import { vectorFormats } from './formats/index.ts';
import type { VectorFile, VectorFormat, VectorSource, VectorsToWrite } from './vector-format.ts';

/** The endings with their formats, for help and errors: `.npy (npy with …)`. */
export const vectorEndings = (formats: readonly VectorFormat[] = vectorFormats): string =>
  formats.map(({ title, endings }) => `${endings.join(' ')} (${title})`).join(', ');

/** The format of a file by the ending of its name. Throws an InputError that lists the endings. */
function formatOf(name: string): VectorFormat {
  aText(name, 'name');
  const found = vectorFormats.find(({ endings }) => endings.some((ending) => name.toLowerCase().endsWith(ending)));
  return (
    found ??
    fail({ what: 'no format of vectors has this extension', where: name, fix: `Choose one of: ${vectorEndings()}.` })
  );
}

/** Whether the format that the ending of a name chooses stores `x` and `y`. Throws an InputError for another ending. */
export const storesPlaces = (name: string): boolean => formatOf(name).storesPlaces === true;

/** The name of the second file that belongs to a file of vectors; undefined where the format needs one file. */
export const companionOf = (name: string): string | undefined => formatOf(name).companion?.(name);

/** Throws an InputError where a file of this name could not hold the vectors of these nodes, before they are computed. */
export function checkVectorFile(ids: readonly NodeId[], name: string): void {
  listOf(aNodeId)(ids, 'checkVectorFile: ids');
  formatOf(name).checkIds?.(ids, name);
}

/**
 * The files for vectors, in the format that the ending of `name` chooses: word2vec text (`.txt`, `.vec`, `.emb`, `.w2v`) and binary
 * (`.bin`), npy with the names of the nodes beside it, safetensors, Parquet, JSON Lines, the Embedding Projector's pair (`.tsv`), and
 * CSV with the columns `_id` and `embedding_result`. Parquet and JSON Lines store `x` and `y` too.
 *
 * Throws an InputError for another ending, for names that the format cannot store, and for `x` and `y` that it would lose.
 *
 * In Node: `for (const { name, pieces } of vectorFiles(embedding, 'karate.vec')) await writeFile(name, pieces());`
 *
 * @example vectorFiles({ ids: ['a'], vectors: Float32Array.of(1), dimensions: 1 }, 'a.npy').map(({ name }) => name)  // ['a.ids.jsonl', 'a.npy']
 */
export function vectorFiles(vectors: VectorsToWrite, name: string): readonly VectorFile[] {
  someNodeVectors(vectors, 'vectorFiles: vectors');
  const format = formatOf(name);
  format.checkIds?.(vectors.ids, name);
  if (vectors.x !== undefined && format.storesPlaces !== true) {
    const storing = vectorFormats.filter(({ storesPlaces }) => storesPlaces);
    fail({
      what: `${format.title} cannot store x and y`,
      where: name,
      fix: `Choose one of: ${vectorEndings(storing)}.`,
    });
  }
  return format.files(vectors, name);
}

const aStream = kind(
  'a stream of bytes',
  (value: AsyncIterable<unknown>) => typeof value[Symbol.asyncIterator] === 'function',
  "Pass a stream, such as createReadStream('graph.vec').",
);

/**
 * The vectors in a file, in the format that the ending of its name chooses. npy needs the names of the nodes as `companion`.
 * Rejects with an InputError for a damaged file and for a format that is only written.
 */
export async function readVectors(source: VectorSource): Promise<NodeVectors> {
  record({ name: aText, chunks: aStream, companion: optional(aStream) }, { isOpen: true })(
    source,
    'readVectors: source',
  );
  const { name } = source;
  const format = formatOf(name);
  if (format.read !== undefined) return format.read(source);
  const readable = vectorFormats.filter(({ read }) => read !== undefined);
  return fail({
    what: 'chainrule can write this format, but not read it',
    where: name,
    fix: `Read the vectors from one of: ${vectorEndings(readable)}.`,
  });
}
