/**
 * Mutation fuzzing of all readers of files: for any bytes, a reader gives a result or an InputError, in time and memory
 * proportional to the size of the file. Inputs that failed before are in `fuzz/`.
 */
import { InputError } from '../src/base/errors.ts';

export interface Target {
  readonly name: string;
  /** Valid files to change. */
  readonly seeds: readonly Uint8Array[];
  read(bytes: Uint8Array): unknown;
  /** Makes a file by the rules of the format, if changing bytes of a valid one finds too little. */
  make?(random: () => number): Uint8Array;
}

export interface Failure {
  readonly target: string;
  readonly case: number;
  readonly bytes: Uint8Array;
  readonly what: string;
}

/**
 * The limits for a file of at most 1 MB (larger ones in proportion): milliseconds of processor time, and of wall time
 * for a reader that waits for ever.
 */
const [slow, hung] = [2_000, 15_000];
/** The maximum increase of the process's peak memory, in bytes, when it reads such a file. */
const large = 2 ** 29;

const kibibyte = 1024;

/** SplitMix32's finalizer. Source: Steele, Lea and Flood (2014). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

const remarkable = [0, 1, 0x7f, 0x80, 0xff];
const words = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\n',
  '\r',
  '__proto__',
  '1e999',
  '-',
  'null',
  '\u0000',
  '\uFEFF',
  '9'.repeat(30),
];

/** A file with a few changes: bytes, lengths, cuts, repetitions, parts of another file. */
export function mutate(seed: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  let bytes: Uint8Array = seed.slice();
  const whole = (n: number) => Math.floor(random() * n);
  const changes = 1 + whole(random() < 0.8 ? 3 : 12);
  for (let c = 0; c < changes; c++) {
    const at = whole(bytes.length + 1);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (whole(8)) {
      case 0:
        if (at < bytes.length) bytes[at] ^= 1 << whole(8);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = remarkable[whole(remarkable.length)];
        break;
      case 2:
        if (at + 4 <= bytes.length) view.setUint32(at, random() < 0.5 ? 0xffffffff - whole(3) : whole(2 ** 32), true);
        break;
      case 3:
        bytes = bytes.slice(0, at);
        break;
      case 4: {
        const end = Math.min(bytes.length, at + 1 + whole(64));
        bytes = joined(bytes.slice(0, end), bytes.slice(at));
        break;
      }
      case 5: {
        const end = Math.min(bytes.length, at + 1 + whole(64));
        bytes = joined(bytes.slice(0, at), bytes.slice(end));
        break;
      }
      case 6: {
        const word = new TextEncoder().encode(words[whole(words.length)]);
        bytes = joined(bytes.slice(0, at), word, bytes.slice(at));
        break;
      }
      default: {
        const from = whole(other.length);
        bytes = joined(bytes.slice(0, at), other.slice(from, from + whole(64)), bytes.slice(at));
      }
    }
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** The fault of a reader with a file; undefined if there is none. */
export async function complaintOf({ read }: Target, bytes: Uint8Array): Promise<string | undefined> {
  const start = performance.now();
  const processor = process.cpuUsage();
  const memory = process.memoryUsage.rss();
  const peak = process.resourceUsage().maxRSS;
  try {
    await read(bytes);
  } catch (error) {
    if (!(error instanceof InputError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (error.what === '' || error.fix === '') return 'an InputError without what or fix';
  }
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  // on a busy machine, wall time passes without work
  const worked = Math.min(took, (user + system) / 1000);
  const share = Math.max(1, bytes.length / 1e6);
  if (took > hung * share || worked > slow * share)
    return `it took ${Math.round(took)} ms, ${Math.round(worked)} of them the processor's`;
  const reached = process.resourceUsage().maxRSS;
  // an earlier peak belongs to another file
  const grown = reached > peak ? reached * kibibyte - memory : 0;
  return grown > large * share ? `it took ${Math.round(grown / 2 ** 20)} MiB` : undefined;
}

/** Reads `cases` changed files; the same seed, the same files. */
export async function fuzz(target: Target, cases: number, seed: number): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (let i = 0; i < cases; i++) {
    const random = randomFrom(seed * 1_000_003 + i);
    const pick = () => target.seeds[Math.floor(random() * target.seeds.length)];
    const bytes = target.make?.(random) ?? mutate(pick(), pick(), random);
    const what = await complaintOf(target, bytes);
    if (what !== undefined) failures.push({ target: target.name, case: i, bytes, what });
    if (failures.length > 4) break;
  }
  return failures;
}
