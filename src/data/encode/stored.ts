/** Checks of values that features and targets store alike: names of columns, categories in canonical form. */
import { fail } from '../../base/errors.ts';
import { choice, fields, list, optional, type Reader, refuse, satisfying, text } from '../../base/readers.ts';
import type { OptionPath } from '../../base/reference.ts';
import { show } from '../../base/show.ts';
import { type CellKind, canonical, type Profile, profile } from '../table/columns.ts';
import type { ColumnReading } from '../table/reading.ts';
import { type Column, columnPlace, type Table } from '../table/table.ts';

export const columnName: Reader<string> = (value, path) => text(value, path) || refuse('a column has no name', path);

/** The maximum length of a currency or unit. */
const maxAffixLength = 32;
const affix = satisfying<string>(
  (value) => typeof value === 'string' && value.length <= maxAffixLength,
  'it is not a short text',
);

/** How a column was read in training, as a model stores it. */
const readReading: Reader<ColumnReading> = fields({
  missing: optional(list(text)),
  notMissing: optional(list(text)),
  numbers: optional(
    fields({
      decimal: choice(['.', ',']),
      group: optional(choice([',', '.', ' ', "'"])),
      prefix: optional(affix),
      suffix: optional(affix),
    }),
  ),
  dates: optional(choice(['dayFirst', 'monthFirst', 'yearFirst', 'monthName'])),
}) as Reader<ColumnReading>;

/** What a model stores of every column. */
export const columnFields = { name: columnName, reading: optional(readReading) as Reader<ColumnReading> };

export const cellKind = choice(['number', 'boolean', 'text']);

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
  const { kind, many, counts } = profile(column);
  // a number is its own text
  if (!many || (kind === 'number' && of === 'number')) return;
  fail({
    what: `there are more than ${counts.size} different values, too many to keep of a large table`,
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
