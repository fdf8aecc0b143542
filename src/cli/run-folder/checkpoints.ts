/**
 * The checkpoints of a run, in a folder of their own: two at most, so that while one is written, or where it is torn, the
 * other is there. Other files in that folder are left alone.
 */
import { lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, InputError } from '../../base/errors.ts';
import { ForeignCheckpoint } from '../../train/checkpoint.ts';
import type { Snapshot } from '../../train/trainer.ts';
import { readBinary } from '../input/files.ts';
import { makeFolder } from '../system/folders.ts';
import { isTemporary } from '../system/replacement.ts';
import { writeWhole } from '../system/write.ts';
import { WriteError } from '../system/write-error.ts';
import { whose } from './own-files.ts';

const ending = '.safetensors';
const kept = 2;

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

/** The names that checkpoints have, the newest first, whatever they hold. */
function names(folder: string): string[] {
  const found = entries(folder).filter(isCheckpointName);
  return found.sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
}

const isOwn = (folder: string, name: string) => whose(join(folder, name), 'checkpoint') === 'own';

/** The number of the newest checkpoint; 0 where there is none. */
export const newestNumber = (folder: string): number => Number.parseInt(names(folder)[0] ?? '0', 10);

/** The names of the checkpoints that chainrule wrote. */
export const ownCheckpoints = (folder: string): string[] => names(folder).filter((name) => isOwn(folder, name));

/** Whether there is a file to resume from, or one that was. */
export const hasCheckpoints = (folder: string): boolean =>
  names(folder).some((name) => lstatSync(join(folder, name), { throwIfNoEntry: false })?.isFile());

/** What others put there; not the files that a system adds, such as .DS_Store. */
export const othersIn = (folder: string): string[] =>
  entries(folder).filter(
    (name) => !name.startsWith('.') && !(isCheckpointName(name) && whose(join(folder, name), 'checkpoint') === 'own'),
  );

/** Removes what a killed process left half written. Nobody else may be writing there. */
export function removeTemporaries(folder: string): void {
  for (const name of entries(folder)) if (isTemporary(name)) rmSync(join(folder, name), { force: true });
}

/** Removes a folder if nothing is in it. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // something is in it, or it is not there
  }
}

/** Removes chainrule's own checkpoints, and the folder if nothing else is in it. */
export function clearCheckpoints(folder: string): void {
  for (const name of ownCheckpoints(folder)) rmSync(join(folder, name), { force: true });
  removeTemporaries(folder);
  removeIfEmpty(folder);
}

/**
 * Writes one beside the one before, with a number above `above`. Throws an InputError where it cannot; the one before is
 * whole then.
 */
export function keepCheckpoint(folder: string, bytes: Uint8Array, above = 0): void {
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
          ? `${fix[0].toUpperCase()}${fix.slice(1)} and train again, or write "checkpoint": false.`
          : `The previous checkpoint is complete: ${fix}, then resume from it with --resume.`,
    });
  }
  for (const name of before.slice(kept - 1)) rmSync(join(folder, name), { force: true });
}

/**
 * The newest checkpoint that is whole; of those that are not, `tell` is told. Throws where one is of another training.
 */
export function findCheckpoint(
  folder: string,
  read: (bytes: Uint8Array, where: string) => Snapshot,
  tell: (warning: string) => void,
): Snapshot | undefined {
  for (const name of names(folder)) {
    const path = join(folder, name);
    try {
      return read(readBinary(path), path);
    } catch (error) {
      if (error instanceof ForeignCheckpoint || !(error instanceof InputError)) throw error;
      tell(`${error.where} is passed over: ${error.what}.`);
    }
  }
  return undefined;
}
