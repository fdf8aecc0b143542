/** The mistakes that give a field's number: all of its line, and of the lines before it that are not filled in. */
import type { Change } from '../trials.ts';
import { writtenWrong } from './digits.ts';
import { earlyRoundings } from './early-rounding.ts';
import type { Field } from './fields.ts';
import { appliedMistakes, functionMistakes } from './function-mistakes.ts';
import type { Learner } from './learner.ts';
import { lineCells } from './line-cells.ts';
import type { Mistake, MistakeKind, Rank, SheetWorkings } from './mistake.ts';
import { operationMistakes } from './operation-mistakes.ts';
import { copyMistakes, operandMistakes } from './other-numbers.ts';
import { scaleMistakes } from './scale-mistakes.ts';

/** A mistake that gives the number. */
export interface Cause {
  readonly kind: MistakeKind;
  readonly text: string;
  /** Whether it starts from the learner's own earlier numbers. */
  readonly ofOwn: boolean;
  /** Whether it gives exactly what is written, not only to the written digits. */
  readonly isExact: boolean;
}

interface Tried extends Cause {
  /** Lower is more likely. */
  readonly order: number;
}

/** Mistakes are named where the digits are evidence: the expected number that fits by chance is below this. */
const maxChance = 0.3;
/** The digits that a value counts as if it is exactly that of a mistake. */
const exactDigits = 5;
/** An exact number with one or two digits may be any number of the example. */
const exactFor = (rank: Rank, digits: number) => (rank < 2 ? exactDigits : Math.min(exactDigits, digits + 1));
/** The digits of a number that is likely to be exact: it is rather that of a mistake than one that is written wrong. */
const fewDigits = 3;

/** What gives a field's number, the most likely first. */
export function causesOf(sheet: SheetWorkings, learner: Learner, field: Field, lines: ReadonlySet<number>): Cause[] {
  const written = ofWriting(learner, field);
  if (written !== undefined && field.printed.digits > fewDigits) return [written];
  const found = mistakesOf(sheet, learner, field, lines);
  if (written === undefined) return found;
  // that it happens to be any other number of the example is less likely
  return [...found.filter(({ isExact, kind }) => isExact && kind !== 'number'), written];
}

/** The mistakes in the computation that give a field's number, the most likely first. */
export function mistakesOf(sheet: SheetWorkings, learner: Learner, field: Field, lines: ReadonlySet<number>): Cause[] {
  const texts = new Set<string>();
  return new Finder(sheet, learner, field, lines)
    .all()
    .sort((a, b) => a.order - b.order)
    .filter(({ text }) => !texts.has(text) && texts.add(text));
}

function ofWriting(learner: Learner, field: Field): Cause | undefined {
  for (const way of learner.ways) {
    const wrong = writtenWrong(field.text, field.printed, learner.value(field, way));
    if (wrong !== undefined)
      return { ...wrong, isExact: false, ofOwn: way.of !== 'exact' && learner.wrongBefore(field).length > 0 };
  }
  return undefined;
}

class Finder {
  private readonly sheet: SheetWorkings;
  private readonly learner: Learner;
  private readonly field: Field;
  private readonly lines: ReadonlySet<number>;
  private readonly dependents = new Map<string, Int32Array>();
  private readonly out: Tried[] = [];

  constructor(sheet: SheetWorkings, learner: Learner, field: Field, lines: ReadonlySet<number>) {
    this.sheet = sheet;
    this.learner = learner;
    this.field = field;
    this.lines = lines;
  }

  all(): Tried[] {
    const { sheet, learner, field, lines } = this;
    const cells = lineCells(
      sheet,
      field.cell,
      (cell) => lines.has(cell),
      (cell) => learner.filled.has(cell),
    );
    const own = cells.filter(({ depth }) => depth === 0).map(({ cell }) => cell);
    const inner = own.filter((cell) => cell !== field.cell && !lines.has(cell));
    const read = [...new Set(own.flatMap((cell) => sheet.operands(cell)))].filter(
      (cell) => sheet.isNamed(cell) && !sheet.workings.isConstant(cell),
    );
    const isComputed = !sheet.workings.isGiven(field.cell);
    const near = (mistakes: readonly Mistake[], depth: number) => mistakes.map((mistake) => ({ mistake, depth }));
    const some = [
      ...near(copyMistakes(sheet, field.cell, []), -0.25),
      ...near(appliedMistakes(sheet, field.cell), 0),
      ...near(earlyRoundings(sheet, inner, read), 0.25),
      ...(isComputed ? near(scaleMistakes(sheet, field.cell), 0.5) : []),
      ...(isComputed ? cells : []).flatMap(({ cell, depth }) =>
        near(
          [...operationMistakes(sheet, cell), ...functionMistakes(sheet, cell), ...operandMistakes(sheet, cell, [])],
          depth,
        ),
      ),
    ];
    this.try(some);
    if (this.out.length > 0) return this.out;
    const others = this.namedCells();
    const any = [
      ...near(copyMistakes(sheet, field.cell, others), -0.25),
      ...(isComputed ? own : []).flatMap((cell) => near(operandMistakes(sheet, cell, others), 0)),
    ];
    this.try(any.filter(({ mistake }) => mistake.rank === 2));
    return this.out;
  }

  private namedCells(): number[] {
    const { sheet } = this;
    return [...sheet.workings.cells.keys()].filter((cell) => sheet.isNamed(cell) && !sheet.workings.isConstant(cell));
  }

  private try(tried: readonly { readonly mistake: Mistake; readonly depth: number }[]): void {
    const { learner, field } = this;
    const { value, half, digits } = field.printed;
    // those of the line itself are fewer, so that fewer digits are evidence
    const groupOf = ({ mistake, depth }: (typeof tried)[number]) => 2 * mistake.rank + (depth < 1 ? 0 : 1);
    const counts = [0, 0, 0, 0, 0, 0];
    for (const each of tried) counts[groupOf(each)]++;
    const needed = counts.map((count) => Math.min(exactDigits, Math.log10(Math.max(1, count) / maxChance)));
    for (const roomy of [false, true]) {
      for (const [w, way] of learner.ways.entries()) {
        const ofOwn = way.of !== 'exact' && learner.wrongBefore(field).length > 0;
        const room = roomy ? learner.room(field, way) : 0;
        for (const each of tried) {
          const { mistake, depth } = each;
          const result = this.run(mistake, w);
          const off = Math.abs(result - value);
          if (!(off <= (half + room) * (1 + 1e-9))) continue;
          const isExact = off <= 1e-9 * Math.abs(value) || off < 1e-12;
          if ((isExact ? exactFor(mistake.rank, digits) : digits) < needed[groupOf(each)]) continue;
          const order = 10 * mistake.rank + depth - (isExact ? 15 : 0) - (ofOwn ? 0.3 : 0);
          this.out.push({ kind: mistake.kind, text: mistake.text, ofOwn, isExact, order });
        }
      }
      if (this.out.length > 0) return;
    }
  }

  private run({ cells, value }: Mistake, w: number): number {
    const { sheet, learner, field, dependents } = this;
    const key = cells.join(' ');
    let affected = dependents.get(key);
    if (affected === undefined) {
      // the line's own number is the last one that matters
      affected = sheet.workings.dependents(cells).filter((cell) => cell <= field.cell);
      dependents.set(key, affected);
    }
    const change: Change = { cells, value };
    return learner.ways[w].trials.run(change, affected, [field.index])[0];
  }
}
