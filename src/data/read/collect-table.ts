/** A table from an asynchronous source: the bytes of a file, or rows from a database. It is read once and packed. */
import { type ByteStream, chunksOf } from '../../base/byte-source.ts';
import { fail } from '../../base/errors.ts';
import { Marks } from '../table/missing-marks.ts';
import { shortName, type Table } from '../table/table.ts';
import { ColumnNames } from './column-names.ts';
import { checkLimits } from './limits.ts';
import { TableBuilder } from './packed-table.ts';
import { type Cell, checkNotEmpty, isNested, type ReadOptions, toText } from './read.ts';
import { readTableStream } from './stream.ts';

export type Row = Readonly<Record<string, Cell>>;

/** The source of a table: the bytes of a file in any supported format, or rows, one or several at a time. */
export type TableSource = ByteStream | AsyncIterable<Row | readonly Row[]>;

/** The number of rows that are packed at a time. */
const rowsAtOnce = 1024;

/**
 * The table in an asynchronous source. Throws an InputError as `readTable` does, and any error of the source.
 */
export async function collectTable(source: TableSource, options: ReadOptions = {}): Promise<Table> {
  checkLimits(options.limits);
  const { name = 'data', limits } = options;
  const chunks = Symbol.asyncIterator in source ? source : chunksOf(source, name);
  const iterator = (chunks as AsyncIterable<Uint8Array | Row | readonly Row[]>)[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all() {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  if (first.value instanceof Uint8Array) return readTableStream(all() as AsyncIterable<Uint8Array>, options);

  const builder = new TableBuilder({ name, marks: new Marks(options) });
  const names = new ColumnNames(name, { limits });
  let pending: Row[] = [];
  const pack = () => {
    const place = (r: number, key: string) => `${name}[${builder.rows + r}].${shortName(key)}`;
    pending.forEach((row, r) => {
      for (const key of Object.keys(row))
        if (isNested(row[key])) names.leaveOut(key, row[key], `${name}[${builder.rows + r}]`);
    });
    for (const each of names.leftOut) builder.leaveOut(each);
    const columns = names.all();
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
        pending.push(names.add(row as Row));
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
