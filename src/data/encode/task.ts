/** What a target column asks for: classes or a number. */
import type { CellKind, Profile } from '../table/columns.ts';

export type Task = 'classification' | 'regression';

// the contract's bounds: integers of at most 20 values with at least 10 rows each are classes
const maxIntegerClasses = 20;
const minRowsEach = 10;

/** The task that a target of one kind asks for, and why, as the end of "the target is …". */
export function inferTask({ kind, counts }: Profile & { readonly kind: CellKind }): { task: Task; why: string } {
  if (kind === 'text') return { task: 'classification', why: 'text' };
  if (kind === 'boolean') return { task: 'classification', why: 'true or false' };
  const integers = [...counts.keys()].every((value) => Number.isInteger(Number(value)));
  if (!integers) return { task: 'regression', why: 'a number' };
  if (counts.size > maxIntegerClasses) {
    return { task: 'regression', why: `an integer of more than ${maxIntegerClasses} values` };
  }
  return Math.min(...counts.values()) >= minRowsEach
    ? { task: 'classification', why: `an integer of ${counts.size} values with at least ${minRowsEach} rows each` }
    : { task: 'regression', why: `an integer, and not every value has ${minRowsEach} rows` };
}
