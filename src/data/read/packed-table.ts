/**
 * Large tables, whose cells are stored as numbers. The distinct texts of a column are numbered as long as they are few; a
 * column with more of them is numeric, or of no use for training. The cells are profiled as they are added.
 */

import { showDate } from '../encode/dates.ts';
import { canonical, countedAs, KindCounter, kindWithSpelling, type Profile } from '../table/columns.ts';
import { type ColumnMarks, type MarkChanges, Marks } from '../table/missing-marks.ts';
import { normalForm } from '../table/normal-form.ts';
import { parseDateIn, parseNumberIn, type Spelling, spellingsOf } from '../table/spelling.ts';
import type { Cells, Column, LeftOut, Table } from '../table/table.ts';
import { SliceStore } from './slice-store.ts';

/** The number of cells of a column that are stored together. */
export const sliceRows = 4096;

/** The initial capacity of a column in rows: a table with many columns often has few rows. */
const firstRows = 16;

/** The maximum number of distinct texts that are kept of a column: more cannot be categories. */
const maxTexts = 10_000;

/** The stored value of a cell that is present, but whose text is not kept. */
const unkept = Number.POSITIVE_INFINITY;

class PackedColumn implements Column, Cells {
  readonly name: string;
  readonly marking?: MarkChanges;
  private readonly missing: ColumnMarks;
  private readonly store: SliceStore;
  private readonly slices: number[] = [];
  private readonly seen = new Set<string>();
  /** Distinct texts, by number, with their rows. */
  private readonly codes = new Map<string, number>();
  private readonly texts: string[] = [];
  private readonly counts: number[] = [];
  private readonly firsts: number[] = [];
  /** From this row on, the stored values are the numbers or dates themselves. */
  private switched = Number.POSITIVE_INFINITY;
  private direct?: 'numbers' | 'dates' | 'nothing';
  private counter = new KindCounter();
  /** The spelling in which cells are parsed after the switch. */
  private switchedSpelling: Spelling = {};
  private parse: (cell: string) => number | undefined = () => undefined;
  private rows = 0;
  private current: Float64Array;
  private values_?: readonly (string | undefined)[];
  private found?: Profile;
  /** The values of the distinct texts. */
  private numbers?: Float64Array;
  private dates?: Float64Array;

  constructor(name: string, marks: ColumnMarks, store: SliceStore) {
    this.name = name;
    this.missing = marks;
    const { missing, notMissing } = marks;
    if (missing ?? notMissing) this.marking = { ...(missing && { missing }), ...(notMissing && { notMissing }) };
    this.store = store;
    this.current = new Float64Array(firstRows);
  }

  add(given: string | undefined): void {
    const cell = given === undefined ? undefined : normalForm(given);
    const at = this.rows % sliceRows;
    if (at === this.current.length) {
      const longer = new Float64Array(Math.min(sliceRows, 4 * at));
      longer.set(this.current);
      this.current = longer;
    }
    this.current[at] = cell === undefined ? Number.NaN : this.encode(cell);
    this.rows++;
    if (at === sliceRows - 1) this.slices.push(this.store.put(this.current));
  }

  /** Adds missing cells up to the given number of rows, as another column begins later. */
  skip(rows: number): void {
    while (this.rows < rows) this.add(undefined);
  }

  private encode(cell: string): number {
    if (this.direct !== undefined) return this.encodeDirectly(cell, this.direct);
    const code = this.codes.get(cell);
    if (code !== undefined) {
      this.counts[code]++;
      return code;
    }
    if (this.missing.has(cell)) {
      this.seen.add(cell);
      return Number.NaN;
    }
    if (this.texts.length === maxTexts) {
      // the kept texts are profiled now, and later cells as they are added
      const found = spellingsOf(this.texts);
      if ('kind' in found) {
        this.switchedSpelling = found.spelling;
        this.counter = new KindCounter(found.spelling);
      }
      this.texts.forEach((text, k) => {
        this.counter.add(text, this.firsts[k], this.counts[k]);
      });
      this.direct = this.counter.mainKind ?? 'nothing';
      if (this.direct !== 'nothing') {
        const make = this.direct === 'numbers' ? parseNumberIn : parseDateIn;
        this.parse = make(this.switchedSpelling);
      }
      this.switched = this.rows;
      return this.encodeDirectly(cell, this.direct);
    }
    this.codes.set(cell, this.texts.length);
    this.counts.push(1);
    this.firsts.push(this.rows);
    return this.texts.push(cell) - 1;
  }

  private encodeDirectly(cell: string, as: NonNullable<PackedColumn['direct']>): number {
    // a number can mark a missing value only if the caller said so
    const isMarked = this.missing.missing !== undefined && this.missing.has(cell);
    const value = isMarked ? undefined : this.parse(cell);
    if (value !== undefined) {
      this.counter.addOne(as as 'numbers' | 'dates');
      return value;
    }
    if (this.missing.has(cell)) {
      this.seen.add(cell);
      return Number.NaN;
    }
    this.counter.add(cell, this.rows);
    return unkept;
  }

  /** The spelling of the column, which its profile finds. */
  private get read(): Spelling {
    return this.profile.spelling ?? {};
  }

  get marks(): readonly string[] {
    return [...this.seen];
  }

  get packed() {
    return this;
  }

