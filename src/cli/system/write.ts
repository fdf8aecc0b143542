/**
 * Writing files. A regular file is replaced as a whole: the content goes into a temporary file in the same folder, which
 * is then renamed, so that a reader finds either the old file or the new one. Devices and pipes are written directly.
 */
import { closeSync, lstatSync, type Stats } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../base/errors.ts';
import { type Destination, destinationOf } from './destination.ts';
import { isInput } from './input-files.ts';
import { Replacement } from './replacement.ts';
import { exitOnSignals } from './signals.ts';
import { noteResult } from './standard-output.ts';
import { type Content, openStreamTo, pause, writeHere, writeSlowly, writeStreamHere } from './stream-writing.ts';
import { trying, WriteError } from './write-error.ts';

/** Throws an InputError if this command has read the file at a path. */
function refuseInput(path: string): void {
  if (!isInput(path)) return;
  fail({ what: 'the output would overwrite an input', where: path, fix: 'Choose another path.' });
}

export interface NamedContent {
  readonly path: string;
  /** Several contents are parts, one after the other. */
  readonly content: Content | readonly Content[];
}

export interface WriteOptions {
  /** The file whose mode the new one gets; default: the file that it replaces. */
  readonly like?: string;
  /** The name of the file in errors; default: its path. */
  readonly where?: string;
}

const partsOf = (content: NamedContent['content']): readonly Content[] =>
  typeof content === 'string' || content instanceof Uint8Array ? [content] : content;

const statsOf = (path: string | undefined): Stats | undefined => {
  const stats = path === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats : undefined;
};

/**
 * Writes several files: all of them are complete before the first gets its name. If one fails, none is changed.
 * Throws an InputError.
 */
export function writeTogether(files: readonly NamedContent[], { like, where }: WriteOptions = {}): void {
  const under: { readonly path: string; readonly replacement: Replacement }[] = [];
  try {
    for (const { path, content } of files) {
      const named = where ?? path;
      refuseInput(path);
      trying(named, () => {
        const destination = destinationOf(path);
        if (destination.kind === 'file') {
          const replacement = new Replacement(destination.path, statsOf(like) ?? destination.replaces);
          under.push({ path: named, replacement });
          for (const part of partsOf(content)) writeHere(replacement.handle, part);
          replacement.complete();
        } else for (const part of partsOf(content)) writeStreamHere(destination, part);
      });
    }
    for (const { path, replacement } of under) trying(path, () => replacement.commit());
  } catch (error) {
    for (const { replacement } of under) replacement.abandon();
    throw error;
  }
  noteResult();
}

/** Writes a file completely, or leaves it unchanged if that fails. Throws an InputError. */
export const writeWhole = (path: string, content: NamedContent['content'], options?: WriteOptions): void =>
  writeTogether([{ path, content }], options);

/**
 * Writes a file from parts, which `make` passes to its argument one after the other. The file is complete, or unchanged if that
 * fails. Returns the result of `make`. A signal removes the incomplete file and ends the process. Throws an InputError.
 */
export async function writeParts<T>(
  path: string,
  make: (write: (content: Content) => Promise<void>) => Promise<T>,
): Promise<T> {
  refuseInput(path);
  const destination = trying(path, () => destinationOf(path));
  const release = exitOnSignals();
  try {
    if (destination.kind === 'file') return await replaceInParts(path, destination, make);
    return await streamInParts(path, destination, make);
  } finally {
    release();
  }
}

async function replaceInParts<T>(
  path: string,
  { path: target, replaces }: Extract<Destination, { kind: 'file' }>,
  make: (write: (content: Content) => Promise<void>) => Promise<T>,
): Promise<T> {
  const replacement = trying(path, () => new Replacement(target, replaces));
  try {
    const made = await make(async (text) => trying(path, () => writeHere(replacement.handle, text)));
    // the file may have become an input in the meantime
    refuseInput(path);
    trying(path, () => {
      replacement.complete();
      replacement.commit();
    });
    noteResult();
    return made;
  } catch (error) {
    replacement.abandon();
    throw error;
  }
}

async function streamInParts<T>(
  path: string,
  destination: Exclude<Destination, { kind: 'file' }>,
  make: (write: (content: Content) => Promise<void>) => Promise<T>,
): Promise<T> {
  const isOpen = destination.kind === 'open';
  let handle = isOpen ? destination.handle : trying(path, () => openStreamTo(destination));
  while (handle === undefined) {
    await sleep(pause);
    handle = trying(path, () => openStreamTo(destination as Extract<Destination, { kind: 'stream' }>));
  }
  const to = handle;
  try {
    const made = await make(async (content) => {
      try {
        await writeSlowly(to, content);
      } catch (error) {
        throw new WriteError(path, error);
      }
    });
    noteResult();
    return made;
  } finally {
    if (!isOpen) closeSync(to);
  }
}
