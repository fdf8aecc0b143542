/** Threads that serve a module: workers of Node, or of an isolated page. They start by themselves and end with the training. */
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

/** A browser's constructor of workers; undefined where there is none. */
const { Worker: PageWorker } = globalThis as {
  readonly Worker?: new (url: URL, options: { type: 'module' }) => WorkerLike;
};

/** Node's workers, or a page's, where memory may be shared with them. */
function makeWorker(): ((bind?: string) => WorkerLike) | undefined {
  const { Worker: NodeWorker } = (nodeModule('node:worker_threads') ?? {}) as {
    Worker?: new (url: URL) => WorkerLike;
  };
  if (NodeWorker !== undefined)
    return (bind) => new NodeWorker(new URL(`data:text/javascript,${encodeURIComponent(nodeSource(bind))}`));
  // a page's own thread may not wait for others: it trains alone, a worker of the page does not
  if (PageWorker === undefined || host.crossOriginIsolated !== true || host.document !== undefined) return undefined;
  // written so that bundlers find the file
  return () => new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
}
declare const Worker: new (url: URL, options: { type: 'module' }) => WorkerLike;

/** What a thread is sent: `stop` is the index of the word that is 1 once the training is over. */
export interface ThreadOrder {
  readonly module: object;
  readonly memory: Memory;
  readonly data: unknown;
  readonly stop: number;
}

/** What a worker of Node runs: as the file `thread.ts`, and `bind` gives what else the module imports. */
const nodeSource = (bind = '() => ({})') => `const { parentPort } = process.getBuiltinModule('node:worker_threads');
parentPort.once('message', ({ module, memory, data, stop }) => {
  if (Atomics.load(new Int32Array(memory.buffer), stop) !== 0) return;
  const imports = (${bind})(data, memory);
  new WebAssembly.Instance(module, { engine: { memory }, ...imports }).exports.serve();
});`;

/** Threads that this machine runs at a time. */
function parallelism(): number {
  const os = nodeModule('node:os') as { availableParallelism?(): number } | undefined;
  return os?.availableParallelism?.() ?? host.navigator?.hardwareConcurrency ?? 1;
}

/** As many threads as are asked for, else as this machine runs at a time; fewer where there is no room for so many workers. */
export function threadsFor(asked?: number): number {
  if (makeWorker() === undefined) return 1;
  return Math.min(asked ?? parallelism(), workerRoom().count + 1);
}

/** Why there are fewer threads than asked for, or than the machine runs; undefined where there are as many. */
export function threadsMissing(asked?: number): string | undefined {
  if (makeWorker() === undefined) {
    if (asked === undefined || asked < 2) return undefined;
    if (host.document !== undefined) return "a page's own thread may not wait for others";
    return PageWorker === undefined ? 'there are no workers here' : 'the page is not cross-origin isolated';
  }
  const { count, why } = workerRoom();
  return (asked ?? parallelism()) > count + 1 ? why : undefined;
}

export interface Crew {
  /** Threads that serve by now, and the one that leads; and how many these are to be. */
  size(): number;
  expected(): number;
  /** Why not all could be started, where that is so. */
  failure(): string | undefined;
  /** Throws an InputError where one of them is gone. */
  check(): void;
  dismiss(): void;
}

/** Functions that a module imports: made on each thread anew, in Node only. */
export interface Outside<Data = unknown> {
  /** Its text is sent to the threads: it names nothing outside of it. */
  bind(data: Data, memory: Memory): Imports;
  readonly data: Data;
}

/**
 * Milliseconds of a training before its workers are started. A worker takes some 30 ms to start (Node 20), so that a training
 * which is over by then would start it in vain.
 */
const startAfter = 20;
/** Milliseconds between two looks at whether the workers of earlier trainings are gone. */
const lookAfter = 5;

/**
 * Workers of Node's that were ended and are not gone yet. New ones wait for them, so that there are never more than one
 * training's left over, however short the trainings are.
 */
const leaving = new Set<WorkerLike>();

/**
 * Starts workers; they take part as soon as they are ready, and do not keep a process alive. One that cannot be started, as
 * its file is not where the page looks for it, is done without. Workers are not kept for the next training: an idle one
 * would hold on to the memory of the last, since nothing has its garbage collected.
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
      // more than have not served yet: one that did
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
    if (leaving.size > 0) return later(lookAfter);
    const room = workerRoom();
    const most = Math.min(count, room.count);
    if (most < count) failure = room.why;
    try {
      while (workers.size < most) start();
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
        // a page is not told when a worker is gone
        if (worker.on !== undefined) leaving.add(worker);
        // one that serves ends by itself, one that is still starting would go on for a while
        worker.terminate();
        // which holds the process until it is gone
        worker.unref?.();
      }
    },
  };
}

export function threadLost(reason?: unknown): never {
  const detail = reason instanceof Error ? `: ${reason.message}` : '';
  return fail({
    what: `one of the threads of the training is gone, or did not answer for ten seconds${detail}`,
    where: 'training.threads',
    fix: 'Train on one thread: "threads": 1.',
  });
}
