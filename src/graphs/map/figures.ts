/** The figures of an embedding: a map, the length of each vector by its node's degree, the nearest nodes of some nodes. */
import { sample } from '../../base/random.ts';
import type { NodeGraph, NodeId } from '../graph.ts';
import type { NodeVectors } from '../node-vectors.ts';
import { nearestRows } from './nearest.ts';
import { pca } from './pca.ts';
import { umap } from './umap.ts';

/** Places of nodes in two dimensions. */
export interface NodeMap {
  readonly kind: 'PCA' | 'UMAP';
  /** `[points]`: names of nodes. */
  readonly ids: readonly string[];
  /** `[points]`, in any unit. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** An index into `names` for each point. */
  readonly groups?: readonly number[] | undefined;
  readonly names?: readonly string[] | undefined;
  /** What the groups are, such as "label". */
  readonly groupedBy?: string | undefined;
  /** For each point, the indices of its nearest points by cosine. */
  readonly near?: readonly (readonly number[])[] | undefined;
}

export interface NeighborList {
  readonly id: string;
  readonly degree: number;
  readonly neighbors: readonly { readonly id: string; readonly cosine: number }[];
}

export interface EmbeddingFigures {
  readonly map: NodeMap;
  /** Degree and L2 norm of nodes, at most some thousands of them. */
  readonly norms: readonly (readonly [degree: number, norm: number])[];
  /** The nearest nodes of the nodes with the most edges. */
  readonly neighbors: readonly NeighborList[];
}

export interface FigureOptions {
  readonly kind: NodeMap['kind'];
  readonly seed: number;
  /** Labels by node. A node with several labels is shown by the first. */
  readonly labels?: ReadonlyMap<NodeId, readonly string[]> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Points of a map, beyond which nodes are sampled: more do not fit on a page, nor UMAP's library in memory. */
const maxPoints = 15_000;
const maxNorms = 3_000;
/** Nodes whose nearest nodes are listed, and how many of them. */
const [listedNodes, listedNeighbors] = [8, 6];
const nearPoints = 8;

const degreeOf = ({ offsets }: NodeGraph, node: number) => offsets[node + 1]! - offsets[node]!;

/** The rows of some nodes, one after the other. */
function rowsOf({ vectors, dimensions }: NodeVectors, nodes: ArrayLike<number>): ArrayLike<number> {
  if (nodes.length * dimensions === vectors.length) return vectors;
  const rows = new Float32Array(nodes.length * dimensions);
  for (let i = 0; i < nodes.length; i++) {
    rows.set(vectors.subarray(nodes[i]! * dimensions, (nodes[i]! + 1) * dimensions), i * dimensions);
  }
  return rows;
}

const noLabel = 'no label';

/** Groups of nodes by their first label, the groups in the order of their names. */
function groupsOf(ids: readonly NodeId[], labels: ReadonlyMap<NodeId, readonly string[]>) {
  const ofNode = ids.map((id) => labels.get(id)?.[0] ?? noLabel);
  const names = [...new Set(ofNode)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const indices = new Map(names.map((name, i) => [name, i]));
  return { groups: ofNode.map((name) => indices.get(name)!), names, groupedBy: 'label' };
}

async function mapOf(embedding: NodeVectors, options: FigureOptions): Promise<NodeMap> {
  const { ids, dimensions } = embedding;
  const { kind, seed, labels, signal, onProgress } = options;
  const nodes = sample(ids.length, Math.min(ids.length, maxPoints), seed);
  const rows = rowsOf(embedding, nodes);
  const count = nodes.length;
  const places =
    kind === 'PCA' ? pca(rows, count, dimensions) : await umap(rows, count, dimensions, { seed, signal, onProgress });
  const shown = Array.from(nodes, (node) => ids[node]!);
  return {
    kind,
    ids: shown.map(String),
    ...places,
    ...(labels !== undefined && groupsOf(shown, labels)),
    // Of a sample, the nearest points would not be the nearest nodes.
    ...(count === ids.length && { near: nearLists(rows, count, dimensions) }),
  };
}

function nearLists(rows: ArrayLike<number>, count: number, dimensions: number): number[][] {
  const nearest = nearestRows(rows, count, dimensions, nearPoints);
  return Array.from({ length: count }, (_, row) => [
    ...nearest.indices.subarray(row * nearest.count, (row + 1) * nearest.count),
  ]);
}

/** The cosine of one row with every row; rows of zeros have the cosine 0. */
function cosinesWith({ vectors, dimensions, ids }: NodeVectors, node: number): Float64Array {
  const dot = (a: number, b: number) => {
    let sum = 0;
    for (let k = 0; k < dimensions; k++) sum += vectors[a * dimensions + k]! * vectors[b * dimensions + k]!;
    return sum;
  };
  const own = dot(node, node);
  return Float64Array.from(ids, (_, other) => {
    const lengths = Math.sqrt(own * dot(other, other));
    return lengths > 0 ? dot(node, other) / lengths : 0;
  });
}

function neighborLists(graph: NodeGraph, embedding: NodeVectors): NeighborList[] {
  const { ids } = embedding;
  const byDegree = Array.from(ids, (_, node) => node).sort((a, b) => degreeOf(graph, b) - degreeOf(graph, a) || a - b);
  return byDegree.slice(0, listedNodes).map((node) => {
    const cosines = cosinesWith(embedding, node);
    const order = Array.from(cosines.keys()).filter((other) => other !== node);
    order.sort((a, b) => cosines[b]! - cosines[a]! || a - b);
    return {
      id: String(ids[node]),
      degree: degreeOf(graph, node),
      neighbors: order.slice(0, listedNeighbors).map((other) => ({ id: String(ids[other]), cosine: cosines[other]! })),
    };
  });
}

function normsOf(graph: NodeGraph, { ids, vectors, dimensions }: NodeVectors, seed: number) {
  return Array.from(sample(ids.length, Math.min(ids.length, maxNorms), seed), (node) => {
    const row = vectors.subarray(node * dimensions, (node + 1) * dimensions);
    return [degreeOf(graph, node), Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))] as const;
  });
}

/** The figures of an embedding. Throws the signal's reason where it is aborted. */
export async function embeddingFigures(
  graph: NodeGraph,
  embedding: NodeVectors,
  options: FigureOptions,
): Promise<EmbeddingFigures> {
  return {
    map: await mapOf(embedding, options),
    norms: normsOf(graph, embedding, options.seed),
    neighbors: neighborLists(graph, embedding),
  };
}
