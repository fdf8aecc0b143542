/**
 * Marks a sheet: the numbers of one step that a learner fills in. Each number is compared with the computed one, and with the
 * one that follows from the learner's own earlier numbers, so that one wrong number does not make the later ones wrong. A number
 * that is wrong is traced to the mistake in its own line.
 */
import { numberText } from '../../explain/numbers.ts';
import { auditSubject, type PrintedQuantity } from '../index.ts';
import type { Subject } from '../subject.ts';
import { writtenWrong } from './digits.ts';
import { type Field, readFields } from './fields.ts';
import { Learner } from './learner.ts';
import { type MistakeKind, SheetWorkings } from './mistake.ts';
import { type Cause, causesOf, mistakesOf } from './search.ts';
import {
  alternatives,
  count,
  cutOffText,
  listedNames,
  roundedText,
  sentence,
  shortText,
  slipText,
} from './sentences.ts';

/**
 * `right`; `fewDigits`: right as far as it goes, with fewer digits than the sheet asks for; `rounded`: right, if numbers were
 * rounded on the way; `cutOff`: right, but cut off instead of rounded; `follows`: right, given an earlier wrong number; `slip`: wrong, and a
 * mistake gives it; `wrong`: wrong, and no mistake was found that gives it.
 */
export type SheetStatus = 'right' | 'fewDigits' | 'rounded' | 'cutOff' | 'follows' | 'slip' | 'wrong';

export interface SheetMark {
  /** The position in the list of printed numbers. */
  readonly index: number;
  readonly quantity: string;
  readonly after: number;
  readonly printed: string;
  readonly computed: number;
  readonly status: SheetStatus;
  /** A sentence for the learner, without a number that is still to be filled in; empty if it is right. */
  readonly explanation: string;
  /** The mistakes that give the number, the most likely first. */
  readonly causes: readonly { readonly kind: MistakeKind | 'other'; readonly text: string }[];
  /** The positions of the wrong numbers that it follows from. */
  readonly follows: readonly number[];
}

export interface SheetOptions {
  /** The significant digits that the sheet asks for; default 3. A number that is exact may have fewer. */
  readonly digits?: number;
}

/** The maximum number of mistakes that a sentence names. */
const maxNamed = 2;
/** The maximum number of fields that are searched for slips anywhere in the example. */
const maxAudited = 3;

/**
 * Marks the filled fields of a sheet; empty ones are left out. Throws an InputError (naming `printed[i]`) for a value that is not
 * a number, and for an address that does not exist.
 */
export function markSheet(
  subject: Subject,
  printed: readonly PrintedQuantity[],
  options: SheetOptions = {},
): SheetMark[] {
  return new Marking(subject, printed, options).all();
}

class Marking {
  private readonly subject: Subject;
  private readonly printed: readonly PrintedQuantity[];
  private readonly digits: number;
  private readonly fields: readonly Field[];
  private readonly learner: Learner | undefined;
  private readonly sheet: SheetWorkings | undefined;
  /** The cells of all numbers of the sheet, filled in or not. */
  private readonly lines: ReadonlySet<number>;
  private readonly marks = new Map<number, SheetMark>();

  constructor(subject: Subject, printed: readonly PrintedQuantity[], { digits = 3 }: SheetOptions) {
    this.subject = subject;
    this.printed = printed;
    this.digits = digits;
    const { fields, workings } = readFields(subject, printed, digits);
    this.fields = fields;
    this.lines = new Set(workings?.rows.filter((cell) => cell >= 0));
    this.sheet = workings && new SheetWorkings(workings, subject.names(workings));
    this.learner = this.sheet && new Learner(this.sheet, this.fields);
  }

  all(): SheetMark[] {
    // in the order of computation: what a number follows from is marked before it
    const order = [...this.fields].sort((a, b) => a.cell - b.cell || a.index - b.index);
    for (const field of order) {
      const mark = this.mark(field);
      this.marks.set(field.index, mark);
      if (isWrong(mark)) this.learner?.wrong.add(field);
    }
    this.audit();
    return this.fields.map(({ index }) => this.marks.get(index)!);
  }

  private mark(field: Field): SheetMark {
    if (field.agrees) return this.right(field, field.computed, []);
    const follows = this.follows(field);
    if (follows !== undefined) return follows;
    const found = this.causes(field);
    const [first] = found;
    if (first?.kind === 'cutOff' && found.length === 1 && field.printed.digits >= this.digits)
      return this.made(field, 'cutOff', { causes: [first], explanation: cutOffText });
    if (first !== undefined) return this.made(field, 'slip', { causes: found, explanation: sentence(found) });
    if (this.isReached(field)) return this.made(field, 'rounded', { explanation: roundedText });
    const isShort = field.printed.digits < this.digits;
    return this.made(field, 'wrong', { explanation: isShort ? shortText(this.digits) : slipText('') });
  }

  private made(
    { index, text, computed }: Field,
    status: SheetStatus,
    {
      explanation = '',
      causes = [],
      follows = [],
    }: Partial<Pick<SheetMark, 'explanation' | 'causes' | 'follows'>> = {},
  ): SheetMark {
    const { quantity, after = 0 } = this.printed[index];
    const shown = causes.map(({ kind, text }) => ({ kind, text }));
    return { index, quantity, after, printed: text, computed, status, explanation, causes: shown, follows };
  }

