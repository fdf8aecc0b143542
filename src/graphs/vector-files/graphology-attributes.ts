/** Vectors as attributes of the nodes of a graphology graph. */
import { aFunction, aText, checkCall, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import { type NodeVectors, someNodeVectors } from '../node-vectors.ts';

/** The part of graphology's `Graph` that is needed. */
interface AttributedGraph {
  hasNode(key: unknown): boolean;
  setNodeAttribute(key: string, name: string, value: readonly number[]): unknown;
}

/**
 * Sets an attribute of each node to its vector, a plain list of numbers. Throws an InputError for a node that the graph does not have,
 * before any attribute is set. Usage: `assignVectors(graph, await embed(fromEdges(graph)))`.
 */
export function assignVectors(graph: AttributedGraph, embedding: NodeVectors, attribute = 'embedding'): void {
  checkCall('assignVectors(graph, vectors, attribute)', {
    graph: [graph, record({ hasNode: aFunction, setNodeAttribute: aFunction }, { isOpen: true })],
    vectors: [embedding, someNodeVectors],
    attribute: [attribute, aText],
  });
  const { ids, vectors, dimensions } = embedding;
  for (const id of ids) {
    if (graph.hasNode(id)) continue;
    fail({
      what: `the graph has no node ${show(String(id))}`,
      where: 'assignVectors',
      fix: 'Pass the graph that was embedded.',
    });
  }
  ids.forEach((id, node) => {
    graph.setNodeAttribute(
      String(id),
      attribute,
      Array.from(vectors.subarray(node * dimensions, (node + 1) * dimensions)),
    );
  });
}
