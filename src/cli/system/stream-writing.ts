/** Writing to devices and pipes, which may be full or have no reader yet. */
import { closeSync, constants, openSync, type Stats, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Destination } from './destination.ts';
import { isCode } from './system-errors.ts';

export type Content = string | Uint8Array;

/** Milliseconds before the next attempt to write to a pipe that is full or has no reader. */
export const pause = 10;
const pauseHere = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);

/** Opens a device or a pipe; undefined while a pipe has no reader. */
export function openStreamTo({ path, stats }: { readonly path: string; readonly stats: Stats }): number | undefined {
  // opening a pipe without a reader would block the whole process
  const flags = constants.O_WRONLY | (stats.isFIFO() ? constants.O_NONBLOCK : (constants.O_NOCTTY ?? 0));
  try {
    return openSync(path, flags);
  } catch (error) {
    if (stats.isFIFO() && isCode(error, 'ENXIO')) return undefined;
    throw error;
  }
}

/** Writes as much as fits, and returns the number of bytes written. */
function writeSome(handle: number, bytes: Uint8Array, from: number): number {
  try {
    return writeSync(handle, bytes, from, bytes.length - from);
  } catch (error) {
    if (isCode(error, 'EAGAIN')) return 0;
    throw error;
  }
}

const bytesOf = (content: Content): Uint8Array => (typeof content === 'string' ? Buffer.from(content) : content);

export function writeHere(handle: number, content: Content): void {
  const bytes = bytesOf(content);
  for (let done = 0; done < bytes.length; ) {
    const more = writeSome(handle, bytes, done);
    if (more === 0) pauseHere();
    done += more;
  }
}

export async function writeSlowly(handle: number, content: Content): Promise<void> {
  const bytes = bytesOf(content);
  for (let done = 0; done < bytes.length; ) {
    const more = writeSome(handle, bytes, done);
    // a signal may end the process during the pause
    if (more === 0) await sleep(pause);
    done += more;
  }
}

export function writeStreamHere(destination: Exclude<Destination, { kind: 'file' }>, content: Content): void {
  if (destination.kind === 'open') {
    writeHere(destination.handle, content);
    return;
  }
  let handle = openStreamTo(destination);
  while (handle === undefined) {
    pauseHere();
    handle = openStreamTo(destination);
  }
  try {
    writeHere(handle, content);
  } finally {
    closeSync(handle);
  }
}
