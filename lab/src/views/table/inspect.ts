/** A table as the page shows it: its columns with their distributions, and its text if a link can hold it. */
import { type Column, describe, histogram, readTable, type Table, writeCsv } from 'chainrule/data';
import { maxLinkedBytes } from './limits.ts';
import { type ColumnInfo, maxColumns, type TableInfo } from './protocol.ts';

const bins = 16;

/** What the page shows of a table that was read from a file. */
export async function inspect(table: Table, file: Blob): Promise<TableInfo> {
  const { columns, leftOut = [], notes = [] } = table;
  const shown = columns.slice(0, maxColumns);
  const described = describe({ ...table, columns: shown });
  return {
    name: table.name,
    rows: table.rows,
    bytes: file.size,
    columns: described.columns.map((each, c): ColumnInfo => ({ ...each, histogram: histogram(shown[c], bins) })),
    names: columns.map(({ name }) => name),
    leftOut: leftOut.slice(0, maxColumns),
    notes,
    text: file.size > maxLinkedBytes ? undefined : await portableText(table, file),
  };
}

/**
 * The table as CSV text, as an experiment reads it: the file itself, or its cells written as CSV. Undefined if it is too large
 * for a link, or if the text would be read as another table.
 */
export async function portableText(table: Table, file: Blob): Promise<string | undefined> {
  const own = await textOf(file);
  if (own !== undefined && isSame(table, own)) return own;
  if (table.rows * table.columns.length > maxLinkedBytes) return undefined;
  const { columns, rows } = table;
  const cells = Array.from({ length: rows }, (_, row) => columns.map(({ values }) => values[row]));
  const text = writeCsv(
    columns.map(({ name }) => name),
    cells,
  );
  return text.length <= maxLinkedBytes && isSame(table, text) ? text : undefined;
}

async function textOf(file: Blob): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return undefined;
  }
}

/** Whether the text is read as the same cells with the same types. */
function isSame(table: Table, text: string): boolean {
  try {
    const other = readTable(text, { name: table.name });
    const types = (each: Table) => JSON.stringify(describe(each).columns);
    return other.rows === table.rows && types(other) === types(table) && other.columns.every(sameCells(table));
  } catch {
    return false;
  }
}

const sameCells =
  ({ columns }: Table) =>
  ({ values }: Column, c: number): boolean =>
    columns[c].values.every((cell, row) => cell === values[row]);
