/** Rows that a model is given: a table, or lists of numbers. */
import { parseJson } from '../../base/json.ts';
import { peek } from '../../data/read/byte-stream.ts';
import type { ReadLimits } from '../../data/read/limits.ts';
import { readTableParts } from '../../data/read/stream.ts';
import type { Table } from '../../data/table/table.ts';
import type { Model } from '../../model/model.ts';
import { nameOf, openStream, type Reading, readTableAt, textOf, wholeOf } from './files.ts';
import { isObjectLines } from './open.ts';

const rowsKeys = /^\{\s*"(inputs|targets|\$schema|version|title|source|experiment|network|symbols|data|training|seed)"/;

/** Bytes by which lists of numbers are told from a table, and by which one object is told from an object a line. */
const [headLength, linesLength] = [256, 4096];

const startOf = (head: Uint8Array) =>
  new TextDecoder()
    .decode(head)
    .replace(/^\uFEFF/, '')
    .trimStart();

/** A file of rows, and whether it holds lists of numbers: else it is a table. */
async function openRows(path: string) {
  const { chunks, size } = openStream(path);
  let { head, all } = await peek(chunks, headLength);
  const start = startOf(head);
  // lists of numbers, or an object with them: an experiment, or its data
  let isRows = rowsKeys.test(start) || (start.startsWith('[') && !/^\[\s*\{/.test(start));
  if (isRows && start.startsWith('{')) {
    // a table's columns may have the same names
    ({ head, all } = await peek(all, linesLength));
    isRows = !isObjectLines(startOf(head), path);
  }
  return { isRows, stream: { chunks: all, size } };
}

const listsIn = async (chunks: AsyncIterable<Uint8Array>, path: string): Promise<Rows> => ({
  rows: parseJson(textOf(await wholeOf(chunks), path), path),
});

/** What a file of rows holds: a table, or lists of numbers. */
export async function readRows(path: string, limits: ReadLimits, reading?: Reading): Promise<Rows> {
  const { isRows, stream } = await openRows(path);
  return isRows ? listsIn(stream.chunks, path) : { table: await readTableAt(path, { limits, reading }, stream) };
}

/** The same in parts, where it is a table. */
export async function* rowsIn(
  path: string,
  { encoding }: Model,
  limits: ReadLimits,
  reading?: Reading,
): AsyncGenerator<Rows> {
  const { isRows, stream } = await openRows(path);
  if (isRows) {
    yield await listsIn(stream.chunks, path);
    return;
  }
  const name = nameOf(path);
  const columns = encoding?.features.map((feature) => feature.name);
  const onProgress =
    reading && ((progress: { bytes: number; rows: number }) => reading(name, { ...progress, size: stream.size }));
  const { size, chunks } = stream;
  for await (const table of readTableParts(chunks, { name, columns, limits, size, onProgress })) yield { table };
}

export type Rows = { readonly table: Table } | { readonly rows: unknown };
