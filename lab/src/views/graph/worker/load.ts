/** A graph from a person's file or text, as the worker keeps it and as the page shows it. */
import { type EdgeCounts, type LabelOfNode, type NodeGraph, parseLabels, readEdges } from 'chainrule/graphs';
import type { GraphSource, GroupKind, Groups, ShownGraph } from '../protocol.ts';
import { communities, groupsByLabel, noGroups } from './groups.ts';

/** What the page can show; larger graphs are for the command line. */
const maxNodes = 100_000;
const maxEdges = 2_000_000;
/** Edges that can be drawn, and edges among which communities are found within a second or two. */
const [maxDrawn, maxForCommunities] = [6000, 300_000];

export interface LoadedGraph {
  readonly graph: NodeGraph;
  readonly labels: readonly LabelOfNode[];
  readonly shown: ShownGraph;
}

/** Reads the edges and the labels. Throws an Error or an InputError that says what is wrong. */
export async function loadGraph(
  source: GraphSource,
  by: GroupKind | undefined,
  onProgress: (edges: number) => void,
): Promise<LoadedGraph> {
  const { name } = source;
  const bytes = typeof source.edges === 'string' ? new TextEncoder().encode(source.edges) : source.edges;
  const input = bytes instanceof Blob ? bytes.stream() : bytes;
  const { graph, format, counts, notes } = await readEdges(input, {
    name,
    ...(bytes instanceof Blob && { size: bytes.size }),
    onProgress: ({ edges }) => {
      if (edges > maxEdges) throw tooLarge(name, 'edges', maxEdges);
      onProgress(edges);
    },
  });
  if (graph.ids.length > maxNodes) throw tooLarge(name, 'nodes', maxNodes);
  const labels = source.labels === undefined ? [] : parseLabels(source.labels, 'labels');
  const known = new Set(graph.ids.map(String));
  if (labels.length > 0 && !labels.some(([node]) => known.has(node))) {
    throw new Error(`None of the ${labels.length} labelled nodes is in the graph; the first is "${labels[0][0]}".`);
  }
  const { offsets } = graph;
  const shown: ShownGraph = {
    names: graph.ids.map(String),
    degrees: Uint32Array.from(graph.ids, (_, node) => offsets[node + 1] - offsets[node]),
    edgeCount: edgeCountOf(graph),
    edges: edgesOf(graph, maxDrawn),
    isDirected: graph.isDirected,
    isWeighted: graph.weights !== undefined,
    hasLabels: labels.length > 0,
    format,
    notes: [...notes, ...notesOf(counts)],
    groups: await groupsOf(graph, labels, by ?? 'label'),
  };
  return { graph, labels, shown };
}

function tooLarge(name: string, what: string, most: number): Error {
  return new Error(
    `${name} has more than ${most.toLocaleString('en-US')} ${what}, which is more than a page can show. The command line takes larger graphs: chainrule embed.`,
  );
}

/** Each edge once, as two nodes; an empty list if there are more than `most`. */
function edgesOf({ isDirected, offsets, neighbors }: NodeGraph, most: number): Uint32Array {
  const pairs: number[] = [];
  for (let u = 0; u < offsets.length - 1; u++) {
    for (let at = offsets[u]; at < offsets[u + 1]; at++) {
      const v = neighbors[at];
      if (isDirected || u <= v) pairs.push(u, v);
    }
    if (pairs.length > 2 * most) return new Uint32Array(0);
  }
  return Uint32Array.from(pairs);
}

function edgeCountOf({ isDirected, offsets, neighbors }: NodeGraph): number {
  if (isDirected) return neighbors.length;
  let loops = 0;
  for (let u = 0; u < offsets.length - 1; u++) {
    for (let at = offsets[u]; at < offsets[u + 1]; at++) if (neighbors[at] === u) loops++;
  }
  return (neighbors.length + loops) / 2;
}

function notesOf({ selfLoops, zeroWeights }: EdgeCounts): string[] {
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  return [
    ...(selfLoops > 0 ? [`${counted(selfLoops, 'edge')} from a node to itself.`] : []),
    ...(zeroWeights > 0 ? [`${counted(zeroWeights, 'edge')} of weight 0, left out.`] : []),
  ];
}

/** Labels where there are some and they are wanted, and otherwise communities. */
export async function groupsOf(graph: NodeGraph, labels: readonly LabelOfNode[], by: GroupKind): Promise<Groups> {
  if (by === 'label' && labels.length > 0) return groupsByLabel(graph, labels);
  if (graph.neighbors.length > 2 * maxForCommunities) return noGroups(graph.ids.length);
  return communities(graph);
}
