/** The report of an embedding: what the page needs, from a run. */
import type { Embedding } from '../../graphs/embed.ts';
import type { LabelOfNode } from '../../graphs/evaluation/index.ts';
import type { NodeGraph, NodeId } from '../../graphs/graph.ts';
import { type EmbeddingFigures, embeddingFigures } from '../../graphs/map/figures.ts';
import type { EmbeddingProgress } from '../../graphs/method.ts';
import type { EmbeddingRecord } from '../../report/embedding/record.ts';
import type { Terminal } from '../output/terminal.ts';
import { versions } from '../version.ts';
import type { Evaluation } from './evaluation.ts';
import { shownOptions } from './shown-options.ts';

/** Points of the curve of the loss. */
const maxPoints = 400;

/** Collects the loss by progress, thinned while it grows. */
export class LossCurve {
  readonly points: { done: number; loss: number }[] = [];

  add({ done, loss }: EmbeddingProgress): void {
    const last = this.points[this.points.length - 1];
    if (loss === undefined || (last !== undefined && done - last.done < 1 / maxPoints)) return;
    this.points.push({ done, loss });
  }
}

/** The labels of each node of the graph, whatever the type of its id. */
function labelsByNode({ ids }: NodeGraph, labels: readonly LabelOfNode[]): ReadonlyMap<NodeId, readonly string[]> {
  const byText = new Map<string, string[]>();
  for (const [node, label] of labels) {
    const own = byText.get(node);
    if (own === undefined) byText.set(node, [label]);
    else own.push(label);
  }
  return new Map(ids.flatMap((id) => (byText.has(String(id)) ? [[id, byText.get(String(id))!] as const] : [])));
}

export interface FiguresInput {
  readonly graph: NodeGraph;
  readonly embedding: Embedding;
  readonly kind: 'pca' | 'umap';
  readonly labels: readonly LabelOfNode[] | undefined;
}

/** The figures, with progress on the terminal. */
export async function figuresOf(
  { graph, embedding, kind, labels }: FiguresInput,
  terminal: Terminal,
): Promise<EmbeddingFigures> {
  const figures = await embeddingFigures(graph, embedding, {
    kind: kind === 'umap' ? 'UMAP' : 'PCA',
    seed: embedding.seed,
    labels: labels && labelsByNode(graph, labels),
    onProgress: (done) => terminal.live(`map: ${Math.floor(100 * done)} %`),
  });
  if (terminal.isLive) terminal.settle(true);
  return figures;
}

export interface ReportInput {
  readonly name: string;
  readonly graph: NodeGraph;
  readonly edges: number;
  readonly embedding: Embedding;
  readonly figures: EmbeddingFigures;
  readonly curve: LossCurve;
  readonly tokens: number | undefined;
  readonly evaluation: Evaluation | undefined;
  readonly seconds: Readonly<Record<string, number>>;
  readonly why: string | undefined;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly command: string;
}

export function embeddingRecord(input: ReportInput): EmbeddingRecord {
  const { name, graph, edges, embedding, figures, curve, tokens, evaluation, seconds, why, notes, warnings } = input;
  const { command } = input;
  const { method, options, seed, threads, dimensions } = embedding;
  return {
    name,
    method,
    why: why && `It was chosen automatically: ${why}.`,
    options: shownOptions(options),
    seed,
    threads,
    dimensions,
    graph: {
      nodes: graph.ids.length,
      edges,
      isDirected: graph.isDirected,
      isWeighted: graph.weights !== undefined,
    },
    seconds,
    tokens,
    progress: curve.points,
    figures,
    scores: evaluation?.tables ?? [],
    notes,
    warnings,
    versions,
    command,
  };
}
