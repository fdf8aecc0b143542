/** A table from an asynchronous source: the bytes of a file, or rows from a database. It is read once and packed. */
import { fail } from '../../base/errors.ts';
import { shortName, type Table } from '../table/table.ts';
import { checkLimits } from './limits.ts';
import { TableBuilder } from './packed-table.ts';
import { type Cell, ColumnNames, checkNotEmpty, type ReadOptions, toText } from './read.ts';
import { readTableStream } from './stream.ts';

export type Row = Readonly<Record<string, Cell>>;

/** The source of a table: the bytes of a file in any supported format, or rows, one or several at a time. */
export type TableSource = AsyncIterable<Uint8Array> | AsyncIterable<Row | readonly Row[]>;

/** The number of rows that are packed at a time. */
const rowsAtOnce = 1024;

/**
 * The table in an asynchronous source. Throws an InputError as `readTable` does, and any error of the source.
 */
export async function collectTable(source: TableSource, options: ReadOptions = {}): Promise<Table> {
  checkLimits(options.limits);
  const { name = 'data', missing, limits } = options;
  const iterator = (source as AsyncIterable<Uint8Array | Row | readonly Row[]>)[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all() {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  if (first.value instanceof Uint8Array) return readTableStream(all() as AsyncIterable<Uint8Array>, options);

  const builder = new TableBuilder({ name, missing });
  const names = new ColumnNames(name, { limits });
  let pending: Row[] = [];
  const pack = () => {
    const columns = names.all();
    const place = (r: number, key: string) => `${name}[${builder.rows + r}].${shortName(key)}`;
    builder.add(
      columns,
      pending.map((row, r) =>
        columns.map((key) => (Object.hasOwn(row, key) ? toText(row[key], () => place(r, key)) : undefined)),
      ),
    );
    pending = [];
  };
  try {
    for await (const item of all()) {
      for (const row of Array.isArray(item) ? item : [item]) {
        if (typeof row !== 'object' || row === null || Array.isArray(row)) {
          fail({
            what: 'the row is not an object',
            where: `${name}[${builder.rows + pending.length}]`,
            fix: 'Yield each row as { "column": value }.',
          });
        }
        names.add(row);
        pending.push(row as Row);
        if (pending.length === rowsAtOnce) pack();
      }
    }
    if (pending.length > 0) pack();
  } catch (error) {
    builder.abandon();
    throw error;
  }
  return checkNotEmpty(builder.table());
}
