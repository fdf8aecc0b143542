/**
 * Reads binary files with limits on memory and processor time, in addition to the limits on what a file may contain. The
 * readers check every size in a file before they allocate; this protects against a missing check or a faulty codec.
 *
 * In Node, a child process with a limited heap reads the file. On Linux its memory and processor time are limited as well;
 * elsewhere only the elapsed time. Where no process can be started (Node's `--permission`, Bun, Deno, a bundle without the
 * file), a worker thread with a limited heap reads it. Without threads, and in web pages, this thread reads it, protected only
 * by the checks of the readers. A page may read in a worker of its own.
 */
import { showBytes } from '../../base/bytes.ts';
import { fail, InputError } from '../../base/errors.ts';
import { nodeModule } from '../../base/host.ts';
import { type BinarySource, binaryParts } from './binary.ts';
import type { Answer } from './binary-process.ts';
import { type Files, file, type Helper, helperFile } from './helper.ts';
import { giveBack, sizeFor, takeHelper, ways } from './helper-pool.ts';
import { limitOf, type ReadLimits } from './limits.ts';
import { unpackPart } from './packed-part.ts';
import type { Part } from './parts.ts';

const megabyte = 2 ** 20;

/** The limits on reading a file; infinite if the file's limits were raised to infinity. */
interface ReadingLimits {
  readonly memory: number;
  /** Seconds of processor time. */
  readonly seconds: number;
}

/**
 * They follow the limits on the file's contents: a dictionary stays in memory, and so does a page while its cells are read.
 * By default they are below 512 MiB, and 1.5 s, for a file of up to 1 MiB.
 */
function readingLimitsOf(bytes: number, limits: ReadLimits | undefined): ReadingLimits {
  const cells = limitOf('maxCells', limits, bytes);
  const decompressed = limitOf('maxDecompressedBytes', limits, bytes);
  return {
    memory: 256 * megabyte + 2 * bytes + decompressed + 16 * cells,
    seconds:
      1.5 +
      Math.max(0, decompressed - 96 * megabyte) / (64 * megabyte) +
      Math.max(0, cells - 6 * megabyte) / (4 * megabyte),
  };
}

/** The interval of checks on a helper, in milliseconds. */
const watchMilliseconds = 25;

/** Ends a helper that exceeds the limits. Returns a guard that can be stopped, with the reason if it ended the helper. */
function watch(helper: Helper, { memory, seconds }: ReadingLimits): { stop(): void; why?: 'memory' | 'time' } {
  const before = helper.usage?.()?.seconds;
  const start = performance.now();
  const guard: { stop(): void; why?: 'memory' | 'time' } = { stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    const usage = helper.usage?.();
    const isKnown = usage !== undefined && before !== undefined;
    // on a busy machine more time passes than the process computes, so a multiple of the elapsed time is allowed
    const passed = (performance.now() - start) / 1000;
    const taken = isKnown ? Math.max(usage.seconds - before, passed / 40) : passed / 10;
    if (isKnown && usage.memory > memory) guard.why = 'memory';
    else if (taken > seconds) guard.why = 'time';
    if (guard.why === undefined) return;
    clearInterval(timer);
    helper.end();
    helper.hear({ ended: guard.why });
  }, watchMilliseconds);
  return guard;
}

/** How a process ends if its heap is full. */
const heapIsFull = /SIGABRT|SIGTRAP|SIGILL|code 134|OUT_OF_MEMORY/;

function failOnEnd(why: string, { name, bytes }: BinarySource, { memory, seconds }: ReadingLimits): never {
  const size = showBytes(bytes.length);
  const fix = 'If you trust the file, raise the limits: maxCells, maxDecompressedBytes. Or write it as CSV.';
  if (why === 'time') {
    const what = `reading the file takes more than ${seconds.toPrecision(2)} seconds of processor time, the limit for a file of ${size}`;
    return fail({ what, where: name, fix });
  }
  if (why === 'memory' || heapIsFull.test(why)) {
    const what = `reading the file takes more than ${showBytes(memory)} of memory, the limit for a file of ${size}`;
    return fail({ what, where: name, fix });
  }
  return fail({
    what: `the process that reads the file ended (${why})`,
    where: name,
    fix: 'Try again. If it happens again, write the file again, or as CSV.',
  });
}

/**
 * The parts of a file, in order. Throws an InputError for a file that is damaged or beyond a limit, or if reading takes more
 * memory or time than a file of its size may.
 */
export async function* readBinary(source: BinarySource): AsyncGenerator<Part> {
  // the TypeScript sources cannot be run as a process
  const canHelp =
    (globalThis as { readonly process?: { getBuiltinModule?: unknown } }).process?.getBuiltinModule !== undefined &&
    import.meta.url.startsWith('file:') &&
    import.meta.url.endsWith('.js') &&
    (nodeModule('node:fs') as unknown as Files | undefined)?.existsSync(file(helperFile)) === true;
  if (!canHelp || ways.length === 0) {
    yield* binaryParts(source);
    return;
  }
  const { bytes, ...order } = source;
  const worth = readingLimitsOf(bytes.length, source.limits);
  const helper = await takeHelper(sizeFor(worth.memory));
  if (helper === undefined) {
    giveBack(undefined, false);
    yield* binaryParts(source);
    return;
  }
  helper.hold(true);
  const answers: (Answer | { readonly ended: string })[] = [];
  let wake = () => {};
  helper.hear = (answer) => {
    answers.push(answer);
    wake();
  };
  const guard = watch(helper, worth);
  let isWhole = false;
  try {
    helper.send({ read: { ...order, bytes: helper.feed === undefined ? bytes : bytes.length } });
    helper.feed?.(bytes);
    for (;;) {
      if (answers.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const answer = answers.shift()!;
      if ('ended' in answer) failOnEnd(guard.why ?? answer.ended, source, worth);
      if (answer.part !== undefined) {
        helper.send({ taken: true });
        yield unpackPart(answer.part);
        continue;
      }
      isWhole = true;
      if (answer.complaint !== undefined) throw new InputError(answer.complaint);
      return;
    }
  } finally {
    guard.stop();
    giveBack(helper, isWhole);
  }
}
