/** Numbers of nodes from a table: each numeric column is a property, in the order of the graph's nodes. */
import { fail, listNames } from '../../base/errors.ts';
import { quote } from '../../base/wording.ts';
import { allBytes } from '../../data/read/byte-stream.ts';
import type { NodeId } from '../graph.ts';
import type { NodeFeatures } from '../methods/properties.ts';
import { columnsOf, type NodeListOptions } from './node-list.ts';

/**
 * The numeric columns of a table of nodes, by name. Nodes are found by the texts of their names; a node that the table lacks, and an
 * empty cell, count as 0. Columns with other texts are left out. Throws an InputError if no column names the nodes, or none is numeric.
 */
export async function readNodeFeatures(
  chunks: AsyncIterable<Uint8Array>,
  ids: readonly NodeId[],
  { name = 'features', column }: NodeListOptions = {},
): Promise<NodeFeatures> {
  const { names, cells } = await columnsOf(await allBytes(chunks), name);
  const places = new Map(ids.map((id, node) => [String(id), node]));
  const chosen = column === undefined ? columnOfNames(cells, places) : names.indexOf(column);
  if (chosen < 0) {
    fail({
      what: column === undefined ? 'no column names the nodes of the graph' : `there is no column ${quote(column)}`,
      where: name,
      fix: `The columns are: ${listNames(names.map(quote))}. Pass --node-column with the one that names the nodes.`,
    });
  }
  const features: Record<string, Float64Array> = {};
  for (const [c, column] of cells.entries()) {
    if (c === chosen) continue;
    const numbers = column.map(numberOf);
    if (numbers.includes(undefined)) continue;
    const values = new Float64Array(ids.length);
    for (const [row, value] of numbers.entries()) {
      const node = places.get(String(cells[chosen][row]));
      if (node !== undefined) values[node] = value!;
    }
    features[names[c]] = values;
  }
  if (Object.keys(features).length > 0) return features;
  return fail({
    what: 'no column besides the names of the nodes has numbers in every row',
    where: name,
    fix: 'Encode categories as columns of 0 and 1.',
  });
}

/** A finite number, 0 for an empty cell, or undefined for another text. */
function numberOf(cell: unknown): number | undefined {
  if (cell === undefined || cell === null || cell === '') return 0;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}

/** The column with the most names of nodes; -1 where none has any. */
function columnOfNames(cells: readonly (readonly unknown[])[], places: ReadonlyMap<string, number>): number {
  const hits = cells.map((column) => column.reduce<number>((sum, cell) => sum + (places.has(String(cell)) ? 1 : 0), 0));
  const most = Math.max(0, ...hits);
  return most === 0 ? -1 : hits.indexOf(most);
}
