/** Edges in the binary formats of tables, Parquet and Arrow: a row for each edge, with columns of sources, targets and weights. */
import type { BinaryFormat } from '../../data/read/format.ts';
import { readBinary } from '../../data/read/guarded-read.ts';
import type { GraphBuilder } from '../edges/graph-builder.ts';
import { edgeColumns } from './edge-columns.ts';
import type { FileContext, FileNotes } from './edge-format.ts';

/** Adds the edges of a table's bytes. Throws an InputError that names the row, from 0. */
export async function readTableEdges(
  bytes: Uint8Array,
  format: BinaryFormat,
  builder: GraphBuilder,
  context: FileContext,
): Promise<FileNotes> {
  const { name, limits } = context;
  let notes: readonly string[] = [];
  let row = 0;
  const where = () => `${name}[${row}]`;
  for await (const { names, columns, rows } of readBinary({
    format: format.name,
    bytes,
    name,
    limits,
  })) {
    const found = edgeColumns(names, context, name);
    const [sources, targets] = [columns[found.source], columns[found.target]];
    const weights = found.weight === undefined ? undefined : columns[found.weight];
    for (let i = 0; i < rows; i++, row++) builder.addEdge(sources[i], targets[i], weights?.[i], where);
    notes = found.notes;
  }
  return { notes };
}
