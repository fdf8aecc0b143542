/** One run of an embedding: with progress, checkpoints, and signals that save it; or the extension of given vectors. */
import type { Command } from 'commander';
import { type Embedding, type EmbeddingPlan, type EmbedOptions, embed } from '../../graphs/embed.ts';
import { extendVectors } from '../../graphs/extend/extend.ts';
import type { NodeGraph } from '../../graphs/graph.ts';
import type { NodeVectors } from '../../graphs/node-vectors.ts';
import { companionOf, readVectors } from '../../graphs/vector-files/vector-files.ts';
import { openStream } from '../input/files.ts';
import type { Terminal } from '../output/terminal.ts';
import { listen } from '../system/signals.ts';
import { type CheckpointFlags, interruptedText, openCheckpoints } from './embedding-checkpoints.ts';
import { showEmbedding } from './embedding-progress.ts';

export interface StartFlags {
  readonly warmStart?: string;
  readonly extend?: string;
}

export function addStartFlags(command: Command): Command {
  return command
    .option('--warm-start <vectors>', 'train from the vectors in a file; nodes that it lacks start as usual')
    .option(
      '--extend <vectors>',
      'keep the vectors in a file, and add new nodes: each is the mean of its neighbors; nothing is trained',
    );
}

/** The vectors in a file that a flag names. */
export async function vectorsAt(path: string | undefined): Promise<NodeVectors | undefined> {
  if (path === undefined) return undefined;
  const companion = companionOf(path);
  return readVectors({
    name: path,
    chunks: openStream(path).chunks,
    ...(companion !== undefined && { companion: openStream(companion).chunks }),
  });
}

export interface EmbeddingRun {
  readonly graph: NodeGraph;
  readonly plan: EmbeddingPlan;
  readonly options: EmbedOptions;
  readonly out: string;
  readonly flags: CheckpointFlags;
  /** Vectors to extend, instead of a run of the method. */
  readonly extend?: NodeVectors;
}

/**
 * Runs, and calls `write` with the result. The checkpoints are removed after it. A signal saves the training and sets the exit code;
 * `write` is then not called.
 */
export async function runEmbedding(
  { graph, plan, options, out, flags, extend }: EmbeddingRun,
  terminal: Terminal,
  write: (embedding: Embedding) => Promise<void>,
): Promise<void> {
  const { onProgress, end } = showEmbedding(terminal);
  if (extend !== undefined) {
    await write(await extension(extend, graph, plan));
    return;
  }
  const checkpoints = openCheckpoints(out, plan.method, flags, terminal);
  const signals = listen();
  try {
    const { signal } = signals;
    const { checkpoint } = checkpoints;
    const embedding = await embed(graph, { ...options, onProgress, signal, ...(checkpoint && { checkpoint }) });
    end();
    // from here, a signal takes effect after the files are complete
    await write(embedding);
    checkpoints.clear();
  } catch (error) {
    if (error !== signals.signal.reason) throw error;
    end();
    terminal.say(plan.method.isResumable ? interruptedText(out) : 'Interrupted.');
    process.exitCode = signals.code;
  } finally {
    signals.release();
    checkpoints.release();
  }
}

async function extension(from: NodeVectors, graph: NodeGraph, plan: EmbeddingPlan): Promise<Embedding> {
  const start = performance.now();
  const { threads, seed } = plan;
  const vectors = await extendVectors(from, graph);
  const seconds = (performance.now() - start) / 1000;
  return { ...vectors, method: 'means of neighbors', options: {}, aliases: {}, seed, threads, seconds };
}
