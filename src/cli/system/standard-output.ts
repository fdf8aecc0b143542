/**
 * Standard output and standard error that cannot be written. A reader that has gone (`| head`) is no fault: a command
 * that writes files goes on without saying more; one whose result was to be read ends with 141, as a shell has it of a
 * program that SIGPIPE ended. Anything else, such as a full disk, is told once and gives exit code 2.
 */
import { closeSync, writeSync } from 'node:fs';
import { fixOf, isCode, reasonOf } from './system-errors.ts';

/** 128 and the number of SIGPIPE. */
const cut = 141;
const failed = 2;

/** A reader that has gone, or a terminal that was closed. */
const gone = ['EPIPE', 'EIO', 'ENXIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

const state = { isWatched: false, isGone: false, isFailed: false, hasResult: false, hasLeft: false };

/** What was to be printed has no reader: the command that prints it can stop. */
export class OutputEnded extends Error {}

/** A file was written whole: that is the command's result, whoever reads what it says. */
export function noteResult(): void {
  state.hasResult = true;
}

/**
 * Node writes to a file what there is room for, once, and takes it for all: on a disk that becomes full, the end would be
 * missing without a word. Writing the rest meets the error.
 */
function writeAllOf(stream: NodeJS.WriteStream): void {
  const { _type: type, fd } = stream as unknown as { readonly _type?: string; readonly fd: number };
  if (type !== 'fs') return;
  stream._write = (chunk: Uint8Array, _encoding, done) => {
    try {
      for (let from = 0; from < chunk.length; ) from += writeSync(fd, chunk, from);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };
}

/**
 * A terminal that was closed gives this error. Node sets terminals back as they were when it exits, and aborts where it
 * cannot; it leaves alone what is closed by then.
 */
function leaveTerminal(): void {
  if (state.hasLeft) return;
  state.hasLeft = true;
  process.on('exit', () => {
    for (const stream of [0, 1, 2]) {
      try {
        closeSync(stream);
      } catch {
        // it is closed
      }
    }
  });
}

/** Listens for errors of standard output and standard error, and makes the exit code fit. Once a process. */
export function watchOutput(): void {
  if (state.isWatched) return;
  state.isWatched = true;
  writeAllOf(process.stdout);
  writeAllOf(process.stderr);
  process.stdout.on('error', (error) => {
    if (isCode(error, 'EIO')) leaveTerminal();
    if (isCode(error, ...gone)) state.isGone = true;
    else if (!state.isFailed) {
      state.isFailed = true;
      const fix = fixOf(error);
      process.stderr.write(
        `error standard output: cannot write it: ${reasonOf(error)}.\n  ${fix[0].toUpperCase()}${fix.slice(1)}, or write somewhere else.\n`,
      );
    }
  });
  process.stderr.on('error', (error) => {
    if (isCode(error, 'EIO')) leaveTerminal();
    // nobody is left to tell
    if (!isCode(error, ...gone)) state.isFailed = true;
  });
  process.on('exit', (code) => {
    if (code !== 0) return;
    if (state.isFailed) process.exitCode = failed;
    else if (state.isGone && !state.hasResult) process.exitCode = cut;
  });
}

/** Writes on standard output, and waits while its reader is slow. Throws an OutputEnded where there is none any more. */
export async function writeOut(text: string): Promise<void> {
  const { stdout } = process;
  if (!stdout.write(text)) {
    await new Promise<void>((resolve) => {
      const done = () => {
        stdout.off('drain', done).off('error', done);
        resolve();
      };
      stdout.on('drain', done).on('error', done);
    });
  }
  if (state.isGone || state.isFailed) throw new OutputEnded();
}
