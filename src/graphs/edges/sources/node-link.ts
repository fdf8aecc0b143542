/**
 * Node-link data: `{ nodes, links }` as d3 draws it, and `{ nodes, edges }` as networkx and graphology write it.
 *
 * A node is its name, or an object whose name is its `id`, `key` or `name`, or else its position in `nodes`. The ends of a link are
 * names, or the node objects themselves, which d3's force simulation puts in their place. Where nodes have no `id` or `key`, a
 * number is a position in `nodes`.
 */
import { fail } from '../../../base/errors.ts';
import { show } from '../../../base/show.ts';
import { type EdgeSource, isObject } from '../edge-source.ts';
import { isDriverInteger, nodeIdOf } from '../node-id.ts';
import { weightIn } from '../options.ts';

interface NodeLinkData {
  readonly nodes: readonly unknown[];
  readonly links?: readonly unknown[];
  readonly edges?: readonly unknown[];
  readonly directed?: unknown;
  readonly options?: { readonly type?: unknown };
}

const isNode = (value: unknown) => isObject(value) && !isDriverInteger(value);

function nameOf(node: unknown, position: number): unknown {
  if (!isNode(node)) return node;
  const { id, key, name } = node as Readonly<Record<string, unknown>>;
  return id ?? key ?? name ?? position;
}

const hasOwnName = (node: unknown) =>
  !isNode(node) || (node as { id?: unknown }).id !== undefined || 'key' in (node as object);

/** The two ends of a link, under either of the common pairs of names. */
function endsOf(link: unknown, where: string): readonly [unknown, unknown] {
  const { source, target, from, to } = (isObject(link) ? link : {}) as Readonly<Record<string, unknown>>;
  const ends = [source ?? from, target ?? to] as const;
  if (ends[0] !== undefined && ends[1] !== undefined) return ends;
  return fail({
    what: `${show(link)} has no source and target`,
    where,
    fix: 'Write each link as { "source": name, "target": name }, with a "weight" if it has one.',
  });
}

export const nodeLink: EdgeSource<NodeLinkData> = {
  title: '{ nodes, links }',
  matches: (source) =>
    isObject(source) && Array.isArray(source.nodes) && (Array.isArray(source.links) || Array.isArray(source.edges)),
  isDirected: ({ directed, options }) =>
    typeof directed === 'boolean' ? directed : options?.type === 'directed' ? true : undefined,
  add({ nodes, links, edges }, builder, options) {
    const { name = 'graph' } = options;
    const positions = new Map<unknown, number>();
    const names = nodes.map((node, i) => nodeIdOf(nameOf(node, i), () => `${name}.nodes[${i}]`));
    nodes.forEach((node, i) => {
      if (isNode(node)) positions.set(node, i);
      builder.addNode(names[i], () => `${name}.nodes[${i}]`);
    });
    const known = new Set(names);
    const isPositional = nodes.length > 0 && !nodes.some(hasOwnName);
    const key = links === undefined ? 'edges' : 'links';
    const list = links ?? edges!;
    let at = 0;
    const where = () => `${name}.${key}[${at}]`;
    const nodeAt = (end: unknown) => {
      const position = positions.get(end) ?? (isPositional && typeof end === 'number' ? end : undefined);
      const id = position === undefined ? nodeIdOf(nameOf(end, -1), where) : names[position];
      return id !== undefined && known.has(id) ? id : failOnUnknown(end, known, where());
    };
    for (; at < list.length; at++) {
      const link = list[at];
      const [source, target] = endsOf(link, where());
      const { attributes } = link as { readonly attributes?: unknown };
      builder.addEdge(nodeAt(source), nodeAt(target), weightIn(link, options) ?? weightIn(attributes, options), where);
    }
  },
};

function failOnUnknown(end: unknown, known: ReadonlySet<unknown>, where: string): never {
  const other = typeof end === 'number' ? String(end) : Number(end);
  const hint = known.has(other) ? ` There is a node ${show(other)}, of another type.` : '';
  return fail({ what: `${show(end)} is not in nodes`, where, fix: `Add it to nodes, or correct its name.${hint}` });
}
