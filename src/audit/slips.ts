/**
 * Slips: one factor uses another number of the example, 0 or ±1, or the opposite sign; a sum leaves out one sample; a
 * divisor applies to only one term of a sum. A slip may occur once or at each step. It must correct at least two rows
 * and break none.
 */

import { Misreading } from './misreading.ts';
import { placesOf } from './places.ts';
import { interval } from './printed.ts';
import type { Kind, NumberSource, Place, Search, Slip, Trial } from './slip.ts';
import { type Bounds, boundsOf, fits, type Trials } from './trials.ts';
import { wholeCellTrials } from './whole-cells.ts';
import type { Workings } from './workings.ts';

/** Numbers that are tried in place of others even if the example does not contain them. */
const plain = [0, 1, -1];
const minRows = 2;
/** Places by which a decimal point is shifted. */
const shifts = [1, -1, 2, -2];
/** The maximum number of values computed in one search: a hundred million take about a second. */
const maxWork = { whole: 2e7, fromPrint: 6e6, room: 2e6, parts: 2e6, alone: 3e6 };
/** The stride of the first pass over the numbers at a place; a second pass tries the gaps that can contain a fit. */
const stride = 12;

export class Slips {
  private readonly workings: Workings;
  /** Computed exactly, and continued from the printed values. */
  private readonly ways: readonly Trials[];
  private readonly sources: readonly NumberSource[];
  /** The same, with each update's numbers separate. */
  private readonly moving: readonly NumberSource[];
  private readonly places: readonly Place[];
  private readonly misreading: Misreading;
  private readonly few: readonly Trial[];

  constructor(workings: Workings, ways: readonly Trials[]) {
    this.workings = workings;
    this.ways = ways;
    this.sources = this.collectSources();
    this.moving = this.sources.flatMap(({ value, cells }) => {
      const [moving, still] = [true, false].map((moves) => cells.filter((cell) => this.moves(cell) === moves));
      const alone = moving.map((cell) => ({ value, cells: [cell] }));
      return still.length > 0 || cells.length === 0 ? [...alone, { value, cells: still }] : alone;
    });
    this.places = placesOf(workings, ways[0].rowsAt);
    this.misreading = new Misreading(workings);
    this.few = wholeCellTrials(workings);
  }

  /**
   * Slips that correct at least two of the wanted rows and break none of the kept ones: those that correct all wanted
   * rows, or if there are none, those that correct some.
   */
  find(search: Search): Slip[] {
    const whole = this.findWhole(search);
    return whole.length > 0 ? whole : this.findParts(search);
  }

  private get work(): number {
    return this.ways.reduce((sum, { work }) => sum + work, 0);
  }

  private collector(search: Search, least = minRows) {
    const out = new Map<string, Slip>();
    const counts = new Map<Kind, number>();
    for (const { slip } of this.few) counts.set(slip.kind, (counts.get(slip.kind) ?? 0) + 1);
    counts.set('number', this.places.length * this.sources.length);
    counts.set('sign', this.places.length + (counts.get('sign') ?? 0));
    counts.set('decimal', this.places.length * shifts.length);
    counts.set('inherited', search.wanted.length);
    const confirm = (trial: Trial, key: string) => {
      if (out.has(key)) return;
      const slip = this.assess(trial, search, least);
      if (slip !== undefined) out.set(key, { ...slip, tried: counts.get(slip.kind)! });
    };
    return { confirm, found: () => [...out.values()] };
  }

  /** One slip for all rows that disagree: a trial ends at the first row that it does not explain. */
  findWhole(search: Search, least = minRows): Slip[] {
    const { rows, wanted, kept, room } = search;
    if (wanted.length < least) return [];
    const bounds = boundsOf(this.workings, rows, [...wanted, ...kept], room);
    for (const [w, way] of this.ways.entries()) {
      const whole = w === 0 ? maxWork.whole : maxWork.fromPrint;
      const limit = least === 1 ? maxWork.alone : room === undefined ? whole : maxWork.room;
      const found = this.findBy(way, search, bounds, least, this.work + limit);
      if (found.length > 0) return found;
    }
    return [];
  }

