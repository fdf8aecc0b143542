/** What a run of `embed` starts from and leaves behind: given vectors, checkpoints, and signals that save it. */
import type { Command } from 'commander';
import type { Embedding, EmbeddingPlan, EmbedOptions } from '../../graphs/embed.ts';
import { extendVectors } from '../../graphs/extend/extend.ts';
import { extendedGraph } from '../../graphs/extend/extended-graph.ts';
import type { NodeGraph } from '../../graphs/graph.ts';
import type { NodeVectors } from '../../graphs/node-vectors.ts';
import { companionOf, readVectors } from '../../graphs/vector-files/vector-files.ts';
import { openStream } from '../input/files.ts';
import type { Terminal } from '../output/terminal.ts';
import { listen } from '../system/signals.ts';
import { type CheckpointFlags, interruptedText, openCheckpoints } from './embedding-checkpoints.ts';

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

/**
 * Calls `run` with the checkpoints and the signal of a run whose vectors go to `out`. The checkpoints are removed after it. A signal saves the training,
 * ends `run`, and sets the exit code.
 */
export async function resumable(
  { plan, flags }: { readonly plan: EmbeddingPlan; readonly flags: CheckpointFlags & { readonly out?: string } },
  terminal: Terminal,
  run: (options: Pick<EmbedOptions, 'signal' | 'checkpoint'>) => Promise<void>,
): Promise<void> {
  const checkpoints = openCheckpoints(flags.out, plan.method, flags, terminal);
  const signals = listen();
  try {
    const { checkpoint } = checkpoints;
    await run({ signal: signals.signal, ...(checkpoint && { checkpoint }) });
    checkpoints.clear();
  } catch (error) {
    if (error !== signals.signal.reason) throw error;
    terminal.say(checkpoints.checkpoint?.save === undefined ? 'Interrupted.' : interruptedText(flags.out!));
    process.exitCode = signals.code;
  } finally {
    signals.release();
    checkpoints.release();
  }
}

/** Vectors of a run, and the graph whose nodes they belong to, in the same order. */
export interface ComputedVectors {
  readonly embedding: Embedding;
  readonly graph: NodeGraph;
}

/** Given vectors with those of the graph's new nodes, in the form of a run. */
export async function extension(
  from: NodeVectors,
  { threads, seed }: EmbeddingPlan,
  graph: NodeGraph,
): Promise<ComputedVectors> {
  const start = performance.now();
  const vectors = await extendVectors(from, graph);
  const seconds = (performance.now() - start) / 1000;
  return {
    embedding: { ...vectors, method: 'means of neighbors', options: {}, aliases: {}, seed, threads, seconds },
    graph: extendedGraph(graph, from).graph,
  };
}
