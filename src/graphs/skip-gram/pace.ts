/**
 * Whether threads help. Threads that exchange sums at every center need a processor each: where other programs take it, they wait for
 * each other, and one thread alone is faster. The bits are the same, so the pace of both decides.
 */

/** One turn in this many tries the slower way, because the load may have changed. It is short: the slower way may be many times slower. */
const turnsBetweenTrials = 32;
const trialShare = 1 / 8;

export class Pace {
  private turn = 0;
  /** Seconds for an item: together, and alone. */
  private readonly seconds: [number | undefined, number | undefined] = [undefined, undefined];

  /** Whether the next turn is for one thread, and the share of a turn's items that it should have. */
  next(): { readonly isAlone: boolean; readonly share: number } {
    const [together, alone] = this.seconds;
    if (together === undefined) return { isAlone: false, share: 1 };
    if (alone === undefined) return { isAlone: true, share: 1 };
    const isTrial = this.turn % turnsBetweenTrials === 0;
    return { isAlone: alone < together !== isTrial, share: isTrial ? trialShare : 1 };
  }

  /** Notes how long an item took. Recent turns count more. */
  note(isAlone: boolean, seconds: number): void {
    const place = isAlone ? 1 : 0;
    const known = this.seconds[place];
    this.seconds[place] = known === undefined ? seconds : known + (seconds - known) / 4;
    this.turn += 1;
  }
}
