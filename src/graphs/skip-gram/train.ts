/**
 * Training of skip-gram with negative sampling on random walks. The walks are generated twice: a first pass counts nodes, for the
 * noise distribution, and a second one trains. The position of a run is the number of walks that it has trained on, so a run
 * resumes from both tables and one number.
 */
import { fail } from '../../base/errors.ts';
import { wasmMissing } from '../../engines/wasm/instantiate.ts';
import { startCrew } from '../../engines/wasm/workers.ts';
import { fillAlias } from '../alias.ts';
import type { LayeredWalks } from '../code/graph-tables.ts';
import { makeMachine } from '../code/machine.ts';
import type { NodeGraph } from '../graph.ts';
import type { EmbeddingContext, EmbeddingProgress, StartVectors } from '../method.ts';
import { LayeredWalker } from '../struc2vec/layered-walker.ts';
import { Walker, walkTables } from '../walks/walker.ts';
import { threshold } from '../words.ts';
import type { SkipGramEngine } from './engine.ts';
import { fillInitial } from './initial.ts';
import { windowLoss } from './loss.ts';
import { machineParts, type SkipGramOptions } from './options.ts';
import { referenceEngine, type Walks } from './reference.ts';
import { copyRows } from './slices.ts';
import { keepProbability, noiseWeights, type Sampling, WindowSampler } from './windows.ts';
import { Work } from './work.ts';

/** A run that can be resumed. */
export interface SkipGramState {
  /** The number of walks, over all epochs, that the vectors were trained on. */
  readonly position: number;
  /** Input vectors, which are the result, and output vectors, both `[nodes, dimensions]`. */
  readonly input: Float32Array;
  readonly output: Float32Array;
}

export interface SkipGramHooks {
  /** Continues from this state. The vectors at the end have the bytes of a run without a break. */
  readonly resume?: SkipGramState;
  /** Input vectors to start from. */
  readonly start?: StartVectors;
  /**
   * Called after each few hundredths of a second of work, and before an aborted run ends. The tables of `state()` may be views,
   * which the next update changes.
   */
  readonly onBreak?: (state: () => SkipGramState) => void;
  /** If given, walks are on these layers. */
  readonly layered?: LayeredWalks;
  /** Plain TypeScript instead of WebAssembly: the same bits, slower. By default, only where WebAssembly is not available. */
  readonly isReference?: boolean;
}

/** The number of walks is a word of the random numbers' counter. */
const maxWalks = 2 ** 32 - 2;

/**
 * Trains, and returns the state at the end. Its vectors are a function of graph, options and seed: not of the number of threads, of
 * interruptions, or of the platform (with `strict` arithmetic). Throws the signal's reason if the run is aborted.
 */
