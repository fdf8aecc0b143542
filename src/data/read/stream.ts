/**
 * Tables from a stream of bytes. Large tables are packed as they are read, or can be read in parts, so that memory does not
 * grow with the file. Text formats with a `stream` are read in pieces, also from gzip; for other formats the bytes of the file
 * are in memory.
 */
import { aFunction, aNumber, aText, listOf, optional } from '../../base/arguments.ts';
import { type ByteStream, type Bytes, bytesOf, chunksOf, isByteStream } from '../../base/byte-source.ts';
import { fail } from '../../base/errors.ts';
import { Marks } from '../table/missing-marks.ts';
import type { Table } from '../table/table.ts';
import { allBytes, counted, peek, textsOf } from './byte-stream.ts';
import { binaryFormatOf, isGzip, refuseMarkup, textFormatOf } from './detect.ts';
import { maxTextLength, readTableFile, textTable } from './file.ts';
import { type BatchReader, pieceLength, type TextBatch } from './format.ts';
import { gunzipped } from './gzip.ts';
import { fixedLimits, type LimitedSource } from './limits.ts';
import { TableBuilder } from './packed-table.ts';
import { checkNotEmpty, type ReadOptions, readerOptions, readFields } from './read.ts';
import { fromRecords, TextColumns } from './text-columns.ts';

export interface StreamOptions extends ReadOptions {
  /** Called after each batch with the number of bytes read and the number of rows in them. */
  readonly onProgress?: ((progress: { readonly bytes: number; readonly rows: number }) => void) | undefined;
  /** Columns that rows of JSON Lines may have, whether or not the first rows have them. */
  readonly columns?: readonly string[] | undefined;
  /** The length up to which a text becomes a plain table of texts, in characters. Default 4 Mi. */
  readonly maxPlainLength?: number | undefined;
  /** The size of the whole stream in bytes, which the limits follow. Default: the bytes read so far. */
  readonly size?: number | undefined;
}

const streamOptions = readerOptions({
  ...readFields,
  onProgress: optional(aFunction),
  columns: optional(listOf(aText)),
  maxPlainLength: optional(aNumber),
  size: optional(aNumber),
});

/** The default of `maxPlainLength`. */
const defaultPlainLength = 2 ** 22;
/** The number of characters that decide the format of a text. */
const headLength = 2 ** 16;

/** The contents of a stream: a whole table, or a text that is read in pieces. */
type Opened = { readonly table: Table } | Streaming;

interface Streaming {
  /** The name of the format. */
  readonly format: string;
  readonly reader: BatchReader;
  readonly texts: AsyncGenerator<string>;
}

async function open(
  chunks: AsyncIterable<Uint8Array>,
  options: StreamOptions,
  source: LimitedSource,
  maxPlainLength: number,
): Promise<Opened> {
  const { where: name } = source;
  let { head, all } = await peek(chunks, 16);
  const isCompressed = isGzip(head);
  if (isCompressed) ({ head, all } = await peek(gunzipped(all, source), 16));
  if (binaryFormatOf(head) !== undefined) {
    // the limits follow the compressed size
    const limits = isCompressed ? fixedLimits(source) : options.limits;
    const { name: given, missing, notMissing, ofModel } = options;
    const table = await readTableFile(await allBytes(all), { name: given, missing, notMissing, ofModel, limits });
    return { table };
  }
  const texts = textsOf(all, name);
  const held: string[] = [];
  let length = 0;
  let ended = false;
  let breaks = 0;
  // two lines decide the format
  const enough = () => length > maxPlainLength && (breaks >= 2 || length > headLength);
  while (!enough() && !ended) {
    const { value, done } = await texts.next();
    if (done) ended = true;
    else {
      held.push(value);
      length += value.length;
      if (length <= headLength) breaks += value.split('\n').length - 1;
    }
  }
  const start = held.join('');
  if (ended && length <= maxPlainLength) return { table: textTable(start, options, source.bytes) };
  async function* rest() {
    yield start;
    if (!ended) yield* texts;
  }
  refuseMarkup(start, name);
  const format = textFormatOf(start.slice(0, headLength));
  const reader = format.stream?.(source, options.columns);
  if (reader !== undefined) return { format: format.name, reader, texts: rest() };
  const parts: string[] = [];
  let characters = 0;
  for await (const text of rest()) {
    parts.push(text);
    characters += text.length;
    if (characters <= maxTextLength) continue;
    fail({
      what: `${format.title} with more than ${maxTextLength} characters cannot be read`,
      where: name,
      fix: 'Write it as JSON Lines, CSV or Parquet instead.',
    });
  }
  return { table: textTable(parts.join(''), options, source.bytes) };
}

