/** Vectors for the nodes of a graph, by one of the methods. */
import { fail, listNames } from '../base/errors.ts';
import { clock } from '../train/clock.ts';
import { type CheckpointSource, checkpointParts, readCheckpoint } from './checkpoint.ts';
import { type ExtendedGraph, extendedGraph } from './extend/extended-graph.ts';
import { knownVectors } from './extend/known-vectors.ts';
import type { NodeGraph } from './graph.ts';
import type { EmbeddingContext, EmbeddingMethod, EmbeddingProgress, TrainingState } from './method.ts';
import { methodFor } from './method-choice.ts';
import { checkedOptions, checkedSeed, checkedWhole, optionsOf, ownNames } from './method-options.ts';
import { embeddingMethods } from './methods/index.ts';
import type { NodeVectors } from './node-vectors.ts';
import { runIdentity } from './run-identity.ts';

/** How a run is saved, so that it can be resumed after it was killed. */
export interface EmbeddingCheckpoints {
  /** Seconds between two checkpoints, default 30; longer where saving takes more than a twentieth of the time. */
  readonly seconds?: number;
  /**
   * Saves a checkpoint: the parts of a file, in order. They are views of tables that change after the call. Also called before an aborted
   * run ends. Without it, nothing is saved.
   */
  readonly save?: (parts: readonly Uint8Array[]) => void;
  /**
   * Finds the checkpoint to resume from, with the help of `read`, which throws an InputError for a damaged file and for one of another
   * run. Returns undefined to start from the beginning.
   */
  readonly resume?: (read: (source: CheckpointSource, where?: string) => TrainingState) => TrainingState | undefined;
}

export interface EmbedOptions {
  /** The name of a method, or your own method. Default: "auto", which chooses by the size, the weights and the direction of the graph, among methods that know the given options. */
  readonly method?: string | EmbeddingMethod;
  /** An integer from 0 to 2³² − 1, default 1. Equal seeds give equal bytes, with any number of threads. */
  readonly seed?: number;
  /** The processor time that a method which `auto` chooses may take, in seconds. Default: no limit. */
  readonly maxSeconds?: number;
  /** The maximum number of threads, default 1. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EmbeddingProgress) => void;
  /** Saves and resumes a training. The result has the bytes of a run without a break. Methods without training run again. */
  readonly checkpoint?: EmbeddingCheckpoints;
  /** Training starts from these vectors; nodes that they lack start as usual. Nodes are found by name. */
  readonly warmStart?: NodeVectors;
  /**
   * Keeps these vectors, and adds vectors for the other nodes of the graph. The result has the nodes of `extend` first. The graph
   * needs the edges of the new nodes only.
   */
  readonly extend?: NodeVectors;
  /** Options of the method, such as `dimensions`. */
  readonly [option: string]: unknown;
}

