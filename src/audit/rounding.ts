/**
 * Rounding of intermediate numbers to three significant digits or more before they are used. The schemes are: continue
 * from the printed values; round every number; round the numbers of one kind, of one tensor, or a single number;
 * combine two of these. Finally, it bounds the effect that any rounding could have.
 */
import { type Bounds, boundsOf, fits, type Row, type Trials } from './trials.ts';
import type { Workings } from './workings.ts';

/** Digits that a hand calculation keeps. */
const minDigits = 3;
const maxDigits = 6;

/** Significant digits, or decimals (with at least three significant digits left). */
export interface Grain {
  readonly unit: 'digits' | 'decimals';
  readonly count: number;
}

const grains: readonly Grain[] = (['digits', 'decimals'] as const).flatMap((unit) =>
  Array.from({ length: maxDigits - minDigits + 1 }, (_, i) => ({ unit, count: minDigits + i })),
);

function roundTo({ unit, count }: Grain, value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const magnitude = Math.floor(Math.log10(Math.abs(value)) + 1e-12);
  const significant = unit === 'digits' ? count : Math.max(count + magnitude + 1, minDigits);
  const decimals = significant - 1 - magnitude;
  const scaled = decimals >= 0 ? Math.abs(value) * 10 ** decimals : Math.abs(value) / 10 ** -decimals;
  // 0.145 is a hair below its decimal in float64: people round it up
  const whole = Math.floor(scaled * (1 + 1e-14) + 0.5);
  return (Math.sign(value) * whole) / (decimals >= 0 ? 10 ** decimals : 1 / 10 ** -decimals);
}

/** The rounded cells. */
export interface Scope {
  readonly what: 'everything' | 'kind' | 'tensor' | 'number';
  /** Of a kind: `output`, `gradient`. */
  readonly kind?: string;
  readonly cells: readonly number[];
}

export interface Rounded {
  readonly parts: readonly { readonly scope: Scope; readonly grain: Grain }[];
  /** Continue from the printed values of earlier rows. */
  readonly carried: boolean;
  readonly explains: readonly number[];
  readonly breaks: readonly number[];
  readonly values: ReadonlyMap<number, number>;
  /** The number of such schemes that were tried: the fewer, the stronger the evidence of a fit. */
  readonly tried: number;
}

/** The effect of a scheme on the rows that it reaches. */
function effect(
  rows: readonly Row[],
  reached: readonly number[],
  values: Float64Array,
): Omit<Rounded, 'parts' | 'carried' | 'tried'> {
  const explains: number[] = [];
  const breaks: number[] = [];
  const found = new Map<number, number>();
  reached.forEach((row, r) => {
    found.set(row, values[r]);
    const fit = fits(rows[row], values[r]);
    if (fit && !rows[row].agrees) explains.push(row);
    if (!fit && rows[row].agrees) breaks.push(row);
  });
  return { explains, breaks, values: found };
}

export class Rounding {
  private readonly workings: Workings;
  private readonly rows: readonly Row[];
  private readonly plain: Trials;
  /** Of the rows that agree. */
  private readonly bounds: Bounds;
  /** For each row, the change of its value if all intermediate numbers are rounded to three digits. */
  readonly reach: Float64Array;

  constructor(workings: Workings, rows: readonly Row[], plain: Trials) {
    this.workings = workings;
    this.rows = rows;
    this.plain = plain;
    const kept = rows.flatMap((row, r) => (row.agrees && workings.rows[r] >= 0 ? [r] : []));
    this.bounds = boundsOf(workings, rows, kept);
    this.reach = this.measure();
  }

