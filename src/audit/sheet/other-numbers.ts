/** Mistakes in which another number is used: of another index, sample or time, or any other. */
import { isUpdate } from '../words.ts';
import { type Mistake, type MistakeKind, mistakeAt, type Rank, type SheetWorkings } from './mistake.ts';

/** Another number, and what it is beside the right one. */
interface Other {
  readonly cell: number;
  readonly kind: MistakeKind;
  readonly rank: Rank;
}

/** The numbers that can be taken for one, the likely ones first. `all`: also those that have nothing in common with it. */
function othersFor(sheet: SheetWorkings, of: number, all: readonly number[]): Other[] {
  const { workings } = sheet;
  const { time } = workings.cells[of];
  const out = new Map<number, Other>();
  const add = (cell: number | undefined, kind: MistakeKind, rank: Rank) => {
    if (cell !== undefined && cell !== of && !out.has(cell)) out.set(cell, { cell, kind, rank });
  };
  add(workings.at(of, time + 1), 'time', 0);
  add(workings.at(of, time - 1), 'time', 0);
  add(sheet.transposed(of), 'index', 0);
  const samples = sheet.samples(of).join(' ');
  for (const cell of sheet.tensorOf(of)) {
    add(cell, sheet.samples(cell).join(' ') === samples ? 'index' : 'sample', 0);
  }
  for (const cell of all) add(cell, 'number', 2);
  return [...out.values()];
}

/** Without the same number again, and without 0, which is the term left out. */
const unlike = (sheet: SheetWorkings, of: number, all: readonly number[]): Other[] => {
  const { values } = sheet.workings;
  return othersFor(sheet, of, all).filter(({ cell }) => values[cell] !== 0 && values[cell] !== values[of]);
};

/** One operand of a cell replaced. */
export function operandMistakes(sheet: SheetWorkings, cell: number, all: readonly number[]): Mistake[] {
  const { workings } = sheet;
  const { terms, from } = workings.cells[cell];
  const list = [...(terms ?? from)];
  const out: Mistake[] = [];
  const seen = new Set<number>();
  for (const [position, operand] of list.entries()) {
    if (operand < 0 || workings.isConstant(operand) || !sheet.isNamed(operand)) continue;
    // a square reads its number once
    const isSquare = terms === undefined && list.every((each) => each === operand);
    if (isSquare && seen.has(operand)) continue;
    seen.add(operand);
    const positions = isSquare ? [0, 1] : [position];
    for (const other of unlike(sheet, operand, all)) {
      const text = `${sheet.label(other.cell)} is used in place of ${sheet.label(operand)}`;
      const value = (now: Float64Array) => workings.computeWith(cell, now, positions, now[other.cell]);
      out.push(mistakeAt(cell, other.kind, other.rank, text, value));
    }
  }
  return [...out, ...definitionMistakes(sheet, cell, all)];
}

/** One argument of a complete definition replaced wherever it is in the formula. */
function definitionMistakes(sheet: SheetWorkings, cell: number, all: readonly number[]): Mistake[] {
  const { workings } = sheet;
  const found = workings.written.get(cell);
  if (found === undefined) return [];
  return found.args.flatMap((operand, argument) =>
    workings.isConstant(operand)
      ? []
      : unlike(sheet, operand, all).map((other) => {
          const text = `${sheet.label(other.cell)} is used in place of ${sheet.label(operand)}`;
          const value = (now: Float64Array) => workings.computeWithin(cell, now, argument, now[other.cell]);
          return mistakeAt(cell, other.kind, other.rank, text, value);
        }),
  );
}

/** The whole line is another number. A parameter that is not updated is a mistake of its own. */
export function copyMistakes(sheet: SheetWorkings, cell: number, all: readonly number[]): Mistake[] {
  const others = othersFor(sheet, cell, all).filter(
    ({ kind }) => kind !== 'time' || !isUpdate(sheet.workings.cells[cell]),
  );
  return others.map(({ cell: other, kind, rank }) =>
    mistakeAt(cell, kind, rank, `${sheet.label(other)} is written in its place`, (now) => now[other]),
  );
}
