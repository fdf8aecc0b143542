/**
 * Cytoscape's elements: `{ elements: { nodes, edges } }`, as its `json()` gives them, `{ elements: [...] }`, or one list. An element
 * is `{ data }`: an edge has `source` and `target`, a node an `id`. Cytoscape turns ids into texts, and so does this.
 */
import { fail } from '../../../base/errors.ts';
import { show } from '../../../base/show.ts';
import { type EdgeForm, type EdgeSource, isObject } from '../edge-source.ts';
import { weightIn } from '../options.ts';

interface Element {
  readonly data: { readonly id?: unknown; readonly source?: unknown; readonly target?: unknown };
}

const asText = (id: unknown) => (typeof id === 'number' ? String(id) : id);

export const cytoscapeElement: EdgeForm<Element> = {
  title: '{ data }',
  matches: (item) => isObject(item) && isObject(item.data),
  add({ data }, builder, options, where) {
    const { id, source, target } = data;
    if (source === undefined && target === undefined) builder.addNode(asText(id), where);
    else builder.addEdge(asText(source), asText(target), weightIn(data, options), where);
  },
};

interface Elements {
  readonly elements: readonly unknown[] | { readonly nodes?: readonly unknown[]; readonly edges?: readonly unknown[] };
}

export const cytoscape: EdgeSource<Elements> = {
  title: "cytoscape's { elements }",
  matches: (source) => isObject(source) && isObject(source.elements),
  add({ elements }, builder, options) {
    const { name = 'elements' } = options;
    const lists = Array.isArray(elements) ? { '': elements } : { '.nodes': [], '.edges': [], ...prefixed(elements) };
    for (const [key, list] of Object.entries(lists)) {
      list.forEach((element: unknown, i: number) => {
        const where = () => `${name}${key}[${i}]`;
        if (!cytoscapeElement.matches(element)) {
          fail({ what: `${show(element)} is not an element`, where: where(), fix: 'Write it as { "data": { … } }.' });
        }
        cytoscapeElement.add(element as Element, builder, options, where);
      });
    }
  },
};

/** Nodes come before edges, so that their order is that of the nodes. */
function prefixed(elements: object): Readonly<Record<string, readonly unknown[]>> {
  const { nodes = [], edges = [] } = elements as { nodes?: readonly unknown[]; edges?: readonly unknown[] };
  return { '.nodes': nodes, '.edges': edges };
}
