/** The options of a graph from edges. */

import { anObject, aText, kind, optional } from '../../base/arguments.ts';
import { didYouMean, fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';

export interface EdgeOptions {
  /**
   * Whether edges have a direction, so that walks follow them from source to target only. Default: as the source says (a
   * graphology graph, `directed: true` in node-link data), and otherwise false.
   */
  readonly directed?: boolean;
  /** Names of nodes, which come first and in this order. Nodes without edges are isolated: they get vectors, and no walk reaches them. */
  readonly nodes?: Iterable<unknown>;
  /**
   * The property that holds the weight of an edge, where edges are objects. Default "weight". With `false`, all weights are ignored,
   * and every edge has the weight 1.
   */
  readonly weight?: string | false;
  /** Names the edges in errors. Default "edges". */
  readonly name?: string;
}

const names = ['directed', 'nodes', 'weight', 'name'];

const someNodes = kind(
  'a list of nodes',
  (value: Iterable<unknown>) => typeof value !== 'string' && typeof value[Symbol.iterator] === 'function',
);

/** Throws an InputError for an unknown option or a wrong type. */
export function checkEdgeOptions(options: EdgeOptions): void {
  anObject(options, 'fromEdges: options');
  for (const key of Object.keys(options)) {
    if (!names.includes(key))
      fail({ what: `unknown option "${key}"`, where: 'fromEdges', fix: didYouMean(key, names) });
  }
  const { directed, weight, nodes, name } = options;
  optional(aText)(name, 'fromEdges: options.name');
  optional(someNodes)(nodes, 'fromEdges: options.nodes');
  if (directed !== undefined && typeof directed !== 'boolean') {
    fail({ what: `directed is ${show(directed)}`, where: 'fromEdges', fix: 'Pass true or false.' });
  }
  if (weight !== undefined && weight !== false && typeof weight !== 'string') {
    fail({ what: `weight is ${show(weight)}`, where: 'fromEdges', fix: 'Pass the name of a property, or false.' });
  }
}

/** The weight in the properties of an edge. */
export const weightIn = (properties: unknown, { weight = 'weight' }: EdgeOptions): unknown =>
  weight === false ? undefined : (properties as Readonly<Record<string, unknown>> | null | undefined)?.[weight];
