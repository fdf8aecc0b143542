/**
 * The binary formats of tables, as columns of cells. A reader is loaded when there is such a file: hyparquet (MIT, small,
 * no dependencies) reads Parquet, Apache's own library (large, but the one that reads compressed files) Arrow; both run in
 * browsers. Neither is safe from a file that lies about itself: `guard.ts` sees to that.
 */
import { fail, InputError } from '../base/errors.ts';
import { fromLz4 } from './lz4.ts';
import type { Cell } from './read.ts';

/** Cells of a table that stands in memory as texts. */
const mostCells = 2 ** 28;

/** A cell of a binary format as one of a table: whole numbers of 64 bits as their digits, times as ISO 8601. */
function cellOf(value: unknown, place: () => string): Cell {
  if (value === null || value === undefined) return undefined;
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return String(value);
    default:
      if (value instanceof Date)
        return Number.isNaN(value.getTime()) ? undefined : value.toISOString().replace('T00:00:00.000Z', '');
      return fail({
        what: 'a cell is a list or a structure',
        where: place(),
        mend: 'Leave that column out, or spread it over columns of numbers and texts.',
      });
  }
}

export type Columns = Record<string, Cell[]>;

function checkSize(rows: number, columns: number, name: string): void {
  if (Number.isSafeInteger(rows) && rows >= 0 && rows * columns <= mostCells) return;
  fail({
    what: `it is said to hold ${rows} rows of ${columns} columns, more than fit into memory`,
    where: name,
    mend: 'Give it in parts, or with fewer columns.',
  });
}

/** Calls a library, whose errors are not ours. */
async function reading<T>(format: string, name: string, call: () => Promise<T> | T): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0].slice(0, 120);
    return fail({
      what: `it is not a whole ${format} file, or of a kind that is not read (${reason})`,
      where: name,
      mend: `Write it again, or as CSV.`,
    });
  }
}

export async function fromParquet(bytes: Uint8Array, name: string): Promise<Columns> {
  const [{ parquetMetadata, parquetReadObjects, parquetSchema }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  return reading('Parquet', name, async () => {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const metadata = parquetMetadata(file);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    checkSize(Number(metadata.num_rows), names.length, name);
    const rows = await parquetReadObjects({ file, metadata, compressors });
    const columns: Columns = Object.create(null) as Columns;
    for (const column of names) {
      columns[column] = rows.map((row, r) => cellOf(row[column], () => `${name}[${r}], column "${column}"`));
    }
    return columns;
  });
}

export async function fromArrow(bytes: Uint8Array, name: string): Promise<Columns> {
  const [{ CompressionType, compressionRegistry, DataType, tableFromIPC }, { compressors }] = await Promise.all([
    import('apache-arrow'),
    import('hyparquet-compressors'),
  ]);
  const text = (part: Uint8Array) => String.fromCharCode(...part);
  // the library looks for the end of a torn file for ever
  if (text(bytes.subarray(0, 6)) === 'ARROW1' && text(bytes.subarray(-6)) !== 'ARROW1') {
    fail({ what: 'it is not a whole Arrow file: its end is missing', where: name, mend: 'Fetch or write it again.' });
  }
  return reading('Arrow', name, () => {
    compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: fromLz4 });
    compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => compressors.ZSTD!(data, 0).slice() });
    const table = tableFromIPC(bytes);
    checkSize(table.numRows, table.numCols, name);
    const columns: Columns = Object.create(null) as Columns;
    table.schema.fields.forEach(({ name: column, type }, c) => {
      const values = table.getChildAt(c)!;
      const isTime = DataType.isDate(type) || DataType.isTimestamp(type);
      columns[column] = Array.from({ length: table.numRows }, (_, r) => {
        const value: unknown = values.get(r);
        const cell = isTime && value !== null ? new Date(Number(value)) : value;
        return cellOf(cell, () => `${name}[${r}], column "${column}"`);
      });
    });
    return columns;
  });
}
