/**
 * GraphML and GEXF, read by graphology's own parsers (graphology-graphml and graphology-gexf, MIT, kept with graphology). They take
 * the XML parser as an argument: here xmldom, which expands no entities of a document's own, told to refuse what it would only warn of.
 */
import { DOMParser } from '@xmldom/xmldom/lib/index.js';
import { MultiGraph } from 'graphology';
import parserOfGexf from 'graphology-gexf/common/parser.js';
import parserOfGraphml from 'graphology-graphml/common/parser.js';
import type { GraphologyGraph } from '../../edges/sources/graphology.ts';

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

/** Makes a graph of a text. Throws an Error whose message says what is wrong. */
const graphOf = (parserOf: typeof parserOfGexf) => {
  const parse: Parser = parserOf(StrictParser, Document);
  return (text: string): GraphologyGraph => parse(MultiGraph, text);
};

export const parsers = { graphml: graphOf(parserOfGraphml), gexf: graphOf(parserOfGexf) };
