/**
 * Tables that come as a stream of bytes: large ones are packed as they come, and parts can be taken one after the other, so
 * that memory does not grow with the file. Texts (CSV, JSON Lines, also under gzip) stream; of the other formats the bytes stand
 * in memory.
 */
import { fail, InputError } from '../base/errors.ts';
import { CsvReader } from './csv.ts';
import {
  failOnBytes,
  isGzip,
  isLines,
  LinesReader,
  placeInLines,
  readTableFile,
  readTableText,
  startsWith,
} from './file.ts';
import { TableBuilder } from './packed.ts';
import { fromRecords, type ReadOptions, toText } from './read.ts';
import { checkColumnNames, type Table } from './table.ts';

export interface StreamOptions extends ReadOptions {
  /** Called with each part: the bytes taken from the stream, and the rows that were in them. */
  readonly onProgress?: (progress: { readonly bytes: number; readonly rows: number }) => void;
  /** Columns that rows of JSON Lines may have, whether or not the first of them do. */
  readonly columns?: readonly string[];
  /** Characters up to which a text becomes a plain table of texts. Default 4 Mi. */
  readonly plain?: number;
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

function csvReader(name: string): Reader {
  const reader = new CsvReader(name);
  const part = (found: { records: Part['records']; lines: Part['lines'] }): Part => ({
    names: reader.header ?? [],
    ...found,
  });
  return { push: (text) => part(reader.push(text)), end: () => part(reader.end()) };
}

function linesReader(name: string, columns: readonly string[] = []): Reader {
  const reader = new LinesReader(name);
  const names = new Set(columns);
  const part = ({ rows, lines }: ReturnType<LinesReader['end']>): Part => {
    for (const row of rows) for (const key of Object.keys(row)) names.add(key);
    const place = placeInLines(name, lines);
    const all = [...names];
    checkColumnNames(all, name);
    const records = rows.map((row, r) =>
      all.map((key) => (Object.hasOwn(row, key) ? toText(row[key], place(r, key)) : undefined)),
    );
    return { names: all, records, lines };
  };
  return {
    format: 'json lines',
    push: (text) => part(reader.push(text)),
    end: () => part(reader.end()),
  };
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

async function* gunzipped(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
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
        return fail({ what: 'it is not a whole gzip file', where: name, mend: 'Fetch or write it again.' });
      }
      if (next.done) return;
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
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
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

async function open(chunks: AsyncIterable<Uint8Array>, options: StreamOptions, plain: number): Promise<Opened> {
  const { name = 'data' } = options;
  let { head, all } = await peek(chunks, 16);
  if (isGzip(head)) ({ head, all } = await peek(gunzipped(all, name), 16));
  if (startsWith(head, 'PAR1') || startsWith(head, 'ARROW1') || startsWith(head, '\xff\xff\xff\xff')) {
    return { table: await readTableFile(await whole(all), options) };
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
  if (ended && length <= plain) return { table: readTableText(start, options) };
  const opening = /^[\uFEFF\s]*([[{])/.exec(start.slice(0, headLength))?.[1];
  async function* rest() {
    yield start;
    if (!ended) yield* texts;
  }
  if (opening === undefined) return { reader: csvReader(name), texts: rest() };
  if (opening === '{' && isLines(start.slice(0, headLength)))
    return { reader: linesReader(name, options.columns), texts: rest() };
  const parts: string[] = [];
  for await (const text of rest()) parts.push(text);
  try {
    return { table: readTableText(parts.join(''), options) };
  } catch (error) {
    if (error instanceof InputError) throw error;
    return fail({
      what: 'the JSON does not fit into memory',
      where: name,
      mend: 'Write a row a line (JSON Lines), CSV or Parquet instead.',
    });
  }
}

/** The parts of a text of rows, in turn. */
async function* partsOf({ reader, texts }: Extract<Opened, { reader: Reader }>): AsyncGenerator<Part> {
  for await (const text of texts) {
    // in pieces: a long text would be split into very many lines at once
    for (let at = 0; at < text.length; at += pieceLength) yield reader.push(text.slice(at, at + pieceLength));
  }
  yield reader.end();
}

const pieceLength = 2 ** 18;

function counted(chunks: AsyncIterable<Uint8Array>) {
  const counter = { bytes: 0 };
  async function* through() {
    for await (const chunk of chunks) {
      counter.bytes += chunk.length;
      yield chunk;
    }
  }
  return { counter, chunks: through() };
}

/**
 * The table in a stream of a file's bytes. A text of more than 4 Mi characters is packed as it comes: its cells are kept as
 * numbers, beyond 16 MiB in a temporary file, and of a column's distinct texts at most 10,000.
 *
 * Throws an InputError as `readTableFile`.
 */
export async function readTableStream(source: AsyncIterable<Uint8Array>, options: StreamOptions = {}): Promise<Table> {
  const { name = 'data', missing, onProgress, plain = plainText } = options;
  const { counter, chunks } = counted(source);
  const opened = await open(chunks, options, plain);
  if ('table' in opened) return opened.table;
  const builder = new TableBuilder({ name, missing, format: opened.reader.format });
  for await (const { names, records, lines } of partsOf(opened)) {
    builder.add(names, records, lines);
    onProgress?.({ bytes: counter.bytes, rows: builder.rows });
  }
  return builder.table();
}

/**
 * The table in a stream in parts of some thousand rows, in their order: each a table of its own, whose errors name the line
 * of the file. Formats that do not stream come as one part.
 */
export async function* readTableParts(
  source: AsyncIterable<Uint8Array>,
  options: StreamOptions = {},
): AsyncGenerator<Table> {
  const { onProgress } = options;
  const { counter, chunks } = counted(source);
  // the first rows are to come out before the last went in
  const opened = await open(chunks, options, 0);
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
}
