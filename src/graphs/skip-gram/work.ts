/** Long work in parts, with breaks in which other tasks run, the signal is read and progress is reported. */
import { Pace } from '../../base/pace.ts';
import type { Crew } from '../../engines/wasm/workers.ts';
import { clock } from '../../train/clock.ts';
import { takeBreak } from '../../train/yield.ts';
import type { EmbeddingContext, EmbeddingProgress } from '../method.ts';

/** Seconds of work between two breaks, and between two reports. */
const workSeconds = 0.02;
const reportSeconds = 0.2;

/** Performs the items from `first` to `last` − 1, on all threads or on this one alone. */
type Perform = (first: number, last: number, isAlone: boolean | undefined) => void;

export class Work {
  private readonly crew: Crew | undefined;
  private readonly context: EmbeddingContext;
  private reported = Number.NEGATIVE_INFINITY;

  constructor(crew: Crew | undefined, context: EmbeddingContext) {
    this.crew = crew;
    this.context = context;
  }

  /** Without hooks, nothing is reported. Throws the signal's reason if it is aborted. */
  async run(
    first: number,
    last: number,
    perform: Perform,
    hooks?: { readonly report: () => EmbeddingProgress; readonly onBreak: () => void },
  ): Promise<void> {
    const { signal } = this.context;
    const reportShare = this.reportShare(first, last);
    if (hooks !== undefined && reportShare < Number.POSITIVE_INFINITY) await this.report(hooks.report);
    let reports = 1;
    const pace = new Pace();
    let size = 1;
    for (let at = first; at < last; ) {
      const isShared = this.crew !== undefined && this.crew.size() > 1;
      const { isAlone, share } = isShared ? pace.next() : { isAlone: undefined, share: 1 };
      const start = clock();
      const reportAt = hooks === undefined ? last : Math.ceil(first + reports * reportShare);
      const wanted = at + Math.ceil(size * share);
      const end = Math.min(last, reportAt, wanted);
      perform(at, end, isAlone);
      const seconds = clock() - start;
      if (isAlone !== undefined) pace.note(isAlone, seconds / (end - at));
      at = end;
      // The time of a whole turn decides about the size of the next.
      if (share === 1 && end === wanted && seconds < workSeconds / 2) size *= 2;
      else if (share === 1 && seconds > workSeconds * 2) size = Math.max(1, Math.floor(size / 2));
      if (hooks !== undefined && (at === last || at === reportAt || clock() - this.reported > reportSeconds)) {
        while (first + reports * reportShare <= at) reports++;
        await this.report(hooks.report);
      }
      await takeBreak();
      this.crew?.check();
      hooks?.onBreak();
      signal?.throwIfAborted();
    }
  }

  /** The number of items, perhaps with a fraction, after each of which progress is reported. */
  private reportShare(first: number, last: number): number {
    const { onProgress, minReports = 0 } = this.context;
    return onProgress === undefined || minReports === 0 ? Number.POSITIVE_INFINITY : (last - first) / minReports;
  }

  private async report(progress: () => EmbeddingProgress): Promise<void> {
    this.reported = clock();
    await this.context.onProgress?.(progress());
  }
}
