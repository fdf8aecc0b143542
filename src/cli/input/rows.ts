/** Reads the rows that a model predicts or evaluates: a table, or lists of numbers. */
import { parseJson } from '../../base/json.ts';
import { marksIn } from '../../data/encode/encoding.ts';
import { peek } from '../../data/read/byte-stream.ts';
import { readTableParts } from '../../data/read/stream.ts';
import type { Table } from '../../data/table/table.ts';
import type { Model } from '../../model/model.ts';
import { nameOf, openStream, readTableAt, type TableOptions, textOf, wholeOf } from './files.ts';
import { headLength, isRowsOfNumbers } from './kind-of-file.ts';

/** Opens a file of rows; `isRows` is true for lists of numbers, and false for a table. */
async function openRows(path: string) {
  const { chunks, size } = openStream(path);
  const first = await peek(chunks, 1);
  // most tables are CSV, whose first rows need not be waited for
  const isJson = first.head.length === 0 || /[[{\s\xef]/.test(String.fromCharCode(first.head[0]));
  const { head, all } = isJson ? await peek(first.all, headLength) : first;
  return { isRows: isJson && isRowsOfNumbers(head, path), stream: { chunks: all, size } };
}

const listsIn = async (chunks: AsyncIterable<Uint8Array>, path: string): Promise<Rows> => ({
  rows: parseJson(textOf(await wholeOf(chunks), path), path),
});

/** The marks of missing values that the model's training was told. */
const modelMarks = ({ encoding }: Model) => (encoding === undefined ? {} : { ofModel: marksIn(encoding) });

/** The content of a file of rows: a table, or lists of numbers. */
export async function readRows(path: string, model: Model, options: TableOptions): Promise<Rows> {
  const { isRows, stream } = await openRows(path);
  return isRows
    ? listsIn(stream.chunks, path)
    : { table: await readTableAt(path, { ...options, ...modelMarks(model) }, stream) };
}

/** The content of a file of rows; a table comes in parts. */
export async function* rowsIn(
  path: string,
  model: Model,
  { limits, reading, ...marks }: TableOptions,
): AsyncGenerator<Rows> {
  const { isRows, stream } = await openRows(path);
  if (isRows) {
    yield await listsIn(stream.chunks, path);
    return;
  }
  const name = nameOf(path);
  const columns = model.encoding?.features.map((feature) => feature.name);
  const onProgress =
    reading && ((progress: { bytes: number; rows: number }) => reading(name, { ...progress, size: stream.size }));
  const { size, chunks } = stream;
  for await (const table of readTableParts(chunks, {
    name,
    columns,
    ...marks,
    ...modelMarks(model),
    limits,
    size,
    onProgress,
  }))
    yield { table };
}

export type Rows = { readonly table: Table } | { readonly rows: unknown };
