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

/** Rows of one part. */
const partRows = 8192;

/** Columns of many rows in parts of fewer, their cells as a table's. `first` is the row of the first, for errors. */
function* inParts(
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  first: number,
  name: string,
): Generator<Columns> {
  const names = Object.keys(columns);
  const rows = Math.max(0, ...names.map((column) => columns[column].length));
  for (let start = 0; start < rows; start += partRows) {
    const part: Columns = Object.create(null) as Columns;
    for (const column of names) {
      const cells = columns[column];
      part[column] = Array.from({ length: Math.min(partRows, rows - start) }, (_, r) =>
        cellOf(cells[start + r], () => `${name}[${first + start + r}], column "${column}"`),
      );
    }
    yield part;
  }
}

/** Parts of a Parquet file, a row group read at a time; a file without rows has one part, of columns without cells. */
export async function* parquetParts(bytes: Uint8Array, name: string): AsyncGenerator<Columns> {
  const [{ parquetMetadata, parquetRead, parquetSchema }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const { metadata, names } = await reading('Parquet', name, () => {
    const found = parquetMetadata(file);
    const names = parquetSchema(found).children.map(({ element }) => element.name);
    checkSize(Number(found.num_rows), names.length, name);
    return { metadata: found, names };
  });
  const empty = () => {
    const columns: Columns = Object.create(null) as Columns;
    for (const column of names) columns[column] = [];
    return columns;
  };
  if (Number(metadata.num_rows) === 0) yield empty();
  let start = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rows = Number(num_rows);
    checkSize(rows, names.length, name);
    const columns = await reading('Parquet', name, async () => {
      const found: Record<string, unknown[]> = empty();
      for (const column of names) found[column].length = rows;
      await parquetRead({
        file,
        metadata,
        compressors,
        rowStart: start,
        rowEnd: start + rows,
        onChunk({ columnName, columnData, rowStart }) {
          for (let r = 0; r < columnData.length; r++) {
            const at = rowStart - start + r;
            if (at < rows) found[columnName][at] = columnData[r];
          }
        },
      });
      return found;
    });
    yield* inParts(columns, start, name);
    start += rows;
  }
}

/** Parts of an Arrow file or stream, a record batch read at a time. */
export async function* arrowParts(bytes: Uint8Array, name: string): AsyncGenerator<Columns> {
  const [{ CompressionType, compressionRegistry, DataType, RecordBatchReader }, { compressors }] = await Promise.all([
    import('apache-arrow'),
    import('hyparquet-compressors'),
  ]);
  const text = (part: Uint8Array) => String.fromCharCode(...part);
  // the library looks for the end of a torn file for ever
  if (text(bytes.subarray(0, 6)) === 'ARROW1' && text(bytes.subarray(-6)) !== 'ARROW1') {
    fail({ what: 'it is not a whole Arrow file: its end is missing', where: name, mend: 'Fetch or write it again.' });
  }
  const reader = await reading('Arrow', name, () => {
    compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: fromLz4 });
    compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => compressors.ZSTD!(data, 0).slice() });
    return RecordBatchReader.from(bytes).open();
  });
  let start = 0;
  for (;;) {
    const part = await reading('Arrow', name, () => {
      const { value: batch, done } = reader.next();
      if (done) return undefined;
      checkSize(batch.numRows, batch.numCols, name);
      const columns: Record<string, unknown[]> = Object.create(null);
      batch.schema.fields.forEach(({ name: column, type }, c) => {
        const values = batch.getChildAt(c)!;
        const isTime = DataType.isDate(type) || DataType.isTimestamp(type);
        columns[column] = Array.from({ length: batch.numRows }, (_, r) => {
          const value: unknown = values.get(r);
          return isTime && value !== null ? new Date(Number(value)) : value;
        });
      });
      return { columns, rows: batch.numRows };
    });
    if (part === undefined) break;
    yield* inParts(part.columns, start, name);
    start += part.rows;
  }
  if (start === 0) {
    const columns: Columns = Object.create(null) as Columns;
    for (const { name: column } of reader.schema?.fields ?? []) columns[column] = [];
    yield columns;
  }
}
