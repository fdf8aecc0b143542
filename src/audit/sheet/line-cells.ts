/** The part of the computation that one line of a sheet shows: from the line's number back to the numbers that it reads. */
import type { SheetWorkings } from './mistake.ts';

/** The maximum number of cells to search for one line. */
const maxCells = 400;

export interface LineCell {
  readonly cell: number;
  /** How many numbers of the sheet are between this cell and the line: 0 in the line's own formula. */
  readonly depth: number;
}

/**
 * The computed cells of a line, those nearest to its result first. Numbers that are filled in end the search, one step behind
 * them, because some formulas write the one before out (`y·(1 − y)` for ∂y/∂s); numbers that are not filled in were computed on
 * other paper, so that the search continues through them.
 */
export function lineCells(
  sheet: SheetWorkings,
  line: number,
  isOnSheet: (cell: number) => boolean,
  isFilled: (cell: number) => boolean,
): LineCell[] {
  const { workings } = sheet;
  const out: LineCell[] = [];
  const seen = new Set<number>([line]);
  let front = [{ cell: line, depth: 0, behind: 0 }];
  while (front.length > 0 && out.length < maxCells) {
    const next: typeof front = [];
    for (const { cell, depth, behind } of front) {
      out.push({ cell, depth });
      for (const operand of sheet.operands(cell)) {
        if (seen.has(operand) || workings.isGiven(operand) || workings.isConstant(operand)) continue;
        const filled = behind + (isFilled(operand) ? 1 : 0);
        if (filled > 1) continue;
        seen.add(operand);
        next.push({ cell: operand, depth: depth + (isOnSheet(operand) ? 1 : 0), behind: filled });
      }
    }
    front = next;
  }
  return out;
}
