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
import type { Answer, Order, Taken } from './binary-process.ts';
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

/** The memory of a helper, in powers of two from 512 MiB, so that it can read the next file too. */
const sizeFor = (memory: number) => Math.min(2 ** 35, 2 ** Math.max(29, Math.ceil(Math.log2(memory))));

/** A process or thread that reads files. */
interface Helper {
  /** The memory that it may use, in bytes; most of it is heap. */
  readonly size: number;
  send(message: Order | Taken): void;
  /** Sends the bytes of a file, if they are not in the message. */
  readonly feed?: (bytes: Uint8Array) => void;
  /** Called with the next answer, or with the reason why there is none. */
  hear: (answer: Answer | { readonly ended: string }) => void;
  /** Its resident memory in bytes and its processor time in seconds; undefined where they are not known. */
  usage?(): { readonly memory: number; readonly seconds: number } | undefined;
  /** Whether it keeps this process alive. */
  hold(isHeld: boolean): void;
  end(): void;
  isOver: boolean;
}

/** A file in this folder. Written so that bundlers do not copy it: alone, it would not work. */
function file(name: string): URL {
  const here = import.meta.url;
  return new URL(name, here);
}

const helperFile = 'binary-process.js';

interface ChildModule {
  fork(path: string, args: readonly string[], options: object): Child;
}

interface Child {
  readonly pid?: number;
  readonly channel?: { ref(): void; unref(): void } | null;
  readonly stdio: readonly ({
    write(bytes: Uint8Array): void;
    on(event: string, listener: () => void): void;
    unref?(): void;
  } | null)[];
  on(event: string, listener: (...values: never[]) => void): void;
  send(message: unknown, done: (error: Error | null) => void): void;
  kill(signal: string): void;
  ref(): void;
  unref(): void;
}

interface Files {
  existsSync(path: URL): boolean;
  readFileSync(path: string, encoding: 'utf8'): string;
}

/** The resident memory in bytes and the processor time in seconds of a process, on Linux. */
function usageOf(pid: number, { readFileSync }: Files): ReturnType<NonNullable<Helper['usage']>> {
  try {
    const kilobytes = Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // after the name, which may contain anything; in hundredths of a second
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / 100;
    return Number.isFinite(kilobytes + seconds) ? { memory: 1024 * kilobytes, seconds } : undefined;
  } catch {
    return undefined;
  }
}

const maxHeap = 16_384;
/** The heap of a helper in megabytes; blocks of bytes are outside the heap. */
const heapFor = (size: number) => Math.min(maxHeap, Math.ceil((0.75 * size) / megabyte));

function startProcess(size: number): Helper | undefined {
  const host = globalThis as { readonly Deno?: unknown };
  const versions: Readonly<Record<string, string | undefined>> = process.versions;
  if (host.Deno !== undefined || versions.bun !== undefined || versions.electron !== undefined) return undefined;
  const sea = nodeModule('node:sea') as { isSea?(): boolean } | undefined;
  if (sea?.isSea?.()) return undefined;
  const { fork } = nodeModule('node:child_process') as unknown as ChildModule;
  const { fileURLToPath } = nodeModule('node:url') as unknown as { fileURLToPath(url: URL): string };
  const files = nodeModule('node:fs') as unknown as Files;
  const isPosix = process.platform !== 'win32';
  const { SystemRoot, LD_LIBRARY_PATH } = process.env;
  const child = fork(fileURLToPath(file(helperFile)), [], {
    execArgv: [
      `--max-old-space-size=${heapFor(size)}`,
      '--max-semi-space-size=8',
      '--disallow-code-generation-from-strings',
      '--no-warnings',
    ],
    env: { ...(SystemRoot && { SystemRoot }), ...(LD_LIBRARY_PATH && { LD_LIBRARY_PATH }) },
    serialization: 'advanced',
    // the output of a crash is not shown
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', isPosix ? 'pipe' : 'ignore'],
  });
  const pipe = child.stdio[4];
  // an error here means that the process ended, which is reported elsewhere
  pipe?.on('error', () => {});
  const helper: Helper = {
    size,
    hear: () => {},
    send: (message) => child.send(message, () => {}),
    ...(pipe && { feed: (bytes) => pipe.write(bytes) }),
    usage: () => (child.pid === undefined || process.platform !== 'linux' ? undefined : usageOf(child.pid, files)),
    hold(isHeld) {
      const change = isHeld ? 'ref' : 'unref';
      child[change]();
      child.channel?.[change]();
    },
    end() {
      helper.isOver = true;
      child.kill('SIGKILL');
    },
    isOver: false,
  };
  pipe?.unref?.();
  child.on('message', (answer: Answer) => helper.hear(answer));
  const over = (why: string) => {
    helper.isOver = true;
    helper.hear({ ended: why });
  };
  child.on('error', (error: Error) => over(error.message));
  child.on('exit', (code: number | null, signal: string | null) => over(signal ?? `code ${code}`));
  return helper;
}

