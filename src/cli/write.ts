/**
 * Writing files. A regular file is replaced as a whole: the content goes into a temporary file of the same folder, which
 * is then renamed, so that a reader finds the old file or the new one. Devices and pipes are written to.
 */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, InputError } from '../base/errors.ts';
import { atExit } from './at-exit.ts';
import { isInput } from './inputs.ts';
import { noteResult } from './output.ts';
import { exitOnSignals } from './signals.ts';
import { fixOf, isCode, reasonOf } from './system.ts';

export type Content = string | Uint8Array;

/** A file that could not be written. It knows the system's error, for whoever has better advice. */
export class WriteError extends InputError {
  /** What makes writing possible, to be put into a sentence: "free some space". */
  readonly systemFix: string;

  constructor(where: string, error: unknown) {
    super({ what: `cannot write it: ${reasonOf(error)}`, where, fix: 'Choose another path.' });
    this.systemFix = fixOf(error);
  }
}

/** Calls, and throws a WriteError for an error of the system. */
function trying<T>(where: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new WriteError(where, error);
  }
}

const temporary = /^\.chainrule-[0-9a-f]{16}\.partial$/;

/** A name that no other file has. */
const temporaryName = () => `.chainrule-${randomBytes(8).toString('hex')}.partial`;

/** Whether a file's name is that of a temporary file, which a killed process may leave. */
export const isTemporary = (name: string): boolean => temporary.test(name);

// File systems and sandboxes that cannot sync say so in many ways. Writing works there, less safe from a loss of power.
const unsyncable = ['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EBADF', 'ERR_ACCESS_DENIED'];

/** Waits until an open file is on the disk, where the system can say so. */
export function syncFile(handle: number): void {
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!isCode(error, ...unsyncable)) throw error;
  }
}

/** Waits until a folder's names are on the disk: a file that was renamed is else under its old name after a loss of power. */
export function syncFolder(path: string): void {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    // some systems do not open folders, and some folders may be written but not read
    return;
  }
  try {
    syncFile(handle);
  } finally {
    closeSync(handle);
  }
}

/** The names by which the system gives open files as files, such as /dev/stdout's target. */
const openFile = /^\/(?:proc\/(\d+)\/(?:task\/\d+\/)?fd|dev\/fd)\/(\d+)$/;

type Destination =
  | { readonly kind: 'file'; readonly path: string; readonly replaces?: Stats }
  | { readonly kind: 'stream'; readonly path: string; readonly stats: Stats }
  | { readonly kind: 'open'; readonly handle: number };

/** The most symbolic links that Linux follows. */
const mostLinks = 40;

function destinationOf(path: string): Destination {
  let at = path;
  for (let links = 0; ; links++) {
    if (links > mostLinks) throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
    let folder: string;
    try {
      folder = realpathSync(dirname(at));
    } catch {
      // opening says what is wrong with it
      return { kind: 'file', path: at };
    }
    at = join(folder, basename(at));
    const open = openFile.exec(at);
    if (open !== null) {
      const isOwn = open[1] === undefined || Number(open[1]) === process.pid;
      if (isOwn) return { kind: 'open', handle: Number(open[2]) };
      return { kind: 'stream', path: at, stats: statSync(at) };
    }
    let link: string;
    try {
      link = readlinkSync(at);
    } catch {
      break;
    }
    at = isAbsolute(link) ? link : join(folder, link);
  }
  let stats: Stats;
  try {
    stats = statSync(at);
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ERR_ACCESS_DENIED')) return { kind: 'file', path: at };
    throw error;
  }
  if (stats.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  if (stats.isFile()) {
    // a rename asks for the folder's permission only, but a file that is read-only is meant to stay
    accessSync(at, constants.W_OK);
    return { kind: 'file', path: at, replaces: stats };
  }
  if (stats.isBlockDevice() || stats.isSocket()) {
    const what = stats.isSocket() ? 'a socket' : 'a disk';
    fail({ what: `it is ${what}, not a file`, where: path, fix: 'Choose another path.' });
  }
  return { kind: 'stream', path: at, stats };
}

/** A file under way: complete under its temporary name before it gets its own. */
class Replacement {
  readonly handle: number;
  private readonly target: string;
  private readonly partial: string;
  private readonly forget: () => void;
  private isOpen = true;

  /** The new file gets the mode and, where possible, the owner of `like`: by default, of the file that it replaces. */
  constructor(target: string, like?: Stats) {
    this.target = target;
    this.partial = join(dirname(target), temporaryName());
    // nobody else may read what is to be private, not even for a moment
    this.handle = openSync(this.partial, 'wx', like === undefined ? 0o666 : 0o600);
    this.forget = atExit(() => this.abandon());
    if (like === undefined) return;
    const permitted = (call: () => void) => {
      try {
        call();
      } catch {
        // another's file becomes ours; its content is what was asked for
      }
    };
    if (process.getuid?.() !== like.uid || process.getgid?.() !== like.gid) {
      permitted(() => fchownSync(this.handle, like.uid, like.gid));
    }
    permitted(() => fchmodSync(this.handle, like.mode & 0o777));
  }

  /** Waits until all is on the disk. */
  complete(): void {
    syncFile(this.handle);
    this.close();
  }

  /** Puts the file in its place. */
  commit(): void {
    renameSync(this.partial, this.target);
    this.forget();
    syncFolder(dirname(this.target));
  }

  abandon(): void {
    this.forget();
    try {
      // some systems do not remove a file that is open
      this.close();
      rmSync(this.partial, { force: true });
    } catch {
      // the error that led here says more
    }
  }

  private close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.handle);
  }
}

