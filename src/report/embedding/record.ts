/** What the page of an embedding shows, as numbers. */
import type { EmbeddingFigures } from '../../graphs/map/figures.ts';

/** A score of several methods at several shares of labelled nodes, or of several measures. */
export interface ScoreTable {
  readonly title: string;
  /** One line about the protocol. */
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    /** The embedding that the page is about, rather than a baseline. */
    readonly isOwn: boolean;
    readonly values: readonly (number | undefined)[];
  }[];
}

export interface EmbeddingRecord {
  /** The graph's file or address. */
  readonly name: string;
  readonly method: string;
  /** Why this method, where it was chosen by `auto`. */
  readonly why?: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly threads: number;
  readonly dimensions: number;
  readonly graph: {
    readonly nodes: number;
    readonly edges: number;
    readonly isDirected: boolean;
    readonly isWeighted: boolean;
  };
  readonly seconds: Readonly<Record<string, number>>;
  readonly tokens?: number | undefined;
  /** The mean loss by the share that was done. */
  readonly progress: readonly { readonly done: number; readonly loss: number }[];
  /** The map, the nearest nodes of some nodes, and the length of vectors by degree. */
  readonly figures?: EmbeddingFigures | undefined;
  readonly scores: readonly ScoreTable[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly versions: { readonly chainrule: string; readonly node?: string };
  readonly command?: string | undefined;
}
