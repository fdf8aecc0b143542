/**
 * Parquet with the columns `id`, `vector` (a list of float32) and, where there are places on a map, `x` and `y`. hyparquet-writer
 * (MIT, kept up, plain JavaScript) writes it in row groups, and hyparquet by the same authors reads it.
 */
import { parquetReadObjects, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { fail } from '../../../base/errors.ts';
import { allBytes } from '../../../data/read/byte-stream.ts';
import { binaryFormatOf } from '../../../data/read/detect.ts';
import type { NodeId } from '../../graph.ts';
import { CollectedVectors } from '../collected-vectors.ts';
import type { VectorFormat, VectorsToWrite } from '../vector-format.ts';

/** Rows in a group, so that a group of 128 dimensions takes a few megabytes. */
const groupRows = 8192;

/** Names as one type: integers of 64 bits, numbers, or texts. */
function idColumn(ids: readonly NodeId[]): { readonly element: SchemaElement; of(id: NodeId): unknown } {
  const isWhole = (id: NodeId) => typeof id === 'bigint' || Number.isSafeInteger(id);
  const required = { name: 'id', repetition_type: 'REQUIRED' } as const;
  const fits = (id: NodeId) => typeof id === 'number' || BigInt.asIntN(64, id as bigint) === id;
  if (ids.every((id) => isWhole(id) && fits(id))) {
    return { element: { ...required, type: 'INT64' }, of: (id) => BigInt(id) };
  }
  if (ids.every((id) => typeof id === 'number')) return { element: { ...required, type: 'DOUBLE' }, of: (id) => id };
  return { element: { ...required, type: 'BYTE_ARRAY', converted_type: 'UTF8' }, of: String };
}

const listOf = (name: string): SchemaElement[] => [
  { name, repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
];

/** A writer whose bytes are taken after each group. hyparquet counts offsets by `offset`, which continues. */
class PieceWriter extends ByteWriter {
  /** The bytes since the last call. */
  take(): Uint8Array {
    const bytes = this.getBytes().slice();
    this.index = 0;
    return bytes;
  }
}

async function* pieces({ ids, vectors, dimensions, x, y }: VectorsToWrite): AsyncGenerator<Uint8Array> {
  const id = idColumn(ids);
  const places = x === undefined || y === undefined ? [] : Object.entries({ x, y });
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 2 + places.length },
    id.element,
    ...listOf('vector'),
    ...places.map(([name]): SchemaElement => ({ name, type: 'FLOAT', repetition_type: 'REQUIRED' })),
  ];
  const writer = new PieceWriter();
  const file = new ParquetWriter({ writer, schema });
  for (let first = 0; first < ids.length; first += groupRows) {
    const rows = Math.min(groupRows, ids.length - first);
    const nodes = Array.from({ length: rows }, (_, i) => first + i);
    const columnData = [
      { name: 'id', data: nodes.map((node) => id.of(ids[node])) },
      {
        name: 'vector',
        data: nodes.map((node) => Array.from(vectors.subarray(node * dimensions, (node + 1) * dimensions))),
      },
      ...places.map(([name, column]) => ({ name, data: nodes.map((node) => column[node]) })),
    ];
    await file.write({ columnData, rowGroupSize: groupRows });
    yield writer.take();
  }
  await file.finish();
  yield writer.take();
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