  /** A field that is `value` to its digits, perhaps because of earlier fields. */
  private right(field: Field, value: number, from: readonly Field[]): SheetMark {
    const { printed } = field;
    const given = from.length === 0 ? '' : `, given your ${this.names(from)}`;
    const follows = from.map(({ index }) => index);
    const isExact = Math.abs(printed.value - value) <= 1e-9 * Math.abs(value);
    if (printed.digits < this.digits && !isExact) return this.fewDigits(field, given, follows);
    if (from.length === 0) return this.made(field, 'right');
    const explanation = `Right, given your ${this.names(from)}: correct ${from.length === 1 ? 'that' : 'those'} first.`;
    return this.made(field, 'follows', { explanation, follows });
  }

  /** A field with too few digits; they may be all that a mistake gives. */
  private fewDigits(field: Field, given: string, follows: readonly number[]): SheetMark {
    const { printed, computed, cell } = field;
    const { sheet, learner, lines } = this;
    const found = sheet && learner && cell >= 0 ? mistakesOf(sheet, learner, field, lines) : [];
    const causes = found.filter(({ isExact }) => isExact).slice(0, maxNamed);
    const so = printed.value === 0 ? 'It is not 0' : `Right to ${count(printed.digits, 'digit')}${given}`;
    const full = given === '' ? `; the full value is ${numberText(computed)}` : '';
    const also = causes.length === 0 ? '' : ` ${field.text} is also what follows if ${alternatives(causes)}.`;
    const explanation = `${so}${full}. Write ${count(this.digits, 'digit')}.${also}`;
    return this.made(field, 'fewDigits', { explanation, causes, follows });
  }

  private names(fields: readonly Field[]): string {
    return listedNames(
      fields.map(({ cell, index }) => (cell < 0 ? this.printed[index].quantity : this.sheet!.label(cell))),
    );
  }

  /** The mark of a field that is right, given the learner's other numbers, or given that those are rounded. */
  private follows(field: Field): SheetMark | undefined {
    const { learner } = this;
    if (learner === undefined || field.cell < 0) return undefined;
    const { value, half } = field.printed;
    // the same number is written twice
    const same = learner.filled.get(field.cell);
    if (same !== undefined && same !== field && !same.agrees && Math.abs(value - same.printed.value) <= half) {
      return this.right(field, same.printed.value, [same]);
    }
    const wrong = learner.wrongBefore(field);
    for (const roomy of [false, true]) {
      for (const way of learner.ways) {
        const expected = learner.value(field, way);
        const room = roomy ? learner.room(field, way) : 0;
        if (!(Math.abs(value - expected) <= (half + room) * (1 + 1e-9))) continue;
        const isOwn =
          way.of !== 'exact' &&
          wrong.length > 0 &&
          Math.abs(value - field.computed) > half + learner.room(field, learner.ways[0]);
        if (isOwn) return this.right(field, expected, wrong);
        if (field.printed.digits < this.digits) continue;
        const isCut = writtenWrong(field.text, field.printed, field.computed)?.kind === 'cutOff';
        const causes = isCut ? [{ kind: 'cutOff' as const, text: 'its last digit is cut off, not rounded' }] : [];
        return this.made(field, isCut ? 'cutOff' : 'rounded', {
          explanation: isCut ? cutOffText : roundedText,
          causes,
        });
      }
    }
    return undefined;
  }

  private isReached(field: Field): boolean {
    const { learner } = this;
    if (learner === undefined || field.cell < 0) return false;
    const { value, half } = field.printed;
    return learner.ways.some(
      (way) => Math.abs(value - learner.value(field, way)) <= half + learner.room(field, way, 3),
    );
  }

  private causes(field: Field): Cause[] {
    const { learner, sheet, lines } = this;
    if (learner === undefined || sheet === undefined || field.cell < 0) {
      const wrong = writtenWrong(field.text, field.printed, field.computed);
      return wrong === undefined ? [] : [{ ...wrong, ofOwn: false, isExact: false }];
    }
    return causesOf(sheet, learner, field, lines).slice(0, maxNamed);
  }

  /** Fields without a cause are searched for slips anywhere in the example, as a print is. */
  private audit(): void {
    const wrong = this.fields.filter(
      ({ index, printed }) => this.marks.get(index)!.status === 'wrong' && printed.digits >= this.digits,
    );
    if (wrong.length === 0 || wrong.length > maxAudited) return;
    const asked = this.printed.map((row, i) => {
      const isAsked = this.marks.get(i)?.status === 'right' || wrong.some(({ index }) => index === i);
      return isAsked ? row : { ...row, value: '' };
    });
    const { rows } = auditSubject(this.subject, asked, { maxListed: maxNamed });
    const places = asked.flatMap(({ value }, i) => (value.trim() === '' ? [] : [i]));
    for (const [r, { status, explanation, candidates }] of rows.entries()) {
      const mark = this.marks.get(places[r])!;
      if (mark.status !== 'wrong' || status === 'agrees' || status === 'rounded' || candidates.length === 0) continue;
      const causes = candidates.slice(0, maxNamed).map(({ text }) => ({ kind: 'other' as const, text }));
      this.marks.set(places[r], { ...mark, status: 'slip', explanation: slipText(explanation), causes });
    }
  }
}

/** Whether later numbers can only be right given this one. */
const isWrong = ({ status, follows }: SheetMark) => status === 'slip' || status === 'wrong' || follows.length > 0;
