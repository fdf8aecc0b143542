/** The time of a run before it starts, from a short part of it. */
import { clock } from '../train/clock.ts';
import type { EmbeddingPlan } from './embed.ts';
import type { NodeGraph } from './graph.ts';

/** Seconds of work after which a part of a run is enough to extrapolate from. */
const enough = 0.4;

/**
 * Seconds that a run takes on one thread. Methods that train on walks or samples are timed on the graph itself for about a second;
 * another method runs until its progress allows an extrapolation, which may be its first iteration or, on a small graph, all of it.
 * `now` is a clock in seconds, such as the processor time of the process, which other programs disturb less.
 */
export async function estimateSeconds(
  graph: NodeGraph,
  { method, options, seed }: EmbeddingPlan,
  now: () => number = clock,
): Promise<number> {
  if (method.seconds !== undefined) return method.seconds(graph, options, seed, now);
  const controller = new AbortController();
  const start = now();
  let first: { readonly done: number; readonly at: number } | undefined;
  let seconds: number | undefined;
  try {
    await method.embed(graph, options, {
      seed,
      threads: 1,
      signal: controller.signal,
      onProgress({ done }) {
        const at = now() - start;
        first ??= { done, at };
        if (done <= first.done || done >= 1 || at - first.at < enough) return;
        seconds ??= first.at + ((at - first.at) * (1 - first.done)) / (done - first.done);
        controller.abort();
      },
    });
  } catch (error) {
    if (error !== controller.signal.reason) throw error;
  }
  return seconds ?? now() - start;
}
