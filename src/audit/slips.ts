/**
 * Slips: what follows if one number, in one factor, were another number of the example, 0 or ±1, or had the other sign;
 * if one sample were left out there; if a divisor reached only one term of a sum. A slip may be made once or each time
 * that the step is repeated. It must set at least two rows right and spoil none.
 */
import { interval } from './printed.ts';
import { type Bounds, boundsOf, fits, type Row, type Trials } from './trials.ts';
import type { Workings } from './workings.ts';

/** How much of the computation makes the slip. */
export type Extent =
  /** One place of one number's computation. */
  | 'once'
  /** The computation of a whole tensor. */
  | 'tensor'
  /** Wherever the number is read. */
  | 'everywhere';

export interface Slip {
  readonly kind: 'number' | 'sign' | 'factor' | 'sample' | 'divisor';
  readonly extent: Extent;
  /** The number that is read wrongly; of a sample or divisor, the sum. */
  readonly of: number;
  /** The cells whose computation is wrong. */
  readonly in: readonly number[];
  /** Made at each step, not once. */
  readonly repeated: boolean;
  /** The number used instead; NaN where that differs from place to place. */
  readonly used: number;
  /** What the number used is; without it, a number as printed. */
  readonly source?: NumberSource;
  /** The sample left out, or whose term alone is divided; or the term, where it is not all of a sample's. */
  readonly sample?: number;
  readonly term?: number;
  /** A mean of the remaining samples is divided by their number. */
  readonly recounted?: boolean;
  readonly divisor?: string;
  readonly explains: readonly number[];
  readonly values: ReadonlyMap<number, number>;
  /** How many such slips were tried. */
  readonly tried: number;
}

export interface NumberSource {
  readonly value: number;
  readonly cells: readonly number[];
}

/** What is looked for: rows to set right, with the room that each row has besides half a unit. */
export interface Search {
  readonly rows: readonly Row[];
  readonly wanted: readonly number[];
  /** Rows that must stay right. */
  readonly kept: readonly number[];
  readonly room?: Float64Array;
}

interface Place {
  readonly extent: Extent;
  readonly of: number;
  readonly repeated: boolean;
  /** The wrongly computed cells, with the operands read wrongly; of `everywhere`, the number itself and no operands. */
  readonly cells: ReadonlyMap<number, readonly number[]>;
  /** The cells' operands are the arguments of their whole definitions. */
  readonly within: boolean;
  /** By cell: how many updates later than the place's first. */
  readonly later: ReadonlyMap<number, number>;
}

type Kind = Slip['kind'];
type Found = Omit<Slip, 'explains' | 'values' | 'tried'>;

/** A computation with a slip in it. */
interface Trial {
  readonly slip: Found;
  readonly cells: readonly number[];
  readonly value: (cell: number, now: Float64Array) => number;
}

const leastRows = 2;
/** Numbers that are used in place of others whether or not the example has them. */
const plain = [0, 1, -1];
/** Numbers computed in one search: a hundred million are about a second. */
const mostWork = { whole: 2e7, fromPrint: 6e6, room: 2e6, parts: 2e6, alone: 3e6 };
/** Every how many numbers a place is tried before the gaps that could hold a fit are filled. */
const stride = 12;

export class Slips {
  private readonly workings: Workings;
  /** Exactly, and going on from the printed values. */
  private readonly ways: readonly Trials[];
  private readonly sources: readonly NumberSource[];
  /** The same, those that change with time one by one. */
  private readonly moving: readonly NumberSource[];
  private readonly places: readonly Place[];
  private readonly few: readonly Trial[];
  private readonly groups = new Map<string, number[]>();

  constructor(workings: Workings, ways: readonly Trials[]) {
    this.workings = workings;
    this.ways = ways;
    for (let cell = 0; cell < workings.cells.length; cell++) {
      const key = this.groupKey(cell);
      const list = this.groups.get(key);
      if (list === undefined) this.groups.set(key, [cell]);
      else list.push(cell);
    }
    this.sources = this.collectSources();
    this.moving = this.sources.flatMap(({ value, cells }) => {
      const [moving, still] = [true, false].map((moves) => cells.filter((cell) => this.moves(cell) === moves));
      const alone = moving.map((cell) => ({ value, cells: [cell] }));
      return still.length > 0 || cells.length === 0 ? [...alone, { value, cells: still }] : alone;
    });
    this.places = this.nearestFirst(this.collectPlaces());
    this.few = [...this.samples(), ...this.divisors(), ...this.factors()];
  }

