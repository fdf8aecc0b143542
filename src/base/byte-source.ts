/**
 * Bytes as programs and browsers give them. In memory: Uint8Array (also Node's Buffer), ArrayBuffer and other views of one. To be read:
 * Blob and File, the Response of `fetch`, ReadableStream, and Node's streams.
 */
import { fail } from './errors.ts';

/** Bytes in memory. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/** Bytes that are read asynchronously. */
export type ByteStream = Blob | Response | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** Whether a value holds bytes that are read asynchronously. Looked up by what it does, because it may be of another realm. */
export function isByteStream(value: unknown): value is ByteStream {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  return (
    ['Blob', 'File', 'Response', 'ReadableStream'].includes(tagOf(value)) ||
    typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  );
}

/** Bytes in memory as they are, without a copy. Throws an InputError at `where` for anything else. */
export function bytesOf(value: unknown, where: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (['ArrayBuffer', 'SharedArrayBuffer'].includes(tagOf(value))) return new Uint8Array(value as ArrayBuffer);
  const found =
    value === null ? 'null' : typeof value === 'object' ? `of type ${tagOf(value)}` : `of type ${typeof value}`;
  return fail({
    what: `it is ${found}, not bytes`,
    where,
    fix:
      typeof value === 'string'
        ? 'Read the file first: in Node readFileSync(path), in a page await fetch(url).'
        : 'Pass a Uint8Array or an ArrayBuffer, or a Blob, a File, a Response or a stream.',
  });
}

/** The chunks of a stream. A body of a failed request is an error page, and is refused. */
export async function* chunksOf(source: ByteStream, where: string): AsyncGenerator<Uint8Array> {
  if (tagOf(source) === 'Response') {
    const { ok, status, statusText, body } = source as Response;
    if (!ok) {
      fail({
        what: `the server answered ${`${status} ${statusText}`.trim()}`,
        where,
        fix: 'Check the address of the file.',
      });
    }
    if (body !== null) yield* chunksOf(body, where);
    return;
  }
  const stream = ['Blob', 'File'].includes(tagOf(source)) ? (source as Blob).stream() : source;
  if (Symbol.asyncIterator in stream) {
    yield* stream as AsyncIterable<Uint8Array>;
    return;
  }
  const reader = (stream as unknown as ReadableStream<Uint8Array>).getReader();
  let isRead = false;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      isRead = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isRead) reader.cancel().catch(() => {});
  }
}

/** All bytes of a source. Throws an InputError at `where` for anything that holds no bytes. */
export async function allBytesOf(source: Bytes | ByteStream, where: string): Promise<Uint8Array> {
  if (!isByteStream(source)) return bytesOf(source, where);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(source, where)) {
    const part = bytesOf(chunk, where);
    parts.push(part);
    length += part.length;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