  get profile(): Profile {
    this.found ??= this.profileNow();
    return this.found;
  }

  private profileNow(): Profile {
    const { counter } = this;
    if (this.direct === undefined) {
      this.texts.forEach((text, k) => {
        counter.add(text, this.firsts[k], this.counts[k]);
      });
    }
    const { present } = counter;
    const own = Object.keys(this.switchedSpelling).length > 0 ? this.switchedSpelling : undefined;
    const found = kindWithSpelling(counter, () => (this.direct === undefined ? this.texts : []), own);
    const counts = new Map<string, number>();
    const form = canonical[countedAs(found)];
    this.texts.forEach((text, k) => {
      const value = form(text);
      counts.set(value, (counts.get(value) ?? 0) + this.counts[k]);
    });
    return {
      ...found,
      present,
      missing: this.rows - present,
      counts,
      ...(this.direct !== undefined && { many: true }),
    };
  }

  private cell(row: number): number {
    const slice = Math.floor(row / sliceRows);
    return slice < this.slices.length
      ? this.store.get(this.slices[slice])[row % sliceRows]
      : this.current[row % sliceRows];
  }

  has(row: number): boolean {
    return !Number.isNaN(this.cell(row));
  }

  number(row: number): number {
    const cell = this.cell(row);
    if (row >= this.switched) return cell === unkept || this.direct !== 'numbers' ? Number.NaN : cell;
    this.numbers ??= Float64Array.from(this.texts, (text) => parseNumberIn(this.read)(text) ?? Number.NaN);
    return Number.isNaN(cell) ? cell : this.numbers[cell];
  }

  date(row: number): number {
    const cell = this.cell(row);
    if (row >= this.switched) return cell === unkept || this.direct !== 'dates' ? Number.NaN : cell;
    this.dates ??= Float64Array.from(this.texts, (text) => parseDateIn(this.read)(text) ?? Number.NaN);
    return Number.isNaN(cell) ? cell : this.dates[cell];
  }

  text(row: number): string | undefined {
    const cell = this.cell(row);
    if (Number.isNaN(cell)) return undefined;
    if (row < this.switched) return this.texts[cell];
    if (cell !== unkept) return this.direct === 'dates' ? showDate(cell) : String(cell);
    const { odd } = this.profile;
    return odd?.row === row ? odd.value : '…';
  }

  get values(): readonly (string | undefined)[] {
    this.values_ ??= Array.from({ length: this.rows }, (_, row) => this.text(row));
    return this.values_;
  }
}

export interface BuilderOptions {
  readonly name: string;
  readonly marks?: Marks;
  readonly format?: string;
  /** The number of bytes of cells that are kept in memory. */
  readonly inMemory?: number;
}

/** Builds a packed table from batches of records. */
export class TableBuilder {
  private readonly columns = new Map<string, PackedColumn>();
  private readonly store: SliceStore;
  private readonly marks: Marks;
  private readonly unusable = new Map<string, LeftOut>();
  private lines = new Uint32Array(sliceRows);
  private numbered = true;
  private readonly options: BuilderOptions;
  rows = 0;
  /** What the reader passed over, in sentences. */
  notes: readonly string[] = [];

  constructor(options: BuilderOptions) {
    this.options = options;
    this.store = new SliceStore(sliceRows, options.inMemory);
    this.marks = options.marks ?? new Marks();
  }

  private column(name: string): PackedColumn {
    let column = this.columns.get(name);
    if (column === undefined) {
      column = new PackedColumn(name, this.marks.of(name), this.store);
      column.skip(this.rows);
      this.columns.set(name, column);
    }
    return column;
  }

  /** Adds records of the columns in `header`, with as many cells each, and the line on which each starts. */
  add(
    header: readonly string[],
    records: readonly (readonly (string | undefined)[])[],
    lines?: ArrayLike<number>,
  ): void {
    if (records.length === 0) return;
    const columns = header.map((name) => this.column(name));
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c];
      for (const record of records) column.add(record[c]);
    }
    this.number(records.length, lines);
    if (columns.length < this.columns.size) for (const column of this.columns.values()) column.skip(this.rows);
  }

  private number(rows: number, lines: ArrayLike<number> | undefined): void {
    const end = this.rows + rows;
    if (lines === undefined) this.numbered = false;
    else {
      if (end > this.lines.length) {
        const longer = new Uint32Array(Math.max(2 * this.lines.length, end));
        longer.set(this.lines);
        this.lines = longer;
      }
      this.lines.set(lines, this.rows);
    }
    this.rows = end;
  }

  /** Leaves out a column, whose cells so far are discarded. */
  leaveOut(column: LeftOut): void {
    this.unusable.set(column.name, column);
    this.columns.delete(column.name);
  }

  /** Discards the table and its temporary file. Nothing may be added or read afterwards. */
  abandon(): void {
    this.store.close();
  }

  /** The table. Nothing may be added afterwards. */
  table(): Table {
    const { name, format } = this.options;
    return {
      name,
      rows: this.rows,
      columns: [...this.columns.values()],
      ...(this.numbered && { lines: this.lines.subarray(0, this.rows) }),
      ...(format !== undefined && { format }),
      ...(this.unusable.size > 0 && { leftOut: [...this.unusable.values()] }),
      ...(this.notes.length > 0 && { notes: this.notes }),
    };
  }
}
