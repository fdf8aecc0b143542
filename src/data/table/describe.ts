/** The contents of a table, and the planned encoding of each column, for `chainrule data`. */

import { quote } from '../../base/wording.ts';
import { defaultKind } from '../encode/choose-features.ts';
import { showDate } from '../encode/dates.ts';
import { reasonToLeaveOut } from '../encode/identifiers.ts';
import { inferTask } from '../encode/task.ts';
import { countedAs, mostFrequent, type Profile, presentNumbers, profile, summarizeOwn } from './columns.ts';
import { aTable, type Column, cellPlace, type LeftOut, type Table } from './table.ts';

export interface ColumnDescription {
  readonly name: string;
  /** `mixed`: most cells are numbers or dates, but not all. */
  readonly kind: Profile['kind'];
  readonly present: number;
  readonly missing: number;
  /** The texts that were read as missing, apart from the empty cell. */
  readonly marks: readonly string[];
  readonly distinct: number;
  /** There are more distinct values than that: in a large file, not all are counted. */
  readonly many?: boolean;
  /** For numbers. */
  readonly min?: number;
  readonly mean?: number;
  readonly max?: number;
  /** For dates, the earliest and the latest. */
  readonly first?: string;
  readonly last?: string;
  /** The most frequent values, up to five, unless the column is numeric. */
  readonly top?: readonly { readonly value: string; readonly rows: number }[];
  /** The encoding of the column as a feature, in words. */
  readonly asFeature: string;
  /** The task with the column as the target, in words. */
  readonly asTarget: string;
}

export interface TableDescription {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnDescription[];
  /** Columns of the file that cannot be used, and why. */
  readonly leftOut?: readonly LeftOut[];
  /** What was passed over, in sentences. */
  readonly notes?: readonly string[];
}

const shownValues = 5;

function describeFeature(table: Table, column: Column, found: Profile): string {
  const reason = reasonToLeaveOut(column, found);
  if (reason !== undefined) return `left out: ${reason}`;
  if (found.odd) return oddText(table, column, found.odd);
  const kind = defaultKind(found)!;
  const fill = found.missing === 0 ? '' : `; missing values filled with the ${kind.fillRule}`;
  return `${kind.preview(column, found)}${fill}`;
}

function oddText(table: Table, { name }: Column, { row, value, among }: NonNullable<Profile['odd']>): string {
  return `error: ${cellPlace(table, row, name)}: ${quote(value)} is not a ${among === 'dates' ? 'date' : 'number'}`;
}

function describeTarget(table: Table, column: Column, found: Profile): string {
  const { kind, counts, odd } = found;
  if (kind === 'empty') return 'error: it has no values';
  if (kind === 'mixed') return oddText(table, column, odd!);
  if (kind === 'date') return 'error: a date cannot be the target';
  const { task, why } = inferTask({ ...found, kind });
  if (task === 'regression') return `regression (${why})`;
  return counts.size === 1 ? 'error: only one class' : `classification, ${counts.size} classes (${why})`;
}

function describeColumn(table: Table, column: Column): ColumnDescription {
  const found = profile(column);
  const { kind, present, missing, counts } = found;
  const description = {
    name: column.name,
    kind,
    present,
    missing,
    marks: column.marks.filter((mark) => mark !== ''),
    distinct: counts.size,
    ...(found.many && { many: true }),
    asFeature: describeFeature(table, column, found),
    asTarget: describeTarget(table, column, found),
  };
  if (kind === 'empty') return description;
  if (kind === 'number') {
    const { min, mean, max } = summarizeOwn(presentNumbers(column));
    return { ...description, min, mean, max };
  }
  if (kind === 'date') {
    const { min, max } = summarizeOwn(presentNumbers(column, undefined, 'date'));
    return { ...description, first: showDate(min), last: showDate(max) };
  }
  const top = mostFrequent(countedAs(found), counts);
  return { ...description, top: top.slice(0, shownValues).map(([value, rows]) => ({ value, rows })) };
}

/** Describes each column of a table. It throws for a value that is no table only: the description reports errors that training would have. */
export function describe(table: Table): TableDescription {
  aTable(table, 'describe: table');
  const { name, rows, columns, leftOut, notes } = table;
  return {
    name,
    rows,
    columns: columns.map((column) => describeColumn(table, column)),
    ...(leftOut && { leftOut }),
    ...(notes && { notes }),
  };
}
