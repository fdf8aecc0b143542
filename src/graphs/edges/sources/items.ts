/** Edges one by one, in a list or in any iterable: the forms that an edge may have there. */
import { fail } from '../../../base/errors.ts';
import { show } from '../../../base/show.ts';
import { count } from '../../../base/wording.ts';
import { type EdgeForm, type EdgeSource, isObject } from '../edge-source.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { type EdgeOptions, weightIn } from '../options.ts';
import { cytoscapeElement } from './cytoscape.ts';
import { driverRecord } from './records.ts';

/** `[source, target]` or `[source, target, weight]`. */
export type EdgeTuple = readonly [source: unknown, target: unknown, weight?: unknown];

const tuple: EdgeForm<ArrayLike<unknown>> = {
  title: '[source, target] or [source, target, weight]',
  matches: (item) => Array.isArray(item) || ArrayBuffer.isView(item),
  add(edge, builder, { weight }, where) {
    if (edge.length < 2 || edge.length > 3) {
      fail({
        what: `the edge has ${count(edge.length, 'element')}`,
        where: where(),
        fix: 'Write an edge as [source, target] or [source, target, weight].',
      });
    }
    builder.addEdge(edge[0], edge[1], weight === false ? undefined : edge[2], where);
  },
};

const properties: EdgeForm<Readonly<Record<string, unknown>>> = {
  title: '{ source, target, weight }',
  matches: (item) => isObject(item) && 'source' in item && 'target' in item,
  add(edge, builder, options, where) {
    builder.addEdge(edge.source, edge.target, weightIn(edge, options), where);
  },
};

/** The forms of an edge in a list, the most frequent first. */
const forms = [tuple, cytoscapeElement, driverRecord, properties] as readonly EdgeForm[];

/** Adds one edge, or one node, of a list. Throws an InputError where it has none of the forms. */
export function addItem(item: unknown, builder: GraphBuilder, options: EdgeOptions, where: () => string): void {
  const form = forms.find((each) => each.matches(item));
  if (form !== undefined) form.add(item, builder, options, where);
  else {
    fail({
      what: `${item === undefined ? 'undefined' : show(item)} is not an edge`,
      where: where(),
      fix: `Write an edge as ${forms.map(({ title }) => title).join(', or ')}.`,
    });
  }
}

export const items: EdgeSource<Iterable<unknown>> = {
  title: 'an iterable of edges',
  matches: (source) => isObject(source) && Symbol.iterator in source,
  add(source, builder, options) {
    const { name = 'edges' } = options;
    let at = 0;
    const where = () => `${name}[${at}]`;
    for (const item of source) {
      addItem(item, builder, options, where);
      at++;
    }
  },
};
