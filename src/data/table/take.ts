/** Some of a table's rows as a table; cells and lines are those of the file. */

import { sliceRows, TableBuilder } from '../read/packed.ts';
import { cellsOf } from './columns.ts';
import type { Table } from './table.ts';

/** `rows` from 0, ascending. A large table's are packed as it is. */
export function takeRows(table: Table, rows: readonly number[]): Table {
  const { columns, lines } = table;
  if (columns.some(({ packed }) => packed !== undefined)) return repacked(table, rows);
  return {
    ...table,
    rows: rows.length,
    columns: columns.map((column) => ({ ...column, values: rows.map((row) => column.values[row]) })),
    lines: lines && rows.map((row) => lines[row]),
  };
}

function repacked({ name, format, columns, lines }: Table, rows: readonly number[]): Table {
  const builder = new TableBuilder({ name, format });
  const cells = columns.map(cellsOf);
  const header = columns.map((column) => column.name);
  for (let start = 0; start < rows.length; start += sliceRows) {
    const part = rows.slice(start, start + sliceRows);
    // column by column: of a table in a file, a column's cells stand together
    const texts = cells.map((column) => part.map((row) => column.text(row)));
    builder.add(
      header,
      part.map((_, i) => texts.map((column) => column[i])),
      lines && part.map((row) => lines[row]),
    );
  }
  return builder.table();
}
