/** Vectors for new nodes, from their edges to nodes that have vectors. */
import { checkCall, record } from '../../base/arguments.ts';
import { aNodeGraph, type NodeGraph } from '../graph.ts';
import { contextOptions, type EmbeddingContext } from '../method.ts';
import { type NodeVectors, someNodeVectors } from '../node-vectors.ts';
import { extendByMeans } from './by-means.ts';
import { extendedGraph } from './extended-graph.ts';

/**
 * The given vectors, of any method, unchanged, and then vectors for the other nodes of the graph: each is the mean of its neighbors' vectors by
 * weight, with the mean of their lengths. New nodes that only other new nodes know are reached in up to ten rounds; those that no path
 * connects to a given vector have the vector 0. The graph needs the edges of new nodes only. Nodes are found by name; "7" also finds 7.
 *
 * Throws an InputError if the graph has no new node, or no node with a vector.
 *
 * @example [...(await extendVectors({ ids: ['a'], vectors: Float32Array.of(1, 2), dimensions: 2 }, fromEdges([['a', 'b']]))).vectors]  // [1, 2, 1, 2]
 */
export async function extendVectors(
  vectors: NodeVectors,
  graph: NodeGraph,
  context: Pick<EmbeddingContext, 'onProgress' | 'signal'> = {},
): Promise<NodeVectors> {
  checkCall('extendVectors(vectors, graph, { onProgress, signal })', {
    vectors: [vectors, someNodeVectors],
    graph: [graph, aNodeGraph],
    options: [context, record(contextOptions)],
  });
  const { graph: whole, known } = extendedGraph(graph, vectors);
  const all = await extendByMeans(whole, context, known);
  return { ids: whole.ids, vectors: all, dimensions: vectors.dimensions };
}
