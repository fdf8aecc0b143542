/** The context of a training: its checkpoints, and the vectors that it starts from. */
import { clock } from '../train/clock.ts';
import { type CheckpointSource, checkpointParts, readCheckpoint } from './checkpoint.ts';
import { knownVectors } from './extend/known-vectors.ts';
import type { NodeGraph } from './graph.ts';
import type { EmbeddingContext, EmbeddingMethod, TrainingState } from './method.ts';
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

interface Plan {
  readonly method: EmbeddingMethod;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** Between two checkpoints, at least this many times the time of saving one. */
const pauseFactor = 20;

/** The context of a training with its checkpoints and the vectors that it starts from. */
export function trainingContext(
  graph: NodeGraph,
  { method, options, seed }: Plan,
  context: EmbeddingContext,
  { checkpoint, warmStart }: { readonly checkpoint?: EmbeddingCheckpoints; readonly warmStart?: NodeVectors },
): EmbeddingContext {
  const start = warmStart && { start: knownVectors(graph, warmStart, 'warmStart') };
  if (checkpoint === undefined || !method.isResumable) return { ...context, ...start };
  const { signal } = context;
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
