/**
 * The workers of the views. The first worker of the view that an address names starts with the page, so that its code and the
 * view's load at the same time.
 */

const starts = {
  explain: () =>
    new Worker(new URL('./views/step/explain-worker.ts', import.meta.url), { type: 'module', name: 'explain' }),
  training: () => new Worker(new URL('./training/worker.ts', import.meta.url), { type: 'module', name: 'training' }),
  study: () =>
    new Worker(new URL('./views/playground/study-worker.ts', import.meta.url), { type: 'module', name: 'study' }),
  digits: () =>
    new Worker(new URL('./views/digits/digits-worker.ts', import.meta.url), { type: 'module', name: 'digits' }),
  table: () => new Worker(new URL('./views/table/table.worker.ts', import.meta.url), { type: 'module', name: 'table' }),
  graph: () =>
    new Worker(new URL('./views/graph/worker/worker.ts', import.meta.url), { type: 'module', name: 'graph' }),
  audit: () => new Worker(new URL('./views/audit/worker.ts', import.meta.url), { type: 'module', name: 'audit' }),
  'take-away': () =>
    new Worker(new URL('./take-away/take-away.worker.ts', import.meta.url), { type: 'module', name: 'take-away' }),
} satisfies Readonly<Record<string, () => Worker>>;

export type WorkerName = keyof typeof starts;

const waiting = new Map<WorkerName, Worker>();

/** Starts a worker that `startWorker` will give to the first who asks for it. It must not speak before it is spoken to. */
export function startEarly(name: WorkerName): void {
  const worker = starts[name]();
  waiting.set(name, worker);
  // nobody would hear of it: whoever needs the worker starts another, and hears of that
  worker.onerror = () => waiting.delete(name);
}

/** A new worker, which belongs to the caller. */
export function startWorker(name: WorkerName): Worker {
  const early = waiting.get(name);
  waiting.delete(name);
  if (early === undefined) return starts[name]();
  early.onerror = null;
  return early;
}
