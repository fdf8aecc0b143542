/** Making folders, and testing that they can be written. */
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '../../base/errors.ts';
import { temporaryName } from './replacement.ts';
import { reasonOf } from './system-errors.ts';

/** Tests whether files can be written into a folder, before a training and not after it. Throws an InputError. */
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

/** The system's error for the first missing folder: for several at once, the error may be a misleading ENOENT. */
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

/** Makes a folder and its parents. Throws an InputError. */
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