  /**
   * The combined effect of an error of half a unit of the third digit in each number. The errors are independent, so
   * they hardly ever exceed twice the root of the sum of their squares.
   */
  private measure(): Float64Array {
    const { workings, rows, plain } = this;
    const total = new Float64Array(rows.length);
    const squares = new Float64Array(rows.length);
    for (let cell = 0; cell < workings.cells.length; cell++) {
      if (!this.isIntermediate(cell)) continue;
      const value = workings.values[cell];
      if (value === 0 || !Number.isFinite(value)) continue;
      const half = 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(value))) - minDigits + 1);
      const affected = workings.dependents([cell]);
      const reached = plain.rowsAmong(affected).filter((row) => workings.rows[row] !== cell);
      if (reached.length === 0) continue;
      const moved = plain.run({ cells: [cell], value: () => value + half }, affected, reached);
      reached.forEach((row, r) => {
        const by = Math.abs(moved[r] - plain.computed[row]);
        if (!Number.isFinite(by)) return;
        total[row] += by;
        squares[row] += by * by;
      });
    }
    return total.map((sum, row) => Math.min(sum, 2 * Math.sqrt(squares[row])));
  }

  private isIntermediate(cell: number): boolean {
    // −z is written with the digits of z
    return !this.workings.isGiven(cell) && !this.workings.isConstant(cell) && this.workings.primitive(cell) !== 'neg';
  }

  /** Whether rounding to three digits could change a row to its printed value at all. */
  couldExplain(row: number): boolean {
    const { printed, computed } = this.rows[row];
    return Math.abs(printed.value - computed) <= printed.half + 1.5 * this.reach[row];
  }

  /** The maximum number of digits at which rounding could change a row to its printed value. */
  digitsThatReach(row: number): number | undefined {
    const { printed, computed } = this.rows[row];
    for (let digits = maxDigits; digits >= minDigits; digits--) {
      const room = printed.half + this.reach[row] * 10 ** (minDigits - digits);
      if (Math.abs(printed.value - computed) <= room) return digits;
    }
    return undefined;
  }

  /** The schemes of one scope that correct at least one row. */
  single(): Rounded[] {
    const out: Rounded[] = [];
    if (!this.rows.some((row, r) => !row.agrees && this.workings.rows[r] >= 0 && this.couldExplain(r))) return out;
    const wanted = this.rows
      .flatMap(({ agrees }, r) => (agrees ? [] : [this.workings.rows[r]]))
      .filter((cell) => cell >= 0);
    const matters = (cell: number) => wanted.some((row) => row !== cell && this.workings.reach([cell], [row]));
    const wholes = this.wholes();
    const kinds = this.kinds();
    const tensors = this.tensors();
    const numbers = this.numbers().filter(({ cells: [cell] }) => matters(cell));
    for (const scopes of [wholes, kinds, tensors, numbers]) {
      const tried = scopes.length * grains.length;
      for (const scope of scopes) {
        const seen = new Set<string>();
        for (const grain of grains) {
          const signature = scope.cells.map((cell) => roundTo(grain, this.workings.values[cell])).join(' ');
          if (seen.has(signature)) continue;
          seen.add(signature);
          if (scope.what === 'number' && !this.keeps(scope.cells[0], grain)) continue;
          const result = this.try([{ scope, grain }]);
          if (result.explains.length > 0) out.push({ ...result, tried });
        }
      }
    }
    return out;
  }

  /** Two scopes, each rounded in its own way: the best of all pairs that correct a row of `wanted`. */
  pairs(wanted: readonly number[]): Rounded[] {
    const scopes = [...this.kinds(), ...this.tensors()];
    const parts = scopes.flatMap((scope) =>
      grains.filter(({ count }) => count <= 5).map((grain) => ({ scope, grain })),
    );
    const tried = (parts.length * (parts.length - 1)) / 2;
    const out: Rounded[] = [];
    if (tried * this.workings.cells.length > maxWork) return out;
    for (const [i, one] of parts.entries()) {
      for (const two of parts.slice(i + 1)) {
        if (one.scope === two.scope) continue;
        const result = this.try([one, two]);
        if (result.explains.some((row) => wanted.includes(row))) out.push({ ...result, tried });
      }
    }
    return out;
  }

  /**
   * Whether all rows that agree still do if one number is rounded; the row of the number itself is printed before
   * rounding.
   */
  private keeps(cell: number, grain: Grain): boolean {
    const { workings, plain, bounds } = this;
    const [low, high] = [bounds.low[cell], bounds.high[cell]];
    bounds.low[cell] = Number.NaN;
    bounds.high[cell] = Number.NaN;
    const value = (_: number, now: Float64Array) => roundTo(grain, workings.compute(cell, now));
    const keeps = plain.holds({ cells: [cell], value }, workings.dependents([cell]), bounds);
    bounds.low[cell] = low;
    bounds.high[cell] = high;
    return keeps;
  }

  private try(parts: Rounded['parts']): Omit<Rounded, 'tried'> {
    const { workings } = this;
    const grainOf = new Map<number, Grain>();
    for (const { scope, grain } of parts) for (const cell of scope.cells) grainOf.set(cell, grain);
    const seeds = [...grainOf.keys()];
    const affected = workings.dependents(seeds);
    const reached = this.plain.rowsAmong(affected);
    const values = this.plain.run({ cells: [], value: () => 0 }, affected, reached, undefined, (cell, value) => {
      const grain = grainOf.get(cell);
      return grain === undefined ? value : roundTo(grain, value);
    });
    return { parts, carried: false, ...effect(this.rows, reached, values) };
  }

  private wholes(): Scope[] {
    const all = this.cellsWhere(() => true);
    const shown = this.cellsWhere((cell) => this.workings.cells[cell].scalar !== undefined);
    return [all, shown].map((cells) => ({ what: 'everything', cells }));
  }

  private kinds(): Scope[] {
    const byKind = new Map<string, number[]>();
    for (const cell of this.cellsWhere(() => true)) {
      for (const kind of kindsOf(this.workings.cells[cell].scalar?.node.name)) {
        byKind.set(kind, [...(byKind.get(kind) ?? []), cell]);
      }
    }
    return [...byKind].map(([kind, cells]) => ({ what: 'kind', kind, cells }));
  }

  private tensors(): Scope[] {
    const byGroup = new Map<number, number[]>();
    for (const cell of this.cellsWhere(() => true)) {
      const { group } = this.workings.cells[cell];
      byGroup.set(group, [...(byGroup.get(group) ?? []), cell]);
    }
    return [...byGroup.values()].filter((cells) => cells.length > 1).map((cells) => ({ what: 'tensor', cells }));
  }

  private numbers(): Scope[] {
    return this.cellsWhere(() => true).map((cell) => ({ what: 'number', cells: [cell] }));
  }

  private cellsWhere(test: (cell: number) => boolean): number[] {
    const out: number[] = [];
    for (let cell = 0; cell < this.workings.cells.length; cell++) {
      if (this.isIntermediate(cell) && test(cell)) out.push(cell);
    }
    return out;
  }
}

/** The number of values computed while pairs are tried. */
const maxWork = 8e6;

/** The kind of a number, for rounding all of a kind. */
function kindsOf(name = ''): string[] {
  const call = /^(gradient|factor|updated)\((?:layers\.\d+\.(\w+))?/.exec(name);
  switch (call?.[1]) {
    case 'updated':
      return ['weight'];
    case 'factor':
      return ['factor'];
    case 'gradient':
      return ['gradient', call[2] === 'weight' || call[2] === 'bias' ? 'parameterGradient' : 'unitGradient'];
    default: {
      const of = /\.(output|sum|input)(\[mean\])?$/.exec(name);
      return of === null ? [] : [of[1]];
    }
  }
}
