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

/** What the thread runs. */
const source = (module: string) => `const { parentPort } = process.getBuiltinModule('node:worker_threads');
const ready = import(${JSON.stringify(module)});
parentPort.on('message', async ({ format, bytes, name }) => {
  const { fromParquet, fromArrow } = await ready;
  try {
    parentPort.postMessage({ columns: await (format === 'parquet' ? fromParquet : fromArrow)(bytes, name) });
  } catch ({ what, where, mend, message }) {
    parentPort.postMessage({ complaint: { what: what ?? message, where: where ?? name, mend: mend ?? 'Write it again.' } });
  }
});`;

let idle: { readonly thread: Thread; readonly megabytes: number } | undefined;

/** The columns of a file. Throws an InputError where it is torn, or wants more memory or time than it is worth. */
export async function readBinary(format: BinaryFormat, bytes: Uint8Array, name: string): Promise<Columns> {
  const threads = (globalThis as Host).process?.getBuiltinModule?.('node:worker_threads') as
    | { Worker: new (url: URL, options: object) => Thread }
    | undefined;
  // the sources themselves, in TypeScript, are no module of a thread
  if (threads === undefined || !import.meta.url.endsWith('.js')) {
    const { fromArrow, fromParquet } = await import('./binary.ts');
    return (format === 'parquet' ? fromParquet : fromArrow)(bytes, name);
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const answer = await new Promise<{ columns?: Columns; complaint?: Complaint; failed?: unknown; late?: true }>(
      (resolve) => {
        timer = setTimeout(() => resolve({ late: true }), 1000 * secondsFor(bytes.length));
        const listen = (event: 'message' | 'error', listener: (value: never) => void) => {
          thread.on(event, listener);
          listening.push(() => thread.off(event, listener));
        };
        listen('message', resolve);
        listen('error', (failed) => resolve({ failed }));
        thread.postMessage({ format, bytes, name });
      },
    );
    if (answer.late) return beyond(`${Math.round(secondsFor(bytes.length))} seconds`);
    if (answer.failed !== undefined) return beyond(showBytes(megabytes * megabyte));
    idle = held;
    if (answer.complaint !== undefined) throw new InputError(answer.complaint);
    return answer.columns!;
  } finally {
    clearTimeout(timer);
    for (const stop of listening) stop();
    if (idle === held) thread.unref();
    else void thread.terminate();
  }
}
