/** What the page and the graph's worker say to each other. A worker serves one graph; another graph gets another worker. */

import type { Phase, TypesetLine } from 'chainrule/explain';
import type { OptionDescription } from 'chainrule/graphs';
import type { Message } from '../../state/message.ts';

/** Edges as the person gave them. */
export interface GraphSource {
  /** A file's name, for messages. */
  readonly name: string;
  readonly edges: string | Blob;
  /** `node<TAB>label` lines. */
  readonly labels?: string;
}

export type GroupKind = 'label' | 'community';

/** Nodes in groups, for colors and marks. */
export interface Groups {
  readonly by: GroupKind | 'nothing';
  /** The largest first. */
  readonly names: readonly string[];
  readonly counts: readonly number[];
  /** The index of a node's group, `[nodes]`; -1 for none. */
  readonly of: Int32Array;
}

/** A graph as the page shows it. */
export interface ShownGraph {
  /** The names of the nodes. */
  readonly names: readonly string[];
  readonly degrees: Uint32Array;
  readonly edgeCount: number;
  /** Two nodes for each edge; empty where there are too many to draw. */
  readonly edges: Uint32Array;
  readonly isDirected: boolean;
  readonly isWeighted: boolean;
  readonly hasLabels: boolean;
  readonly format: string;
  readonly notes: readonly string[];
  readonly groups: Groups;
}

/** A method and its options, for the form. */
export interface MethodDescription {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionDescription[];
}

export interface TrainingWish {
  readonly method: string;
  /** Those that differ from the defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** How a training goes on: `slow` shows each report for a while. */
export type Pace = 'paused' | 'slow' | 'normal' | 'fast';

/** The training at one moment. */
export interface Frame {
  readonly run: number;
  /** From 0 to 1. */
  readonly done: number;
  readonly loss?: number;
  /** The places of the nodes, `[nodes]`: about as far from 0 as 1 on average. */
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Questions with one answer each. */
export interface Questions {
  groups: { ask: { readonly by: GroupKind }; answer: Groups };
  neighbors: {
    ask: { readonly node: number; readonly count: number };
    answer: readonly { readonly node: number; readonly similarity: number }[];
  };
  explain: { ask: { readonly node?: number }; answer: ExplainedUpdate | undefined };
  message: { ask: { readonly node: number }; answer: GraphMessage };
  example: { ask: { readonly json: unknown }; answer: ExplainedExample };
  files: {
    ask: { readonly name: string };
    answer: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
  };
  map: {
    ask: { readonly kind: 'pca' | 'umap'; readonly seed: number };
    answer: { readonly x: Float32Array; readonly y: Float32Array };
  };
}
export type QuestionKind = keyof Questions;

/** An update of the training, as TeX. */
export interface ExplainedUpdate extends ExplainedExample {
  /** What was sampled: an edge is a walk of two nodes. */
  readonly kind: 'walk' | 'edge';
  readonly walkNumber: number;
  readonly walksBefore: number;
  readonly walk: readonly number[];
  readonly place: number;
  readonly centre: number;
  readonly inputs: readonly number[];
  readonly negatives: readonly number[];
}

export interface ExplainedExample {
  readonly title: string;
  readonly setting: readonly string[];
  readonly leftOut: readonly string[];
  readonly groups: readonly LineGroup[];
}

/** The lines under one heading. */
export interface LineGroup {
  readonly heading: string;
  readonly lines: readonly ShownLine[];
}

/** A number of a step, with its formula as TeX. */
export interface ShownLine {
  readonly phase: Phase;
  readonly quantity: string;
  /** The number of updates before it was computed. */
  readonly after: number;
  readonly value: number;
  readonly note?: string;
  readonly tex: TypesetLine;
}

/** One message of a graph convolution: a node, some of its neighbors in the graph, and the first numbers of their vectors. */
export interface GraphMessage {
  /** The node itself, then neighbors. `degree`: without an edge to the node itself. */
  readonly nodes: readonly { readonly node: number; readonly degree: number; readonly vector: readonly number[] }[];
  readonly neighborCount: number;
  readonly dimensions: number;
  /** Over all neighbors: their mean, and the sum of x/√((d+1)(d′+1)) of the node and its neighbors. */
  readonly mean: readonly number[];
  readonly normalized: readonly number[];
}

export type Order =
  | { readonly kind: 'load'; readonly source: GraphSource; readonly by?: GroupKind }
  | { readonly kind: 'train'; readonly run: number; readonly wish: TrainingWish; readonly pace: Pace }
  | { readonly kind: 'pace'; readonly pace: Pace }
  | { readonly kind: 'step' }
  | { readonly kind: 'ask'; readonly number: number; readonly question: QuestionKind; readonly ask: unknown };

export type Report =
  | { readonly kind: 'methods'; readonly methods: readonly MethodDescription[] }
  | { readonly kind: 'reading'; readonly edges: number }
  | { readonly kind: 'graph'; readonly graph: ShownGraph }
  | { readonly kind: 'started'; readonly run: number; readonly warnings: readonly string[] }
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'ended'; readonly run: number; readonly seconds: number }
  | { readonly kind: 'failed'; readonly run?: number; readonly message: Message }
  | { readonly kind: 'answer'; readonly number: number; readonly answer?: unknown; readonly message?: Message };
