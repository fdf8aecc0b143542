/**
 * A table of nodes in addition to the edges: CSV, JSON, JSON Lines, Parquet or Arrow, or a text with a name on each line. It adds the nodes
 * that have no edge.
 */
import { fail, listNames } from '../../base/errors.ts';
import { quote } from '../../base/wording.ts';
import { allBytes } from '../../data/read/byte-stream.ts';
import { binaryFormatOf } from '../../data/read/detect.ts';
import { readTableFile } from '../../data/read/file.ts';
import { readBinary } from '../../data/read/guarded-read.ts';
import type { Cell } from '../../data/read/read.ts';
import type { GraphBuilder } from '../edges/graph-builder.ts';

export interface NodeListOptions {
  /** Names the table in errors. Default "nodes". */
  readonly name?: string;
  /** The column that names the nodes. Default: the column with the most names that occur in the edges. */
  readonly column?: string;
}

export interface Columns {
  readonly names: readonly string[];
  readonly cells: readonly (readonly Cell[])[];
}

/** The columns of a table in any format that is read. */
export async function columnsOf(bytes: Uint8Array, name: string): Promise<Columns> {
  const format = binaryFormatOf(bytes);
  if (format === undefined) {
    const { columns } = await readTableFile(bytes, { name });
    return { names: columns.map((each) => each.name), cells: columns.map(({ values }) => Array.from(values)) };
  }
  let names: readonly string[] = [];
  const cells: Cell[][] = [];
  for await (const part of readBinary({ format: format.name, bytes, name })) {
    names = part.names;
    part.columns.forEach((column, c) => {
      cells[c] ??= [];
      for (const cell of column) cells[c].push(cell);
    });
  }
  return { names, cells };
}

/**
 * Adds the nodes of a table after those that edges have named. Returns sentences for people. Throws an InputError where the named
 * column does not exist, or no column names a node of the edges.
 */
export async function addNodeList(
  chunks: AsyncIterable<Uint8Array>,
  builder: GraphBuilder,
  { name = 'nodes', column }: NodeListOptions = {},
): Promise<string[]> {
  const { names, cells } = await columnsOf(await allBytes(chunks), name);
  const chosen = column === undefined ? bestColumn(cells, builder) : names.indexOf(column);
  if (chosen < 0) {
    fail({
      what: column === undefined ? 'no column names a node of the edges' : `there is no column ${quote(column)}`,
      where: name,
      fix: `The columns are: ${listNames(names.map(quote))}. Say which one names the nodes.`,
    });
  }
  const before = builder.ids.length;
  cells[chosen].forEach((cell, row) => {
    builder.addNode(cell, () => `${name}[${row}], column ${quote(names[chosen])}`);
  });
  const isolated = builder.ids.length - before;
  return [
    `Column ${quote(names[chosen])} of ${name} names the nodes; ${isolated} of them ${isolated === 1 ? 'has' : 'have'} no edge.`,
  ];
}

/** The column with the most names of known nodes; -1 where none has any. */
function bestColumn(cells: readonly (readonly Cell[])[], builder: GraphBuilder): number {
  const hits = cells.map((column) => column.reduce<number>((sum, cell) => sum + (builder.hasNode(cell) ? 1 : 0), 0));
  const most = Math.max(0, ...hits);
  return most === 0 ? -1 : hits.indexOf(most);
}
