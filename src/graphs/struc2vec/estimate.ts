/** The memory and the time of struc2vec before a run. */
import type { NodeGraph } from '../graph.ts';
import { skipGramSeconds } from '../skip-gram/calibrate.ts';
import { type SkipGramOptions, skipGramBytes } from '../skip-gram/options.ts';
import { type LayerOptions, reachOf } from './context-graph.ts';
import { type DegreeList, RingReader } from './degree-lists.ts';
import { orderByDegree } from './node-order.ts';
import { warpingDistance } from './time-warping.ts';

/** Nodes whose rings say how many layers there are. */
const roots = 4;

/** The number of layers that a run makes, up to those of nodes that are farther out than a few roots. */
function layersOf(graph: NodeGraph, { layers }: LayerOptions): number {
  const nodes = graph.ids.length;
  const rings = new RingReader(graph);
  const depths = Array.from({ length: Math.min(roots, nodes) }, (_, i) => {
    const root = Math.floor((i * nodes) / roots);
    return rings.lists(root, layers + 1).length;
  });
  // a path between two nodes is at most twice as long as the longest one from a root
  return Math.min(layers, 1 + Math.max(...depths));
}

/** The maximum memory of a run besides the graph, in bytes: distances of pairs, the layered graph twice, and skip-gram. */
export function struc2vecBytes(graph: NodeGraph, skipGram: SkipGramOptions, own: LayerOptions): number {
  const nodes = graph.ids.length;
  const layers = layersOf(graph, own);
  const reach = reachOf(nodes, own);
  const layered = { rows: layers * nodes, entries: 2 * layers * nodes * reach };
  const copy = 12 * layered.entries + 12 * layered.rows;
  return 8 * layers * nodes * reach + copy + skipGramBytes(graph, skipGram, { layered });
}

/** Seconds of comparisons that are timed. */
const workSeconds = 0.5;

/**
 * Seconds on one thread, on the clock `now` in seconds: rings and distances of some nodes are timed, spread over the order by degree, and
 * the training on walks of the same length on the graph itself.
 */
export function struc2vecSeconds(
  graph: NodeGraph,
  skipGram: SkipGramOptions,
  own: LayerOptions,
  { seed, now }: { readonly seed: number; readonly now: () => number },
): number {
  const order = orderByDegree(graph);
  const nodes = order.length;
  const reach = reachOf(nodes, own);
  const rings = new RingReader(graph);
  const lists = (position: number) => rings.lists(order[position % nodes], own.layers);
  let [compared, searched, seconds] = [0, 0, 0];
  const start = now();
  // golden-ratio steps reach every part of the order
  for (let i = 0; i < nodes && now() - start < workSeconds; i++) {
    const position = Math.floor(((i * 0.618034) % 1) * nodes);
    const began = now();
    const [own, other] = [lists(position), lists(position + 1)];
    const between = now();
    compare(own, other);
    compared += now() - between;
    seconds += between - began;
    searched += 2;
  }
  const pairs = searched / 2;
  const distances = (seconds / searched) * nodes + (compared / pairs) * nodes * reach;
  return distances + skipGramSeconds(graph, skipGram, seed, now);
}

function compare(a: readonly DegreeList[], b: readonly DegreeList[]): void {
  for (let k = 0; k < Math.min(a.length, b.length); k++) warpingDistance(a[k], b[k]);
}
