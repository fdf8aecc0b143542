/**
 * Parquet with the columns `id`, `vector` (a list of float32) and, where there are places on a map, `x` and `y`. hyparquet-writer
 * (MIT, kept up, plain JavaScript) writes it in row groups, and hyparquet by the same authors reads it. Both are loaded with the first
 * such file.
 */
import { fail } from '../../../base/errors.ts';
import { allBytes } from '../../../data/read/byte-stream.ts';
import { binaryFormatOf } from '../../../data/read/detect.ts';
import type { NodeId } from '../../graph.ts';
import { CollectedVectors } from '../collected-vectors.ts';
import type { VectorFormat, VectorsToWrite } from '../vector-format.ts';

async function* pieces(vectors: VectorsToWrite): AsyncGenerator<Uint8Array> {
  const { parquetPieces } = await import('./parquet-writer.ts');
  yield* parquetPieces(vectors);
}

/** The names of the columns that may hold a node's name, and its vector. */
const [idNames, vectorNames] = [
  ['id', '_id', 'node', 'title', 'name'],
  ['vector', 'embedding', 'embedding_result'],
];

export const parquet: VectorFormat = {
  title: 'Parquet',
  endings: ['.parquet'],
  storesPlaces: true,
  files: (vectors, name) => [{ name, pieces: () => pieces(vectors) }],
  async read({ name, chunks }) {
    const bytes = (await allBytes(chunks)) as Uint8Array<ArrayBuffer>;
    if (binaryFormatOf(bytes)?.title !== parquet.title) {
      fail({ what: 'it is not a Parquet file', where: name, fix: 'Use a file that chainrule embed wrote.' });
    }
    const [{ parquetReadObjects }, { compressors }] = await Promise.all([
      import('hyparquet'),
      import('hyparquet-compressors'),
    ]);
    let rows: Record<string, unknown>[];
    try {
      rows = await parquetReadObjects({ file: bytes.buffer, compressors });
    } catch (error) {
      const reason = String((error as Error).message)
        .split('\n')[0]
        .slice(0, 200);
      return fail({ what: `the Parquet file cannot be read (${reason})`, where: name, fix: 'Write it again.' });
    }
    const known = (names: readonly string[]) => names.find((each) => rows[0] !== undefined && each in rows[0]);
    const [id, vector] = [known(idNames), known(vectorNames)];
    if (rows.length > 0 && (id === undefined || vector === undefined)) {
      fail({
        what: 'there are no columns "id" and "vector"',
        where: name,
        fix: 'Use a file that chainrule embed wrote.',
      });
    }
    const found = new CollectedVectors(name);
    rows.forEach((row, i) => {
      found.add(asId(row[id!]), row[vector!] as number[], () => `${name}[${i}]`);
    });
    return found.all();
  },
};

/** Integers as numbers where they are exact. */
function asId(value: unknown): NodeId {
  if (typeof value !== 'bigint') return value as NodeId;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
