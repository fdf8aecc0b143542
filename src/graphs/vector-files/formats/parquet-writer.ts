/** Writes Parquet in row groups, with hyparquet-writer. It is loaded with the first such file. */
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { NodeId } from '../../graph.ts';
import type { VectorsToWrite } from '../vector-format.ts';

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

/** The bytes of a file, a piece for each row group. */
export async function* parquetPieces({ ids, vectors, dimensions, x, y }: VectorsToWrite): AsyncGenerator<Uint8Array> {
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
