/**
 * The checkpoints of a run, in a folder of their own. There are at most two, so that one is complete while the other is
 * written, or if the other is damaged. Other files in that folder stay as they are.
 */
import { lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, InputError } from '../../base/errors.ts';
import { ForeignCheckpoint } from '../../train/foreign-checkpoint.ts';
import type { Snapshot } from '../../train/trainer.ts';
import { readBinary } from '../input/files.ts';
import { makeFolder } from '../system/folders.ts';
import { isTemporary } from '../system/replacement.ts';
import { writeWhole } from '../system/write.ts';
import { WriteError } from '../system/write-error.ts';
import { whose } from './own-files.ts';

const ending = '.safetensors';
const maxKept = 2;

/** Six digits or more: 000001. */
const named = /^(?:\d{6}|[1-9]\d{6,})\.safetensors$/;
const isCheckpointName = (name: string): boolean => named.test(name);

const entries = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** The names of the files that are named like checkpoints, the newest first, whatever their content. */
function names(folder: string): string[] {
  const found = entries(folder).filter(isCheckpointName);
  return found.sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
}

const isOwn = (folder: string, name: string) => whose(join(folder, name), 'checkpoint') === 'own';

/** The number of the newest checkpoint; 0 if there is none. */
export const newestNumber = (folder: string): number => Number.parseInt(names(folder)[0] ?? '0', 10);

/** The names of the checkpoints that chainrule wrote. */
export const ownCheckpoints = (folder: string): string[] => names(folder).filter((name) => isOwn(folder, name));

/** Whether there is a file to resume from, even if it is damaged. */
export const hasCheckpoints = (folder: string): boolean =>
  names(folder).some((name) => lstatSync(join(folder, name), { throwIfNoEntry: false })?.isFile());

/** The files that chainrule did not write, except for those that a system adds, such as .DS_Store. */
export const othersIn = (folder: string): string[] =>
  entries(folder).filter(
    (name) => !name.startsWith('.') && !(isCheckpointName(name) && whose(join(folder, name), 'checkpoint') === 'own'),
  );

/** Removes the temporary files that a killed process left. The folder must be locked. */
export function removeTemporaries(folder: string): void {
  for (const name of entries(folder)) if (isTemporary(name)) rmSync(join(folder, name), { force: true });
}

/** Removes a folder if it is empty. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it is not empty, or does not exist
  }
}

/** Removes chainrule's own checkpoints, and the folder if nothing else is in it. */
export function clearCheckpoints(folder: string): void {
  for (const name of ownCheckpoints(folder)) rmSync(join(folder, name), { force: true });
  removeTemporaries(folder);
  removeIfEmpty(folder);
}

/**
 * Writes a checkpoint with a number above `above`, and removes all but the newest two. Throws an InputError if it cannot be
 * written; the checkpoint before it is then still complete.
 */
export function keepCheckpoint(folder: string, bytes: Uint8Array | readonly Uint8Array[], above = 0): void {
  makeFolder(folder);
  const before = ownCheckpoints(folder);
  const number = Math.max(above, newestNumber(folder)) + 1;
  try {
    writeWhole(join(folder, `${String(number).padStart(6, '0')}${ending}`), bytes);
  } catch (error) {
    if (!(error instanceof WriteError)) throw error;
    const { what, where, systemFix: fix } = error;
    fail({
      what,
      where,
      fix:
        before.length === 0
          ? `${fix[0].toUpperCase()}${fix.slice(1)} and train again, or train without checkpoints (--no-checkpoint).`
          : `The previous checkpoint is complete: ${fix}, then resume from it with --resume.`,
    });
  }
  for (const name of before.slice(maxKept - 1)) rmSync(join(folder, name), { force: true });
}

/**
 * The newest complete checkpoint; `warn` is called for each damaged one. Throws a ForeignCheckpoint if a checkpoint belongs to
 * another training.
 */
export const findCheckpoint = (
  folder: string,
  read: (bytes: Uint8Array, where: string) => Snapshot,
  warn: (warning: string) => void,
): Snapshot | undefined => newestReadable(folder, (path) => read(readBinary(path), path), warn);

/** As `findCheckpoint`, with a function that reads the file at a path. */
export function newestReadable<T>(
  folder: string,
  read: (path: string) => T,
  warn: (warning: string) => void,
): T | undefined {
  for (const name of names(folder)) {
    const path = join(folder, name);
    try {
      return read(path);
    } catch (error) {
      if (error instanceof ForeignCheckpoint || !(error instanceof InputError)) throw error;
      warn(`${error.where} is skipped: ${error.what}.`);
    }
  }
  return undefined;
}
