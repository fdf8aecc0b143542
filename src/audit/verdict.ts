/**
 * Why rows disagree: collects every departure that corrects one of them, chooses the most likely for each row, and
 * names all that fit. A row that rounding could explain is called a slip only if the printed numbers are sufficient
 * evidence.
 */

import { numberText } from '../explain/numbers.ts';
import { Choice, type Departure, type DepartureStatus, effectOf, priors } from './departure.ts';
import { plainDepartures } from './plain-departures.ts';
import { type Rounded, Rounding } from './rounding.ts';
import type { Reading, Request } from './run.ts';
import type { Slip } from './slip.ts';
import { Slips } from './slips.ts';
import type { Subject } from './subject.ts';
import { maxUpdates } from './take-apart.ts';
import { fits, type Passing, type Row, Trials } from './trials.ts';
import { isGradient, isUpdate, listed, Words } from './words.ts';
import type { Workings } from './workings.ts';

/** One departure that would explain a row. */
export interface Candidate {
  readonly status: DepartureStatus;
  /**
   * The kind of departure: of a slip `number`, `sign`, `factor`, `sample`, `divisor`, `swapped` (an operation for another),
   * `decimal` (a decimal point shifted) or `inherited` (computed from a wrong print); of a convention its name.
   */
  readonly kind: string;
  /** Completes "follows if …". */
  readonly text: string;
  /** The value of the row under it. */
  readonly value: number;
  /** The rows, from 0, that it corrects. */
  readonly rows: readonly number[];
  /** The rows, from 0, that agree now and would not under it. */
  readonly breaks: readonly number[];
  /** Of a convention: its variant. */
  readonly which?: string;
  /** Of a slip: the address of the number misread, or of the sum; of a rounding: of the numbers rounded. */
  readonly of?: readonly string[];
  /** Of a slip: the addresses of the numbers whose computation contains it. */
  readonly in?: readonly string[];
  /** Of a slip: whether it concerns every use of the number. */
  readonly everywhere?: boolean;
  /** Of a slip: the number used. */
  readonly used?: number;
  /** Of a slip: the sample, from 0, that is left out, or the only one whose term is divided. */
  readonly sample?: number;
}

export interface Verdict {
  readonly status: DepartureStatus | 'unexplained';
  readonly explanation: string;
  /**
   * All departures that would explain the row, the most likely first; of an unexplained row, slips that explain no
   * other row.
   */
  readonly candidates: readonly Candidate[];
}

/** The minimum number of digits of rounded intermediate numbers. */
const carriedDigits = 3;
/** The maximum number of departures that a sentence lists. */
const shown = 12;
/** The maximum number of slips to list if only one row is evidence. */
const maxHints = 50;
/** The maximum number of rows that are searched for slips one by one. */
const maxAlone = 3;
/** The numbers of digits to try, from the largest, if a slip and rounding occur together. */
const roomDigits = [6, 5, 4, 3];
/** More bits than any evidence: a departure with this cost is chosen only if no other is left. */
const last = 1000;

/** The verdicts on the rows that disagree. */
export function explainRows(
  subject: Subject,
  requests: readonly Request[],
  rows: readonly Row[],
  base: readonly Reading[],
  maxListed: number,
): ReadonlyMap<number, Verdict> {
  const choice = new Choice(rows);
  choice.departures.push(...plainDepartures(rows, requests, subject.conventions(requests, base)));
  const hints = new Map<number, readonly Departure[]>();
  const taken = choice.isDecided ? undefined : subject.workings(requests);
  if (taken !== undefined) {
    const search = new Search(subject, taken, rows, choice);
    search.rounding();
    if (!choice.isDecided) search.slips();
    if (!choice.hasWhole) search.inherited({ whole: true });
    choice.weigh();
    choice.settle(['convention', 'rounded']);
    search.pairs();
    search.reach();
    choice.settle();
    search.roomySlips();
    choice.settle();
    search.inherited();
    choice.settle();
    search.doubtful(hints);
    const { left } = choice;
    for (const row of left.length > maxAlone ? [] : left) {
      if (taken.rows[row] >= 0) hints.set(row, search.hints(row));
    }
  }
  choice.settle();

  const verdicts = new Map<number, Verdict>();
  rows.forEach((row, r) => {
    if (row.agrees) return;
    const isTaken = (taken?.rows[r] ?? -1) >= 0;
    verdicts.set(r, verdict(r, choice.candidates(r), { isTaken, hints: hints.get(r), maxListed }));
  });
  return verdicts;
}

