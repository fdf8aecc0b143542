/** The checkpoints of an embedding, in the folder `OUT.checkpoint`, so that a run that was killed resumes. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import type { CheckpointSource } from '../../graphs/checkpoint.ts';
import type { EmbeddingMethod } from '../../graphs/method.ts';
import type { EmbeddingCheckpoints } from '../../graphs/training-context.ts';
import { numberFlag } from '../flags/values.ts';
import { shellPath } from '../output/shell.ts';
import type { Terminal } from '../output/terminal.ts';
import {
  clearCheckpoints,
  hasCheckpoints,
  keepCheckpoint,
  newestReadable,
  removeIfEmpty,
} from '../run-folder/checkpoints.ts';
import { lockFolder } from '../run-folder/lock.ts';
import { destinationOf } from '../system/destination.ts';
import { makeFolder } from '../system/folders.ts';
import { trying } from '../system/write-error.ts';

export interface CheckpointFlags {
  /** Seconds as text; false with --no-checkpoint. */
  readonly checkpoint?: string | false;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
}

export function addCheckpointFlags(command: Command): Command {
  const options = [
    new Option('--checkpoint <seconds>', 'seconds between two checkpoints of a training; default 30'),
    new Option('--no-checkpoint', 'save no checkpoints'),
    new Option(
      '--resume',
      'continue from the checkpoint of a run that was interrupted, with the same edges and options',
    ),
    new Option('--overwrite', 'start again although there is a checkpoint'),
  ];
  for (const option of options) command.addOption(option.helpGroup('Checkpoints:'));
  return command;
}

export interface RunCheckpoints {
  /** For `embed`; undefined with --no-checkpoint. */
  readonly checkpoint?: EmbeddingCheckpoints;
  /** Removes the checkpoints, after the vectors are written. */
  clear(): void;
  /** Unlocks the folder. Checkpoints remain in it. */
  release(): void;
}

/** Without checkpoints: for methods that do not train, and for devices and pipes. */
const none: RunCheckpoints = { clear() {}, release() {} };

/**
 * Prepares the checkpoints of a run whose vectors go to `out`. Throws an InputError if another run has them, or if there are some
 * already and neither --resume nor --overwrite says what to do.
 */
export function openCheckpoints(
  out: string | undefined,
  { isResumable, positionUnit = 'steps' }: EmbeddingMethod,
  flags: CheckpointFlags,
  terminal: Terminal,
): RunCheckpoints {
  if (out === undefined || !isResumable || trying(out, () => destinationOf(out)).kind !== 'file') return none;
  const folder = `${out}.checkpoint`;
  const seconds = typeof flags.checkpoint === 'string' ? numberFlag(flags.checkpoint, '--checkpoint') : 30;
  if (!(seconds >= 0)) fail({ what: `${seconds} is below 0`, where: '--checkpoint', fix: 'Pass --checkpoint 30.' });
  if (hasCheckpoints(folder) && !flags.resume && !flags.overwrite) {
    fail({
      what: 'there is the checkpoint of an interrupted run',
      where: folder,
      fix: 'Continue that run with --resume and its options, or start again with --overwrite.',
    });
  }
  makeFolder(folder);
  const unlock = lockFolder(folder, (text) => terminal.alert([text]));
  if (flags.overwrite && !flags.resume) clearCheckpoints(folder);
  return {
    checkpoint: {
      seconds,
      ...(flags.checkpoint !== false && { save: (parts) => keepCheckpoint(folder, parts) }),
      ...(flags.resume && {
        resume(read) {
          const found = newestReadable(
            folder,
            (path) => withFile(path, (source) => read(source, path)),
            (warning) => terminal.warn(warning),
          );
          if (found === undefined)
            terminal.say(`There is no checkpoint for ${out}. The run starts from the beginning.`);
          else terminal.say(`Resumes after ${found.position.toLocaleString('en-US')} ${positionUnit}.`);
          return found;
        },
      }),
    },
    clear: () => clearCheckpoints(folder),
    release() {
      unlock();
      removeIfEmpty(folder);
    },
  };
}

/** Calls a function with the bytes of a file, which are read when they are asked for. */
function withFile<T>(path: string, use: (source: CheckpointSource) => T): T {
  const handle = openSync(path, 'r');
  try {
    return use({
      size: fstatSync(handle).size,
      read(position, into) {
        for (let done = 0; done < into.length; ) {
          // one call reads less than 2 GiB
          const more = readSync(handle, into, done, Math.min(into.length - done, 2 ** 30), position + done);
          if (more === 0) fail({ what: 'it is incomplete', where: path, fix: 'Start again with --overwrite.' });
          done += more;
        }
      },
    });
  } finally {
    closeSync(handle);
  }
}

/** What an interrupted run prints. */
export const interruptedText = (out: string): string =>
  `Interrupted. Run the same command with --resume to continue: the checkpoint is in ${shellPath(`${out}.checkpoint`)}.`;
