/** A process or thread that reads binary files for this one, with a limited heap. */
import { nodeModule } from '../../base/host.ts';
import type { Answer, Order, Taken } from './binary-process.ts';

const megabyte = 2 ** 20;

/** A process or thread that reads files. */
export interface Helper {
  /** The memory that it may use, in bytes; most of it is heap. */
  readonly size: number;
  send(message: Order | Taken): void;
  /** Sends the bytes of a file, if they are not in the message. */
  readonly feed?: (bytes: Uint8Array) => void;
  /** Called with the next answer, or with the reason why there is none. */
  hear: (answer: Answer | { readonly ended: string }) => void;
  /** Its resident memory in bytes and its processor time in seconds; undefined if they are not known. */
  usage?(): { readonly memory: number; readonly seconds: number } | undefined;
  /** Whether it keeps this process alive. */
  hold(isKept: boolean): void;
  end(): void;
  isOver: boolean;
}

/** A file in this folder. Written so that bundlers do not copy it: alone, it would not work. */
export function file(name: string): URL {
  const here = import.meta.url;
  return new URL(name, here);
}

export const helperFile = 'binary-process.js';

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

export interface Files {
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

/** A child process; undefined if none can be started. */
export function startProcess(size: number): Helper | undefined {
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
    hold(isKept) {
      const change = isKept ? 'ref' : 'unref';
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

/** A worker thread; undefined if none can be started. */
export function startThread(size: number): Helper | undefined {
  const { Worker } = (nodeModule('node:worker_threads') ?? {}) as {
    Worker?: new (url: URL, options: object) => Thread;
  };
  if (Worker === undefined) return undefined;
  const thread = new Worker(file(helperFile), { resourceLimits: { maxOldGenerationSizeMb: heapFor(size) } });
  const helper: Helper = {
    size,
    hear: () => {},
    send: (message) => thread.postMessage(message),
    hold: (isKept) => thread[isKept ? 'ref' : 'unref'](),
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
