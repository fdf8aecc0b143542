/**
 * Decompresses into as many bytes as a file claims, and never more: a few bytes can expand to gigabytes. Each codec returns
 * exactly the requested number of bytes, or throws `torn`.
 */
import { nodeModule } from '../../../base/host.ts';
import { torn } from '../budget.ts';
import { fromLz4, fromLz4Block, fromLz4Hadoop } from './lz4.ts';
import { fromSnappy } from './snappy.ts';
import { fromZstd } from './zstd.ts';

export type Codec = 'none' | 'snappy' | 'gzip' | 'brotli' | 'zstd' | 'lz4 frame' | 'lz4 block' | 'lz4 hadoop';

export type Decompress = (bytes: Uint8Array, length: number) => Uint8Array;

/** The maximum expansion of a codec: 64 KiB from a few bytes, or a length that grows by 255 with each byte. */
const maxRatio: Readonly<Partial<Record<Codec, number>>> = {
  none: 1,
  snappy: 32,
  gzip: 1040,
  'lz4 frame': 256,
  'lz4 block': 256,
  'lz4 hadoop': 256,
};

/** Node's implementation of a codec, which is faster and has a limit. */
function nodes(name: string): Decompress | undefined {
  const call = nodeModule('node:zlib')?.[name] as
    | ((bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array)
    | undefined;
  return call && ((bytes, length) => call(bytes, { maxOutputLength: Math.max(1, length) }));
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Gzip with one or more members, or bare deflate, which some writers call gzip. */
async function gzip(): Promise<Decompress> {
  const [gunzip, inflate] = [nodes('gunzipSync'), nodes('inflateRawSync')];
  if (gunzip !== undefined && inflate !== undefined) {
    return (bytes, length) => (isGzip(bytes) ? gunzip : inflate)(bytes, length);
  }
  const { Gunzip, Inflate } = await import('fflate');
  return (bytes, length) => {
    const out = new Uint8Array(length);
    let end = 0;
    const take = (part: Uint8Array) => {
      if (part.length > length - end) torn('a part compressed by gzip is longer than it claims');
      out.set(part, end);
      end += part.length;
    };
    const stream = isGzip(bytes) ? new Gunzip(take) : new Inflate(take);
    // in pieces, because the output of each is allocated at once
    for (let at = 0; at < bytes.length; at += pieceLength) {
      stream.push(bytes.subarray(at, at + pieceLength), at + pieceLength >= bytes.length);
    }
    return out.subarray(0, end);
  };
}

const pieceLength = 4096;

async function brotli(): Promise<Decompress> {
  const own = nodes('brotliDecompressSync');
  if (own !== undefined) return own;
  // Browsers have no brotli decoder with a limit, or one that reports how much it read: its output grows.
  const { decompressBrotli } = await import('hyparquet-compressors');
  return decompressBrotli;
}

async function decompressorOf(codec: Codec): Promise<Decompress> {
  switch (codec) {
    case 'none':
      return (bytes) => bytes;
    case 'snappy':
      return fromSnappy;
    case 'gzip':
      return gzip();
    case 'brotli':
      return brotli();
    case 'zstd':
      return fromZstd;
    case 'lz4 frame':
      return fromLz4;
    case 'lz4 block':
      return fromLz4Block;
    case 'lz4 hadoop':
      return fromLz4Hadoop;
  }
}

/** Decompresses bytes, and checks their length before and after. */
export async function decompressor(codec: Codec): Promise<Decompress> {
  const decompress = await decompressorOf(codec);
  const ratio = maxRatio[codec] ?? Number.POSITIVE_INFINITY;
  return (bytes, length) => {
    if (length > ratio * bytes.length + 64) {
      torn(`a part of ${bytes.length} bytes claims to hold ${length}, which is more than ${codec} can produce from it`);
    }
    let out: Uint8Array;
    try {
      out = decompress(bytes, length);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return torn(`a part compressed by ${codec} cannot be decompressed: ${reason}`);
    }
    if (out.length !== length) torn(`a part claims to hold ${length} bytes, but holds ${out.length}`);
    return out;
  };
}