/** Whether a print is the computed number, rounded to three digits or more. */
function isRounding({ printed, computed }: Row): boolean {
  const magnitude = Math.floor(Math.log10(Math.abs(computed)));
  return Math.abs(printed.value - computed) <= 0.5 * 10 ** (magnitude - carriedDigits + 1);
}

/** Passes on the printed values, of rows with enough digits. */
function carrying(taken: Workings, rows: readonly Row[], isUsed: (row: Row) => boolean): Passing {
  const printedAt = new Map<number, Row>();
  taken.rows.forEach((cell, r) => {
    const { digits } = rows[r].printed;
    const known = printedAt.get(cell)?.printed.digits ?? carriedDigits;
    if (cell >= 0 && digits >= known && isUsed(rows[r])) printedAt.set(cell, rows[r]);
  });
  return (cell, value, changed) => {
    const row = printedAt.get(cell);
    return row === undefined || (changed && !fits(row, value)) ? value : row.printed.value;
  };
}

/** Rounding and slips, over the decomposed example. */
class Search {
  private readonly workings: Workings;
  private readonly rows: readonly Row[];
  private readonly choice: Choice;
  private readonly words: Words;
  /** Continues from the printed values of the rows that agree. */
  private readonly carried: Trials;
  private readonly rounder: Rounding;
  private readonly slipper: Slips;

  constructor(subject: Subject, taken: Workings, rows: readonly Row[], choice: Choice) {
    this.workings = taken;
    this.rows = rows;
    this.choice = choice;
    this.words = new Words(taken, subject.names(taken));
    const plain = new Trials(taken);
    this.carried = new Trials(
      taken,
      carrying(taken, rows, (row) => row.agrees),
    );
    const fromPrint = new Trials(
      taken,
      carrying(taken, rows, () => true),
    );
    this.rounder = new Rounding(taken, rows, plain);
    this.slipper = new Slips(taken, [plain, fromPrint]);
  }

  /** Rows that disagree and were decomposed. */
  private get wanted(): number[] {
    return this.choice.left.filter((row) => this.workings.rows[row] >= 0);
  }

  rounding(): void {
    const { carried, rows, workings, choice } = this;
    const values = new Map([...rows.keys()].flatMap((r) => (workings.rows[r] < 0 ? [] : [[r, carried.computed[r]]])));
    const { explains, breaks } = effectOf(
      rows,
      rows.map(({ computed }, r) => values.get(r) ?? computed),
    );
    const schemes: Rounded[] = this.rounder.single();
    if (explains.length > 0) schemes.unshift({ parts: [], carried: true, explains, breaks, values, tried: 1 });
    choice.departures.push(...schemes.map((scheme) => this.ofRounding(scheme)));
  }

  pairs(): void {
    const wanted = this.wanted.filter((row) => this.rounder.couldExplain(row));
    if (wanted.length === 0) return;
    this.choice.departures.push(...this.rounder.pairs(wanted).map((scheme) => this.ofRounding(scheme)));
  }

  private ofRounding(scheme: Rounded): Departure {
    const { parts, explains, breaks, values, tried, carried } = scheme;
    return {
      status: 'rounded',
      kind: carried ? 'carried' : parts.map(({ scope }) => scope.what).join(' and '),
      size: Math.max(1, parts.length),
      cost: Math.log2(tried) + priors.rounded,
      explains,
      breaks,
      value: (row) => values.get(row) ?? this.rows[row].computed,
      text: () => this.words.rounded(scheme),
      detail: () => ({ of: [...new Set(parts.flatMap(({ scope }) => this.words.addresses(scope.cells)))] }),
    };
  }

  /**
   * Rounding without a single scheme: a hand calculation rounds each number differently. It explains whatever is near, so
   * that a wrong sign, which gives all printed digits, is more likely.
   */
  reach(): void {
    for (const row of this.wanted) {
      const digits = this.rounder.digitsThatReach(row);
      if (digits === undefined || this.alone(row, { onlySigns: true }).length > 0) continue;
      this.choice.departures.push({
        status: 'rounded',
        kind: 'reach',
        size: 1,
        cost: last,
        explains: [row],
        breaks: [],
        value: () => this.rows[row].printed.value,
        text: () => `the intermediate numbers are rounded, each differently, to about ${digits} digits`,
        detail: () => ({}),
      });
    }
  }

  slips(): void {
    this.addSlips(this.slipper.find({ rows: this.rows, wanted: this.wanted, kept: this.kept }));
  }

