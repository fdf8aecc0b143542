/** What the page of an embedding shows, as numbers. */

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

/** Places of nodes in two dimensions. */
export interface NodeMap {
  readonly kind: 'PCA' | 'UMAP';
  /** `[points]` each: names, and places in any unit. */
  readonly ids: readonly string[];
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** An index into `names` for each point. */
  readonly groups?: readonly number[] | undefined;
  readonly names?: readonly string[] | undefined;
  /** What the groups are: "label", or how they were found. */
  readonly groupedBy?: string | undefined;
  /** For each point the indices of its nearest points by cosine. */
  readonly near?: readonly (readonly number[])[] | undefined;
}

export interface NeighborList {
  readonly id: string;
  readonly degree: number;
  readonly neighbors: readonly { readonly id: string; readonly cosine: number }[];
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
  readonly map?: NodeMap | undefined;
  /** Degree and L2 norm of nodes, at most some thousands of them. */
  readonly norms: readonly (readonly [degree: number, norm: number])[];
  readonly neighbors: readonly NeighborList[];
  readonly scores: readonly ScoreTable[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly versions: { readonly chainrule: string; readonly node?: string };
  readonly command?: string | undefined;
}
