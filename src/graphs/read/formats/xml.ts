/**
 * GraphML and GEXF, read by graphology's own parsers (graphology-graphml and graphology-gexf, MIT, kept with graphology). They take
 * the XML parser as an argument: here xmldom, which expands no entities of a document's own, told to refuse what it would only warn of.
 */
import { DOMParser } from '@xmldom/xmldom/lib/index.js';
import { MultiGraph } from 'graphology';
import parserOfGexf from 'graphology-gexf/common/parser.js';
import parserOfGraphml from 'graphology-graphml/common/parser.js';
import { fail } from '../../../base/errors.ts';
import { type GraphologyGraph, graphology } from '../../edges/sources/graphology.ts';
import type { EdgeFormat } from '../edge-format.ts';
import { wholeText } from '../whole-text.ts';

type Parser = (Graph: unknown, source: string) => GraphologyGraph;

/** An XML parser that throws at the first error. */
class StrictParser extends DOMParser {
  constructor() {
    const refuse = (message: string) => {
      throw new Error(message.replace(/^\[xmldom [^\]]*\]\s*/, ''));
    };
    super({ errorHandler: { warning: refuse, error: refuse, fatalError: refuse } });
  }
}

const Document = new DOMParser().parseFromString('<a/>', 'application/xml').constructor;

function xmlFormat(title: string, tag: string, parserOf: typeof parserOfGexf): EdgeFormat {
  const parse: Parser = parserOf(StrictParser, Document);
  return {
    title,
    endings: [`.${tag}`],
    matches: (start) => /^\uFEFF?\s*</.test(start) && start.includes(`<${tag}`),
    async read(texts, builder, { name, weight, directed }) {
      const text = await wholeText(texts, title, name);
      let graph: GraphologyGraph;
      try {
        graph = parse(MultiGraph, text.replace(/^\uFEFF/, ''));
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

export const graphml = xmlFormat('GraphML', 'graphml', parserOfGraphml);
export const gexf = xmlFormat('GEXF', 'gexf', parserOfGexf);
