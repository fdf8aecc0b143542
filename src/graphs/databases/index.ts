/** Graph databases as sources of edges and as places for vectors. Needs Node. */

import { aBoolean, anObject, aText, checkCall, optional, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import { bolt } from './bolt.ts';
import type { DatabaseKind, DatabaseSettings, GraphDatabase } from './database.ts';
import { ladybug } from './ladybug.ts';

export type { EdgeQuery, GraphDatabase, QueriedEdge, VectorProperty, VectorRows, WriteOptions } from './database.ts';

/** Every kind of database; a new one is one file and a line here. */
const kinds: readonly DatabaseKind[] = [ladybug, bolt];

/** Whether an address or a path names a database: a file `.lbug`, or an address such as `neo4j://localhost:7687`. */
export function isDatabase(address: string): boolean {
  aText(address, 'isDatabase: address');
  return kinds.some((kind) => kind.recognizes(address));
}

/**
 * Opens a database: a path such as `graph.lbug` with the package `@ladybugdb/core`, or an address such as
 * `neo4j://localhost:7687` with `neo4j-driver`. Credentials come from `NEO4J_USERNAME`, `NEO4J_PASSWORD` and `NEO4J_DATABASE`
 * of the environment.
 *
 * @throws InputError if the package is missing, or the database cannot be opened.
 * @example
 * const database = await openDatabase('graph.lbug', { environment: process.env, readOnly: false });
 * const { edges, key } = await database.read('MATCH (a)-[r]->(b) RETURN a.id, b.id, r.weight');
 */
export async function openDatabase(address: string, settings: DatabaseSettings): Promise<GraphDatabase> {
  checkCall('openDatabase(address, { environment, readOnly })', {
    address: [address, aText],
    settings: [settings, record({ environment: anObject, readOnly: optional(aBoolean) })],
  });
  const kind = kinds.find((each) => each.recognizes(address));
  if (kind === undefined) {
    return fail({
      what: `${show(address)} is not the address of a database`,
      where: 'openDatabase',
      fix: 'Pass a file such as graph.lbug, or an address such as neo4j://localhost:7687.',
    });
  }
  return kind.open(address, settings);
}
