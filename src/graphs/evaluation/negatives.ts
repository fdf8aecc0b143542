/** Pairs of nodes without an edge, to compare with true edges. */
import { philox, streams } from '../../base/random.ts';
import type { NodeGraph } from '../graph.ts';
import { entryFinder, type NodePairs } from './hold-out.ts';

/** How the nodes of a false pair are drawn. */
export type NegativeKind =
  /** Uniformly from all nodes. Most of them are far apart, and hubs are rare among them. */
  | 'uniform'
  /**
   * As ends of random edges: a node is drawn as often as edges lead to it, so that a score which only knows degrees (as
   * preferential attachment does) gets no credit.
   */
  | 'degreeMatched';

/** Draws of one pair before it is left out: a graph may be complete. */
const maxDraws = 100;

/**
 * At most `count` pairs without an edge in the whole graph, and not of a node with itself. The ends of a degree-matched pair are the
 * source of a random edge and the target of another one.
 */
export function falsePairs(
  graph: NodeGraph,
  kind: NegativeKind,
  { count, seed, sequence }: { readonly count: number; readonly seed: number; readonly sequence: number },
): NodePairs {
  const { neighbors, offsets, isDirected } = graph;
  const entryOf = entryFinder(graph);
  const nodes = graph.ids.length;
  const from: number[] = [];
  const to: number[] = [];
  const sources = kind === 'uniform' ? undefined : sourcesOf(offsets, neighbors.length);
  const words = new Uint32Array(4);
  for (let i = 0; i < count; i++) {
    for (let draw = 0; draw < maxDraws; draw++) {
      philox(words, i, sequence, draw, 0, seed, streams.sample);
      const [a, b] = [words[0] * 2 ** -32, words[1] * 2 ** -32];
      const u = sources === undefined ? Math.floor(a * nodes) : sources[Math.floor(a * sources.length)];
      const v = sources === undefined ? Math.floor(b * nodes) : neighbors[Math.floor(b * neighbors.length)];
      if (u === v || entryOf(u, v) >= 0 || (!isDirected && entryOf(v, u) >= 0)) continue;
      from.push(u);
      to.push(v);
      break;
    }
  }
  return { from: Uint32Array.from(from), to: Uint32Array.from(to) };
}

function sourcesOf(offsets: Uint32Array, entries: number): Uint32Array {
  const sources = new Uint32Array(entries);
  for (let u = 0; u + 1 < offsets.length; u++) sources.fill(u, offsets[u], offsets[u + 1]);
  return sources;
}
