/**
 * The files that this call has read as inputs, so that none of them is overwritten by its own output. They are known
 * by device and inode: a path has many spellings, and a file may have several names.
 */
import { type BigIntStats, fstatSync, statSync } from 'node:fs';

const inputs = new Set<string>();

const identityOf = ({ dev, ino }: BigIntStats) => `${dev}:${ino}`;

/** Starts anew: a process may make several calls. */
export const forgetInputs = (): void => inputs.clear();

/** Remembers a file, by its path or as an open file, as an input. What cannot be found is left to whoever opens it. */
export function noteInput(file: string | number): void {
  try {
    const stats = typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true });
    if (stats.isFile()) inputs.add(identityOf(stats));
  } catch {
    // opening it will say what is wrong
  }
}

/** Whether what stands at a path was read as an input, under whatever name. */
export function isInput(path: string): boolean {
  try {
    return inputs.has(identityOf(statSync(path, { bigint: true })));
  } catch {
    return false;
  }
}
