/**
 * Reading binary files with limits on memory and processor time, beside the limits on what a file may claim. The readers
 * check every claim before they allocate; this holds if a check is missing, or a codec goes astray.
 *
 * In Node the file is read in a child process with a limited heap. On Linux its memory and processor time are watched as
 * well; elsewhere only the time that passes. Where no process can be started (Node's `--permission`, Bun, Deno, a bundle that
 * lacks the file), a worker thread with a limited heap reads it; where there is no thread either, and in pages, this thread
 * does, with the checks of claims alone. A page may read in a worker of its own.
 */
import { showBytes } from '../../base/bytes.ts';
import { fail, InputError } from '../../base/errors.ts';
import { nodeModule } from '../../base/host.ts';
import { unpackPart } from '../transfer.ts';
import { type BinarySource, binaryParts } from './binary.ts';
import type { Answer, Order, Taken } from './binary-process.ts';
import { limitOf, type ReadLimits } from './limits.ts';
import type { Part } from './parts.ts';

const megabyte = 2 ** 20;

/** What a file is worth; infinite where its limits were raised to that. */
interface Worth {
  readonly memory: number;
  /** Seconds of processor time. */
  readonly seconds: number;
}

/**
 * It follows the limits on what the file may hold: a dictionary stays in memory, and a page while its cells come. By default
 * that is below 512 MiB, and 1.5 s, for a file of up to 1 MiB.
 */
function worthOf(bytes: number, limits: ReadLimits | undefined): Worth {
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

/** Helpers are made in sizes, so that one can read the next file, too: powers of two from 512 MiB on. */
const sizeFor = (memory: number) => Math.min(2 ** 35, 2 ** Math.max(29, Math.ceil(Math.log2(memory))));

/** A process or thread that reads. */
interface Helper {
  /** Bytes that it may take: most of them in its heap. */
  readonly size: number;
  send(message: Order | Taken): void;
  /** Hands over a file's bytes, if not in the message. */
  readonly feed?: (bytes: Uint8Array) => void;
  /** The next answer, or why there is none: it ended, or was ended. */
  hear: (answer: Answer | { readonly ended: string }) => void;
  /** Its resident bytes and seconds of processor time; undefined where that cannot be asked. */
  usage?(): { readonly memory: number; readonly seconds: number } | undefined;
  /** Keeps this process alive, or no longer. */
  hold(isHeld: boolean): void;
  end(): void;
  isOver: boolean;
}

/** A file beside this one. Bundlers do not see that it is meant: a copy of the file alone would be of no use. */
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

/** Resident bytes and seconds of processor time of a process, as Linux has them. */
function usageOf(pid: number, { readFileSync }: Files): ReturnType<NonNullable<Helper['usage']>> {
  try {
    const kilobytes = Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // behind the name, which may hold anything; in hundredths of a second
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / 100;
    return Number.isFinite(kilobytes + seconds) ? { memory: 1024 * kilobytes, seconds } : undefined;
  } catch {
    return undefined;
  }
}

const maxHeap = 16_384;
/** Megabytes of the heap of a helper of that size: blocks of bytes lie beside it. */
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
    // what a crash prints is for nobody
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', isPosix ? 'pipe' : 'ignore'],
  });
  const pipe = child.stdio[4];
  // the end of the process says all
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
  /** How often in a row it failed to start. */
  failures: number;
}

/** Ways to read elsewhere, best first. One that is not there is not tried again. */
const ways: Way[] = [startProcess, startThread].map((start) => ({ start, failures: 0 }));

/** A process may be ended by others while it starts: only one that never starts is given up. */
const maxFailures = 3;

/** Milliseconds that a helper may take to start, on a machine that is busy. */
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

/** A helper that is ready; undefined where there is none. */
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

/** Helpers that wait for a file. They end by themselves after some time: a training may follow that takes hours. */
const idle: Helper[] = [];
const idleMilliseconds = 3000;
const maxIdleMemory = 192 * megabyte;
let idleTimer: ReturnType<typeof setTimeout> | undefined;

/** Files that are read at once: more wait, as each takes memory. */
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

/** Hands a helper back: `isWhole` where it can read another file. */
function giveBack(helper: Helper | undefined, isWhole: boolean): void {
  if (helper !== undefined) {
    helper.hear = () => {};
    // memory that a file took may stay with the process: the next file is not to pay for it
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

/** How often a helper is looked at. */
const watchMilliseconds = 25;

/** Ends a helper that goes beyond what a file is worth. Returns what stops this, and says why it was ended. */
function watch(helper: Helper, { memory, seconds }: Worth): { stop(): void; why?: 'memory' | 'time' } {
  const before = helper.usage?.()?.seconds;
  const start = performance.now();
  const guard: { stop(): void; why?: 'memory' | 'time' } = { stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    const usage = helper.usage?.();
    const isKnown = usage !== undefined && before !== undefined;
    // on a busy machine, more time passes than the processor works: of that alone, many times as much is allowed
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

/** How a process ends whose heap is full. */
const heapIsFull = /SIGABRT|SIGTRAP|SIGILL|code 134|OUT_OF_MEMORY/;

function failOnEnd(why: string, { name, bytes }: BinarySource, { memory, seconds }: Worth): never {
  const size = showBytes(bytes.length);
  const fix = 'If you trust the file, raise the limits: maxCells, maxDecompressedBytes. Or write it as CSV.';
  if (why === 'time') {
    const what = `reading it takes more than ${seconds.toPrecision(2)} seconds of processor time, the limit for a file of ${size}`;
    return fail({ what, where: name, fix });
  }
  if (why === 'memory' || heapIsFull.test(why)) {
    const what = `reading it takes more than ${showBytes(memory)} of memory, the limit for a file of ${size}`;
    return fail({ what, where: name, fix });
  }
  return fail({
    what: `the process that reads it ended (${why})`,
    where: name,
    fix: 'Try again; if it happens again, write the file again, or as CSV.',
  });
}

/**
 * The parts of a file, one after the other. Throws an InputError where it is torn, beyond a limit, or takes more memory or
 * time than a file of its size is worth.
 */
export async function* readBinary(source: BinarySource): AsyncGenerator<Part> {
  // the sources themselves, in TypeScript, are no module of a process
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
  const worth = worthOf(bytes.length, source.limits);
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
