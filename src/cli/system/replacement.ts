/** A new file that replaces another in one step: it is written under a temporary name in the same folder, then renamed. */
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fchownSync, openSync, renameSync, rmSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { atExit } from './at-exit.ts';
import { syncFile, syncFolder } from './sync.ts';

const temporary = /^\.chainrule-[0-9a-f]{16}\.partial$/;

/** A unique name. */
export const temporaryName = () => `.chainrule-${randomBytes(8).toString('hex')}.partial`;

/** Whether a name is that of a temporary file, which a killed process may leave. */
export const isTemporary = (name: string): boolean => temporary.test(name);

/** A new file, complete under its temporary name before it gets its own. */
export class Replacement {
  readonly handle: number;
  private readonly target: string;
  private readonly partial: string;
  private readonly forget: () => void;
  private isOpen = true;

  /** Opens the temporary file, with the mode and, if possible, the owner of `like`. */
  constructor(target: string, like?: Stats) {
    this.target = target;
    this.partial = join(dirname(target), temporaryName());
    // nobody else may read a private file, not even for a moment
    this.handle = openSync(this.partial, 'wx', like === undefined ? 0o666 : 0o600);
    this.forget = atExit(() => this.abandon());
    if (like === undefined) return;
    const permitted = (call: () => void) => {
      try {
        call();
      } catch {
        // without the permission, the new file belongs to this user
      }
    };
    if (process.getuid?.() !== like.uid || process.getgid?.() !== like.gid) {
      permitted(() => fchownSync(this.handle, like.uid, like.gid));
    }
    permitted(() => fchmodSync(this.handle, like.mode & 0o777));
  }

  /** Waits until the content is on the disk. */
  complete(): void {
    syncFile(this.handle);
    this.close();
  }

  /** Gives the file its name. */
  commit(): void {
    renameSync(this.partial, this.target);
    this.forget();
    syncFolder(dirname(this.target));
  }

  abandon(): void {
    this.forget();
    try {
      // some systems do not remove an open file
      this.close();
      rmSync(this.partial, { force: true });
    } catch {
      // the error before this one matters more
    }
  }

  private close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.handle);
  }
}
