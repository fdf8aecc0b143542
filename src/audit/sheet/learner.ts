/**
 * What a line of a sheet must be: computed exactly; from the numbers that the learner wrote; or from those of them that are
 * wrong. With each, how far a result may be away because the numbers that it reads are rounded.
 */
import { type Passing, Trials } from '../trials.ts';
import type { Field } from './fields.ts';
import type { SheetWorkings } from './mistake.ts';

/** One way to compute: `of` says whose numbers are used. */
export interface Way {
  readonly of: 'exact' | 'written' | 'wrong';
  readonly trials: Trials;
}

/** The digits that a calculation by hand keeps at least. */
const minDigits = 3;
const maxDigits = 8;

/** Half a unit of the last digit, of so many digits. */
const halfOf = (value: number, digits: number) => 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);

export class Learner {
  readonly ways: readonly Way[];
  /** The field that each filled cell is passed on from: the first one of the sheet. */
  readonly filled = new Map<number, Field>();
  /** The fields that were marked as wrong so far. */
  readonly wrong = new Set<Field>();
  private readonly sheet: SheetWorkings;

  constructor(sheet: SheetWorkings, fields: readonly Field[]) {
    this.sheet = sheet;
    for (const field of fields) {
      if (field.cell >= 0 && !this.filled.has(field.cell)) this.filled.set(field.cell, field);
    }
    const written = [...this.filled.values()];
    const ways: Way[] = [{ of: 'exact', trials: new Trials(sheet.workings) }];
    if (written.some(({ agrees }) => !agrees))
      ways.push({ of: 'wrong', trials: this.passing(({ agrees }) => !agrees) });
    if (written.length > 0) ways.push({ of: 'written', trials: this.passing(() => true) });
    this.ways = ways;
  }

  private passing(isUsed: (field: Field) => boolean): Trials {
    const pass: Passing = (cell, value, changed) => {
      const field = this.filled.get(cell);
      return changed || field === undefined || !isUsed(field) ? value : field.printed.value;
    };
    return new Trials(this.sheet.workings, pass);
  }

  /** The value of a field's number, computed in a way from the numbers before it. */
  value({ cell, computed }: Field, { of, trials }: Way): number {
    if (of === 'exact') return computed;
    const { workings } = this.sheet;
    // a given number is what it is
    return workings.isGiven(cell) ? computed : workings.compute(cell, trials.base);
  }

  /** The nearest wrong fields that a field's number is computed from and that change it. */
  wrongBefore(field: Field): Field[] {
    return this.fieldsBefore(field).filter((before) => this.wrong.has(before));
  }

  /** The filled fields that a number is computed from, without those that lie behind others. */
  private fieldsBefore({ cell }: Field): Field[] {
    const { sheet, filled } = this;
    const out = new Set<Field>();
    const seen = new Set<number>();
    const visit = (at: number) => {
      for (const operand of sheet.operands(at)) {
        if (seen.has(operand)) continue;
        seen.add(operand);
        const known = filled.get(operand);
        if (known === undefined) visit(operand);
        else out.add(known);
      }
    };
    visit(cell);
    return [...out];
  }

  /**
   * How far a result may be away because each number before it is rounded to `digits` digits, or to those that are written. The
   * errors are independent, so they hardly ever exceed twice the root of the sum of their squares.
   */
  room(field: Field, { of, trials }: Way, digits = Math.max(minDigits, field.printed.digits)): number {
    if (field.cell < 0) return 0;
    const { workings } = this.sheet;
    const value = this.value(field, { of, trials });
    let sum = 0;
    let squares = 0;
    const halves = this.halves(field, of, Math.min(digits, maxDigits));
    for (const [cell, half] of halves) {
      const change = { cells: [cell], value: () => trials.base[cell] + half };
      // the value that the line is computed to, not the one that is written there
      const [moved] = trials.run(
        change,
        workings.dependents([cell]).filter((each) => each <= field.cell),
        [field.index],
      );
      const by = Math.abs(moved - value);
      if (!Number.isFinite(by)) continue;
      sum += by;
      squares += by * by;
    }
    return Math.min(sum, 2 * Math.sqrt(squares));
  }

  /** The numbers before a field, and half a unit of the last digit of each. */
  private halves({ cell }: Field, of: Way['of'], digits: number): Map<number, number> {
    const { sheet, filled } = this;
    const { workings } = sheet;
    const out = new Map<number, number>();
    const visit = (at: number) => {
      for (const operand of sheet.operands(at)) {
        if (out.has(operand) || workings.isGiven(operand) || workings.isConstant(operand)) continue;
        const field = filled.get(operand);
        const value = field?.printed.value ?? workings.values[operand];
        // −z is written with the digits of z
        const isWritten = workings.primitive(operand) !== 'neg' && value !== 0;
        const half = isWritten ? halfOf(value, digits) : 0;
        if (field === undefined || (of === 'exact' && !field.agrees)) {
          out.set(operand, half);
          visit(operand);
        } else {
          const isExact = field.agrees && Math.abs(value - field.computed) <= 1e-9 * Math.abs(value);
          out.set(operand, isExact ? 0 : Math.min(field.printed.half, halfOf(value, minDigits)));
        }
      }
    };
    visit(cell);
    return out;
  }
}
