/**
 * The next update of a training in progress, explained with the vectors of this moment. What was trained on before is not repeated:
 * the state of the training has its outcome.
 */
import type { ExplainedStep } from '../../explain/explained.ts';
import { type EmbedOptions, planEmbedding } from '../embed.ts';
import type { NodeGraph, NodeId } from '../graph.ts';
import type { LineOptions } from '../line/options.ts';
import type { TrainingState } from '../method.ts';
import { nodeIndex } from '../neighbors.ts';
import type { SkipGramOptions } from '../skip-gram/options.ts';
import { rateOfWalk } from '../skip-gram/rate.ts';
import { samplingOf } from '../skip-gram/train.ts';
import { noiseWeights, WindowSampler } from '../skip-gram/windows.ts';
import { Walker, walkTables } from '../walks/walker.ts';
import { explainLine } from './explain-line.ts';
import { explainUpdate, type UpdateExplanationOptions } from './explain-update.ts';
import { lineUpdateFinder } from './next-line-update.ts';
import { countsOf, type WindowUpdate } from './skip-gram-update.ts';

/** An update that is about to be made, by indices of nodes. LINE samples edges: each is a walk from its source to its target. */
export interface NextUpdate {
  readonly explained: ExplainedStep;
  /** What was sampled. */
  readonly kind: 'walk' | 'edge';
  /** The number of the walk, from 0; of an edge, among the samples of its order. */
  readonly walkNumber: number;
  /** Walks or edges that are trained on before this one, in which the vectors still change. */
  readonly walksBefore: number;
  /** The nodes of the walk that subsampling keeps, and the centre's place among them. */
  readonly walk: readonly number[];
  readonly place: number;
  /** The node of the update: the walk's window around it predicts it. Of an edge, the source. */
  readonly centre: number;
  /** The other nodes in the window; of an edge, the target. */
  readonly inputs: readonly number[];
  /** The nodes drawn from the noise distribution. */
  readonly negatives: readonly number[];
}

/** Finds and explains the next update of a training with this state: of any node, or of the node with this name. */
export type UpdateExplainer = (
  state: TrainingState,
  node?: NodeId,
  options?: UpdateExplanationOptions,
) => NextUpdate | undefined;

/** Walks that are searched for a node. */
const maxWalks = 200_000;

/**
 * Explains updates of `embed(graph, options)` while it trains: pass the `state()` of its progress. The result of a call is undefined if no
 * walk of the run leads to the node. After the end of the training, it is an update of one of its walks again, with the final vectors.
 *
 * Returns undefined for a method without skip-gram on walks and without LINE. Counts the nodes of an epoch's walks, once. Throws as `embed` does, and
 * an explainer throws an InputError for an unknown node.
 *
 * @example updateExplainer(fromEdges([['ada', 'bob'], ['bob', 'cy']]), { method: 'prone' })  // undefined
 */
export function updateExplainer(graph: NodeGraph, options: EmbedOptions): UpdateExplainer | undefined {
  const { method, options: own, seed } = planEmbedding(graph, options);
  const edges = method.line?.(own);
  if (edges !== undefined) return edgeExplainer(graph, edges, seed, method.name);
  const training = method.skipGram?.(own);
  if (training === undefined) return undefined;
  const find = updateFinder(graph, training, seed);
  return (state, node, shown) => {
    const update = find(state, node === undefined ? undefined : nodeIndex(graph.ids, node));
    if (update === undefined) return undefined;
    const { walkNumber, kept, place, window } = update;
    const [centre, ...negatives] = window.outputs;
    return {
      explained: explainUpdate(update, method.name, shown),
      kind: 'walk',
      walkNumber,
      walksBefore: Math.max(0, walkNumber - state.position),
      walk: kept,
      place,
      centre,
      inputs: window.inputs,
      negatives,
    };
  };
}

/** Explains updates of LINE. */
function edgeExplainer(
  graph: NodeGraph,
  options: LineOptions,
  seed: number,
  method: string,
): UpdateExplainer | undefined {
  if (graph.neighbors.length === 0) return undefined;
  const find = lineUpdateFinder(graph, options, seed);
  return (state, node) => {
    const update = find(state, node === undefined ? undefined : nodeIndex(graph.ids, node));
    if (update === undefined) return undefined;
    const { run, number, sample } = update;
    const [target, ...negatives] = sample.targets;
    return {
      explained: explainLine(update, method),
      kind: 'edge',
      walkNumber: number,
      walksBefore: Math.max(0, number - (state.position - run.before)),
      walk: [sample.source, target],
      place: 0,
      centre: sample.source,
      inputs: [target],
      negatives,
    };
  };
}

/** Finds the first window around a node, from the position of a state on, and then from the beginning. */
function updateFinder(graph: NodeGraph, options: SkipGramOptions, seed: number) {
  const nodes = graph.ids.length;
  const totalWalks = nodes * options.walksPerNode * options.epochs;
  const walker = new Walker(graph, options, seed, walkTables(graph, options));
  const counts = countsOf(walker, nodes, nodes * options.walksPerNode);
  const noise = noiseWeights(counts.map((count) => (count < options.minCount ? 0 : count)));
  const sampler = new WindowSampler(options, samplingOf(counts, options), seed);
  const out = new Uint32Array(options.walkLength);

  return ({ position, tables }: TrainingState, node: number | undefined): WindowUpdate | undefined => {
    for (let turn = 0; turn < Math.min(totalWalks, maxWalks); turn++) {
      const walkNumber = (position + turn) % totalWalks;
      const walk = out.subarray(0, walker.walk(walkNumber, out));
      const kept = sampler.kept(walk, walkNumber);
      for (let place = 0; place < kept.length; place++) {
        if (node !== undefined && kept[place] !== node) continue;
        const window = sampler.window(kept, place, walkNumber);
        if (window.inputs.length === 0) continue;
        const progress = Math.max(walkNumber, Math.min(position, totalWalks));
        // the kernel's rate is a float32
        const rate = Math.fround(rateOfWalk({ ...options, totalWalks }, progress));
        const float64 = { input: Float64Array.from(tables.input), output: Float64Array.from(tables.output) };
        const place0 = { walk: [...walk], kept: [...kept], place };
        return { graph, options, walkNumber, ...place0, window, rate, counts, noise, tables: float64 };
      }
    }
    return undefined;
  };
}
