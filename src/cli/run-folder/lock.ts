/**
 * A lock, so that only one run at a time writes into a folder: a file that names the process that writes there. The file is
 * made complete under another name and then linked, so that exactly one of many processes gets the lock. The lock of a process
 * that has ended is removed by one other process, which first claims the right to do so with a second file.
 *
 * If another process cannot be checked (it runs on another machine or in another container), its heartbeat decides: the
 * holder of a lock rewrites the file every few seconds. docs/decisions/0011-one-holder-of-a-lock.md has the reasons.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fail, InputError } from '../../base/errors.ts';
import { atExit } from '../system/at-exit.ts';
import { syncFile } from '../system/sync.ts';
import { isCode, reasonOf } from '../system/system-errors.ts';
import { type LockFile, parseLock, readLock, wait } from './lock-file.ts';
import { ownIdentity, type ProcessIdentity, stateOf } from './process-identity.ts';

/** Milliseconds between two heartbeats. */
const heartbeat = 5_000;
/** Milliseconds without a heartbeat after which a process that cannot be checked counts as ended. */
const silence = 30_000;
/** Milliseconds to wait for the content of an empty lock file. */
const patience = 2_000;

export interface LockOptions {
  /** Makes a hard link. Some file systems have none. */
  readonly link?: (from: string, to: string) => void;
  /** Milliseconds without a heartbeat after which a process that cannot be checked counts as ended. */
  readonly silence?: number;
  /** Milliseconds to wait for the content of an empty lock file. */
  readonly patience?: number;
}

class Locker {
  private readonly folder: string;
  private readonly file: string;
  readonly content: string;
  private readonly link: (from: string, to: string) => void;
  private readonly silence: number;
  private readonly patience: number;

  constructor(folder: string, options: LockOptions) {
    this.folder = folder;
    this.file = join(folder, '.lock');
    this.content = JSON.stringify({ ...ownIdentity(), id: randomBytes(8).toString('hex') });
    this.link = options.link ?? linkSync;
    this.silence = options.silence ?? silence;
    this.patience = options.patience ?? patience;
  }

  /** Takes the lock, and returns the handle of its open file. */
  take(notify: (text: string) => void): number {
    const started = performance.now();
    for (;;) {
      const handle = this.create(this.file);
      if (handle !== undefined) return handle;
      const found = readLock(this.file, this.patience);
      if (found === undefined) continue;
      if (!this.isGone(this.file, found, notify)) this.refuse(found.holder);
      this.removeStale(this.file, found, notify);
      // by now the lock is free, unless other processes keep taking it
      if (performance.now() - started > this.silence + 10 * this.patience) this.refuse(found.holder);
    }
  }

  /** Releases the lock, if it is still held. */
  release(handle: number): void {
    try {
      closeSync(handle);
      if (readFileSync(this.file, 'utf8') === this.content) rmSync(this.file);
    } catch {
      // the folder was removed
    }
  }

  /** Removes the files that killed processes left next to the lock. */
  tidy(): void {
    try {
      for (const name of readdirSync(this.folder)) {
        if (!/^\.lock-(?:after-)?[0-9a-f]{16}$/.test(name)) continue;
        const file = join(this.folder, name);
        const holder = parseLock(readFileSync(file, 'utf8'));
        if (holder !== undefined && stateOf(holder) === 'dead') rmSync(file, { force: true });
      }
    } catch {
      // these files do no harm
    }
  }

  /** Makes a file with the content of this lock and returns its handle; undefined if the file exists. */
  private create(file: string): number | undefined {
    if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return undefined;
    const aside = this.aside();
    let handle: number | undefined;
    try {
      handle = openSync(aside, 'wx+');
      writeSync(handle, this.content);
      syncFile(handle);
      try {
        this.link(aside, file);
        return handle;
      } catch (error) {
        // over a network, a link may be made although the call reports an error
        if (fstatSync(handle).nlink === 2) return handle;
        closeSync(handle);
        handle = undefined;
        if (isCode(error, 'EEXIST')) return undefined;
        if (isCode(error, 'ENOSPC', 'EDQUOT', 'EIO', 'EROFS')) throw error;
      }
      return this.createWithoutLink(file);
    } catch (error) {
      if (handle !== undefined) closeSync(handle);
      return this.failToWrite(error);
    } finally {
      rmSync(aside, { force: true });
    }
  }

  private createWithoutLink(file: string): number | undefined {
    let handle: number;
    try {
      handle = openSync(file, 'wx+');
    } catch (error) {
      if (isCode(error, 'EEXIST')) return undefined;
      throw error;
    }
    try {
      writeSync(handle, this.content);
      return handle;
    } catch (error) {
      closeSync(handle);
      rmSync(file, { force: true });
      throw error;
    }
  }