  /**
   * Slips that set at least two of the wanted rows right and spoil none of the kept: those that set all of them right, or
   * where there are none, those that set some right.
   */
  find(search: Search): Slip[] {
    const whole = this.findWhole(search);
    return whole.length > 0 ? whole : this.findParts(search);
  }

  private get work(): number {
    return this.ways.reduce((sum, { work }) => sum + work, 0);
  }

  private collector(search: Search, least = leastRows) {
    const out = new Map<string, Slip>();
    const counts = new Map<Kind, number>();
    for (const { slip } of this.few) counts.set(slip.kind, (counts.get(slip.kind) ?? 0) + 1);
    counts.set('number', this.places.length * this.sources.length);
    counts.set('sign', this.places.length + (counts.get('sign') ?? 0));
    const confirm = (trial: Trial, key: string) => {
      if (out.has(key)) return;
      const slip = this.assess(trial, search, least);
      if (slip !== undefined) out.set(key, { ...slip, tried: counts.get(slip.kind)! });
    };
    return { confirm, found: () => [...out.values()] };
  }

  /** One slip for all that is wrong: a trial ends with the first row that it does not explain. */
  findWhole(search: Search, least = leastRows): Slip[] {
    const { rows, wanted, kept, room } = search;
    if (wanted.length < least) return [];
    const bounds = boundsOf(this.workings, rows, [...wanted, ...kept], room);
    for (const [w, way] of this.ways.entries()) {
      const whole = w === 0 ? mostWork.whole : mostWork.fromPrint;
      const most = least === 1 ? mostWork.alone : room === undefined ? whole : mostWork.room;
      const found = this.findBy(way, search, bounds, least, this.work + most);
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
      const negated = this.negated(place);
      if (way.holds(negated, affected, bounds)) confirm(negated, `sign ${p}`);
      if (!this.isNumber(place.of)) return;
      const { trial, use } = this.replacing(place);
      const sources = place.repeated ? this.moving : this.sources;
      for (let k = 0; k < sources.length; k++) {
        use(sources[k]);
        if (!way.holds(trial, affected, bounds)) continue;
        const source = this.usable(sources[k], affected);
        if (source !== undefined) confirm(this.replaced(place, source), `number ${p} ${k}`);
      }
    });
    return found();
  }

  /** Printed numbers, however they came about, that later rows go on from. */
  findPrinted(search: Search): Slip[] {
    const { confirm, found } = this.collector(search);
    for (const row of search.wanted) {
      const of = this.workings.rows[row];
      const { value } = search.rows[row].printed;
      const slip = { kind: 'number', extent: 'everywhere', of, in: [of], repeated: false, used: value } as const;
      confirm({ slip, cells: [of], value: () => value }, `print ${row}`);
    }
    return found();
  }

  /** Several causes: whatever sets two rows right. */
  private findParts(search: Search): Slip[] {
    const { rows, wanted } = search;
    if (wanted.length < leastRows) return [];
    const { confirm, found: out } = this.collector(search);
    const isWanted = new Uint8Array(rows.length);
    for (const row of wanted) isWanted[row] = 1;
    const end = this.work + mostWork.parts;
    for (const [i, trial] of this.few.entries()) {
      const affected = this.workings.dependents(trial.cells);
      if (countWanted(this.ways[0].rowsAmong(affected), isWanted) < leastRows) continue;
      if (this.work < end) confirm(trial, `few ${i}`);
    }
    for (const [p, place] of this.places.entries()) {
      const cells = [...place.cells.keys()];
      const affected = this.workings.dependents(cells);
      const reached = this.ways[0].rowsAmong(affected);
      if (countWanted(reached, isWanted) < leastRows) continue;
      confirm(this.negated(place), `sign ${p}`);
      for (const way of this.isNumber(place.of) ? this.ways : []) {
        const found = this.scan(place, cells, affected, reached, way, search);
        if (this.work > end) return out();
        for (const k of found) {
          const source = this.usable(this.sources[k], affected);
          if (source !== undefined) confirm(this.replaced(place, source), `number ${p} ${k}`);
        }
      }
    }
    return out();
  }

  /** The effect of a slip over both ways to compute: a row is right where it is right in one of them. */
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
      // hands go on from what they wrote down
      const way = [...ways.keys()].findLast(isRight);
      if (way === undefined && !isWanted) return undefined;
      values.set(row, runs[way ?? 0][r]);
      // a row that is right going on from the print, without the slip, speaks for it only if it is right from the start too
      if (isWanted && ways.some((each, w) => isRight(w) && runs[w][r] !== each.computed[row])) explains.push(row);
    }
    return explains.length >= least ? { ...slip, explains, values } : undefined;
  }

  /**
   * The numbers that, used at a place, could set enough rows right. The rows are functions of one number there: they are
   * computed at every twelfth of the sorted numbers, and between two of them only where the prints lie between.
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
    const high = Float64Array.from(between, ([, most]) => most);
    const results = new Map<number, Float64Array>();
    const at = (k: number): Float64Array => {
      let result = results.get(k);
      if (result === undefined) {
        const { value } = this.replaced(place, sources[k]);
        result = way.run({ cells, value }, affected, reached);
        results.set(k, result);
      }
      return result;
    };
    /** Whether the rows between two results could fit; the slack is for rows that are not monotone in the number. */
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
      return hits >= leastRows;
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

  /** Whether people see it as a number of its own: it has a name or is a divisor, a sum or a difference. */
  private isNumber(cell: number): boolean {
    const { workings } = this;
    return (
      workings.cells[cell].scalar?.node.name !== undefined ||
      workings.isConstant(cell) ||
      workings.isSum(cell) ||
      workings.primitive(cell) === 'sub'
    );
  }

  /** A number that is computed from the misread one was not there to be used. */
  private usable(source: NumberSource, affected: Int32Array): NumberSource | undefined {
    const cells = source.cells.filter((cell) => !includes(affected, cell));
    return cells.length === 0 && source.cells.length > 0 && !plain.includes(source.value)
      ? undefined
      : { ...source, cells };
  }

  /** The trial of a place with one number after the other used there. */
  private replacing(place: Place): {
    readonly trial: Omit<Trial, 'slip'>;
    readonly use: (source: NumberSource) => void;
  } {
    const { workings } = this;
    let used: NumberSource = { value: 0, cells: [] };
    let moving: number | undefined;
    return {
      use: (source) => {
        used = source;
        const [cell] = source.cells;
        moving = place.repeated ? cell : undefined;
      },
      trial: this.using(place, (by, now) => {
        const shift = moving === undefined ? 0 : place.later.get(by)!;
        if (moving === undefined || shift === 0) return used.value;
        const other = workings.at(moving, workings.cells[moving].time + shift);
        if (other === undefined) return used.value;
        return other < by ? now[other] : workings.values[other];
      }),
    };
  }

  private replaced(place: Place, source: NumberSource): Trial {
    const { trial, use } = this.replacing(place);
    use(source);
    return { ...trial, slip: { ...this.described(place), kind: 'number', used: source.value, source } };
  }

  private negated(place: Place): Trial {
    const { workings } = this;
    return {
      slip: { ...this.described(place), kind: 'sign', used: -workings.values[place.of] },
      ...this.using(place, (by, now) => {
        const [position] = place.cells.get(by)!;
        if (position === undefined) return -workings.compute(by, now);
        const { terms, from } = workings.cells[by];
        const read = place.within ? workings.written.get(by)!.args : (terms ?? from);
        return -now[read[position]];
      }),
    };
  }

  private described(place: Place) {
    return { extent: place.extent, of: place.of, in: [...place.cells.keys()], repeated: place.repeated };
  }

  private using(place: Place, used: (by: number, now: Float64Array) => number): Omit<Trial, 'slip'> {
    const { workings } = this;
    return {
      cells: [...place.cells.keys()],
      value: (by, now) => {
        const positions = place.cells.get(by)!;
        const value = used(by, now);
        if (positions.length === 0) return value;
        return place.within
          ? workings.computeWithin(by, now, positions[0], value)
          : workings.computeWith(by, now, positions, value);
      },
    };
  }

  private groupKey(cell: number): string {
    const { group, time } = this.workings.cells[cell];
    return `${group} ${time}`;
  }

  /** The numbers of the example, sorted: what is given, and what has an address; and 0, 1, -1. */
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

  /** Where a number can be read wrongly: at one place, in the computation of one tensor, everywhere; once or each time. */
  private collectPlaces(): Place[] {
    const { workings } = this;
    const out: Place[] = [];
    const seen = new Set<string>();
    const add = (extent: Extent, of: number, cells: Map<number, number[]>, within = false) => {
      const key = `${within} ${keyOf(cells)}`;
      if (seen.has(key)) return;
      seen.add(key);
      const later = new Map([...cells.keys()].map((cell) => [cell, 0]));
      const place = { extent, of, cells, within, later, repeated: false };
      out.push(place);
      this.addRepeated(out, seen, place);
    };
    for (const [of, reads] of workings.reads.entries()) {
      const name = workings.cells[of].scalar?.node.name;
      if (name === 'count') continue;
      const isDivisor = workings.isConstant(of);
      const usable = isDivisor
        ? reads.filter(({ by, position }) => workings.primitive(by) === 'div' && position === 1)
        : reads;
      const byGroup = new Map<string, Map<number, number[]>>();
      for (const { by, position } of usable) {
        const key = this.groupKey(by);
        const cells = byGroup.get(key) ?? new Map<number, number[]>();
        cells.set(by, [...(cells.get(by) ?? []), position]);
        byGroup.set(key, cells);
      }
      // everywhere first: where that is one place, it is the simplest way to say so
      const isRow = this.ways[0].rowsAt.has(of);
      if (!isDivisor) {
        const all = new Map([...byGroup.values()].flatMap((cells) => [...cells]));
        add('everywhere', of, new Map([[of, []]]));
        // what is printed of it is then right
        if (isRow && all.size > 0) add('everywhere', of, all);
        else seen.add(`false ${keyOf(all)}`);
      }
      for (const cells of byGroup.values()) add('tensor', of, cells);
      for (const { by, position } of usable) add('once', of, new Map([[by, [position]]]));
    }
    for (const [cell, { args }] of workings.written) {
      for (const [argument, of] of args.entries()) add('once', of, new Map([[cell, [argument]]]), true);
    }
    return out;
  }

  /** A slip near what it spoils is the simpler explanation, and sooner tried. */
  private nearestFirst(places: readonly Place[]): Place[] {
    const reach = new Map(places.map((place) => [place, this.workings.dependents([...place.cells.keys()]).length]));
    return [...places].sort((a, b) => reach.get(a)! - reach.get(b)!);
  }

  /** The same place at every time. */
  private addRepeated(out: Place[], seen: Set<string>, place: Place): void {
    const { workings } = this;
    const { cells, within } = place;
    const start = Math.min(...[...cells.keys()].map((cell) => workings.cells[cell].time));
    const all = new Map(cells);
    const later = new Map([...cells.keys()].map((cell) => [cell, 0]));
    for (const [cell, positions] of cells) {
      if (workings.isGiven(cell)) return;
      const { time } = workings.cells[cell];
      for (let t = time + 1; ; t++) {
        const other = workings.at(cell, t);
        if (other === undefined || (within && !workings.written.has(other))) break;
        all.set(other, positions);
        later.set(other, t - time);
      }
    }
    if (all.size === cells.size) return;
    const key = `${within} ${keyOf(all)}`;
    if (seen.has(key) || start > 0) return;
    seen.add(key);
    out.push({ ...place, cells: all, later, repeated: true });
  }

  /** Changes of whole cells, by the sets of cells that one slip can concern: one, a tensor, and each of them repeated. */
  private sets(cell: number): { extent: Extent; cells: number[]; repeated: boolean }[] {
    const { workings } = this;
    const tensor = this.groups.get(this.groupKey(cell))!;
    const out: { extent: Extent; cells: number[]; repeated: boolean }[] = [
      { extent: 'once', cells: [cell], repeated: false },
    ];
    if (tensor[0] === cell && tensor.length > 1) out.push({ extent: 'tensor', cells: tensor, repeated: false });
    for (const { extent, cells } of [...out]) {
      const all = [...cells];
      for (const each of cells) {
        for (let t = workings.cells[each].time + 1; ; t++) {
          const other = workings.at(each, t);
          if (other === undefined) break;
          all.push(other);
        }
      }
      if (all.length > cells.length) out.push({ extent, cells: all, repeated: true });
    }
    return out;
  }

  /** The sums over samples, alone, by tensor, and all those of the gradients of a step together. */
  private sumSets(): { extent: Extent; cells: number[]; repeated: boolean }[] {
    const { workings } = this;
    const sums: number[] = [];
    workings.cells.forEach(({ samples }, cell) => {
      if (samples !== undefined && new Set(samples).size > 1) sums.push(cell);
    });
    const out = sums.flatMap((cell) => this.sets(cell));
    const isLoss = (cell: number) => /^loss(\.data)?$/.test(workings.cells[cell].scalar?.node.name ?? '');
    const times = [...new Set(sums.map((cell) => workings.cells[cell].time))];
    for (const cells of [
      ...times.map((time) => sums.filter((cell) => workings.cells[cell].time === time && !isLoss(cell))),
      ...times.map((time) => sums.filter((cell) => workings.cells[cell].time === time)),
      sums.filter((cell) => !isLoss(cell)),
      sums,
    ]) {
      const key = cells.join(' ');
      if (cells.length > 1 && !out.some((set) => set.cells.join(' ') === key)) {
        out.push({
          extent: 'everywhere',
          cells,
          repeated: new Set(cells.map((cell) => workings.cells[cell].time)).size > 1,
        });
      }
    }
    return out;
  }

  private samples(): Trial[] {
    const { workings } = this;
    const out: Trial[] = [];
    for (const { extent, cells, repeated } of this.sumSets()) {
      const samples = [...new Set(workings.cells[cells[0]].samples!)];
      for (const sample of samples) {
        for (const recounted of [false, true]) {
          const scale = recounted ? samples.length / (samples.length - 1) : 1;
          out.push({
            slip: { kind: 'sample', extent, of: cells[0], in: cells, repeated, used: Number.NaN, sample, recounted },
            cells,
            value: (cell, now) =>
              scale * this.partial(cell, now, (t) => (workings.cells[cell].samples![t] === sample ? 0 : 1)),
          });
        }
      }
    }
    return out;
  }

  private divisors(): Trial[] {
    const { workings } = this;
    const out: Trial[] = [];
    for (const { extent, cells, repeated } of this.sumSets()) {
      const divisors = cells.map((cell) => workings.divisor(cell));
      const [divisor] = divisors;
      if (divisor === undefined || divisor.value === 1) continue;
      const by = new Map(cells.map((cell, i) => [cell, divisors[i]?.value ?? 1]));
      const samples = [...workings.cells[cells[0]].samples!];
      const slip = {
        kind: 'divisor',
        extent,
        of: cells[0],
        in: cells,
        repeated,
        used: Number.NaN,
        divisor: divisor.text,
      } as const;
      for (const sample of new Set(samples)) {
        out.push({
          slip: { ...slip, sample },
          cells,
          value: (cell, now) =>
            this.partial(cell, now, (t) => (workings.cells[cell].samples![t] === sample ? 1 : by.get(cell)!)),
        });
      }
      if (cells.length > 1 || new Set(samples).size === samples.length) continue;
      for (let term = 0; term < samples.length; term++) {
        out.push({
          slip: { ...slip, term },
          cells,
          value: (cell, now) => this.partial(cell, now, (t) => (t === term ? 1 : by.get(cell)!)),
        });
      }
    }
    return out;
  }

  /** A sum with each term multiplied. */
  private partial(cell: number, now: Float64Array, times: (term: number) => number): number {
    const terms = this.workings.cells[cell].terms!;
    let total = 0;
    for (let t = 0; t < terms.length; t += 2) {
      total += times(t / 2) * (terms[t + 1] < 0 ? now[terms[t]] : now[terms[t]] * now[terms[t + 1]]);
    }
    return total;
  }

  /** A whole tensor with the other sign, or left out as a factor (taken as 1). */
  private factors(): Trial[] {
    const { workings } = this;
    const out: Trial[] = [];
    for (let cell = 0; cell < workings.cells.length; cell++) {
      if (workings.isGiven(cell) || workings.isConstant(cell)) continue;
      for (const { extent, cells, repeated } of this.sets(cell)) {
        if (extent !== 'tensor') continue;
        const slip = { extent, of: cell, in: cells, repeated } as const;
        out.push(
          {
            slip: { ...slip, kind: 'sign', used: Number.NaN },
            cells,
            value: (each, now) => -workings.compute(each, now),
          },
          { slip: { ...slip, kind: 'factor', used: 1 }, cells, value: () => 1 },
        );
      }
    }
    return out;
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

function keyOf(cells: ReadonlyMap<number, readonly number[]>): string {
  return [...cells].map(([cell, positions]) => `${cell}:${positions.join('.')}`).join(' ');
}
