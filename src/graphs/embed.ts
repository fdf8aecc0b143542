/** Vectors for the nodes of a graph, by one of the methods. */
import { aFunction, atLeast0, kind, optional, record } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { checkDimensions, checkWarmStart } from './extend/starting-vectors.ts';
import { aNodeGraph, type NodeGraph } from './graph.ts';
import { contextOptions, type EmbeddingContext, type EmbeddingMethod, type EmbeddingProgress } from './method.ts';
import { isAuto, methodFor } from './method-choice.ts';
import { checkedOptions, checkedSeed, checkedWhole, optionsOf, ownNames } from './method-options.ts';
import { type NodeVectors, someNodeVectors } from './node-vectors.ts';
import { presetNamed, type UsedPreset, withPreset } from './presets.ts';
import { type EmbeddingCheckpoints, trainingContext } from './training-context.ts';

export interface EmbedOptions {
  /** The name of a method, or your own method. Default: "auto", which chooses by the size, the weights and the direction of the graph, among methods that know the given options. */
  readonly method?: string | EmbeddingMethod | undefined;
  /** The name of a published protocol, which chooses the method and its options: `deepwalk-blogcatalog`. Given options override it. */
  readonly preset?: string | undefined;
  /** An integer from 0 to 2³² − 1, default 1. Equal seeds give equal bytes, with any number of threads. */
  readonly seed?: number | undefined;
  /** The processor time that a method which `auto` chooses may take, in seconds. Default: no limit. */
  readonly maxSeconds?: number | undefined;
  /** The maximum number of threads, default 1. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with the progress, some times a second. The run continues when a promise that it returns is fulfilled: a page that
   * draws each report can return one.
   */
  readonly onProgress?: ((progress: EmbeddingProgress) => unknown) | undefined;
  /**
   * The minimum number of reports of a training, at equal shares of it, so that a short one can be watched too. It does not change
   * the result. Default: none; the time since the last report alone decides.
   */
  readonly minReports?: number | undefined;
  /** Saves and resumes a training. The result has the bytes of a run without a break. Methods without training run again. */
  readonly checkpoint?: EmbeddingCheckpoints | undefined;
  /** Training starts from these vectors; nodes that they lack start as usual. Nodes are found by name. */
  readonly warmStart?: NodeVectors | undefined;
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
  /** The preset, if one was given, with what it set. */
  readonly preset?: UsedPreset;
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
  /** The preset, if one was given, with what it sets. */
  readonly preset?: UsedPreset;
  /** What a user should know about these options on this graph, in sentences. */
  readonly warnings: readonly string[];
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

/** The options that every method has. The method checks its own. */
const embedOptions = record(
  {
    method: optional(
      kind('the name of a method, or a method', (value: unknown) => typeof value === 'string' || isMethod(value)),
    ),
    maxSeconds: optional(atLeast0),
    ...contextOptions,
    checkpoint: optional(
      record({ seconds: optional(atLeast0), save: optional(aFunction), resume: optional(aFunction) }),
    ),
    warmStart: optional(someNodeVectors),
  },
  { isOpen: true },
);

const isMethod = (value: unknown) => {
  const { name, embed: run, memory } = Object(value) as EmbeddingMethod;
  return typeof name === 'string' && typeof run === 'function' && typeof memory === 'function';
};

/** What `embed` would do with a graph: the method, its options, and the memory that it takes. Throws as `embed` does. */
export function planEmbedding(graph: NodeGraph, given: EmbedOptions = {}): EmbeddingPlan {
  aNodeGraph(graph, 'embed: graph');
  embedOptions(given, 'embed: options');
  const { method: name, signal: _signal, onProgress: _onProgress, checkpoint: _checkpoint, ...others } = given;
  const { warmStart, maxSeconds, preset: presetName, minReports, ...rest } = others;
  if (minReports !== undefined) checkedWhole(minReports, { name: 'minReports', min: 0, max: 1e6, where: 'embed' });
  const preset = presetName === undefined ? undefined : presetNamed(presetName);
  const dimensions = rest.dimensions ?? warmStart?.dimensions;
  const { method, why } = methodFor(preset === undefined || !isAuto(name) ? name : preset.method, graph, {
    given: Object.keys(rest).filter((key) => rest[key] !== undefined),
    dimensions: typeof dimensions === 'number' && dimensions >= 1 ? dimensions : undefined,
    maxSeconds,
    fits: (each) => warmStart === undefined || each.warmStarts === true,
  });
  const known = [...ownOptions, ...optionsOf(method).map((option) => option.name)];
  const { values, aliases } = ownNames(rest, known, `embed with ${method.name}`);
  const { seed = 1, threads = 1, ...own }: Record<string, unknown> = values;
  if (warmStart !== undefined) {
    checkWarmStart(method);
    if (known.includes('dimensions')) own.dimensions ??= warmStart.dimensions;
  }
  const { values: filled, used } =
    preset === undefined ? { values: own, used: undefined } : withPreset(preset, own, { method: method.name, known });
  const options = checkedOptions(method, filled) as Readonly<Record<string, unknown>>;
  if (warmStart !== undefined) checkDimensions(options.dimensions, warmStart);
  checkGraph(graph);
  return {
    method,
    ...(why !== undefined && { why }),
    options,
    aliases,
    ...(used !== undefined && { preset: used }),
    warnings: [method.warning?.(graph, options)].filter((text) => text !== undefined),
    seed: checkedSeed(seed, 'embed'),
    threads: checkedWhole(threads, { name: 'threads', min: 1, max: 1024, where: 'embed' }),
    memory: method.memory(graph, options),
  };
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
  const plan = planEmbedding(graph, options);
  const { method, seed, threads } = plan;
  const { signal, onProgress, minReports } = options;
  signal?.throwIfAborted();
  const start = performance.now();
  const context: EmbeddingContext = {
    seed,
    threads,
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && { onProgress }),
    ...(minReports !== undefined && { minReports }),
  };
  const vectors = await method.embed(graph, plan.options, trainingContext(graph, plan, context, options));
  return {
    ids: graph.ids,
    vectors,
    dimensions: vectors.length / graph.ids.length,
    method: method.name,
    options: plan.options,
    aliases: plan.aliases,
    ...(plan.preset !== undefined && { preset: plan.preset }),
    seed,
    threads,
    seconds: (performance.now() - start) / 1000,
  };
}