interface Thread {
  on(event: string, listener: (value: never) => void): void;
  postMessage(message: unknown): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

function startThread(size: number): Helper | undefined {
  const { Worker } = (nodeModule('node:worker_threads') ?? {}) as {
    Worker?: new (url: URL, options: object) => Thread;
  };
  if (Worker === undefined) return undefined;
  const thread = new Worker(file(helperFile), { resourceLimits: { maxOldGenerationSizeMb: heapFor(size) } });
  const helper: Helper = {
    size,
    hear: () => {},
    send: (message) => thread.postMessage(message),
    hold: (isHeld) => thread[isHeld ? 'ref' : 'unref'](),
    end() {
      helper.isOver = true;
      void thread.terminate();
    },
    isOver: false,
  };
  thread.on('message', (answer: Answer) => helper.hear(answer));
  const over = (why: string) => {
    helper.isOver = true;
    helper.hear({ ended: why });
  };
  thread.on('error', (error: Error) => over((error as { readonly code?: string }).code ?? String(error)));
  thread.on('exit', () => over('exit'));
  return helper;
}

interface Way {
  readonly start: (size: number) => Helper | undefined;
  /** The number of failed starts in a row. */
  failures: number;
}

/** The ways to start a helper, best first. One that is not available is not tried again. */
const ways: Way[] = [startProcess, startThread].map((start) => ({ start, failures: 0 }));

/** The system may end a process while it starts, so a few failures are tolerated. */
const maxFailures = 3;

/** The time that a helper may take to start on a busy machine, in milliseconds. */
const startMilliseconds = 20_000;

/** Starts a helper and waits until it is ready. */
function startBy({ start }: Way, size: number): Promise<Helper | 'failed' | 'not there'> {
  return new Promise((resolve) => {
    let started: Helper | undefined;
    try {
      started = start(size);
    } catch {
      // not permitted
    }
    if (started === undefined) return resolve('not there');
    const timer = setTimeout(() => started.hear({ ended: 'time' }), startMilliseconds);
    started.hear = (answer) => {
      clearTimeout(timer);
      const isReady = 'ready' in answer;
      if (!isReady) started.end();
      resolve(isReady ? started : 'failed');
    };
  });
}

/** A helper that is ready; undefined if none can be started. */
async function start(size: number): Promise<Helper | undefined> {
  for (const way of [...ways]) {
    const helper = await startBy(way, size);
    if (typeof helper === 'object') {
      way.failures = 0;
      return helper;
    }
    way.failures += helper === 'failed' ? 1 : maxFailures;
    if (way.failures >= maxFailures && ways.includes(way)) ways.splice(ways.indexOf(way), 1);
  }
  return undefined;
}

/** Helpers that wait for a file. They end after a short time, because training may take hours. */
const idle: Helper[] = [];
const idleMilliseconds = 3000;
const maxIdleMemory = 192 * megabyte;
let idleTimer: ReturnType<typeof setTimeout> | undefined;

/** The maximum number of files that are read at once, as each takes memory; others wait. */
const maxHelpers = 4;
let helpers = 0;
const waiting: (() => void)[] = [];

async function take(size: number): Promise<Helper | undefined> {
  if (helpers >= maxHelpers) await new Promise<void>((resolve) => waiting.push(resolve));
  else helpers++;
  for (let found = idle.pop(); found !== undefined; found = idle.pop()) {
    if (found.isOver) continue;
    if (found.size === size) return found;
    found.end();
  }
  return start(size);
}

/** Returns a helper to the pool; `isWhole` says whether it can read another file. */
function giveBack(helper: Helper | undefined, isWhole: boolean): void {
  if (helper !== undefined) {
    helper.hear = () => {};
    // a process may keep the memory of a file, which would count for the next file
    const isSmall = (helper.usage?.()?.memory ?? 0) < maxIdleMemory;
    if (isWhole && isSmall && !helper.isOver) {
      idle.push(helper);
      helper.hold(false);
      clearTimeout(idleTimer);
      idleTimer = setTimeout(() => {
        for (const each of idle.splice(0)) each.end();
      }, idleMilliseconds);
      (idleTimer as { unref?(): void }).unref?.();
    } else helper.end();
  }
  const next = waiting.shift();
  if (next === undefined) helpers--;
  else next();
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
  const helper = await take(sizeFor(worth.memory));
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
