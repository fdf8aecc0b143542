/**
 * Reading binary formats with a limit on memory and time: their readers are libraries which a torn file can send round for
 * ever. In Node they work in a thread of their own, which is ended when it goes beyond; a page reads by itself, and may do
 * so in a worker.
 */
import { showBytes } from '../base/bytes.ts';
import { type Complaint, fail, InputError } from '../base/errors.ts';
import type { Columns } from './binary.ts';

export type BinaryFormat = 'parquet' | 'arrow';

interface Thread {
  on(event: 'message' | 'error', listener: (value: never) => void): unknown;
  postMessage(message: unknown): void;
  off(event: 'message' | 'error', listener: (value: never) => void): unknown;
  terminate(): Promise<number>;
  ref(): void;
  unref(): void;
}

interface Host {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

const megabyte = 2 ** 20;
/** What a file of so many bytes is worth: cells as texts take some fifty times their bytes in a packed file. */
const memoryFor = (bytes: number) => Math.min(8192, 128 + Math.ceil((100 * bytes) / megabyte));
const secondsFor = (bytes: number) => 10 + bytes / megabyte;

/** What the thread runs: it gives a part, and waits until that was taken. */
const source = (module: string) => `const { parentPort } = process.getBuiltinModule('node:worker_threads');
const ready = import(${JSON.stringify(module)});
let taken = () => {};
parentPort.on('message', async (order) => {
  if (order.taken) return taken();
  const { format, bytes, name } = order;
  const { arrowParts, parquetParts } = await ready;
  try {
    for await (const part of (format === 'parquet' ? parquetParts : arrowParts)(bytes, name)) {
      const gone = new Promise((resolve) => (taken = resolve));
      parentPort.postMessage({ part });
      await gone;
    }
    parentPort.postMessage({ done: true });
  } catch ({ what, where, mend, message }) {
    parentPort.postMessage({ complaint: { what: what ?? message, where: where ?? name, mend: mend ?? 'Write it again.' } });
  }
});`;

interface Answer {
  readonly part?: Columns;
  readonly done?: true;
  readonly complaint?: Complaint;
  readonly failed?: unknown;
  readonly late?: true;
}

let idle: { readonly thread: Thread; readonly megabytes: number } | undefined;

/**
 * The parts of a file, one after the other. Throws an InputError where it is torn, or wants more memory or, for a part, time
 * than it is worth.
 */
export async function* readBinary(format: BinaryFormat, bytes: Uint8Array, name: string): AsyncGenerator<Columns> {
  const threads = (globalThis as Host).process?.getBuiltinModule?.('node:worker_threads') as
    | { Worker: new (url: URL, options: object) => Thread }
    | undefined;
  // the sources themselves, in TypeScript, are no module of a thread
  if (threads === undefined || !import.meta.url.endsWith('.js')) {
    const { arrowParts, parquetParts } = await import('./binary.ts');
    yield* (format === 'parquet' ? parquetParts : arrowParts)(bytes, name);
    return;
  }
  const megabytes = memoryFor(bytes.length);
  let held = idle;
  idle = undefined;
  if (held !== undefined && held.megabytes < megabytes) {
    void held.thread.terminate();
    held = undefined;
  }
  held ??= {
    megabytes,
    thread: new threads.Worker(
      new URL(`data:text/javascript,${encodeURIComponent(source(new URL('./binary.js', import.meta.url).href))}`),
      { resourceLimits: { maxOldGenerationSizeMb: megabytes } },
    ),
  };
  const { thread } = held;
  const beyond = (what: string) =>
    fail({ what: `it is torn: reading it takes more than ${what}`, where: name, mend: 'Write it again, or as CSV.' });
  thread.ref();
  const listening: (() => void)[] = [];
  let hear: (answer: Answer) => void = () => {};
  const listen = (event: 'message' | 'error', listener: (value: never) => void) => {
    thread.on(event, listener);
    listening.push(() => thread.off(event, listener));
  };
  listen('message', (answer: Answer) => hear(answer));
  listen('error', (failed) => hear({ failed }));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (order: unknown) =>
    new Promise<Answer>((resolve) => {
      hear = resolve;
      timer = setTimeout(() => resolve({ late: true }), 1000 * secondsFor(bytes.length));
      thread.postMessage(order);
    }).finally(() => clearTimeout(timer));
  try {
    for (let answer = await ask({ format, bytes, name }); ; answer = await ask({ taken: true })) {
      if (answer.late) beyond(`${Math.round(secondsFor(bytes.length))} seconds`);
      if (answer.failed !== undefined) beyond(showBytes(megabytes * megabyte));
      if (answer.part === undefined) {
        idle = held;
        if (answer.complaint !== undefined) throw new InputError(answer.complaint);
        return;
      }
      yield answer.part;
    }
  } finally {
    for (const stop of listening) stop();
    if (idle === held) thread.unref();
    else void thread.terminate();
  }
}
