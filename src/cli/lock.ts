/** One run at a time in a folder: a file that says which process writes there. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail } from '../base/errors.ts';
import { reasonOf } from './files.ts';

interface Holder {
  readonly process: number;
  readonly host: string;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // it is there, and another's
    return (error as { code?: string }).code === 'EPERM';
  }
}

function holderOf(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** Claims a folder and returns what gives it back. Throws an InputError where another run holds it. */
export function lockFolder(folder: string): () => void {
  const file = join(folder, '.lock');
  const own: Holder = { process: process.pid, host: hostname() };
  for (;;) {
    try {
      const handle = openSync(file, 'wx');
      try {
        writeSync(handle, JSON.stringify(own));
      } catch (error) {
        rmSync(file, { force: true });
        throw error;
      } finally {
        closeSync(handle);
      }
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') {
        fail({
          what: `it cannot be written: ${reasonOf(error)}`,
          where: file,
          mend: 'Name another folder with --out.',
        });
      }
    }
    const holder = holderOf(file);
    if (holder !== undefined && (holder.host !== own.host || isAlive(holder.process))) {
      const there = holder.host === own.host ? '' : ` on ${holder.host}`;
      fail({
        what: `another run writes into it (process ${holder.process}${there})`,
        where: folder,
        mend: `Wait for it, or name another folder with --out${there === '' ? '' : `; if it is gone, remove ${file}`}.`,
      });
    }
    // what a killed run left
    rmSync(file, { force: true });
  }
}
