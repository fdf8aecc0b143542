/** Waiting until files and folders are on the disk, so that a loss of power does not undo a write. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { isCode } from './system-errors.ts';

// The errors of file systems and sandboxes that cannot sync. Writing works there, but is less safe from a loss of power.
const unsyncable = ['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EBADF', 'ERR_ACCESS_DENIED'];

/** Waits until an open file is on the disk, if the system supports it. */
export function syncFile(handle: number): void {
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!isCode(error, ...unsyncable)) throw error;
  }
}

/** Waits until the names in a folder are on the disk. Otherwise, a renamed file may have its old name after a loss of power. */
export function syncFolder(path: string): void {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    // some systems cannot open folders, and some folders may be written but not read
    return;
  }
  try {
    syncFile(handle);
  } finally {
    closeSync(handle);
  }
}
