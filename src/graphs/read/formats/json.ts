/** JSON: any of the forms that `fromEdges` takes and JSON can write, such as `{ nodes, links }`, cytoscape's elements, or a list. */
import { fail } from '../../../base/errors.ts';
import { parseJson } from '../../../base/json.ts';
import { checkLimit } from '../../../data/read/limits.ts';
import { edgeSources } from '../../edges/sources/index.ts';
import type { EdgeFormat } from '../edge-format.ts';
import { wholeText } from '../whole-text.ts';

export const json: EdgeFormat = {
  title: 'JSON',
  endings: ['.json'],
  matches: (start) => /^\uFEFF?\s*[[{]/.test(start),
  async read(texts, builder, context) {
    const { name, weight, directed, limits } = context;
    const text = await wholeText(texts, 'JSON', name);
    const source = { where: name, bytes: text.length, limits };
    const value = parseJson(text, name, ({ depth, values }) => {
      checkLimit('maxDepth', depth, source);
      checkLimit('maxCells', values, source);
    });
    // a single edge on a line is a list of one
    const isEdge = typeof value === 'object' && value !== null && 'source' in value && 'target' in value;
    const edges = isEdge ? [value] : value;
    const entry = edgeSources.find((each) => each.matches(edges));
    if (entry === undefined) {
      return fail({
        what: 'the JSON holds no edges',
        where: name,
        fix: 'Write a list of [source, target] or [source, target, weight], or { "nodes": […], "links": […] }.',
      });
    }
    entry.add(edges, builder, { name, weight, directed });
    return { isDirected: entry.isDirected?.(edges) };
  },
};
