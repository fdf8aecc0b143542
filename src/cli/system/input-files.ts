/**
 * The files that a command has read, so that its output does not overwrite one of them. They are identified by device and inode,
 * because a path has many spellings, and a file may have several names.
 */
import { type BigIntStats, fstatSync, statSync } from 'node:fs';

const inputs = new Set<string>();

const identityOf = ({ dev, ino }: BigIntStats) => `${dev}:${ino}`;

/** Forgets all inputs, because a process may run several commands. */
export const forgetInputs = (): void => inputs.clear();

/** Remembers an input by its path or its open handle. A missing file is ignored; opening it reports the error. */
export function noteInput(file: string | number): void {
  try {
    const stats = typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true });
    if (stats.isFile()) inputs.add(identityOf(stats));
  } catch {
    // opening it reports the error
  }
}

/** Whether the file at a path was read as an input, under any name. */
export function isInput(path: string): boolean {
  try {
    return inputs.has(identityOf(statSync(path, { bigint: true })));
  } catch {
    return false;
  }
}
