/** The checkpoints of a run's folder: two at most, so that while one is written, or where it is torn, the other is there. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, InputError } from '../base/errors.ts';
import { ForeignCheckpoint } from '../train/checkpoint.ts';
import type { Snapshot } from '../train/trainer.ts';
import { makeFolder, readBinary, writeWhole } from './files.ts';

const ending = '.safetensors';
const kept = 2;

export const checkpointFolder = (run: string) => join(run, 'checkpoint');

/** The files, the newest first. */
function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^\d+\.safetensors$/.test(name));
  return names.sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
}

export const hasCheckpoints = (run: string) => files(checkpointFolder(run)).length > 0;

/** Removes all of them, and what was left half written. */
export function clearCheckpoints(run: string): void {
  rmSync(checkpointFolder(run), { recursive: true, force: true });
}

/** Writes one beside the one before. Throws an InputError where it cannot; the one before is whole then. */
export function keepCheckpoint(run: string, bytes: Uint8Array): void {
  const folder = checkpointFolder(run);
  makeFolder(folder);
  const before = files(folder);
  const number = before.length === 0 ? 1 : Number.parseInt(before[0], 10) + 1;
  try {
    writeWhole(join(folder, `${String(number).padStart(6, '0')}${ending}`), bytes);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    fail({
      what: error.what,
      where: error.where,
      mend:
        before.length === 0
          ? 'Free some space and train again, or write "checkpoint": false.'
          : `The checkpoint before is whole: free some space, then go on from it with --resume.`,
    });
  }
  for (const name of before.slice(kept - 1)) rmSync(join(folder, name), { force: true });
}

/**
 * The newest checkpoint that is whole; of those that are not, `tell` is told. Throws where one is of another training.
 */
export function findCheckpoint(
  run: string,
  read: (bytes: Uint8Array, where: string) => Snapshot,
  tell: (warning: string) => void,
): Snapshot | undefined {
  const folder = checkpointFolder(run);
  for (const name of files(folder)) {
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
