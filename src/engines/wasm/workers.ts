/** The threads that serve a module: workers of Node, or of an isolated page. They end with the training. */
import { aCount, optional } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { host, nodeModule } from '../../base/host.ts';
import { workerRoom } from '../../base/workers.ts';
import type { Imports, Memory } from './instantiate.ts';
import { words } from './threads.ts';

interface WorkerLike {
  on?(event: string, listener: (reason: unknown) => void): unknown;
  addEventListener?(event: string, listener: (reason: unknown) => void): void;
  postMessage(message: unknown): void;
  terminate(): unknown;
  unref?(): void;
}

/** A browser's constructor of workers; undefined if there is none. */
const { Worker: PageWorker } = globalThis as {
  readonly Worker?: new (url: URL, options: { type: 'module' }) => WorkerLike;
};

/** The workers of Node or of a page, if memory can be shared with them. */
function makeWorker(): ((bind?: string) => WorkerLike) | undefined {
  const { Worker: NodeWorker } = (nodeModule('node:worker_threads') ?? {}) as {
    Worker?: new (url: URL) => WorkerLike;
  };
  if (NodeWorker !== undefined)
    return (bind) => new NodeWorker(new URL(`data:text/javascript,${encodeURIComponent(nodeSource(bind))}`));
  // the main thread of a page must not wait for others, so it trains alone; a worker of the page can use threads
  if (PageWorker === undefined || host.crossOriginIsolated !== true || host.document !== undefined) return undefined;
  // written so that bundlers find the file
  return () => new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
}
declare const Worker: new (url: URL, options: { type: 'module' }) => WorkerLike;

/** The message to a thread: `stop` is the index of the word that becomes 1 when training ends. */
export interface ThreadOrder {
  readonly module: object;
  readonly memory: Memory;
  readonly data: unknown;
  readonly stop: number;
}

/** The program of a worker of Node, like the file `thread.ts`; `bind` returns the module's other imports. */
const nodeSource = (bind = '() => ({})') => `const { parentPort } = process.getBuiltinModule('node:worker_threads');
parentPort.once('message', ({ module, memory, data, stop }) => {
  if (Atomics.load(new Int32Array(memory.buffer), stop) !== 0) return;
  const imports = (${bind})(data, memory);
  new WebAssembly.Instance(module, { engine: { memory }, ...imports }).exports.serve();
});`;

/** The number of threads that this machine runs at the same time. */
function parallelism(): number {
  const os = nodeModule('node:os') as { availableParallelism?(): number } | undefined;
  return os?.availableParallelism?.() ?? host.navigator?.hardwareConcurrency ?? 1;
}

/**
 * The number of threads to use: the requested number, or as many as the machine runs; fewer if the limit on workers is
 * lower.
 */
export function threadsFor(requested?: number): number {
  if (makeWorker() === undefined) return 1;
  return Math.min(requested ?? parallelism(), workerRoom().count + 1);
}

/** Why there are fewer threads than requested, or than the machine runs; undefined if there are not. */
export function threadsMissing(requested?: number): string | undefined {
  optional(aCount)(requested, 'threadsMissing: requested');
  if (makeWorker() === undefined) {
    if (requested === undefined || requested < 2) return undefined;
    if (host.document !== undefined) return "a page's own thread may not wait for others";
    return PageWorker === undefined ? 'there are no workers here' : 'the page is not cross-origin isolated';
  }
  const { count, why } = workerRoom();
  return (requested ?? parallelism()) > count + 1 ? why : undefined;
}

export interface Crew {
  /** The number of threads that serve, with the leader, and the number that will. */
  size(): number;
  expected(): number;
  /** Why some could not start, if so. */
  failure(): string | undefined;
  /** Throws an InputError if one of them has ended. */
  check(): void;
  dismiss(): void;
}

/** Functions that a module imports, in Node only; each thread binds its own. */
export interface Outside<Data = unknown> {
  /** Its text is sent to the threads, so it uses no name from outside. */
  bind(data: Data, memory: Memory): Imports;
  readonly data: Data;
}

/**
 * Milliseconds of training before its workers start. A worker takes some 30 ms to start (Node 20), which a shorter training
 * would waste.
 */
const startAfter = 20;
/** Milliseconds between two checks whether the workers of earlier trainings have ended. */
const checkInterval = 5;

/**
 * Workers of Node that are about to end. New workers wait for them, so that the workers of at most one earlier training exist,
 * however short the trainings are.
 */
const leaving = new Set<WorkerLike>();

/**
 * Starts workers; they take part as soon as they are ready, and do not keep a process alive. Training continues without a worker
 * that cannot start, for example because a page does not find its file. Workers are not reused for the next training: an idle
 * worker would keep the memory of the last one, as its garbage is not collected.
 */
export function startCrew(count: number, module: object, memory: Memory, outside?: Outside): Crew {
  const make = makeWorker()!;
  const shared = new Int32Array(memory.buffer);
  const size = () => Atomics.load(shared, words.ready / 4) + 1;
  const workers = new Set<WorkerLike>();
  let dismissed = false;
  let failed = 0;
  let failure: string | undefined;
  let lost: unknown;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const start = () => {
    const worker = make(outside?.bind.toString());
    workers.add(worker);
    const leave = (reason: unknown) => {
      leaving.delete(worker);
      if (!workers.delete(worker) || dismissed) return;
      failed += 1;
      failure ??= reason instanceof Error ? reason.message : 'one could not be started, or ended';
      // more ended than had not served yet: one of those that served has ended
      if (size() + failed > count + 1) lost ??= reason ?? 'it ended';
    };
    worker.on?.('error', leave);
    worker.on?.('exit', leave);
    worker.addEventListener?.('error', leave);
    worker.unref?.();
    const order: ThreadOrder = { module, memory, data: outside?.data, stop: words.stop / 4 };
    worker.postMessage(order);
  };
  const later = (milliseconds: number) => {
    timer = setTimeout(startAll, milliseconds);
    (timer as { unref?(): void }).unref?.();
  };
  const startAll = () => {
    if (leaving.size > 0) return later(checkInterval);
    const room = workerRoom();
    const maxCount = Math.min(count, room.count);
    if (maxCount < count) failure = room.why;
    try {
      while (workers.size < maxCount) start();
    } catch (error) {
      failure = (error as Error).message;
    }
    failed += count - workers.size;
  };
  later(startAfter);

  return {
    size,
    expected: () => count + 1 - failed,
    failure: () => failure,
    check() {
      if (lost !== undefined) threadLost(lost);
    },
    dismiss() {
      dismissed = true;
      clearTimeout(timer);
      Atomics.store(shared, words.stop / 4, 1);
      Atomics.add(shared, words.job / 4, 256);
      Atomics.notify(shared, words.job / 4);
      for (const worker of workers) {
        // a page is not notified when a worker ends
        if (worker.on !== undefined) leaving.add(worker);
        // a worker that serves ends by itself; one that is still starting would run for a while
        worker.terminate();
        // it keeps the process alive until it has ended
        worker.unref?.();
      }
    },
  };
}

export function threadLost(reason?: unknown): never {
  const detail = reason instanceof Error ? `: ${reason.message}` : '';
  return fail({
    what: `a training thread ended, or did not answer for ten seconds${detail}`,
    where: ['training', 'threads'],
    fix: 'Train on one thread: "threads": 1.',
  });
}
