/** The graph that `embed` reads: from a file of edges or from a database. */
import type { NodeGraph } from '../../graphs/graph.ts';
import type { Terminal } from '../output/terminal.ts';
import { type DatabaseFlags, type QueriedGraph, readDatabase } from './database-input.ts';
import { type EdgeFlags, readGraph } from './edge-input.ts';

/** A graph and what there is to say about it. */
export interface GraphSource {
  readonly graph: NodeGraph;
  /** Where the graph came from, as `--json` has it. */
  readonly facts: object;
  readonly notes: readonly string[];
  readonly queried?: QueriedGraph;
}

/** Reads the graph. The caller closes the database, if there is one. Throws an InputError. */
export async function readSource(
  path: string,
  flags: EdgeFlags & DatabaseFlags,
  terminal: Terminal,
): Promise<GraphSource> {
  const queried = await readDatabase(path, flags, terminal);
  if (queried !== undefined) {
    const { graph, key } = queried;
    return { graph, facts: { ...graphFacts(graph), database: queried.database.address, key }, notes: [], queried };
  }
  const { graph, counts, format, notes } = await readGraph(path, flags, terminal);
  return { graph, facts: { ...graphFacts(graph), format, counts, notes }, notes };
}

const graphFacts = ({ ids, neighbors, isDirected, weights }: NodeGraph) => ({
  nodes: ids.length,
  entries: neighbors.length,
  isDirected,
  isWeighted: weights !== undefined,
});
