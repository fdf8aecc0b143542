/** A graph from a query to a graph database, and vectors back into it. */
import { fail } from '../../base/errors.ts';
import { type GraphDatabase, openDatabase } from '../../graphs/databases/index.ts';
import { GraphBuilder } from '../../graphs/edges/graph-builder.ts';
import type { NodeVectors } from '../../graphs/node-vectors.ts';
import type { EdgeFile } from '../../graphs/read/read-edges.ts';

export interface DatabaseFlags {
  readonly directed?: boolean;
  readonly weight?: string | false;
  readonly query?: string;
  readonly writeProperty?: string;
  readonly label?: string;
}

/** A graph, and the database that it came from, which the caller closes. */
export interface DatabaseGraph {
  readonly file: EdgeFile;
  /** Where the vectors go: where `--write-property` names a property. */
  readonly writeVectors?: (vectors: NodeVectors) => Promise<number>;
  close(): Promise<void>;
}

/** Runs the query of the flags. Throws an InputError where there is none, and where vectors could not be written back. */
export async function readDatabase(address: string, flags: DatabaseFlags): Promise<DatabaseGraph> {
  const { query, writeProperty } = flags;
  if (query === undefined) {
    fail({
      what: 'there is no query for the edges',
      where: '--query',
      fix: 'Pass --query "MATCH (a)-[r]->(b) RETURN a.id, b.id, r.weight", for example.',
    });
  }
  const database = await openDatabase(address, { environment: process.env, readOnly: writeProperty === undefined });
  try {
    return { ...(await graphOf(database, query, flags)), close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function graphOf(database: GraphDatabase, query: string, flags: DatabaseFlags) {
  const { directed = false, weight, writeProperty: property, label } = flags;
  const { address } = database;
  const { key, edges } = await database.read(query);
  if (property !== undefined && key === undefined) {
    fail({
      what: 'the first column of the query is not a property of a node, so that its node cannot be found again',
      where: '--query',
      fix: 'Return a property that names the node, such as RETURN a.id, b.id.',
    });
  }
  const builder = new GraphBuilder(address);
  let row = 0;
  const where = () => `${address} row ${row}`;
  for await (const [source, target, found] of edges) {
    row++;
    builder.addEdge(source, target, weight === false ? undefined : found, where);
  }
  const file = { graph: builder.build(directed), format: 'a query', counts: builder.counts, notes: [] };
  if (property === undefined) return { file };
  return { file, writeVectors: (vectors: NodeVectors) => database.write({ property, key: key!, label }, vectors) };
}
