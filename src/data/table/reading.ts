/**
 * How the cells of a column were read in training: the marks of missing values that were added or taken away, and the spelling of
 * numbers or dates. A model stores it for each column, so that it reads other tables in the same way.
 */
import { cellsIn, profile } from './columns.ts';
import { type MarkChanges, marksOf } from './missing-marks.ts';
import { parseDateIn, parseNumberIn, type Spelling } from './spelling.ts';
import type { Cells, Column } from './table.ts';

/** Plain JSON. */
export interface ColumnReading extends MarkChanges, Spelling {}

/** The reading of a column as a property to be stored; nothing where it does not differ from the usual. */
export function storedReading(column: Column): { readonly reading?: ColumnReading } {
  const reading = { ...column.marking, ...profile(column).spelling };
  return Object.keys(reading).length === 0 ? {} : { reading };
}

/** The cells of a column, read as training read them. */
export function cellsAs(column: Column, reading: ColumnReading = {}): Cells {
  const { packed, marking = {} } = column;
  // what the reader of this table was told takes precedence over what training was told
  const missing = (reading.missing ?? []).filter((mark) => !marking.notMissing?.includes(mark));
  const values = (reading.notMissing ?? []).filter((mark) => !marking.missing?.includes(mark));
  const spelling = {
    ...(reading.numbers && { numbers: reading.numbers }),
    ...(reading.dates && { dates: reading.dates }),
  };
  const cells = packed === undefined ? cellsIn(restored(column, values), spelling) : packedCells(packed, spelling);
  if (missing.length === 0) return cells;
  const marks = marksOf({ missing, notMissing: values });
  const isMarked = (row: number) => {
    const cell = cells.text(row);
    return cell !== undefined && marks.has(cell);
  };
  return {
    text: (row) => (isMarked(row) ? undefined : cells.text(row)),
    number: (row) => (isMarked(row) ? Number.NaN : cells.number(row)),
    date: (row) => (isMarked(row) ? Number.NaN : cells.date(row)),
    has: (row) => cells.has(row) && !isMarked(row),
  };
}

/** The column with the cells that were read as missing because of one of these marks. */
function restored(column: Column, marks: readonly string[]): Column {
  const { unmarked } = column;
  if (marks.length === 0 || unmarked === undefined || !column.marks.some((mark) => marks.includes(mark))) return column;
  const isValue = new Set<string | undefined>(marks);
  return {
    ...column,
    values: column.values.map((cell, row) => cell ?? (isValue.has(unmarked[row]) ? unmarked[row] : cell)),
  };
}

/** The cells of a large table, whose texts are parsed again only where their spelling is not their own. */
function packedCells(packed: NonNullable<Column['packed']>, spelling: Spelling): Cells {
  const { spelling: own = {}, many } = packed.profile;
  const isOwn = many === true || JSON.stringify(own) === JSON.stringify(spelling);
  if (isOwn) return packed;
  const [toNumber, toDate] = [parseNumberIn(spelling), parseDateIn(spelling)];
  const parsed = (row: number, parse: typeof toNumber) => {
    const cell = packed.text(row);
    return cell === undefined ? Number.NaN : (parse(cell) ?? Number.NaN);
  };
  return {
    text: (row) => packed.text(row),
    number: (row) => parsed(row, toNumber),
    date: (row) => parsed(row, toDate),
    has: (row) => packed.has(row),
  };
}
