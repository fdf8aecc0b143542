/** The interface of a format of edge files. Each format is defined in its own file; `formats/index.ts` lists them. */
import type { ReadLimits } from '../../data/read/limits.ts';
import type { GraphBuilder } from '../edges/graph-builder.ts';

/** The options for a file of edges. */
export interface EdgeFileOptions {
  /** Whether edges have a direction. Default: as the file says (GraphML, GEXF, `"directed": true` in JSON), and otherwise false. */
  readonly directed?: boolean;
  /** The column or property that holds the weight. Default "weight". With `false`, all weights are ignored. */
  readonly weight?: string | false;
  /** The columns that name the two nodes of an edge. Default: "source" and "target", or another common pair of names. */
  readonly source?: string;
  readonly target?: string;
  /** Whether the first line of a text names the columns. Default: recognized. */
  readonly header?: boolean;
  /** Names the file in errors. Default "edges". */
  readonly name?: string;
  /** How much larger than its file the contents may be. */
  readonly limits?: ReadLimits;
  /** The size of the whole stream in bytes, which the limits follow. Default: the bytes read so far. */
  readonly size?: number;
  /** Called at intervals with the number of bytes read and of edges in them. */
  readonly onProgress?: (progress: { readonly bytes: number; readonly edges: number }) => void;
}

/** The options with the name of the file. */
export type FileContext = EdgeFileOptions & { readonly name: string };

/** The properties of a file besides its edges. */
export interface FileNotes {
  /** Whether the file itself says that its edges have a direction. */
  readonly isDirected?: boolean;
  /** Sentences for people, such as which columns were not used. */
  readonly notes?: readonly string[];
}

/** A text format. Texts come in pieces of any length. */
export interface EdgeFormat {
  /** The name for people. */
  readonly title: string;
  /** The usual endings of a file's name. The contents decide the format, not the ending. */
  readonly endings: readonly string[];
  /** Whether a text that begins so is in this format. The first format that matches reads it. */
  matches(start: string): boolean;
  /** Adds the nodes and edges. Throws an InputError that names the file and, in a format of lines, the line. */
  read(texts: AsyncIterable<string>, builder: GraphBuilder, context: FileContext): Promise<FileNotes>;
}
