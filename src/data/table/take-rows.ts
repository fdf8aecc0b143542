/** Some rows of a table as a table; its errors still name the lines of the file. */
import { sliceRows, TableBuilder } from '../read/packed-table.ts';
import { cellsIn, profile } from './columns.ts';
import type { Table } from './table.ts';

/** The given rows, from 0, ascending. A packed table stays packed. */
export function takeRows(table: Table, rows: readonly number[]): Table {
  const { columns, lines } = table;
  if (columns.some(({ packed }) => packed !== undefined)) return repacked(table, rows);
  return {
    ...table,
    rows: rows.length,
    columns: columns.map((column) => ({
      ...column,
      // the whole column decides, so that a few rows are not ambiguous
      ...(profile(column).spelling && { spelling: profile(column).spelling }),
      values: rows.map((row) => column.values[row]),
      ...(column.unmarked && { unmarked: rows.map((row) => column.unmarked![row]) }),
    })),
    lines: lines && rows.map((row) => lines[row]),
  };
}

function repacked({ name, format, columns, lines }: Table, rows: readonly number[]): Table {
  const builder = new TableBuilder({ name, format });
  const cells = columns.map((column) => cellsIn(column, {}));
  const header = columns.map((column) => column.name);
  for (let start = 0; start < rows.length; start += sliceRows) {
    const part = rows.slice(start, start + sliceRows);
    // column by column: a file keeps the cells of a column together
    const texts = cells.map((column) => part.map((row) => column.text(row)));
    builder.add(
      header,
      part.map((_, i) => texts.map((column) => column[i])),
      lines && part.map((row) => lines[row]),
    );
  }
  return builder.table();
}
