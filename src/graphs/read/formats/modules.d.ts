/**
 * Modules of the XML formats without types of their own: the parsers of graphology-gexf and graphology-graphml, which take the XML
 * parser as an argument; and xmldom's library file, because the types of its main file would declare a browser's DOM everywhere.
 */
declare module 'graphology-gexf/common/parser.js' {
  const parserOf: (DOMParser: unknown, Document: unknown) => (Graph: unknown, source: string) => never;
  export default parserOf;
}
declare module 'graphology-graphml/common/parser.js' {
  const parserOf: (DOMParser: unknown, Document: unknown) => (Graph: unknown, source: string) => never;
  export default parserOf;
}
declare module '@xmldom/xmldom/lib/index.js' {
  export class DOMParser {
    constructor(options?: { readonly errorHandler?: Readonly<Record<string, (message: string) => void>> });
    parseFromString(source: string, type: string): { readonly constructor: unknown };
  }
}
