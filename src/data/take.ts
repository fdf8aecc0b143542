/** Some of a table's rows as a table; cells and lines are those of the file. */
import type { Table } from './table.ts';

/** `rows` from 0, in the order wanted. */
export function takeRows(table: Table, rows: readonly number[]): Table {
  const of = <T>(values: readonly T[]) => rows.map((row) => values[row]);
  return {
    ...table,
    rows: rows.length,
    columns: table.columns.map((column) => ({ ...column, values: of(column.values) })),
    lines: table.lines && of(table.lines),
  };
}
