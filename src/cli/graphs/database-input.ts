/** A graph database as the source of edges and as the place for vectors: the flags, reading, writing. */
import { type Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import { type GraphDatabase, isDatabase, openDatabase, type QueriedEdge } from '../../graphs/databases/index.ts';
import { fromEdges } from '../../graphs/edges/from-edges.ts';
import type { NodeGraph } from '../../graphs/graph.ts';
import type { NodeVectors } from '../../graphs/node-vectors.ts';
import { count, type Terminal } from '../output/terminal.ts';
import { edgeCount } from './edge-input.ts';

export interface DatabaseFlags {
  readonly query?: string;
  readonly writeProperty?: string;
  readonly nodeKey?: string;
  readonly nodeLabel?: string;
  readonly directed?: boolean;
}

const group = 'Graph databases (a file .lbug, neo4j://… or bolt://…):';
/** What most graphs need. */
const usualQuery = 'MATCH (a)-[r]->(b) RETURN a.id, b.id, r.weight';

export function addDatabaseFlags(command: Command): Command {
  const options = [
    new Option('--query <cypher>', `the edges as two ids and, optionally, a weight, such as "${usualQuery}"`),
    new Option('--write-property <name>', 'write each vector as a list of floats to this property of its node'),
    new Option('--node-key <name>', 'the property with the ids; default: the one that the query returns first'),
    new Option('--node-label <label>', 'the label of the nodes to write to; default: the only one with these ids'),
  ];
  for (const option of options) command.addOption(option.helpGroup(group));
  return command;
}

/** An open database, the graph of its query, and the property that holds the ids. */
export interface QueriedGraph {
  readonly database: GraphDatabase;
  readonly graph: NodeGraph;
  readonly key: string | undefined;
}

/** Throws an InputError for flags that fit only the other kind of source. */
function checkFlags(path: string, { query, writeProperty, nodeKey, nodeLabel }: DatabaseFlags): void {
  const given = Object.entries({
    '--query': query,
    '--write-property': writeProperty,
    '--node-key': nodeKey,
    '--node-label': nodeLabel,
  }).find(([, value]) => value !== undefined);
  if (isDatabase(path)) {
    if (query !== undefined) return;
    fail({ what: 'a database needs a query for the edges', where: path, fix: `Pass --query "${usualQuery}".` });
  }
  if (given === undefined) return;
  fail({
    what: `${path} is not a graph database`,
    where: given[0],
    fix: `Leave ${given[0]} out, or pass a file .lbug or an address such as neo4j://localhost:7687.`,
  });
}

/** `[a, b]` where the query returns no weight. */
async function* asItems(edges: AsyncIterable<QueriedEdge>, onEdges: (edges: number) => void) {
  let read = 0;
  for await (const [source, target, weight] of edges) {
    yield weight === undefined ? [source, target] : [source, target, weight];
    read++;
    if (read % 10_000 === 0) onEdges(read);
  }
}

/**
 * Opens the database and reads the graph of the query; undefined where `path` is a file of edges. The caller closes the database.
 * Throws an InputError.
 */
export async function readDatabase(
  path: string,
  flags: DatabaseFlags,
  terminal: Terminal,
): Promise<QueriedGraph | undefined> {
  checkFlags(path, flags);
  if (!isDatabase(path)) return undefined;
  const readOnly = flags.writeProperty === undefined;
  const database = await openDatabase(path, { environment: process.env, readOnly });
  try {
    const { key, edges } = await database.read(flags.query!);
    const onEdges = (read: number) => terminal.live(`reading ${database.address}: ${count(read, 'edge')}`);
    const graph = await fromEdges(asItems(edges, onEdges), { name: database.address, directed: flags.directed });
    if (terminal.isLive) terminal.settle(true);
    const { ids, isDirected, weights } = graph;
    const kind = `${isDirected ? 'directed' : 'undirected'}, ${weights === undefined ? 'unweighted' : 'weighted'}`;
    terminal.say(`${database.address}: ${count(ids.length, 'node')}, ${count(edgeCount(graph), 'edge')}, ${kind}`);
    return { database, graph, key: flags.nodeKey ?? key };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Writes the vectors to `--write-property`, and returns the number of nodes that received one. Throws an InputError. */
export async function writeToDatabase(
  { database, key }: QueriedGraph,
  { ids, vectors, dimensions }: NodeVectors,
  { writeProperty, nodeLabel }: DatabaseFlags,
  terminal: Terminal,
): Promise<number> {
  if (key === undefined) {
    return fail({
      what: 'the query does not say which property holds the ids',
      where: '--write-property',
      fix: 'Pass --node-key id, or return the property itself, as in "RETURN a.id, b.id".',
    });
  }
  const written = await database.write(
    { property: writeProperty!, key, label: nodeLabel },
    { ids, vectors, dimensions },
    { onProgress: (sent) => terminal.live(`writing ${database.address}: ${count(sent, 'vector')}`) },
  );
  if (terminal.isLive) terminal.settle(true);
  if (written < ids.length) {
    terminal.warn(`${count(ids.length - written, 'vector')} have no node with their id, so they were not written.`);
  }
  return written;
}