/** Throws an InputError where what stands at a path was read as an input of this very process. */
function refuseInput(path: string): void {
  if (!isInput(path)) return;
  fail({ what: 'the output would overwrite an input', where: path, fix: 'Choose another path.' });
}

/** Milliseconds until a pipe that is full, or that nobody reads yet, is tried again. */
const pause = 10;
const pauseHere = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);

/** Opens a device or a pipe; nothing while a pipe has no reader. */
function openStreamTo({ path, stats }: { readonly path: string; readonly stats: Stats }): number | undefined {
  // a pipe without a reader would hold the whole process where it is opened
  const flags = constants.O_WRONLY | (stats.isFIFO() ? constants.O_NONBLOCK : (constants.O_NOCTTY ?? 0));
  try {
    return openSync(path, flags);
  } catch (error) {
    if (stats.isFIFO() && isCode(error, 'ENXIO')) return undefined;
    throw error;
  }
}

/** Writes what there is room for; gives the bytes written. */
function writeSome(handle: number, bytes: Uint8Array, from: number): number {
  try {
    return writeSync(handle, bytes, from, bytes.length - from);
  } catch (error) {
    if (isCode(error, 'EAGAIN')) return 0;
    throw error;
  }
}

const bytesOf = (content: Content): Uint8Array => (typeof content === 'string' ? Buffer.from(content) : content);

function writeHere(handle: number, content: Content): void {
  const bytes = bytesOf(content);
  for (let done = 0; done < bytes.length; ) {
    const more = writeSome(handle, bytes, done);
    if (more === 0) pauseHere();
    done += more;
  }
}

async function writeSlowly(handle: number, content: Content): Promise<void> {
  const bytes = bytesOf(content);
  for (let done = 0; done < bytes.length; ) {
    const more = writeSome(handle, bytes, done);
    // meanwhile a signal may end the process
    if (more === 0) await sleep(pause);
    done += more;
  }
}

export interface NamedContent {
  readonly path: string;
  readonly content: Content;
}

export interface WriteOptions {
  /** The file whose mode the new one gets; by default the one that it replaces. */
  readonly like?: string;
  /** How the file is named in errors; by default its path. */
  readonly where?: string;
}

const statsOf = (path: string | undefined): Stats | undefined => {
  const stats = path === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats : undefined;
};

/**
 * Writes files as wholes: all of them are complete before the first gets its name. Where that fails, none is changed.
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
          writeHere(replacement.handle, content);
          replacement.complete();
        } else writeStreamHere(destination, content);
      });
    }
    for (const { path, replacement } of under) trying(path, () => replacement.commit());
  } catch (error) {
    for (const { replacement } of under) replacement.abandon();
    throw error;
  }
  noteResult();
}

function writeStreamHere(destination: Exclude<Destination, { kind: 'file' }>, content: Content): void {
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

/** Writes a whole file or, where that fails, nothing. Throws an InputError. */
export const writeWhole = (path: string, content: Content, options?: WriteOptions): void =>
  writeTogether([{ path, content }], options);

/**
 * Writes a whole file from parts that come one after the other or, where that fails, nothing. Gives what `make` gives.
 * A signal removes what there is and ends the process. Throws an InputError.
 */
export async function writeParts<T>(
  path: string,
  make: (write: (text: string) => Promise<void>) => Promise<T>,
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
  make: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const replacement = trying(path, () => new Replacement(target, replaces));
  try {
    const made = await make(async (text) => trying(path, () => writeHere(replacement.handle, text)));
    // inputs may have been opened meanwhile
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
  make: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const isOpen = destination.kind === 'open';
  let handle = isOpen ? destination.handle : trying(path, () => openStreamTo(destination));
  while (handle === undefined) {
    await sleep(pause);
    handle = trying(path, () => openStreamTo(destination as Extract<Destination, { kind: 'stream' }>));
  }
  const to = handle;
  try {
    const made = await make(async (text) => {
      try {
        await writeSlowly(to, text);
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

/** Whether a path names standard output: what is said there would stand among what is written. */
export function isStandardOutput(path: string): boolean {
  try {
    const destination = destinationOf(path);
    return destination.kind === 'open' && destination.handle === 1;
  } catch {
    return false;
  }
}

/** Tries that files can be written in a folder: that is found out before training, not after it. */
export function tryWriting(path: string): void {
  const probe = join(path, temporaryName());
  try {
    closeSync(openSync(probe, 'wx'));
    rmSync(probe);
  } catch (error) {
    fail({
      what: `cannot write files there: ${reasonOf(error)}`,
      where: path,
      fix: 'Name another folder with --out.',
    });
  }
}

/** What the system says of the first folder that is missing: of all at once it may say that there is none. */
function refusalOf(path: string): unknown {
  const above = dirname(path);
  if (above !== path && !existsSync(above)) return refusalOf(above);
  try {
    mkdirSync(path);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Makes a folder with those above it. Throws an InputError. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    fail({
      what: `cannot create the folder: ${reasonOf(refusalOf(path) ?? error)}`,
      where: path,
      fix: 'Name another folder with --out.',
    });
  }
}
