/** Nodes in groups: by their labels, or by communities found in the graph. */

import type { LabelOfNode, NodeGraph } from 'chainrule/graphs';
import type { Groups } from '../protocol.ts';

/** The largest number of groups that get a color of their own; the others are one group. */
export const maxGroups = 16;

export const noGroups = (count: number): Groups => ({
  by: 'nothing',
  names: [],
  counts: [],
  of: new Int32Array(count).fill(-1),
});

/** A node with several labels is shown by its first. */
export function groupsByLabel({ ids }: Pick<NodeGraph, 'ids'>, labels: readonly LabelOfNode[]): Groups {
  const first = new Map<string, string>();
  for (const [node, label] of labels) if (!first.has(node)) first.set(node, label);
  return grouped(
    ids.map((id) => first.get(String(id))),
    'label',
  );
}

/**
 * Communities by the Louvain method, which maximizes modularity: Blondel and others (2008). The same graph always gives the same
 * communities. graphology-communities-louvain (MIT, kept with graphology, which reads GraphML here too) is loaded when it is needed.
 */
export async function communities({ ids, offsets, neighbors, weights }: NodeGraph): Promise<Groups> {
  const [{ UndirectedGraph }, { default: louvain }] = await Promise.all([
    import('graphology'),
    import('graphology-communities-louvain'),
  ]);
  const graph = new UndirectedGraph();
  for (let node = 0; node < ids.length; node++) graph.addNode(node);
  for (let u = 0; u < ids.length; u++) {
    for (let at = offsets[u]; at < offsets[u + 1]; at++) {
      const v = neighbors[at];
      if (u !== v && !graph.hasEdge(u, v)) graph.addEdge(u, v, { weight: weights?.[at] ?? 1 });
    }
  }
  const found = louvain(graph, { rng: generator(1) }) as Record<string, number>;
  const sizes = new Map<number, number>();
  for (const each of Object.values(found)) sizes.set(each, (sizes.get(each) ?? 0) + 1);
  const order = [...sizes.keys()].sort((a, b) => sizes.get(b)! - sizes.get(a)! || a - b);
  const names = new Map(order.map((each, i) => [each, `Community ${i + 1}`]));
  return grouped(
    ids.map((_, node) => names.get(found[node])),
    'community',
  );
}

/** The largest groups first; equally large ones by name. Beyond the maximum, groups are one: "others". */
function grouped(nameOf: readonly (string | undefined)[], by: 'label' | 'community'): Groups {
  const sizes = new Map<string, number>();
  for (const name of nameOf) if (name !== undefined) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  const order = [...sizes.keys()].sort(
    (a, b) => sizes.get(b)! - sizes.get(a)! || a.localeCompare(b, 'en', { numeric: true }),
  );
  if (order.length === 0) return noGroups(nameOf.length);
  const isCut = order.length > maxGroups;
  const shown = isCut ? order.slice(0, maxGroups - 1) : order;
  const index = new Map(shown.map((name, i) => [name, i]));
  const of = Int32Array.from(nameOf, (name) => (name === undefined ? -1 : (index.get(name) ?? shown.length)));
  const names = isCut ? [...shown, `${order.length - shown.length} others`] : shown;
  const counts = names.map(() => 0);
  for (const group of of) if (group >= 0) counts[group]++;
  return { by, names, counts, of };
}

/** Numbers in [0, 1) by a linear congruential generator (Numerical Recipes, 1992): the order in which nodes are visited. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