  /** Whether the process that wrote a file has ended. One that cannot be checked has ended if its heartbeat stopped. */
  private isGone(file: string, { holder, content, stats }: LockFile, notify: (text: string) => void): boolean {
    const state = stateOf(holder);
    if (state !== 'unknown') return state === 'dead';
    let silent = this.now() - stats.mtimeMs;
    if (silent < this.silence) {
      const seconds = Math.ceil(this.silence / 1000);
      notify(`Waiting up to ${seconds} s to find out whether ${this.name(holder)} still writes into ${this.folder}.`);
    }
    while (silent < this.silence) {
      wait(Math.min(200, this.silence));
      const now = lstatSync(file, { throwIfNoEntry: false });
      if (now === undefined) return true;
      if (now.ino !== stats.ino || now.mtimeMs !== stats.mtimeMs) {
        // it is alive, or another process has the lock
        return readLock(file, this.patience)?.content !== content;
      }
      silent = this.now() - stats.mtimeMs;
    }
    return true;
  }

  /** The time of the file system: the clock of a file server may differ. */
  private now(): number {
    const aside = this.aside();
    try {
      const handle = openSync(aside, 'wx');
      try {
        return fstatSync(handle).mtimeMs;
      } finally {
        closeSync(handle);
      }
    } catch (error) {
      return this.failToWrite(error);
    } finally {
      rmSync(aside, { force: true });
    }
  }

  /**
   * Removes the lock of a process that has ended. Only the process that makes the claim, a file whose name follows from the
   * lock, removes it. The claim is removed last, so that a later claimant finds the lock gone.
   */
  private removeStale(file: string, found: LockFile, notify: (text: string) => void): void {
    const name = createHash('sha256').update(found.content).digest('hex').slice(0, 16);
    const claim = join(this.folder, `.lock-after-${name}`);
    const handle = this.create(claim);
    if (handle === undefined) {
      const claimed = readLock(claim, this.patience);
      // the claimant was killed before it removed the lock
      if (claimed !== undefined && this.isGone(claim, claimed, notify)) this.removeStale(claim, claimed, notify);
      else wait(2);
      return;
    }
    closeSync(handle);
    try {
      if (readLock(file, this.patience)?.content === found.content) this.removeExactly(file, found.content);
    } finally {
      rmSync(claim, { force: true });
    }
  }

  /** Removes a file if it has this content, and puts it back if it has another. */
  private removeExactly(file: string, content: string): void {
    const aside = this.aside();
    try {
      renameSync(file, aside);
    } catch (error) {
      // a user removed it
      if (isCode(error, 'ENOENT')) return;
      this.failToWrite(error);
    }
    try {
      if (readFileSync(aside, 'utf8') !== content) this.link(aside, file);
    } catch (error) {
      if (!isCode(error, 'EEXIST')) renameSync(aside, file);
    } finally {
      rmSync(aside, { force: true });
    }
  }

  private aside(): string {
    return join(this.folder, `.lock-${randomBytes(8).toString('hex')}`);
  }

  private name({ process: pid, host }: ProcessIdentity): string {
    return `process ${pid}${host === ownIdentity().host ? '' : ` on ${host}`}`;
  }

  private refuse(holder: ProcessIdentity): never {
    return fail({
      what: `another run is writing into this folder (${this.name(holder)})`,
      where: this.folder,
      fix: `Wait until it ends, or name another folder with --out. If you know that it has ended, remove ${this.file}.`,
    });
  }

  private failToWrite(error: unknown): never {
    if (error instanceof InputError) throw error;
    return fail({
      what: `cannot write it: ${reasonOf(error)}`,
      where: this.file,
      fix: 'Name another folder with --out.',
    });
  }
}

/**
 * Locks a folder and returns a function that unlocks it. Throws an InputError if another run has locked it. `notify` is called
 * if finding that out takes a while.
 */
export function lockFolder(
  folder: string,
  notify: (text: string) => void = () => {},
  options: LockOptions = {},
): () => void {
  const locker = new Locker(folder, options);
  const handle = locker.take(notify);
  locker.tidy();
  const bytes = Buffer.from(locker.content);
  const timer = setInterval(() => {
    try {
      // the same bytes again: only the modification time matters
      writeSync(handle, bytes, 0, bytes.length, 0);
    } catch {
      // the next heartbeat may succeed
    }
  }, heartbeat);
  timer.unref();
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    clearInterval(timer);
    forget();
    locker.release(handle);
  };
  const forget = atExit(release);
  return release;
}