  /**
   * A slip in a computation that also rounds intermediate numbers: with the minimum tolerance at which there is one.
   */
  roomySlips(): void {
    const wanted = this.wanted;
    if (wanted.length === 0) return;
    for (const digits of roomDigits) {
      const room = this.rounder.reach.map((reach) => reach * 10 ** (3 - digits));
      const found = this.slipper.findWhole({ rows: this.rows, wanted, kept: this.kept, room });
      if (found.length === 0) continue;
      this.addSlips(found, ', with intermediate numbers rounded');
      return;
    }
  }

  /**
   * The first wrong number, and what was calculated from it as it is printed. `whole`: only if that is all that is left. A number
   * that is merely rounded is left to rounding.
   */
  inherited({ whole = false } = {}): void {
    const { rows, wanted, kept } = this;
    const found = this.slipper.findInherited({ rows, wanted, kept });
    const isOff = ({ assumed }: Slip) => !isRounding(rows[assumed!]);
    this.addSlips(found.filter((slip) => isOff(slip) && (!whole || slip.explains.length === wanted.length)));
  }

  /**
   * Rows that a convention or rounding explains with little evidence, and that an update with the wrong sign gives to all
   * printed digits: the commonest error is as likely, so that the row counts as wrong.
   */
  doubtful(hints: Map<number, readonly Departure[]>): void {
    const { workings, choice } = this;
    for (const row of choice.doubtful) {
      const found = workings.rows[row] < 0 ? [] : this.alone(row, { onlySigns: true });
      const signs = found.filter(({ in: cells }) => cells.every((cell) => isUpdate(workings.cells[cell])));
      if (signs.length === 0) continue;
      this.choice.reject(row);
      hints.set(row, this.hintsOf(signs));
    }
  }

  /** Slips that would give one unexplained row. A single row cannot distinguish between them. */
  hints(row: number): readonly Departure[] {
    return this.hintsOf(this.alone(row));
  }

  /** The most likely first: wrong updates, then the kinds of which few were tried. */
  private hintsOf(slips: readonly Slip[]): Departure[] {
    const rank = ({ kind, in: [cell], of }: Slip) =>
      kind === 'sign' && isUpdate(this.workings.cells[cell]) ? (isGradient(this.workings.cells[of]) ? 0 : 1) : 2;
    return [...slips].sort((a, b) => rank(a) - rank(b) || a.tried - b.tried).map((slip) => this.ofSlip(slip));
  }

  /** Slips that give one row, and the later rows; or else wrong signs on the paper alone, with the right number used later. */
  private alone(row: number, { onlySigns = false } = {}): Slip[] {
    const { rows, kept, workings, slipper } = this;
    const search = { rows, wanted: [row], kept, onlySigns };
    const carried = slipper.findWhole(search, 1);
    if (carried.length > 0) return carried;
    const cell = workings.rows[row];
    const independent = kept.filter((other) => !workings.reach([cell], [workings.rows[other]]));
    return slipper.findWhole({ ...search, kept: independent, onlySigns: true }, 1);
  }

  private get kept(): number[] {
    return this.rows.flatMap((row, r) => (row.agrees && this.workings.rows[r] >= 0 ? [r] : []));
  }

  private addSlips(slips: readonly Slip[], suffix?: string): void {
    this.choice.departures.push(...slips.map((slip) => this.ofSlip(slip, suffix)));
  }

  private ofSlip(slip: Slip, suffix = ''): Departure {
    const { kind, explains, values, tried, used, sample, assumed } = slip;
    return {
      status: 'slip',
      kind,
      size: 1,
      cost: Math.log2(tried) + priors.slip,
      explains,
      ...(assumed !== undefined && { assumed }),
      breaks: [],
      value: (row) => values.get(row) ?? this.rows[row].computed,
      text: () => `${this.words.slip(slip)}${suffix}`,
      instead:
        kind === 'number'
          ? () => ({ used: this.words.used(slip), of: `${this.words.misread(slip)}${suffix}` })
          : undefined,
      detail: () => ({
        of: this.words.addresses([slip.of]),
        in: this.words.places(slip),
        ...(slip.extent === 'everywhere' && { everywhere: true }),
        ...(Number.isFinite(used) && { used }),
        ...(sample !== undefined && { sample }),
      }),
    };
  }
}

interface VerdictOptions {
  /** Whether the row's computation was searched. */
  readonly isTaken: boolean;
  readonly hints?: readonly Departure[];
  /** The maximum number of departures that the explanation lists. */
  readonly maxListed: number;
}

