/** A new file that replaces another in one step: it is written under a temporary name in the same folder, then renamed. */
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fchownSync, openSync, renameSync, rmSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { atExit } from './at-exit.ts';
import { syncFile, syncFolder } from './sync.ts';

const temporary = /^\.chainrule-[0-9a-f]{16}\.partial$/;

/** A name that no other file has. */
export const temporaryName = () => `.chainrule-${randomBytes(8).toString('hex')}.partial`;

/** Whether a file's name is that of a temporary file, which a killed process may leave. */
export const isTemporary = (name: string): boolean => temporary.test(name);

/** A file under way: complete under its temporary name before it gets its own. */
export class Replacement {
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
