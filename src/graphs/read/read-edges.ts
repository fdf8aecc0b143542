/** A graph from the bytes of a file, in any of the formats that `formats/index.ts` lists, in Parquet or Arrow, with or without gzip. */
import { aBoolean, aFunction, anObject, anyValue, aText, kind, optional, record } from '../../base/arguments.ts';
import { type ByteStream, type Bytes, bytesOf, chunksOf, isByteStream } from '../../base/byte-source.ts';
import { allBytes, counted, peek, textsOf } from '../../data/read/byte-stream.ts';
import { binaryFormatOf, isGzip, refuseWebPage } from '../../data/read/detect.ts';
import { gunzipped } from '../../data/read/gzip.ts';
import { checkLimits, fixedLimits, type LimitedSource } from '../../data/read/limits.ts';
import { type EdgeCounts, GraphBuilder } from '../edges/graph-builder.ts';
import type { NodeGraph } from '../graph.ts';
import type { EdgeFileOptions, FileNotes } from './edge-format.ts';
import { edgeFormats } from './formats/index.ts';
import { addNodeList, type NodeListOptions } from './node-list.ts';
import { readTableEdges } from './table-edges.ts';

export interface ReadEdgesOptions extends EdgeFileOptions {
  /** A table or a list of nodes, so that isolated ones are in the graph too. */
  readonly nodes?: Bytes | ByteStream;
  /** About `nodes`: its name in errors, and the column that names the nodes. */
  readonly nodesOptions?: NodeListOptions;
}

/** A graph and what was found in its file. */
export interface EdgeFile {
  readonly graph: NodeGraph;
  /** The name of the format for people. */
  readonly format: string;
  readonly counts: EdgeCounts;
  /** Sentences for people, such as which columns were not used. */
  readonly notes: readonly string[];
}

/** The number of characters that decide the format of a text. */
const headLength = 2 ** 16;

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const asStream = (source: Bytes | ByteStream, name: string): AsyncIterable<Uint8Array> =>
  isByteStream(source) ? chunksOf(source, name) : oneChunk(bytesOf(source, name));

/** The beginning of a text, and the text from its beginning. */
async function peekText(texts: AsyncGenerator<string>): Promise<{ start: string; all: AsyncIterable<string> }> {
  let start = '';
  let ended = false;
  while (start.length < headLength && !ended) {
    const { value, done } = await texts.next();
    if (done) ended = true;
    else start += value;
  }
  async function* all() {
    yield start;
    if (!ended) yield* texts;
  }
  return { start: start.slice(0, headLength), all: all() };
}

const edgeFileOptions = record(
  {
    directed: optional(aBoolean),
    weight: optional(kind('the name of a column, or false', (value) => value === false || typeof value === 'string')),
    source: optional(aText),
    target: optional(aText),
    header: optional(aBoolean),
    name: optional(aText),
    onProgress: optional(aFunction),
    nodes: anyValue,
    nodesOptions: optional(anObject),
  },
  { isOpen: true },
);

/**
 * The graph in a file's bytes, or in a stream of them: an edge list (CSV, TSV, or lines with spaces; weighted or not; # and % begin
 * comments), JSON Lines, JSON in the forms that `fromEdges` takes, GraphML, GEXF, Parquet or Arrow, each also with gzip. The bytes
 * decide the format. A text format of lines is read in pieces, so that memory grows with the graph and not with the file.
 *
 * Names of nodes are texts in text formats; JSON, Parquet and Arrow keep numbers. The rules for repeated edges, self-loops and
 * weights are those of `fromEdges`.
 *
 * Rejects with an InputError that names the line for a weight that is negative or not a finite number, a line with more or fewer
 * cells than the others, a binary file, and a file without edges.
 *
 * @example (await readEdges(new TextEncoder().encode('a b 2\nb c 1'))).graph.ids  // ['a', 'b', 'c']
 */
export async function readEdges(source: Bytes | ByteStream, options: ReadEdgesOptions = {}): Promise<EdgeFile> {
  edgeFileOptions(options, 'readEdges: options');
  const { name = 'edges', directed, onProgress } = options;
  checkLimits(options.limits, 'limits');
  const builder = new GraphBuilder(name);
  const { counter, source: limited, chunks, release } = counted(asStream(source, name), { ...options, name });
  try {
    const watched = watch(chunks, () => onProgress?.({ bytes: counter.bytes, edges: builder.counts.edges }));
    const { format, isDirected, notes = [] } = await addFile(watched, limited, builder, options);
    const more =
      options.nodes === undefined
        ? []
        : await addNodeList(
            asStream(options.nodes, options.nodesOptions?.name ?? 'nodes'),
            builder,
            options.nodesOptions,
          );
    const { counts } = builder;
    return { graph: builder.build(directed ?? isDirected ?? false), format, counts, notes: [...notes, ...more] };
  } finally {
    release();
  }
}

async function* watch(chunks: AsyncIterable<Uint8Array>, onChunk: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onChunk();
    yield chunk;
  }
}

/** Adds the nodes and edges of a stream in any format. */
async function addFile(
  chunks: AsyncIterable<Uint8Array>,
  limited: LimitedSource,
  builder: GraphBuilder,
  options: ReadEdgesOptions,
): Promise<FileNotes & { readonly format: string }> {
  const { where: name } = limited;
  let { head, all } = await peek(chunks, 16);
  const isCompressed = isGzip(head);
  if (isCompressed) ({ head, all } = await peek(gunzipped(all, limited), 16));
  const table = binaryFormatOf(head);
  if (table !== undefined) {
    // the limits follow the compressed size
    const limits = isCompressed ? fixedLimits(limited) : options.limits;
    const notes = await readTableEdges(await allBytes(all), table, builder, { ...options, name, limits });
    return { ...notes, format: table.title };
  }
  const { start, all: texts } = await peekText(textsOf(all, name));
  refuseWebPage(start, name);
  const format = edgeFormats.find((each) => each.matches(start))!;
  return { ...(await format.read(texts, builder, { ...options, name })), format: format.title };
}
