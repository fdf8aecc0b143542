/** The interface of a format of vector files. Each format is defined in its own file; `formats/index.ts` lists them. */
import type { NodeId } from '../graph.ts';
import type { NodeVectors } from '../node-vectors.ts';

/** Vectors with places on a map, which some formats store too. */
export interface VectorsToWrite extends NodeVectors {
  /** `[nodes]` */
  readonly x?: ArrayLike<number>;
  /** `[nodes]` */
  readonly y?: ArrayLike<number>;
}

/** A file to write. `pieces` can be passed to Node's `writeFile`; each call starts anew. */
export interface VectorFile {
  readonly name: string;
  pieces(): AsyncIterable<Uint8Array>;
}

/** A file to read. */
export interface VectorSource {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The file beside it, in a format that needs two. */
  readonly companion?: AsyncIterable<Uint8Array>;
}

export interface VectorFormat {
  /** The name for people. */
  readonly title: string;
  /** The endings of a file's name that choose the format. */
  readonly endings: readonly string[];
  /** Whether `x` and `y` are stored. */
  readonly storesPlaces?: boolean;
  /** The name of the second file of a format that needs two. */
  companion?(name: string): string;
  /** Throws an InputError for names of nodes that the format cannot store. */
  checkIds?(ids: readonly NodeId[], name: string): void;
  /** The files: the second one, if there is one, comes first, so that the main file is never without it. */
  files(vectors: VectorsToWrite, name: string): readonly VectorFile[];
  /** Left out where a format is only written. Throws an InputError. */
  read?(source: VectorSource): Promise<NodeVectors>;
}
