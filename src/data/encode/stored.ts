/** Checks of values that features and targets store alike: categories in canonical form, and columns whose values were counted. */
import { fail } from '../../base/errors.ts';
import { refuse } from '../../base/readers.ts';
import type { OptionPath } from '../../base/reference.ts';
import { show } from '../../base/show.ts';
import { type CellKind, canonical, type Profile } from '../table/columns.ts';
import { type Column, columnPlace, type Table } from '../table/table.ts';

/** Whether a value is written as training writes the values of its kind. */
function isCanonical(of: CellKind, value: string): boolean {
  if (of === 'boolean') return value === 'true' || value === 'false';
  return of === 'text' || (Number.isFinite(Number(value)) && canonical.number(value) === value && value.trim() !== '');
}

/** Throws an InputError for the first value that is not of its kind. */
export function checkCategories(
  { of, values }: { readonly of: CellKind; readonly values: readonly string[] },
  path: OptionPath,
): void {
  const at = values.findIndex((value) => !isCanonical(of, value));
  if (at !== -1) refuse(`${show(values[at])} is not a ${of}`, [...path, 'values', at]);
}

/** Throws an InputError for a column with so many values that they were not all kept: they cannot be categories. */
export function checkCountable({ many, counts }: Profile, table: Table, name: string, fix: string): void {
  if (!many) return;
  fail({ what: `there are more than ${counts.size} different values`, where: columnPlace(table, name), fix });
}

/** Throws an InputError for a column of a large table whose texts were not all kept, so that its categories are unknown. */
export function checkAllKept(table: Table, column: Column, of: CellKind): void {
  // a plain table keeps all of its texts
  const { kind, many, counts } = column.packed?.profile ?? {};
  // a number is its own text
  if (!many || (kind === 'number' && of === 'number')) return;
  fail({
    what: `there are more than ${counts!.size} different values, too many to keep of a large table`,
    where: columnPlace(table, column.name),
    fix: 'Pass fewer rows at a time.',
  });
}

/** A warning where "NaN" would be a category: it seldom is one. */
export function nanWarnings(name: string, { counts }: Profile): string[] {
  const found = [...counts.keys()].filter((value) => /^nan$/i.test(value));
  return found.map(
    (value) =>
      `"${name}": "${value}" is treated as a category. Pass missing: ["${value}"] if it marks a missing value.`,
  );
}
