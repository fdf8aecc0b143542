/** Streams of bytes: their first bytes, their text, all their bytes, and the number of bytes read so far. */
import { fail } from '../../base/errors.ts';
import type { LimitedSource, ReadLimits } from './limits.ts';
import { encodingOf, failOnBytes } from './text-encoding.ts';

/** The text of a stream in UTF-8, or in UTF-16 with a byte order mark. Throws an InputError for other bytes. */
export async function* textsOf(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const { head, all } = await peek(chunks, 4);
  const decoder = new TextDecoder(encodingOf(head), { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      return failOnBytes(name, bytes);
    }
  };
  for await (const bytes of all) yield decode(bytes);
  yield decode();
}

/** Bytes that came in chunks, as one array. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** All bytes of a stream. */
export async function allBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of chunks) parts.push(part);
  return joined(parts);
}

/** A stream with its first chunks put back. */
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

/** The first bytes of a stream, at most `length`, and the stream from its beginning. */
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

/** Counts the bytes of a stream, refuses other values, and releases a stream that is not read to its end. */
export function counted(
  chunks: AsyncIterable<Uint8Array>,
  { name = 'data', limits, size }: { readonly name?: string; readonly limits?: ReadLimits; readonly size?: number },
) {
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
        const found = Array.isArray(chunk)
          ? 'a list'
          : chunk === null || chunk === undefined
            ? String(chunk)
            : `a ${typeof chunk}`;
        fail({
          what: `the stream yields ${found} after ${counter.bytes} bytes, not a Uint8Array`,
          where: name,
          fix: 'Pass a readable stream without an encoding.',
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
  /** Closes the stream, without waiting: it may itself wait for data that never comes. */
  const release = () => {
    if (ended) return;
    ended = true;
    iterator.return?.()?.catch(() => {});
  };
  return { counter, source, chunks: through(), release };
}