/** Vectors, and how they were made. */
export interface Embedding extends NodeVectors {
  /** The name of the method. */
  readonly method: string;
  /** The method's options with its defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options that were given under another name, with their own names: `{ walk_num: 'walksPerNode' }`. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly threads: number;
  readonly seconds: number;
}

/** A method with checked options. */
export interface EmbeddingPlan {
  readonly method: EmbeddingMethod;
  /** Why this method, where `auto` chose it. */
  readonly why?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly aliases: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly threads: number;
  /** The memory that the method takes at most, in bytes, besides the graph. */
  readonly memory: number;
}

/** The options of `embed` itself that a caller may know by another name. */
const ownOptions = ['seed', 'threads'];

/** Throws an InputError for a graph that has nothing to learn from. */
function checkGraph({ ids, offsets, neighbors }: NodeGraph): void {
  if (ids.length < 2) {
    fail({ what: 'the graph has one node', where: 'embed', fix: 'Pass a graph with at least two nodes and an edge.' });
  }
  for (let node = 0; node < ids.length; node++) {
    for (let i = offsets[node]; i < offsets[node + 1]; i++) if (neighbors[i] !== node) return;
  }
  fail({
    what: 'no edge connects two nodes',
    where: 'embed',
    fix: 'Pass edges between different nodes: vectors follow from them.',
  });
}

/** The vectors that a run starts from or keeps. Throws an InputError where the method cannot. */
function startOf(
  method: EmbeddingMethod,
  warmStart: NodeVectors | undefined,
  extend: NodeVectors | undefined,
): NodeVectors | undefined {
  if (warmStart !== undefined && extend !== undefined) {
    fail({
      what: 'warmStart changes the given vectors, and extend keeps them',
      where: 'embed',
      fix: 'Pass one of them.',
    });
  }
  const able = (has: (each: EmbeddingMethod) => unknown) =>
    listNames(embeddingMethods.filter(has).map(({ name }) => name));
  if (warmStart !== undefined && !method.warmStarts) {
    fail({
      what: `${method.name} does not train, so it cannot start from other vectors`,
      where: 'warmStart',
      fix: `Run it again without warmStart: equal parts of a graph get similar vectors. These methods start from vectors: ${able((each) => each.warmStarts)}.`,
    });
  }
  if (extend !== undefined && method.extend === undefined) {
    fail({
      what: `${method.name} has no vectors for new nodes`,
      where: 'extend',
      fix: `Choose one of: ${able((each) => each.extend)}.`,
    });
  }
  return warmStart ?? extend;
}

function checkDimensions(own: unknown, { dimensions }: NodeVectors, where: string): void {
  if (own === undefined || own === dimensions) return;
  fail({
    what: `the vectors have ${dimensions} dimensions, and this run has ${String(own)}`,
    where,
    fix: `Leave dimensions out, or pass ${dimensions}.`,
  });
}

/** What `embed` would do with a graph: the method, its options, and the memory that it takes. Throws as `embed` does. */
export function planEmbedding(graph: NodeGraph, given: EmbedOptions = {}): EmbeddingPlan {
  const { method: name, signal: _signal, onProgress: _onProgress, checkpoint: _checkpoint, ...others } = given;
  const { warmStart, extend, maxSeconds, ...rest } = others;
  const dimensions = rest.dimensions ?? (warmStart ?? extend)?.dimensions;
  const { method, why } = methodFor(name, graph, {
    given: Object.keys(rest).filter((key) => rest[key] !== undefined),
    dimensions: typeof dimensions === 'number' && dimensions >= 1 ? dimensions : undefined,
    maxSeconds,
    fits: (each) =>
      (warmStart === undefined || each.warmStarts === true) && (extend === undefined || each.extend !== undefined),
  });
  const known = [...ownOptions, ...optionsOf(method).map((option) => option.name)];
  const { values, aliases } = ownNames(rest, known, `embed with ${method.name}`);
  const { seed = 1, threads = 1, ...own }: Record<string, unknown> = values;
  const from = startOf(method, warmStart, extend);
  if (from !== undefined && known.includes('dimensions')) own.dimensions ??= from.dimensions;
  const options = checkedOptions(method, own) as Readonly<Record<string, unknown>>;
  if (from !== undefined) checkDimensions(options.dimensions, from, extend === undefined ? 'warmStart' : 'extend');
  checkGraph(graph);
  return {
    method,
    ...(why !== undefined && { why }),
    options,
    aliases,
    seed: checkedSeed(seed, 'embed'),
    threads: checkedWhole(threads, { name: 'threads', min: 1, max: 1024, where: 'embed' }),
    memory: method.memory(graph, options),
  };
}

/** A checkpoint is saved at most this many times its own duration after the one before it. */
const pauseFactor = 20;

/** The context of a training with its checkpoints and the vectors that it starts from. */
function trainingContext(
  graph: NodeGraph,
  { method, options, seed }: EmbeddingPlan,
  context: EmbeddingContext,
  { checkpoint, signal }: EmbedOptions,
  warmStart: NodeVectors | undefined,
): EmbeddingContext {
  const start = warmStart && { start: knownVectors(graph, warmStart, 'warmStart') };
  if (checkpoint === undefined || !method.isResumable) return { ...context, ...start };
  const { seconds = 30, save, resume } = checkpoint;
  const identity = runIdentity(graph, { method: method.name, options, seed }, warmStart);
  const state = resume?.((source, where) => readCheckpoint(source, identity, where));
  let next = clock() + seconds;
  const onBreak = (stateNow: () => TrainingState) => {
    const began = clock();
    if (began < next && !signal?.aborted) return;
    save!(checkpointParts(stateNow(), identity));
    const now = clock();
    next = now + Math.max(seconds, pauseFactor * (now - began));
  };
  return { ...context, ...start, ...(state && { resume: state }), ...(save && { onBreak }) };
}

/**
 * Vectors for the nodes of a graph. Row `i` of `vectors` belongs to `ids[i]`.
 *
 * The names that graph databases and other libraries use for options are accepted too (`walk_length`, `walk_num`, `neg_num`,
 * `embeddingDimension`, `returnFactor` …), and reported in `aliases`.
 *
 * Rejects with an InputError for an unknown method or option, with the nearest known one, for a wrong value, and for a graph without
 * an edge between two nodes. An aborted `signal` rejects with its reason.
 *
 * @example await embed(fromEdges([['ada', 'bob'], ['bob', 'cy']]), { method: 'random', dimensions: 2 })
 */
export async function embed(graph: NodeGraph, options: EmbedOptions = {}): Promise<Embedding> {
  const { extend, warmStart } = options;
  const extended: ExtendedGraph | undefined = extend && extendedGraph(graph, extend);
  const whole = extended?.graph ?? graph;
  const plan = planEmbedding(whole, options);
  const { method, seed, threads } = plan;
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const start = performance.now();
  const context: EmbeddingContext = {
    seed,
    threads,
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && { onProgress }),
  };
  const vectors =
    extended === undefined
      ? await method.embed(graph, plan.options, trainingContext(graph, plan, context, options, warmStart))
      : await method.extend!(extended.graph, plan.options, context, extended.known);
  return {
    ids: whole.ids,
    vectors,
    dimensions: vectors.length / whole.ids.length,
    method: method.name,
    options: plan.options,
    aliases: plan.aliases,
    seed,
    threads,
    seconds: (performance.now() - start) / 1000,
  };
}
