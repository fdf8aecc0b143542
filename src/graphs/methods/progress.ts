/** Reports between the iterations of a method. */
import { takeBreak } from '../../train/yield.ts';
import type { EmbeddingContext } from '../method.ts';

/** Reports progress, lets other tasks run, and throws the signal's reason if it is aborted. */
export async function report(
  { onProgress, signal }: Pick<EmbeddingContext, 'onProgress' | 'signal'>,
  done: number,
): Promise<void> {
  onProgress?.({ done });
  await takeBreak();
  signal?.throwIfAborted();
}
