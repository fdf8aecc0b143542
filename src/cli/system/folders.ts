/** Making folders, and testing that they can be written. */
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '../../base/errors.ts';
import { temporaryName } from './replacement.ts';
import { reasonOf } from './system-errors.ts';

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
