/**
 * Handles standard output and standard error that cannot be written. A closed pipe (`| head`) is not an error: a command that
 * writes files continues silently, and a command whose result is the output ends with 141, the exit code that shells give a
 * program that SIGPIPE ended. Any other failure, such as a full disk, is reported once and gives exit code 2.
 */
import { closeSync, writeSync } from 'node:fs';
import { fixOf, isCode, reasonOf } from './system-errors.ts';

/** The exit code after a closed pipe: 128 plus the number of SIGPIPE. */
const pipeClosed = 141;
const failed = 2;

/** The errors of a closed pipe, or of a closed terminal. */
const closedCodes = ['EPIPE', 'EIO', 'ENXIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

const state = { isWatched: false, isGone: false, isFailed: false, hasResult: false, hasLeft: false };

/** Nobody reads the output any more, so the command can stop. */
export class OutputEnded extends Error {}

/** Notes that a file was written. It is the result of the command, so nobody needs to read the output. */
export function noteResult(): void {
  state.hasResult = true;
}

/**
 * Node calls write once for a file and ignores how many bytes were written, so that the end would be missing on a disk that
 * becomes full. Writing the rest raises the error.
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
 * Closes the standard streams at exit, after the terminal was closed. Node resets the terminal when it exits and aborts if that
 * fails, unless the streams are closed by then.
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

/** Listens for errors of standard output and standard error, and sets the exit code accordingly. Once per process. */
export function watchOutput(): void {
  if (state.isWatched) return;
  state.isWatched = true;
  writeAllOf(process.stdout);
  writeAllOf(process.stderr);
  process.stdout.on('error', (error) => {
    if (isCode(error, 'EIO')) leaveTerminal();
    if (isCode(error, ...closedCodes)) state.isGone = true;
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
    // there is nobody to report it to
    if (!isCode(error, ...closedCodes)) state.isFailed = true;
  });
  process.on('exit', (code) => {
    if (code !== 0) return;
    if (state.isFailed) process.exitCode = failed;
    else if (state.isGone && !state.hasResult) process.exitCode = pipeClosed;
  });
}

/** Writes to standard output, and waits for a slow reader. Throws an OutputEnded if nobody reads any more. */
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
