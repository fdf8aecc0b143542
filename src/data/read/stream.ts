/**
 * Tables that come as a stream of bytes: large ones are packed as they come, and parts can be taken one after the other, so
 * that memory does not grow with the file. Texts (CSV, JSON Lines, also under gzip) stream; of the other formats the bytes stand
 * in memory.
 */
import { fail } from '../../base/errors.ts';
import type { Table } from '../table/table.ts';
import { CsvReader } from './csv.ts';
import {
  countDecompressed,
  failOnBytes,
  isGzip,
  isLines,
  joined,
  LineRecords,
  longestText,
  pieceLength,
  readTableFile,
  startsWith,
  textTable,
} from './file.ts';
import { checkLimits, fixedLimits, type LimitedSource } from './limits.ts';
import { TableBuilder } from './packed.ts';
import { checkNotEmpty, fromRecords, type ReadOptions, TextColumns } from './read.ts';

export interface StreamOptions extends ReadOptions {
  /** Called with each part: the bytes taken from the stream, and the rows that were in them. */
  readonly onProgress?: (progress: { readonly bytes: number; readonly rows: number }) => void;
  /** Columns that rows of JSON Lines may have, whether or not the first of them do. */
  readonly columns?: readonly string[];
  /** Characters up to which a text becomes a plain table of texts. Default 4 Mi. */
  readonly plain?: number;
  /** Bytes of the whole stream, where that is known before: the limits follow it. Default: those that have come so far. */
  readonly size?: number;
}

/** Characters of a text that becomes a plain table. */
const plainText = 2 ** 22;
/** Characters by which a text's format is told. */
const headLength = 2 ** 16;

/** Records of one part, with the names of their columns and the lines on which they start. */
interface Part {
  readonly names: readonly string[];
  readonly records: readonly (readonly (string | undefined)[])[];
  readonly lines: readonly number[];
}

interface Reader {
  readonly format?: string;
  push(text: string): Part;
  end(): Part;
}

function csvReader(source: LimitedSource): Reader {
  const reader = new CsvReader(source.where, source);
  const part = (found: { records: Part['records']; lines: Part['lines'] }): Part => ({
    names: reader.header ?? [],
    ...found,
  });
  return { push: (text) => part(reader.push(text)), end: () => part(reader.end()) };
}

function linesReader(source: LimitedSource, columns?: readonly string[]): Reader {
  const reader = new LineRecords(source.where, source, columns);
  return { format: 'json lines', push: (text) => reader.push(text), end: () => reader.end() };
}

/** The texts of a stream of UTF-8, gzip undone. Throws an InputError where it is neither. */
async function* textsOf(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      return failOnBytes(name);
    }
  };
  for await (const bytes of chunks) yield decode(bytes);
  yield decode();
}

