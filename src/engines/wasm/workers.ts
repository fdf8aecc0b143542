/** Threads that serve a module: workers of Node, or of an isolated page. They start by themselves and end when told. */
import { fail } from '../../base/errors.ts';
import { nodeModule } from '../../base/host.ts';
import type { Imports, Memory } from './instantiate.ts';
import { words } from './threads.ts';

interface WorkerLike {
  on?(event: string, listener: (reason: unknown) => void): unknown;
  addEventListener?(event: string, listener: (reason: unknown) => void): void;
  postMessage(message: unknown): void;
  unref?(): void;
}

interface Host {
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly crossOriginIsolated?: boolean;
  readonly document?: object;
  readonly Worker?: new (url: URL, options: { type: 'module' }) => WorkerLike;
}
const host = globalThis as Host;

/** Node's workers, or a page's, where memory may be shared with them. */
function makeWorker(): ((bind?: string) => WorkerLike) | undefined {
  const { Worker: NodeWorker } = (nodeModule('node:worker_threads') ?? {}) as {
    Worker?: new (url: URL) => WorkerLike;
  };
  if (NodeWorker !== undefined)
    return (bind) => new NodeWorker(new URL(`data:text/javascript,${encodeURIComponent(nodeSource(bind))}`));
  // a page's own thread may not wait for others: it trains alone, a worker of the page does not
  if (host.Worker === undefined || host.crossOriginIsolated !== true || host.document !== undefined) return undefined;
  // written so that bundlers find the file
  return () => new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
}
declare const Worker: new (url: URL, options: { type: 'module' }) => WorkerLike;

/** What a worker of Node runs: as the file `thread.ts`, and `bind` gives what else the module imports. */
const nodeSource = (bind = '() => ({})') => `const { parentPort } = process.getBuiltinModule('node:worker_threads');
parentPort.once('message', ({ module, memory, data }) => {
  const imports = (${bind})(data, memory);
  new WebAssembly.Instance(module, { engine: { memory }, ...imports }).exports.serve();
});`;

/** As many threads as are asked for, else as this machine runs at a time; 1 where memory cannot be shared with others. */
export function threadsFor(asked?: number): number {
  if (makeWorker() === undefined) return 1;
  if (asked !== undefined) return asked;
  const os = nodeModule('node:os') as { availableParallelism?(): number } | undefined;
  return os?.availableParallelism?.() ?? host.navigator?.hardwareConcurrency ?? 1;
}

export interface Crew {
  /** Threads that serve by now, and the one that leads; and how many these are to be. */
  size(): number;
  expected(): number;
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
 * Starts workers; they take part as soon as they are ready, and do not keep a process alive. One that cannot be started, as
 * its file is not where the page looks for it, is done without.
 */
export function startCrew(count: number, module: object, memory: Memory, outside?: Outside): Crew {
  const make = makeWorker()!;
  let dismissed = false;
  const shared = new Int32Array(memory.buffer);
  const size = () => Atomics.load(shared, words.ready / 4) + 1;
  let failed = 0;
  let lost: unknown;
  for (let i = 0; i < count; i++) {
    const worker = make(outside?.bind.toString());
    let gone = false;
    const leave = (reason: unknown) => {
      if (dismissed || gone) return;
      gone = true;
      failed += 1;
      // more than have not served yet: one that did
      if (size() + failed > count + 1) lost ??= reason ?? 'it ended';
    };
    worker.on?.('error', leave);
    worker.on?.('exit', leave);
    worker.addEventListener?.('error', leave);
    worker.unref?.();
    worker.postMessage({ module, memory, data: outside?.data });
  }
  return {
    size,
    expected: () => count + 1 - failed,
    check() {
      if (lost !== undefined) threadLost(lost);
    },
    dismiss() {
      dismissed = true;
      Atomics.store(shared, words.stop / 4, 1);
      Atomics.add(shared, words.job / 4, 256);
      Atomics.notify(shared, words.job / 4);
    },
  };
}

export function threadLost(reason?: unknown): never {
  const detail = reason instanceof Error ? `: ${reason.message}` : '';
  return fail({
    what: `one of the threads of the training is gone, or did not answer for ten seconds${detail}`,
    where: 'training.threads',
    mend: 'Train on one thread: "threads": 1.',
  });
}
