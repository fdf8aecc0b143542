/**
 * Chooses among departures by their evidence, in bits. A departure that corrects a row has more evidence the larger the
 * row's disagreement was, and less the more departures of its kind were tried. A departure that explains all rows takes
 * precedence over those that explain some. Of equal ones, a convention precedes rounding, and rounding precedes a slip.
 */
import { fits, type Row } from './trials.ts';

export type DepartureStatus = 'convention' | 'rounded' | 'slip';
const order: readonly DepartureStatus[] = ['convention', 'rounded', 'slip'];

export interface Departure {
  readonly status: DepartureStatus;
  /** The number of changes that it combines. */
  readonly size: number;
  /** log2 of the number of departures of its kind that were tried. */
  readonly cost: number;
  readonly explains: readonly number[];
  /** A row that it takes as printed: it explains that row, which speaks for nothing. */
  readonly assumed?: number;
  readonly breaks: readonly number[];
  /** The value of a row under it. */
  readonly value: (row: number) => number;
  readonly kind: string;
  readonly text: () => string;
  /** Of a number used in place of another: both numbers, so that a sentence can list several such departures. */
  readonly instead?: () => { readonly used: string; readonly of: string };
  /** Other properties of a candidate. */
  readonly detail: () => object;
}

/** Bits for the order of kinds: of two departures that explain as much, a convention precedes rounding and slips. */
export const priors = { rounded: 2, slip: 5 };
/** Further digits are no further evidence. */
const maxBits = 20;
/** A chance of one in a million. */
const decisiveBits = 20;
/** A chance of one in a thousand: below it, a wrong sign is as likely. */
const doubtBits = 10;
/** The cost of a row that no longer agrees: a book may mix two conventions, but seldom does. */
export const breakBits = 2;

/** How unlikely it is that a row fits by chance: its disagreement in half units of the last digit, in bits. */
export function bits({ printed, computed }: Row): number {
  return Math.min(maxBits, Math.log2(1 + Math.abs(printed.value - computed) / printed.half) || 0);
}

export class Choice {
  private readonly rows: readonly Row[];
  readonly departures: Departure[] = [];
  /** The departure that explains each row. */
  readonly chosen = new Map<number, Departure>();
  /** Rows that no departure explains, because one that would make them wrong is as likely. */
  readonly rejected = new Set<number>();
  private readonly remaining: Set<number>;

  constructor(rows: readonly Row[]) {
    this.rows = rows;
    this.remaining = new Set(rows.flatMap((row, r) => (row.agrees ? [] : [r])));
  }

  get left(): number[] {
    return [...this.remaining];
  }

  /** The evidence for a departure from the rows that are not explained yet. */
  private score({ explains, breaks, cost, assumed }: Departure): number {
    let score = -cost - breakBits * breaks.length;
    for (const row of explains) if (row !== assumed && this.remaining.has(row)) score += bits(this.rows[row]);
    return score;
  }

  /** Rows that a departure explains although it has little evidence, and that the print may well have wrong. */
  get doubtful(): number[] {
    return [...this.chosen].flatMap(([row, departure]) =>
      departure.status !== 'slip' && this.evidence(departure) < doubtBits ? [row] : [],
    );
  }

  /** Takes a row back from the departure that explains it. */
  reject(row: number): void {
    this.chosen.delete(row);
    this.rejected.add(row);
  }

  /** The evidence for a departure from all rows. */
  private evidence({ explains, breaks, cost, assumed }: Departure): number {
    return explains.reduce(
      (sum, row) => (row === assumed ? sum : sum + bits(this.rows[row])),
      -cost - breakBits * breaks.length,
    );
  }

  /** Whether one departure is beyond doubt: it explains all remaining rows, breaks none, and is well above chance. */
  get isDecided(): boolean {
    return this.departures.some(
      (each) =>
        each.breaks.length === 0 &&
        this.left.every((row) => each.explains.includes(row)) &&
        this.score(each) > decisiveBits,
    );
  }

  /** Whether some departure explains all that is left, spoils nothing, and is above chance. */
  get hasWhole(): boolean {
    return this.departures.some(
      (each) =>
        each.breaks.length === 0 && this.left.every((row) => each.explains.includes(row)) && this.score(each) > 0,
    );
  }

  private isNew({ explains }: Departure): boolean {
    return explains.some((row) => this.remaining.has(row));
  }

  private take(departure: Departure): void {
    for (const row of departure.explains) {
      if (!this.remaining.delete(row)) continue;
      this.chosen.set(row, departure);
    }
  }

  private best(among: readonly Departure[]): Departure | undefined {
    let best: Departure | undefined;
    let highest = Number.NEGATIVE_INFINITY;
    for (const departure of among) {
      const score = this.score(departure);
      if (score > highest || (score === highest && order.indexOf(departure.status) < order.indexOf(best!.status))) {
        [best, highest] = [departure, score];
      }
    }
    return best;
  }

  /**
   * Takes the departures with the most evidence: each time one that explains all remaining rows, or else the one with
   * the highest score.
   */
  weigh(): void {
    while (this.remaining.size > 0) {
      const worthy = this.departures.filter((departure) => this.isNew(departure) && this.score(departure) > 0);
      const whole = worthy.filter(
        ({ explains, breaks }) => breaks.length === 0 && this.left.every((row) => explains.includes(row)),
      );
      const best = this.best(whole.length > 0 ? whole : worthy);
      if (best === undefined) return;
      this.take(best);
    }
  }

  /** For the remaining rows, takes any departure that fits. */
  settle(statuses: readonly DepartureStatus[] = order): void {
    for (const status of statuses) {
      for (;;) {
        const best = this.best(this.departures.filter((each) => each.status === status && this.isNew(each)));
        if (best === undefined) break;
        this.take(best);
      }
    }
  }

  /** All departures that explain a row: the chosen one, equally good ones, and any convention. */
  candidates(row: number): Departure[] {
    const chosen = this.chosen.get(row);
    if (chosen === undefined) return [];
    const rest = this.departures.filter(
      (each) =>
        each !== chosen &&
        each.explains.includes(row) &&
        each.size <= chosen.size &&
        (each.status === 'convention' ||
          (each.breaks.length <= chosen.breaks.length &&
            chosen.explains.every((other) => each.explains.includes(other)))),
    );
    rest.sort(
      (a, b) =>
        Number(b.status === chosen.status) - Number(a.status === chosen.status) ||
        order.indexOf(a.status) - order.indexOf(b.status) ||
        a.breaks.length - b.breaks.length ||
        a.cost - b.cost ||
        b.explains.length - a.explains.length,
    );
    return [chosen, ...rest];
  }
}

/** The rows that the values of a departure correct and break: `explains` and `breaks`. */
export function effectOf(rows: readonly Row[], values: readonly number[]): Pick<Departure, 'explains' | 'breaks'> {
  const explains: number[] = [];
  const breaks: number[] = [];
  rows.forEach((row, r) => {
    const fit = fits(row, values[r]);
    if (fit && !row.agrees) explains.push(r);
    if (!fit && row.agrees) breaks.push(r);
  });
  return { explains, breaks };
}
