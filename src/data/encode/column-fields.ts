/** The fields that features and targets store of every column. */
import { choice, fields, list, optional, type Reader, refuse, satisfying, text } from '../../base/readers.ts';
import type { ColumnReading } from '../table/reading.ts';

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
