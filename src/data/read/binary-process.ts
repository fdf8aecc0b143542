/**
 * The program of the process (or thread) that reads binary files for another: it receives a file and sends its parts, a few
 * of them ahead of the receiver. `helper.ts` starts it, and `guarded-read.ts` limits it.
 */
import type { Complaint } from '../../base/errors.ts';
import { nodeModule } from '../../base/host.ts';
import { binaryParts } from './binary.ts';
import type { ReadLimits } from './limits.ts';
import { type PackedPart, packPart } from './packed-part.ts';

/** A file to read. */
export interface Order {
  readonly read: {
    readonly format: string;
    readonly name: string;
    readonly limits?: ReadLimits;
    /** The file, or the number of its bytes if they come through the pipe. */
    readonly bytes: Uint8Array | number;
  };
}

/** The receiver has taken a part. */
export interface Taken {
  readonly taken: true;
}

export interface Answer {
  readonly ready?: true;
  readonly part?: PackedPart;
  readonly done?: true;
  readonly complaint?: Complaint;
}

/** The number of parts that are sent ahead: the next are made while the receiver takes them. */
const partsAhead = 3;

/** The file descriptor on which a process receives the bytes of files. */
const pipe = 4;

interface Port {
  send(answer: Answer): void;
  listen(listener: (message: Order | Taken) => void): void;
}

/** The bytes from the pipe. */
function fromPipe(length: number): Uint8Array {
  const { readSync } = nodeModule('node:fs') as {
    readSync(fd: number, into: Uint8Array, at: number, count: number): number;
  };
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const count = readSync(pipe, bytes, at, Math.min(length - at, 2 ** 20));
    // the other process has ended
    if (count === 0) process.exit();
    at += count;
  }
  return bytes;
}

function serve(port: Port): void {
  let ahead = 0;
  let resume = () => {};
  const read = async ({ bytes, ...source }: Order['read']) => {
    ahead = 0;
    try {
      const file = typeof bytes === 'number' ? fromPipe(bytes) : bytes;
      for await (const part of binaryParts({ ...source, bytes: file })) {
        if (ahead === partsAhead) await new Promise<void>((resolve) => (resume = resolve));
        ahead++;
        port.send({ part: packPart(part) });
      }
      port.send({ done: true });
    } catch (error) {
      const { what, where, fix, message } = error as Complaint & Error;
      port.send({
        complaint: {
          what: what ?? message,
          where: where ?? source.name,
          fix: fix ?? 'Write the file again, or as CSV.',
        },
      });
    }
  };
  port.listen((message) => {
    if ('read' in message) void read(message.read);
    else {
      ahead--;
      resume();
    }
  });
  port.send({ ready: true });
}

interface ThreadPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: never) => void): void;
}

const parentPort = nodeModule('node:worker_threads')?.parentPort as ThreadPort | null | undefined;
if (parentPort) {
  serve({
    send: (answer) => parentPort.postMessage(answer),
    listen: (listener) => parentPort.on('message', listener),
  });
} else if (process.send !== undefined) {
  // an interruption is meant for the other process, which may continue for a while
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.exit());
  serve({
    send: (answer) => process.send!(answer),
    listen: (listener) => process.on('message', listener),
  });
}
