/** `--estimate`: the memory and the time of a run before it starts. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { showBytes } from '../../base/bytes.ts';
import type { EmbeddingPlan } from '../../graphs/embed.ts';
import { estimateSeconds } from '../../graphs/estimate.ts';
import { duration, type Terminal } from '../output/terminal.ts';
import type { GraphSource } from './graph-source.ts';
import { shownOptions } from './shown-options.ts';

/** The processor time of this process in seconds. */
export const processorSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** What the runtime takes more during a run: generated code, its compiler, and objects that are not yet collected. */
const runtimeBytes = 8 * 2 ** 20;

/** What reading left behind would count as memory of the run, which reuses it. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/**
 * Prints the estimate. Memory: the peak of reading, which has already happened, or what the process holds now and the run adds, whichever
 * is more. Time: processor time of one thread, measured on parts of the run.
 */
export async function showEstimate(
  { graph, facts }: GraphSource,
  plan: EmbeddingPlan,
  terminal: Terminal,
): Promise<void> {
  const { method, options, memory } = plan;
  const reading = process.resourceUsage().maxRSS * 1024;
  collectGarbage();
  const now = process.memoryUsage.rss();
  const peak = Math.max(reading, now + memory + runtimeBytes);
  const seconds = await estimateSeconds(graph, plan, processorSeconds);
  const bytes = { now, method: memory, reading, peak };
  const threads = plan.threads > 1 ? `, at best ${rounded(seconds / plan.threads)} with ${plan.threads} threads` : '';
  terminal.result(
    {
      graph: facts,
      method: method.name,
      options: shownOptions(options),
      threads: plan.threads,
      bytes,
      processorSeconds: seconds,
    },
    `${method.name}: ${showBytes(peak)} of memory: ${showBytes(now)} with the graph, ${showBytes(memory)} for the method; reading took ${showBytes(reading)}.\n${rounded(seconds)} of processor time${threads}.`,
  );
}

/** Two digits say what an estimate knows. */
const rounded = (seconds: number): string => duration(Number(seconds.toPrecision(2)));
