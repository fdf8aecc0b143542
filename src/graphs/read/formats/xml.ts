/** GraphML and GEXF. Their parsers are loaded with the first such file, because they are larger than all that trains. */
import { fail } from '../../../base/errors.ts';
import { type GraphologyGraph, graphology } from '../../edges/sources/graphology.ts';
import type { EdgeFormat } from '../edge-format.ts';
import { wholeText } from '../whole-text.ts';

function xmlFormat(title: string, tag: 'graphml' | 'gexf'): EdgeFormat {
  return {
    title,
    endings: [`.${tag}`],
    matches: (start) => /^\uFEFF?\s*</.test(start) && start.includes(`<${tag}`),
    async read(texts, builder, { name, weight, directed }) {
      const text = await wholeText(texts, title, name);
      const { parsers } = await import('./xml-parsers.ts');
      let graph: GraphologyGraph;
      try {
        graph = parsers[tag](text.replace(/^\uFEFF/, ''));
      } catch (error) {
        const reason = String((error as Error).message)
          .split('\n')[0]
          .slice(0, 200);
        return fail({ what: `the ${title} cannot be read (${reason})`, where: name, fix: 'Save the graph again.' });
      }
      graphology.add(graph, builder, { name, weight, directed });
      return { isDirected: graphology.isDirected!(graph) };
    },
  };
}

export const graphml = xmlFormat('GraphML', 'graphml');
export const gexf = xmlFormat('GEXF', 'gexf');