/** The records of a text, in batches. */
async function* batchesOf({ reader, texts }: Streaming): AsyncGenerator<TextBatch> {
  for await (const text of texts) {
    // in pieces, because a long text would be split into very many lines at once
    for (let at = 0; at < text.length; at += pieceLength) yield reader.push(text.slice(at, at + pieceLength));
  }
  yield reader.end();
}

/** Bytes in any form as a stream. */
function chunksIn(source: Bytes | ByteStream, name = 'data'): AsyncIterable<Uint8Array> {
  if (isByteStream(source)) return Symbol.asyncIterator in source ? source : chunksOf(source, name);
  const bytes = bytesOf(source, name);
  return (async function* () {
    yield bytes;
  })();
}

/**
 * The table in a stream of a file's bytes. A text with more than 4 Mi characters is packed as it is read: its cells are stored
 * as numbers, beyond 16 MiB in a temporary file, and at most 10,000 distinct texts of a column are kept.
 *
 * Throws an InputError as `readTableFile` does, and any error of the stream.
 */
export async function readTableStream(source: Bytes | ByteStream, options: StreamOptions = {}): Promise<Table> {
  streamOptions(options, 'readTableStream: options');
  const stream = chunksIn(source, options.name);
  const { name = 'data', onProgress, maxPlainLength = defaultPlainLength } = options;
  const { counter, source: limited, chunks, release } = counted(stream, options);
  let builder: TableBuilder | undefined;
  try {
    const opened = await open(chunks, options, limited, maxPlainLength);
    if ('table' in opened) return opened.table;
    builder = new TableBuilder({ name, marks: new Marks(options), format: opened.format });
    for await (const { names, records, lines, leftOut = [], notes } of batchesOf(opened)) {
      builder.add(names, records, lines);
      for (const each of leftOut) builder.leaveOut(each);
      builder.notes = notes ?? builder.notes;
      onProgress?.({ bytes: counter.bytes, rows: builder.rows });
    }
    return checkNotEmpty(builder.table());
  } catch (error) {
    builder?.abandon();
    throw error;
  } finally {
    release();
  }
}

/** The table in a gzip file, as a plain table; the decompressed text is never in memory as a whole. */
export async function readGzip(bytes: Uint8Array, options: ReadOptions): Promise<Table> {
  const { name = 'data' } = options;
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += compressedPiece) yield bytes.subarray(at, at + compressedPiece);
  }
  const source: LimitedSource = { where: name, bytes: bytes.length, limits: options.limits };
  const opened = await open(pieces(), options, source, 0);
  if ('table' in opened) return opened.table;
  const columns = new TextColumns(options);
  for await (const batch of batchesOf(opened)) columns.add(batch);
  return checkNotEmpty(columns.table(name, opened.format));
}

/** The number of bytes that are decompressed at a time. */
const compressedPiece = 2 ** 16;

/**
 * The table in a stream, in parts of some thousand rows, in order. Each part is a table of its own, whose errors name the
 * lines of the file. A format that cannot be read in pieces gives one part.
 */
export async function* readTableParts(source: Bytes | ByteStream, options: StreamOptions = {}): AsyncGenerator<Table> {
  streamOptions(options, 'readTableParts: options');
  const stream = chunksIn(source, options.name);
  const { onProgress } = options;
  const { counter, source: limited, chunks, release } = counted(stream, options);
  try {
    // nothing is collected, so that the first rows are available before the last are read
    const opened = await open(chunks, options, limited, 0);
    if ('table' in opened) {
      yield opened.table;
      return;
    }
    let rows = 0;
    for await (const batch of batchesOf(opened)) {
      const { records, lines } = batch;
      if (records.length === 0) continue;
      rows += records.length;
      yield {
        ...fromRecords(batch, options),
        lines,
        ...(opened.format && { format: opened.format }),
      };
      onProgress?.({ bytes: counter.bytes, rows });
    }
  } finally {
    release();
  }
}