async function* gunzipped(chunks: AsyncIterable<Uint8Array>, from: LimitedSource): AsyncGenerator<Uint8Array> {
  const { where: name } = from;
  const count = countDecompressed(from);
  const iterator = chunks[Symbol.asyncIterator]();
  let failed: unknown;
  const source = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        failed = error;
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  const reader = source
    .pipeThrough(new DecompressionStream('gzip') as never)
    .getReader() as ReadableStreamDefaultReader<Uint8Array>;
  try {
    for (;;) {
      let next: Awaited<ReturnType<typeof reader.read>>;
      try {
        next = await reader.read();
      } catch {
        if (failed !== undefined) throw failed;
        return fail({ what: 'it is not a whole gzip file', where: name, fix: 'Fetch or write it again.' });
      }
      if (next.done) return;
      count(next.value);
      yield next.value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function* after(first: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* first;
    for (;;) {
      const { value, done } = await rest.next();
      if (done) return;
      yield value;
    }
  } finally {
    await rest.return?.();
  }
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of chunks) parts.push(part);
  return joined(parts);
}

/** The first bytes of a stream, at most so many, and the stream from its beginning. */
export async function peek(chunks: AsyncIterable<Uint8Array>, length: number) {
  const rest = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let found = 0;
  while (found < length) {
    const { value, done } = await rest.next();
    if (done) break;
    first.push(value);
    found += value.length;
  }
  const head = new Uint8Array(Math.min(found, length));
  let at = 0;
  for (const part of first) {
    head.set(part.subarray(0, head.length - at), at);
    at = Math.min(at + part.length, head.length);
  }
  return { head, all: after(first, rest) };
}

/** What a stream holds: a whole table, or a text of rows that come one after the other. */
type Opened = { readonly table: Table } | { readonly reader: Reader; readonly texts: AsyncGenerator<string> };

async function open(
  chunks: AsyncIterable<Uint8Array>,
  options: StreamOptions,
  source: LimitedSource,
  plain: number,
): Promise<Opened> {
  const { where: name } = source;
  let { head, all } = await peek(chunks, 16);
  const isCompressed = isGzip(head);
  if (isCompressed) ({ head, all } = await peek(gunzipped(all, source), 16));
  if (startsWith(head, 'PAR1') || startsWith(head, 'ARROW1') || startsWith(head, '\xff\xff\xff\xff')) {
    // of what was compressed, the limits follow the compressed size
    const limits = isCompressed ? fixedLimits(source) : options.limits;
    return { table: await readTableFile(await whole(all), { ...options, limits }) };
  }
  const texts = textsOf(all, name);
  const held: string[] = [];
  let length = 0;
  let ended = false;
  let breaks = 0;
  // two lines tell the format
  const enough = () => length > plain && (breaks >= 2 || length > headLength);
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
  if (ended && length <= plain) return { table: textTable(start, options, source.bytes) };
  const opening = /^[\uFEFF\s]*([[{])/.exec(start.slice(0, headLength))?.[1];
  async function* rest() {
    yield start;
    if (!ended) yield* texts;
  }
  if (opening === undefined) return { reader: csvReader(source), texts: rest() };
  if (opening === '{' && isLines(start.slice(0, headLength)))
    return { reader: linesReader(source, options.columns), texts: rest() };
  const parts: string[] = [];
  let characters = 0;
  for await (const text of rest()) {
    parts.push(text);
    characters += text.length;
    if (characters <= longestText) continue;
    fail({
      what: `JSON of more than ${longestText} characters does not fit into one text`,
      where: name,
      fix: 'Write a row a line (JSON Lines), CSV or Parquet instead.',
    });
  }
  return { table: textTable(parts.join(''), options, source.bytes) };
}

/** The parts of a text of rows, in turn. */
async function* partsOf({ reader, texts }: Extract<Opened, { reader: Reader }>): AsyncGenerator<Part> {
  for await (const text of texts) {
    // in pieces: a long text would be split into very many lines at once
    for (let at = 0; at < text.length; at += pieceLength) yield reader.push(text.slice(at, at + pieceLength));
  }
  yield reader.end();
}

/** Counts the bytes of a stream, refuses what is no bytes, and lets the stream go where it is not read to its end. */
function counted(chunks: AsyncIterable<Uint8Array>, { name = 'data', limits, size }: StreamOptions) {
  const counter = { bytes: 0 };
  const iterator = chunks[Symbol.asyncIterator]();
  let ended = false;
  const next = async () => {
    try {
      const found = await iterator.next();
      if (found.done) ended = true;
      return found;
    } catch (error) {
      ended = true;
      throw error;
    }
  };
  async function* through() {
    for (let found = await next(); !found.done; found = await next()) {
      const chunk = found.value;
      if (!(chunk instanceof Uint8Array)) {
        const found = Array.isArray(chunk) ? 'a list' : chunk === null ? 'null' : `a ${typeof chunk}`;
        fail({
          what: `the stream gives ${found} after ${counter.bytes} bytes, and no Uint8Array`,
          where: name,
          fix: 'Give the bytes of a file: a readable stream without an encoding.',
        });
      }
      counter.bytes += chunk.length;
      yield chunk;
    }
  }
  const source: LimitedSource = {
    where: name,
    get bytes() {
      return Math.max(size ?? 0, counter.bytes);
    },
    limits,
  };
  /** Tells the stream that no more of it is wanted. It is not waited for: it may be waiting itself, for what never comes. */
  const release = () => {
    if (ended) return;
    ended = true;
    iterator.return?.()?.catch(() => {});
  };
  return { counter, source, chunks: through(), release };
}

/**
 * The table in a stream of a file's bytes. A text of more than 4 Mi characters is packed as it comes: its cells are kept as
 * numbers, beyond 16 MiB in a temporary file, and of a column's distinct texts at most 10,000.
 *
 * Throws an InputError as `readTableFile`, and what the stream itself throws.
 */
export async function readTableStream(stream: AsyncIterable<Uint8Array>, options: StreamOptions = {}): Promise<Table> {
  checkLimits(options.limits);
  const { name = 'data', missing, onProgress, plain = plainText } = options;
  const { counter, source, chunks, release } = counted(stream, options);
  let builder: TableBuilder | undefined;
  try {
    const opened = await open(chunks, options, source, plain);
    if ('table' in opened) return opened.table;
    builder = new TableBuilder({ name, missing, format: opened.reader.format });
    for await (const { names, records, lines } of partsOf(opened)) {
      builder.add(names, records, lines);
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

/** The table in a file under gzip, as one of texts: it is never whole in memory as a text. */
export async function readGzip(bytes: Uint8Array, options: ReadOptions): Promise<Table> {
  const { name = 'data', missing } = options;
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += compressedPiece) yield bytes.subarray(at, at + compressedPiece);
  }
  const source: LimitedSource = { where: name, bytes: bytes.length, limits: options.limits };
  const opened = await open(pieces(), options, source, 0);
  if ('table' in opened) return opened.table;
  const columns = new TextColumns(missing);
  for await (const { names, records, lines } of partsOf(opened)) columns.add(names, records, lines);
  return checkNotEmpty(columns.table(name, opened.reader.format));
}

/** Compressed bytes that are decompressed at a time. */
const compressedPiece = 2 ** 16;

/**
 * The table in a stream in parts of some thousand rows, in their order: each a table of its own, whose errors name the line
 * of the file. Formats that do not stream come as one part.
 */
export async function* readTableParts(
  stream: AsyncIterable<Uint8Array>,
  options: StreamOptions = {},
): AsyncGenerator<Table> {
  checkLimits(options.limits);
  const { onProgress } = options;
  const { counter, source, chunks, release } = counted(stream, options);
  try {
    // the first rows are to come out before the last went in
    const opened = await open(chunks, options, source, 0);
    if ('table' in opened) {
      yield opened.table;
      return;
    }
    let rows = 0;
    for await (const { names, records, lines } of partsOf(opened)) {
      if (records.length === 0) continue;
      rows += records.length;
      yield {
        ...fromRecords(names, records, options),
        lines,
        ...(opened.reader.format && { format: opened.reader.format }),
      };
      onProgress?.({ bytes: counter.bytes, rows });
    }
  } finally {
    release();
  }
}