export async function trainSkipGram(
  graph: NodeGraph,
  options: SkipGramOptions,
  context: EmbeddingContext,
  { resume, start, onBreak, layered, isReference = wasmMissing() !== undefined }: SkipGramHooks = {},
): Promise<SkipGramState> {
  const nodes = graph.ids.length;
  const { dimensions } = options;
  const totalWalks = nodes * options.walksPerNode * options.epochs;
  checkWalks(totalWalks);
  if (nodes === 0) return { position: 0, input: new Float32Array(0), output: new Float32Array(0) };

  const { seed } = context;
  const tables = layered === undefined ? walkTables(graph, options) : {};
  const walker =
    layered === undefined
      ? new Walker(graph, options, seed, tables)
      : new LayeredWalker(layered.graph, layered.options, seed);
  const parts = { ...machineParts(graph, options, context.threads), tables, seed, layered };
  const machine = isReference ? undefined : makeMachine(parts);
  const engine: SkipGramEngine = machine ?? referenceEngine(parts, walker);
  const crew = machine && parts.threads > 1 ? startCrew(parts.threads - 1, machine.module, machine.memory) : undefined;
  const { stride, vectors } = engine;
  const copied = (table: Float32Array) => {
    const rows = new Float32Array(nodes * dimensions);
    copyRows(table, stride, rows, dimensions);
    return rows;
  };
  // A copy of both tables would double the memory of a large run.
  const seen = (table: Float32Array) => (stride === dimensions ? table.subarray(0, nodes * dimensions) : copied(table));
  const state = (): SkipGramState => ({ position, input: seen(vectors.input), output: seen(vectors.output) });
  let position = resume?.position ?? 0;
  try {
    const work = new Work(crew, context);
    await work.run(0, totalWalks / options.epochs, (first, last) => engine.count(first, last));
    const sampling = samplingOf(engine.counts(), options);
    engine.setSampling(sampling);
    if (resume === undefined) {
      fillInitial(vectors.input, graph.ids, { dimensions, stride, seed, kind: options.init });
      if (start !== undefined) startFrom(start, dimensions, vectors.input, stride);
    } else {
      copyRows(resume.input, dimensions, vectors.input, stride);
      copyRows(resume.output, dimensions, vectors.output, stride);
    }
    const sampler = new WindowSampler(options, sampling, seed);
    const report = (): EmbeddingProgress => ({
      done: position / totalWalks,
      loss: position < totalWalks ? lossOfWalk(walker, sampler, position, engine) : undefined,
      tokens: position * options.walkLength,
      vectors: () => copied(vectors.input),
      state: () => ({ position, tables: { input: seen(vectors.input), output: seen(vectors.output) } }),
    });
    await work.run(
      position,
      totalWalks,
      (first, last, isAlone) => {
        engine.train(first, last, isAlone);
        position = last;
      },
      { report, onBreak: () => onBreak?.(state) },
    );
    const { output } = vectors;
    return {
      position,
      input: copied(vectors.input),
      // The result is the input; few callers read the output.
      get output() {
        return copied(output);
      },
    };
  } finally {
    crew?.dismiss();
  }
}

/** Copies the vectors of known nodes. */
function startFrom({ vectors, isKnown }: StartVectors, dimensions: number, target: Float32Array, stride: number): void {
  for (const [node, known] of isKnown.entries()) {
    if (known === 1) target.set(vectors.subarray(node * dimensions, (node + 1) * dimensions), node * stride);
  }
}

function checkWalks(totalWalks: number): void {
  if (totalWalks <= maxWalks) return;
  fail({
    what: `${totalWalks} walks are too many: their number must be below 2^32`,
    where: 'embedding',
    fix: 'Use fewer walks per node, or fewer epochs.',
  });
}

/** The noise distribution and the subsampling that follow from the counts. */
export function samplingOf(counts: Float64Array, { subsampling, minCount }: SkipGramOptions): Sampling {
  const used = counts.map((count) => (count < minCount ? 0 : count));
  const total = used.reduce((sum, count) => sum + count, 0);
  if (total === 0) {
    fail({
      what: `no node occurs ${minCount} times or more in the walks`,
      where: 'minCount',
      fix: 'Lower the minimum count, or use more walks per node.',
    });
  }
  const noise = { thresholds: new Uint32Array(counts.length), aliases: new Uint32Array(counts.length) };
  fillAlias(noise, 0, noiseWeights(used));
  if (subsampling === 0 && minCount <= 1) return { noise };
  const keep = Uint32Array.from(used, (count) => {
    if (count === 0) return 0;
    return subsampling === 0 ? 2 ** 32 - 1 : threshold(keepProbability(count / total, subsampling));
  });
  return { noise, keep };
}

/** The loss of the windows of one walk; undefined if the walk has none. */
function lossOfWalk(
  walker: Walks & { readonly options: { readonly walkLength: number } },
  sampler: WindowSampler,
  number: number,
  { vectors, stride }: SkipGramEngine,
): number | undefined {
  const walk = new Uint32Array(walker.options.walkLength);
  const kept = sampler.kept(walk.subarray(0, walker.walk(number, walk)), number);
  const windows = Array.from(kept, (_, place) => sampler.window(kept, place, number));
  // Ten windows say enough, and take about a millisecond.
  const loss = windowLoss(vectors, stride, windows.slice(0, 10));
  return Number.isNaN(loss) ? undefined : loss;
}
