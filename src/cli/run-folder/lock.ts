/**
 * One run at a time in a folder: a file that says which process writes there. It appears with its content, by a hard link,
 * so that of many processes one gets it. The file of a process that has ended is taken away by one other, which claims
 * that first, by a file that names the one to take away.
 *
 * Where it cannot be known whether the process lives (on another machine, in another container), its signs of life decide:
 * the holder writes its file anew every few seconds.
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
  type Stats,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fail, InputError } from '../../base/errors.ts';
import { atExit } from '../system/at-exit.ts';
import { syncFile } from '../system/sync.ts';
import { isCode, reasonOf } from '../system/system-errors.ts';
import { ownIdentity, type ProcessIdentity, stateOf } from './process-identity.ts';

/** Milliseconds between two signs of life, and of silence after which a holder that cannot be asked counts as gone. */
const beat = 5_000;
const silence = 30_000;
/** Milliseconds that a file without content is waited for. */
const patience = 2_000;

export interface LockOptions {
  /** How a file gets a second name; some file systems have no such thing. */
  readonly link?: (from: string, to: string) => void;
  /** Milliseconds of silence after which a holder that cannot be asked counts as gone. */
  readonly silence?: number;
  /** Milliseconds that a file without content is waited for. */
  readonly patience?: number;
}

const wait = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

interface Found {
  readonly content: string;
  readonly holder: ProcessIdentity;
  readonly stats: Stats;
}

function parse(content: string): ProcessIdentity | undefined {
  try {
    const found = JSON.parse(content) as ProcessIdentity | null;
    const { process: pid, host, ...rest } = found ?? ({} as ProcessIdentity);
    if (!Number.isSafeInteger(pid) || pid <= 0 || typeof host !== 'string') return undefined;
    return Object.values(rest).every((value) => typeof value === 'string') ? found! : undefined;
  } catch {
    return undefined;
  }
}

const refuseOther = (file: string): never =>
  fail({
    what: 'this file is in the way, and chainrule did not write it',
    where: file,
    fix: 'If no run is writing into the folder, remove it; else name another folder with --out.',
  });

/** The lock in a file, nothing where it is gone. Throws an InputError where the file is something else. */
function read(file: string, patience: number): Found | undefined {
  for (let waited = 0; ; waited += 10) {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isFile()) refuseOther(file);
    let content: string;
    try {
      content = readFileSync(file, 'utf8');
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      return fail({
        what: `cannot read it: ${reasonOf(error)}`,
        where: file,
        fix: 'Name another folder with --out.',
      });
    }
    const holder = parse(content);
    if (holder !== undefined) return { content, holder, stats };
    // where there are no links, a file has no content for a moment
    if (waited >= patience || !/^(?:\{|$)/.test(content)) refuseOther(file);
    wait(10);
  }
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

  /** Takes the lock, and gives the open file. */
  take(tell: (text: string) => void): number {
    const started = performance.now();
    for (;;) {
      const handle = this.create(this.file);
      if (handle !== undefined) return handle;
      const found = read(this.file, this.patience);
      if (found === undefined) continue;
      if (!this.isGone(this.file, found, tell)) this.refuse(found.holder);
      this.takeAway(this.file, found, tell);
      // it is gone by now, unless others take and leave it all the time
      if (performance.now() - started > this.silence + 10 * this.patience) this.refuse(found.holder);
    }
  }

  /** Gives the lock back, if it is still this one. */
  release(handle: number): void {
    try {
      closeSync(handle);
      if (readFileSync(this.file, 'utf8') === this.content) rmSync(this.file);
    } catch {
      // it is gone with the folder
    }
  }

  /** Removes what processes that were killed left beside the lock. */
  tidy(): void {
    try {
      for (const name of readdirSync(this.folder)) {
        if (!/^\.lock-(?:after-)?[0-9a-f]{16}$/.test(name)) continue;
        const file = join(this.folder, name);
        const holder = parse(readFileSync(file, 'utf8'));
        if (holder !== undefined && stateOf(holder) === 'dead') rmSync(file, { force: true });
      }
    } catch {
      // they are in nobody's way
    }
  }

  /** Makes a file with this lock's content, open; nothing where there is one of that name. */
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
        // over a network, a link may be made and its success not be heard of
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

  /** Whether the process that wrote a file has ended; of one that cannot be asked, after a while without a sign of life. */
  private isGone(file: string, { holder, content, stats }: Found, tell: (text: string) => void): boolean {
    const state = stateOf(holder);
    if (state !== 'unknown') return state === 'dead';
    let silent = this.now() - stats.mtimeMs;
    if (silent < this.silence) {
      const seconds = Math.ceil(this.silence / 1000);
      tell(
        `Waits up to ${seconds} s for a sign of life of ${this.name(holder)}, which may be writing into ${this.folder}.`,
      );
    }
    while (silent < this.silence) {
      wait(Math.min(200, this.silence));
      const now = lstatSync(file, { throwIfNoEntry: false });
      if (now === undefined) return true;
      if (now.ino !== stats.ino || now.mtimeMs !== stats.mtimeMs) {
        // it lives, or another has the lock
        return read(file, this.patience)?.content !== content;
      }
      silent = this.now() - stats.mtimeMs;
    }
    return true;
  }

  /** The time as the file system has it: a server's clock may be another. */
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
   * Removes the file of a process that has ended. Of all that want to, one does: the one that made the file that names it.
   * That file is removed last, so that whoever makes it afterwards sees that its work is done.
   */
  private takeAway(file: string, found: Found, tell: (text: string) => void): void {
    const name = createHash('sha256').update(found.content).digest('hex').slice(0, 16);
    const claim = join(this.folder, `.lock-after-${name}`);
    const handle = this.create(claim);
    if (handle === undefined) {
      const claimed = read(claim, this.patience);
      // killed between claiming and removing
      if (claimed !== undefined && this.isGone(claim, claimed, tell)) this.takeAway(claim, claimed, tell);
      else wait(2);
      return;
    }
    closeSync(handle);
    try {
      if (read(file, this.patience)?.content === found.content) this.removeExactly(file, found.content);
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
      // somebody removed it by hand
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
      what: `another run writes into it (${this.name(holder)})`,
      where: this.folder,
      fix: `Wait for it, or name another folder with --out. If you know that it has ended, remove ${this.file}.`,
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
 * Claims a folder and returns what gives it back. Throws an InputError where another run holds it. `tell` says that it
 * takes a while.
 */
export function lockFolder(
  folder: string,
  tell: (text: string) => void = () => {},
  options: LockOptions = {},
): () => void {
  const locker = new Locker(folder, options);
  const handle = locker.take(tell);
  locker.tidy();
  const bytes = Buffer.from(locker.content);
  const timer = setInterval(() => {
    try {
      // the same bytes: the time of the last change is what counts
      writeSync(handle, bytes, 0, bytes.length, 0);
    } catch {
      // whoever asks will wait for another sign
    }
  }, beat);
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