function verdict(r: number, found: readonly Departure[], { isTaken, hints = [], maxListed }: VerdictOptions): Verdict {
  const all = distinct(found.length > 0 ? found : hints);
  const candidates = [...all].map(
    ([text, { status, kind, value, explains, breaks, detail }]): Candidate => ({
      status,
      kind,
      text,
      value: value(r),
      rows: explains,
      breaks,
      ...detail(),
    }),
  );
  const departures = [...all.values()];
  if (found.length === 0) return { status: 'unexplained', ...unexplained(candidates, departures, isTaken, maxListed) };
  const { status } = candidates[0];
  const alike = departures.filter((each) => each.status === status);
  const other = departures.filter((each) => each.status !== status);
  const left = maxListed - alike.length;
  const also = other.length === 0 || left <= 0 ? '' : ` It would also follow if ${alternatives(other, left)}.`;
  return { status, explanation: `${sentence(candidates, alike, maxListed)}${also}`, candidates };
}

function distinct(departures: readonly Departure[]): ReadonlyMap<string, Departure> {
  const byText = new Map<string, Departure>();
  for (const departure of departures) {
    const text = departure.text();
    if (!byText.has(text)) byText.set(text, departure);
  }
  return byText;
}

function unexplained(
  candidates: readonly Candidate[],
  alike: readonly Departure[],
  isTaken: boolean,
  maxListed: number,
): Omit<Verdict, 'status'> {
  if (!isTaken) {
    const where = `only in small examples, and up to ${maxUpdates} updates`;
    return {
      explanation: `No other convention gives this value. The audit looks for rounding and slips ${where}.`,
      candidates,
    };
  }
  const none =
    'No other convention gives this value, and neither does rounding of intermediate numbers or a single slip that also explains another row.';
  if (candidates.length === 0) return { explanation: none, candidates };
  if (candidates.length > maxHints) {
    const many = `${none} More than ${maxHints} slips would each explain this row alone, so none of them is evidence.`;
    return { explanation: many, candidates: [] };
  }
  return {
    explanation: `${none} One row cannot prove a slip, but this row would follow if ${alternatives(alike, maxListed)}.`,
    candidates,
  };
}

/** Departures joined by "or", the first `most` of them. Alternatives for one number are listed together. */
function alternatives(departures: readonly Departure[], most: number): string {
  const picked = departures.length > most ? unlike(departures).slice(0, most) : departures;
  const phrases = new Map<string, string[]>();
  for (const { instead, text } of picked) {
    const { used, of } = instead?.() ?? { used: text(), of: '' };
    if (of === '') phrases.set(used, []);
    else phrases.set(of, [...(phrases.get(of) ?? []), used]);
  }
  const parts = [...phrases].map(([of, used]) =>
    used.length === 0 ? of : `${listed(used, shown, ', ', ' or ')} is used ${of}`,
  );
  const rest = departures.length - picked.length;
  if (rest > 0) return `${parts.join('; or if ')}; or in one of ${rest} more ways`;
  return listed(parts, shown, '; or if ', parts.length > shown ? '; or in one of ' : '; or if ');
}

/** Departures that differ in more than how often they occur, or which factor of a product has the sign: of the others, the first. */
function unlike(departures: readonly Departure[]): Departure[] {
  const first = new Map<string, Departure>();
  for (const each of departures) {
    const { of, used = '', in: places } = each.detail() as Partial<Candidate>;
    const what = each.kind === 'sign' ? places : `${of} ${used}`;
    const key = of === undefined ? each.text() : `${each.kind} ${what}`;
    if (!first.has(key)) first.set(key, each);
  }
  return [...first.values()];
}

function sentence([chosen]: readonly Candidate[], alike: readonly Departure[], maxListed: number): string {
  const follows = alternatives(alike, maxListed);
  const { length } = chosen.breaks;
  const spoiled = length === 1 ? 'one row that agrees' : `${length} rows that agree`;
  const though = length === 0 ? '' : `, but ${spoiled} would then disagree`;
  if (chosen.status !== 'slip') return `The printed value follows if ${follows}${though}.`;
  if (alike.length > 1) {
    return `${alike.length} slips would each explain this row and another one, so any of them can be the cause. The row follows if ${follows}.`;
  }
  const { explains, value, assumed } = alike[0];
  if (explains.length === 1) return `The printed value follows if ${follows}.`;
  const values = listed(
    explains.filter((row) => row !== assumed).map((row) => numberText(value(row))),
    shown,
  );
  if (assumed !== undefined) {
    const others = explains.length === 2 ? 'One other row follows' : `${explains.length - 1} other rows follow`;
    return `This is the first wrong number: ${follows}. ${others} from it: ${values}.`;
  }
  return `Only one slip explains both this row and ${explains.length === 2 ? 'another one' : `${explains.length - 1} others`}. They follow if ${follows}: ${values}.`;
}
