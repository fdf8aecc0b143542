/** The file of a lock: the identity of the process that holds it, as JSON. */
import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { fail } from '../../base/errors.ts';
import { isCode, reasonOf } from '../system/system-errors.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Blocks this thread. */
export const wait = (milliseconds: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

export interface LockFile {
  readonly content: string;
  readonly holder: ProcessIdentity;
  readonly stats: Stats;
}

/** The process that a lock names; undefined if the text is not a lock. */
export function parseLock(content: string): ProcessIdentity | undefined {
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
    what: 'the lock of the run needs this name, and chainrule did not write this file',
    where: file,
    fix: 'If no run is writing into the folder, remove the file. Otherwise, name another folder with --out.',
  });

/** The lock in a file; undefined if there is none. Throws an InputError if the file is not a lock. */
export function readLock(file: string, patience: number): LockFile | undefined {
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
    const holder = parseLock(content);
    if (holder !== undefined) return { content, holder, stats };
    // without hard links, a new lock is empty for a moment
    if (waited >= patience || !/^(?:\{|$)/.test(content)) refuseOther(file);
    wait(10);
  }
}
