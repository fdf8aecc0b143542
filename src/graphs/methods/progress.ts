/** Reports between the iterations of a method. */
import type { Numbers } from '../../engines/engine.ts';
import { takeBreak } from '../../train/yield.ts';
import type { EmbeddingContext } from '../method.ts';

/**
 * Reports progress, lets other tasks run, and throws the signal's reason if it is aborted. `vectors` is where the method has its
 * vectors so far.
 */
export async function report(
  { onProgress, signal }: Pick<EmbeddingContext, 'onProgress' | 'signal'>,
  done: number,
  vectors?: Numbers,
): Promise<void> {
  await onProgress?.({ done, ...(vectors !== undefined && { vectors: () => Float32Array.from(vectors) }) });
  await takeBreak();
  signal?.throwIfAborted();
}
