/** A graphology graph, recognized by its methods, so that graphology itself is not needed here. */
import { type EdgeSource, isObject } from '../edge-source.ts';
import { weightIn } from '../options.ts';

/** The part of graphology's `Graph` that is read. */
export interface GraphologyGraph {
  readonly type: string;
  readonly directedSize: number;
  forEachNode(callback: (key: string) => void): void;
  forEachEdge(
    callback: (
      key: string,
      attributes: Readonly<Record<string, unknown>>,
      source: string,
      target: string,
      sourceAttributes: unknown,
      targetAttributes: unknown,
      isUndirected: boolean,
    ) => void,
  ): void;
}

const isGraphology = (value: unknown): value is GraphologyGraph =>
  isObject(value) && typeof value.forEachNode === 'function' && typeof value.forEachEdge === 'function';

/** Also of a graph of mixed edges if one of them has a direction. */
const isDirected = ({ type, directedSize }: GraphologyGraph) => type === 'directed' || directedSize > 0;

export const graphology: EdgeSource<GraphologyGraph> = {
  title: 'a graphology graph',
  matches: isGraphology,
  isDirected,
  add(graph, builder, options) {
    const { name = 'graph', directed = isDirected(graph) } = options;
    graph.forEachNode((key) => {
      builder.addNode(key, () => name);
    });
    graph.forEachEdge((key, attributes, source, target, _source, _target, isUndirected) => {
      const where = () => `${name}, edge "${key}"`;
      const weight = weightIn(attributes, options);
      builder.addEdge(source, target, weight, where);
      // among edges with a direction, one without is an edge each way
      if (directed && isUndirected && source !== target) builder.addEdge(target, source, weight, where);
    });
  },
};