  private findBy(way: Trials, search: Search, bounds: Bounds, least: number, end: number): Slip[] {
    const { workings, few, places } = this;
    const cells = search.wanted.map((row) => workings.rows[row]);
    const { confirm, found } = this.collector(search, least);
    few.forEach((trial, i) => {
      if (
        (!search.onlySigns || trial.slip.kind === 'sign') &&
        this.work < end &&
        workings.reach(trial.cells, cells) &&
        way.holds(trial, workings.dependents(trial.cells), bounds)
      ) {
        confirm(trial, `few ${i}`);
      }
    });
    places.forEach((place, p) => {
      const seeds = [...place.cells.keys()];
      if (this.work > end || !workings.reach(seeds, cells)) return;
      const affected = workings.dependents(seeds);
      const negated = this.misreading.negated(place);
      if (way.holds(negated, affected, bounds)) confirm(negated, `sign ${p}`);
      if (search.onlySigns) return;
      for (const shift of this.isNumber(place.of) ? shifts : []) {
        const shifted = this.misreading.shifted(place, shift);
        if (way.holds(shifted, affected, bounds)) confirm(shifted, `decimal ${p} ${shift}`);
      }
      if (!this.isNumber(place.of)) return;
      const { trial, use } = this.misreading.replacing(place);
      const sources = place.repeated ? this.moving : this.sources;
      for (let k = 0; k < sources.length; k++) {
        use(sources[k]);
        if (!way.holds(trial, affected, bounds)) continue;
        const source = this.usable(sources[k], affected);
        if (source !== undefined) confirm(this.misreading.replaced(place, source), `number ${p} ${k}`);
      }
    });
    return found();
  }

  /** Wrong printed numbers, whatever their origin, that other rows were calculated from. */
  findInherited(search: Search): Slip[] {
    const { confirm, found } = this.collector(search);
    for (const row of search.wanted) {
      const of = this.workings.rows[row];
      const { value } = search.rows[row].printed;
      const slip = {
        kind: 'inherited',
        extent: 'everywhere',
        of,
        in: [of],
        repeated: false,
        used: value,
        assumed: row,
      } as const;
      confirm({ slip, cells: [of], value: () => value }, `print ${row}`);
    }
    return found();
  }

  /** Several causes: any slip that corrects two rows. */
  private findParts(search: Search): Slip[] {
    const { rows, wanted } = search;
    if (wanted.length < minRows) return [];
    const { confirm, found: out } = this.collector(search);
    const isWanted = new Uint8Array(rows.length);
    for (const row of wanted) isWanted[row] = 1;
    const end = this.work + maxWork.parts;
    for (const [i, trial] of this.few.entries()) {
      const affected = this.workings.dependents(trial.cells);
      if (countWanted(this.ways[0].rowsAmong(affected), isWanted) < minRows) continue;
      if (this.work < end) confirm(trial, `few ${i}`);
    }
    for (const [p, place] of this.places.entries()) {
      const cells = [...place.cells.keys()];
      const affected = this.workings.dependents(cells);
      const reached = this.ways[0].rowsAmong(affected);
      if (countWanted(reached, isWanted) < minRows) continue;
      confirm(this.misreading.negated(place), `sign ${p}`);
      for (const way of this.isNumber(place.of) ? this.ways : []) {
        const found = this.scan(place, cells, affected, reached, way, search);
        if (this.work > end) return out();
        for (const k of found) {
          const source = this.usable(this.sources[k], affected);
          if (source !== undefined) confirm(this.misreading.replaced(place, source), `number ${p} ${k}`);
        }
      }
    }
    return out();
  }

  /** The combined effect of a slip over both ways to compute: a row is correct if it is correct in one of them. */
  private assess(
    { slip, cells, value }: Trial,
    { rows, wanted, kept, room }: Search,
    least: number,
  ): Omit<Slip, 'tried'> | undefined {
    const { ways } = this;
    const affected = this.workings.dependents(cells);
    const reached = ways[0].rowsAmong(affected);
    const runs = ways.map((way) => way.run({ cells, value }, affected, reached));
    const explains: number[] = [];
    const values = new Map<number, number>();
    for (const [r, row] of reached.entries()) {
      const isWanted = wanted.includes(row);
      if (!isWanted && !kept.includes(row)) continue;
      const isRight = (w: number) => fits(rows[row], runs[w][r], room?.[row]);
      // a person continues from the printed numbers
      const way = [...ways.keys()].findLast(isRight);
      if (way === undefined && !isWanted) return undefined;
      values.set(row, runs[way ?? 0][r]);
      // a row that is already correct when continued from the printed values is evidence for the slip only if it is also
      // correct when computed exactly
      if (isWanted && ways.some((each, w) => isRight(w) && runs[w][r] !== each.computed[row])) explains.push(row);
    }
    return explains.length >= least ? { ...slip, explains, values } : undefined;
  }

