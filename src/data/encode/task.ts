/** The task that a target column suggests: classification or regression. */
import type { CellKind, Profile } from '../table/columns.ts';

export type Task = 'classification' | 'regression';

// the contract's bounds: integers of at most 20 values with at least 10 rows each are classes
const maxIntegerClasses = 20;
const minRowsEach = 10;

/** The task that the cells of a target suggest, with the reason as the end of "the target is …". */
export function inferTask({ kind, counts }: Profile & { readonly kind: CellKind }): { task: Task; why: string } {
  if (kind === 'text') return { task: 'classification', why: 'text' };
  if (kind === 'boolean') return { task: 'classification', why: 'true or false' };
  const integers = [...counts.keys()].every((value) => Number.isInteger(Number(value)));
  if (!integers) return { task: 'regression', why: 'a number' };
  if (counts.size > maxIntegerClasses) {
    return { task: 'regression', why: `an integer with more than ${maxIntegerClasses} values` };
  }
  return Math.min(...counts.values()) >= minRowsEach
    ? { task: 'classification', why: `an integer with ${counts.size} values, each in at least ${minRowsEach} rows` }
    : { task: 'regression', why: `an integer, but not every value is in at least ${minRowsEach} rows` };
}
