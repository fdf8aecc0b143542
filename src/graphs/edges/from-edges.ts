/** A graph from edges in memory, in any of the usual forms. */
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import type { NodeGraph } from '../graph.ts';
import { isObject } from './edge-source.ts';
import { GraphBuilder } from './graph-builder.ts';
import { checkEdgeOptions, type EdgeOptions } from './options.ts';
import { edgeSources } from './sources/index.ts';
import { addItem } from './sources/items.ts';

const isAsync = (source: unknown): source is AsyncIterable<unknown> =>
  isObject(source) && Symbol.asyncIterator in source && !(Symbol.iterator in source);

/**
 * A graph from its edges:
 * - an iterable, or an async iterable, of `[source, target]`, `[source, target, weight]` or `{ source, target, weight }`;
 * - `{ sources, targets, weights }`, typed arrays or lists;
 * - `{ nodes, links }` as for d3, or `{ nodes, edges }`; a graphology graph; cytoscape's elements;
 * - records, or a result, of neo4j-driver, with its `Integer` and `Node` objects.
 *
 * Names of nodes keep their type: `1`, `1n` and `'1'` are three nodes. Nodes are in the order in which they first appear, after
 * those in `options.nodes`. The weights of repeated edges are added; in an undirected graph, a–b and b–a are the same edge. A
 * self-loop is kept, once. An edge of weight 0 is left out, but its nodes are not. A node without edges is isolated: methods give it
 * a vector, but no walk reaches it.
 *
 * Throws an InputError (for an async iterable: rejects) that names the edge for a weight that is negative or not a finite number, a
 * name that is not a text, a number or a bigint, and an edge in none of these forms; and for a graph without nodes.
 *
 * @example fromEdges([['ada', 'bob'], ['bob', 'cy', 2]]).ids  // ['ada', 'bob', 'cy']
 */
export function fromEdges(source: AsyncIterable<unknown>, options?: EdgeOptions): Promise<NodeGraph>;
export function fromEdges(source: object, options?: EdgeOptions): NodeGraph;
export function fromEdges(source: unknown, options: EdgeOptions = {}): NodeGraph | Promise<NodeGraph> {
  checkEdgeOptions(options);
  const { directed, nodes = [], name } = options;
  const builder = new GraphBuilder(name);
  let at = 0;
  for (const node of nodes) {
    builder.addNode(node, () => `nodes[${at}]`);
    at++;
  }
  if (isAsync(source)) return fromStream(source, builder, options);
  const entry = edgeSources.find((each) => each.matches(source));
  if (entry === undefined) {
    return fail({
      what: `${source === undefined ? 'undefined' : show(source)} holds no edges`,
      where: name ?? 'edges',
      fix: `Pass ${edgeSources.map(({ title }) => title).join(', ')}. Read a file with readEdges.`,
    });
  }
  entry.add(source, builder, options);
  return builder.build(directed ?? entry.isDirected?.(source) ?? false);
}

async function fromStream(
  source: AsyncIterable<unknown>,
  builder: GraphBuilder,
  options: EdgeOptions,
): Promise<NodeGraph> {
  const { name = 'edges', directed = false } = options;
  let at = 0;
  const where = () => `${name}[${at}]`;
  for await (const item of source) {
    addItem(item, builder, options, where);
    at++;
  }
  return builder.build(directed);
}