  /**
   * The numbers that could correct enough rows if used at a place. The rows are functions of the number there: they are
   * computed at every twelfth of the sorted numbers, and between two of these only if the printed values are between
   * the results.
   */
  private scan(
    place: Place,
    cells: readonly number[],
    affected: Int32Array,
    reached: readonly number[],
    way: Trials,
    { rows, wanted, kept, room }: Search,
  ): readonly number[] {
    const { sources } = this;
    const role = reached.map((row) =>
      wanted.includes(row) ? 1 : kept.includes(row) && fits(rows[row], way.computed[row], room?.[row]) ? 2 : 0,
    );
    const between = reached.map((row) => interval(rows[row].printed, room?.[row]));
    const low = Float64Array.from(between, ([least]) => least);
    const high = Float64Array.from(between, ([, limit]) => limit);
    const results = new Map<number, Float64Array>();
    const at = (k: number): Float64Array => {
      let result = results.get(k);
      if (result === undefined) {
        const { value } = this.misreading.replaced(place, sources[k]);
        result = way.run({ cells, value }, affected, reached);
        results.set(k, result);
      }
      return result;
    };
    /**
     * Whether the rows between two results could fit, with some tolerance for rows that are not monotone in the number.
     */
    const possible = (one: Float64Array, two: Float64Array, slack: number): boolean => {
      let hits = 0;
      for (let r = 0; r < role.length; r++) {
        if (role[r] === 0) continue;
        const [a, b] = one[r] < two[r] ? [one[r], two[r]] : [two[r], one[r]];
        const margin = slack * (b - a);
        const isOut = a - margin > high[r] || b + margin < low[r];
        if (role[r] === 2 && isOut) return false;
        if (role[r] === 1 && !isOut) hits++;
      }
      return hits >= minRows;
    };
    const found: number[] = [];
    const refine = (from: number, to: number) => {
      if (to - from <= 1 || !possible(at(from), at(to), 0.3)) return;
      const middle = (from + to) >>> 1;
      if (possible(at(middle), at(middle), 0)) found.push(middle);
      refine(from, middle);
      refine(middle, to);
    };
    const end = sources.length - 1;
    for (let k = 0; k <= end; k += stride) {
      if (possible(at(k), at(k), 0)) found.push(k);
      const next = Math.min(k + stride, end);
      if (next > k) refine(k, next);
      if (next === end && next % stride !== 0 && possible(at(end), at(end), 0)) found.push(end);
    }
    return found;
  }

  private moves(cell: number): boolean {
    const { time } = this.workings.cells[cell];
    return [-1, 1].some((by) => this.workings.at(cell, time + by) !== undefined);
  }

  /** Whether people see it as a separate number: it has a name or is a divisor, a sum or a difference. */
  private isNumber(cell: number): boolean {
    const { workings } = this;
    return (
      workings.cells[cell].scalar?.node.name !== undefined ||
      workings.isConstant(cell) ||
      workings.isSum(cell) ||
      workings.primitive(cell) === 'sub'
    );
  }

  /** A number that is computed from the misread one did not exist yet. */
  private usable(source: NumberSource, affected: Int32Array): NumberSource | undefined {
    const cells = source.cells.filter((cell) => !includes(affected, cell));
    return cells.length === 0 && source.cells.length > 0 && !plain.includes(source.value)
      ? undefined
      : { ...source, cells };
  }

  /** The numbers of the example, sorted: inputs, and numbers with an address; and 0, 1, -1. */
  private collectSources(): NumberSource[] {
    const { workings } = this;
    const byValue = new Map<number, number[]>(plain.map((value) => [value, []]));
    for (const [cell, { scalar }] of workings.cells.entries()) {
      const name = scalar?.node.name;
      if (name === undefined || name === 'count' || workings.isConstant(cell)) continue;
      const value = workings.values[cell];
      if (!Number.isFinite(value)) continue;
      byValue.set(value, [...(byValue.get(value) ?? []), cell]);
    }
    return [...byValue].map(([value, cells]) => ({ value, cells })).sort((a, b) => a.value - b.value);
  }
}

function countWanted(rows: readonly number[], isWanted: Uint8Array): number {
  let count = 0;
  for (const row of rows) count += isWanted[row];
  return count;
}

/** Whether ascending numbers include one. */
function includes(ascending: Int32Array, wanted: number): boolean {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle] < wanted) from = middle + 1;
    else to = middle;
  }
  return ascending[from] === wanted;
}
