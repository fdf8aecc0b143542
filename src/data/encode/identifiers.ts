/** Columns whose texts are probably identifiers: names, codes and numbers of the rows themselves. */
import { cellsOf, type Profile } from '../table/columns.ts';
import type { Column } from '../table/table.ts';

/** With fewer rows, distinct texts mean nothing: three rows with three colours have no identifiers. */
export const minIdentifiers = 10;

/** Rows numbered 1, 2, 3 … under such a name reveal the file's order, which is often sorted by the target. */
const numberingName = /^(id|index|no|nr|#|row|row ?names?|row ?id)$|[ _-]id$|[a-z]I[dD]$/i;

function numbersTheRows(column: Column, { present, missing }: Profile): boolean {
  if (missing > 0 || present < minIdentifiers || !numberingName.test(column.name)) return false;
  const cells = cellsOf(column);
  const first = cells.number(0);
  for (let row = 1; row < present; row++) if (cells.number(row) !== first + row) return false;
  return true;
}

/** Why a column should not be a feature, as the end of "left out: …"; undefined if nothing is against it. */
export function reasonToLeaveOut(column: Column, found: Profile): string | undefined {
  const { kind, counts, present, many } = found;
  if (kind === 'empty') return 'it has no values';
  if (counts.size === 1) return 'it has the same value in every row';
  if (kind === 'text' && present >= minIdentifiers && counts.size > present / 2) {
    return counts.size === present
      ? 'every row has a different text'
      : `it has ${counts.size} different texts in ${present} rows`;
  }
  if (kind === 'text' && many) return `it has more than ${counts.size} different texts`;
  if (kind === 'number' && numbersTheRows(column, found)) return 'it numbers the rows';
  return undefined;
}
