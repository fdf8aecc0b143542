/** Decompresses a stream of gzip. */
import { fail } from '../../base/errors.ts';
import { checkLimit, type LimitedSource } from './limits.ts';

/** Counts decompressed bytes, and refuses more than the limit allows. */
function countDecompressed(source: LimitedSource): (chunk: Uint8Array) => void {
  let found = 0;
  return ({ length }) => {
    found += length;
    checkLimit('maxDecompressedBytes', found, source);
  };
}

/** The decompressed bytes of a stream. Throws an InputError if it is incomplete, or more than the limit allows. */
export async function* gunzipped(chunks: AsyncIterable<Uint8Array>, from: LimitedSource): AsyncGenerator<Uint8Array> {
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
        return fail({
          what: 'the gzip file is incomplete or damaged',
          where: name,
          fix: 'Download or write it again.',
        });
      }
      if (next.done) return;
      count(next.value);
      yield next.value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
