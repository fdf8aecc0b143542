/** What a table holds and what training would do with each column, for `chainrule data`. */

import { cyclesIn, showDate } from '../encode/dates.ts';
import { reasonToLeaveOut } from '../encode/features.ts';
import { inferTask } from '../encode/task.ts';
import { quote } from '../words.ts';
import { countedAs, mostFrequent, type Profile, presentNumbers, profile, summarizeOwn } from './columns.ts';
import { type Column, cellPlace, type Table } from './table.ts';

export interface ColumnDescription {
  readonly name: string;
  /** `mixed`: most cells are numbers, but not all. */
  readonly kind: Profile['kind'];
  readonly present: number;
  readonly missing: number;
  /** The texts that were read as missing, other than the empty cell. */
  readonly marks: readonly string[];
  readonly distinct: number;
  /** There are more distinct values than that: of a large file only so many are counted. */
  readonly many?: boolean;
  /** Of numbers. */
  readonly min?: number;
  readonly mean?: number;
  readonly max?: number;
  /** Of dates, the earliest and the latest. */
  readonly first?: string;
  readonly last?: string;
  /** The most frequent values of what is no number, up to five. */
  readonly top?: readonly { readonly value: string; readonly rows: number }[];
  /** What training does with the column where it is not the target. */
  readonly asFeature: string;
  /** What training does with it as `target`. */
  readonly asTarget: string;
}

export interface TableDescription {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnDescription[];
}

const shownValues = 5;

function describeFeature(table: Table, column: Column, found: Profile): string {
  const reason = reasonToLeaveOut(column, found);
  if (reason !== undefined) return `left out: ${reason}`;
  if (found.odd) return oddText(table, column, found.odd);
  if (found.kind === 'date') {
    const told = cyclesIn(presentNumbers(column, undefined, 'date')).map((cycle) => `the time of the ${cycle}`);
    const gaps = found.missing === 0 ? '' : '; gaps filled with the median';
    return `a date, as days${told.length > 0 ? ` and ${told.join(', ')}` : ''}${gaps}`;
  }
  const categories = found.kind === 'number' ? undefined : found.counts.size;
  const inputs = categories === undefined ? 'a number' : `${categories} inputs, one for each value`;
  if (found.missing === 0) return inputs;
  return `${inputs}; gaps filled with the ${categories === undefined ? 'median' : 'most frequent value'}`;
}

function oddText(table: Table, { name }: Column, { row, value, among }: NonNullable<Profile['odd']>): string {
  return `error: ${cellPlace(table, row, name)}: ${quote(value)} is not a ${among === 'dates' ? 'date' : 'number'}`;
}

function describeTarget(table: Table, column: Column, found: Profile): string {
  const { kind, counts, odd } = found;
  if (kind === 'empty') return 'error: it has no value';
  if (kind === 'mixed') return oddText(table, column, odd!);
  if (kind === 'date') return 'error: a date is no target';
  const { task, why } = inferTask({ ...found, kind });
  if (task === 'regression') return `regression: ${why}`;
  return counts.size === 1 ? 'error: one class only' : `classification, ${counts.size} classes: ${why}`;
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
  const top = mostFrequent(countedAs(kind), counts);
  return { ...description, top: top.slice(0, shownValues).map(([value, rows]) => ({ value, rows })) };
}

/** Describes each column of a table; nothing throws, what training would refuse is said as an error. */
export function describe(table: Table): TableDescription {
  return { name: table.name, rows: table.rows, columns: table.columns.map((column) => describeColumn(table, column)) };
}
