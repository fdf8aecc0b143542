/** Checks of values that features and targets store alike: names of columns, categories in canonical form. */
import * as z from 'zod/mini';
import { listOf } from '../../base/checks.ts';
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import { type CellKind, canonical, type Profile, profile } from '../table/columns.ts';
import { type Column, columnPlace, type Table } from '../table/table.ts';

/** The maximum length of a currency or unit. */
const maxAffixLength = 32;

/** How a column was read in training, as a model stores it. */
const readingSchema = z.object({
  missing: z.optional(listOf(z.string())),
  notMissing: z.optional(listOf(z.string())),
  numbers: z.optional(
    z.object({
      decimal: z.enum(['.', ',']),
      group: z.optional(z.enum([',', '.', ' ', "'"])),
      prefix: z.optional(z.string().check(z.maxLength(maxAffixLength))),
      suffix: z.optional(z.string().check(z.maxLength(maxAffixLength))),
    }),
  ),
  dates: z.optional(z.enum(['dayFirst', 'monthFirst', 'yearFirst', 'monthName'])),
});

/** What a model stores of every column. */
export const columnFields = () => ({ name: columnName(), reading: z.optional(readingSchema) });

export const columnName = () => z.string().check(z.minLength(1, 'a column has no name'));

export const cellKind = z.enum(['number', 'boolean', 'text']);

/** Whether a value is written as training writes the values of its kind. */
function isCanonical(of: CellKind, value: string): boolean {
  if (of === 'boolean') return value === 'true' || value === 'false';
  return of === 'text' || (Number.isFinite(Number(value)) && canonical.number(value) === value && value.trim() !== '');
}

/** The first value that is not of its kind. */
export function categoryFault({ of, values }: { readonly of: CellKind; readonly values: readonly string[] }) {
  const at = values.findIndex((value) => !isCanonical(of, value));
  return at === -1 ? undefined : { what: `${show(values[at])} is not a ${of}`, path: ['values', at] };
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
