/** Trainings of each kind, one after the other in one process: threads and memory stay constant after the first few. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../leaks.mjs', import.meta.url));

interface Figures {
  readonly threads: number;
  readonly megabytes: number;
}
interface Found {
  readonly began: Figures;
  readonly found: Readonly<Record<string, { readonly figures: readonly Figures[]; readonly peak: Figures }>>;
}

async function leaks(count: number, kinds: readonly string[]): Promise<Found> {
  const args = ['--expose-gc', script, String(count), ...kinds, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 600_000 });
  return JSON.parse(stdout);
}

const kinds = {
  threads: ['threads that come too late', 'threads that take part', 'wide network, 2 MB'],
  workers: ['worker', 'worker with threads'],
  'early ends': ['aborted', 'thrown', 'aborted in a worker', 'thrown in a worker'],
  'nested trainings': ['folds', 'evaluate', 'baselines', 'overfitBatch', 'findLearningRate'],
};

// Linux lists a process's threads
describe.skipIf(process.platform !== 'linux')('120 trainings of each kind', () => {
  test.each(Object.entries(kinds))(
    '%s: no more threads than before, and less than 40 MB more than after the first sixty',
    async (_, of) => {
      const { began, found } = await leaks(120, of);
      for (const [kind, { figures, peak }] of Object.entries(found)) {
        // A process grows until it is warmed up: on Node 24, for about 60 trainings.
        const half = figures[figures.length / 2 - 1];
        const last = figures[figures.length - 1];
        expect(last.threads, kind).toBeLessThanOrEqual(began.threads);
        // When threads did not end, sixty trainings left 655 MB.
        expect(last.megabytes - half.megabytes, kind).toBeLessThan(40);
        // a training's two threads, or its worker with its thread, in addition to those of the previous training that
        // are ending
        expect(peak.threads, kind).toBeLessThanOrEqual(began.threads + 6);
      }
    },
  );

  test('16 threads requested: never more threads than those of two trainings', async () => {
    const { began, found } = await leaks(60, ['16 threads requested']);
    const { figures, peak } = found['16 threads requested'];
    expect(figures.at(-1)!.threads).toBeLessThanOrEqual(began.threads);
    expect(peak.threads).toBeLessThanOrEqual(began.threads + 2 * 15);
  });
});
