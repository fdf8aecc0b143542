/** Reading and writing files, with errors for people. */
import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { showBytes } from '../base/bytes.ts';
import { fail, InputError, nearest } from '../base/errors.ts';
import { longestText } from '../data/file.ts';
import type { ReadLimits } from '../data/limits.ts';
import { readTableStream } from '../data/stream.ts';
import type { Table } from '../data/table.ts';

/** The system's reasons, in words. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'permission is denied',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file is larger than the limit on files',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of that name is in the way',
  ENAMETOOLONG: 'the name is too long',
};

export function reasonOf(error: unknown): string {
  const { code = '', message } = error as { code?: string; message: string };
  return reasons[code] ?? message;
}

function readBytes(path: string): Buffer {
  try {
    // 0 is standard input
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    return failToRead(path, error);
  }
}

function failToRead(path: string, error: unknown): never {
  if ((error as { code?: string }).code === 'ENOENT') {
    fail({ what: 'there is no such file', where: path, mend: similar(path) });
  }
  return fail({ what: `it cannot be read: ${reasonOf(error)}`, where: path, mend: 'Name a file that can be read.' });
}

export interface ByteStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes, where it is known before. */
  readonly size?: number;
}

/** A file's bytes, or standard input's for "-", as they come. Throws an InputError. */
export function openStream(path: string): ByteStream {
  async function* reading(source: AsyncIterable<Uint8Array>) {
    try {
      yield* source;
    } catch (error) {
      failToRead(path, error);
    }
  }
  if (path === '-') return { chunks: reading(process.stdin) };
  try {
    const fd = openSync(path, 'r');
    const { size } = fstatSync(fd);
    return { chunks: reading(createReadStream(path, { fd, highWaterMark: 2 ** 20 })), size };
  } catch (error) {
    return failToRead(path, error);
  }
}

function similar(path: string): string {
  try {
    const guess = nearest(basename(path), readdirSync(dirname(path)));
    if (guess !== undefined) return `Did you mean "${guess}"?`;
  } catch {
    return `There is no folder "${dirname(path)}" either.`;
  }
  return 'Check the path.';
}

/** A file's bytes, or standard input's for "-". Throws an InputError. */
export function readBinary(path: string): Uint8Array {
  return readBytes(path);
}

/** All bytes of a stream. */
export async function wholeOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of chunks) parts.push(part);
  return Buffer.concat(parts);
}

/** A UTF-8 text; bytes of another encoding are refused rather than mangled. Throws an InputError. */
export function readText(path: string): string {
  return textOf(readBytes(path), path);
}

/** The bytes of a file as text. */
export function textOf(bytes: Uint8Array, path: string): string {
  if (bytes.length > longestText) {
    fail({
      what: `a text of ${showBytes(bytes.length)} does not fit into memory as one`,
      where: nameOf(path),
      mend: `Give a text of less than ${showBytes(longestText)}; a table may be CSV, JSON Lines or Parquet of any size.`,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail({
      what: 'the text is not UTF-8',
      where: path === '-' ? 'standard input' : path,
      mend: 'Save it as UTF-8.',
    });
  }
}

/** How a file is called in errors. */
export const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);

/** Told how far the reading of a large file is: the bytes taken, of how many where that is known, and the rows in them. */
export type Reading = (
  name: string,
  progress: { readonly bytes: number; readonly rows: number; readonly size?: number },
) => void;

export interface TableOptions {
  readonly missing?: readonly string[];
  readonly limits?: ReadLimits;
  readonly reading?: Reading;
}

/** The table in a file, or on standard input for "-". Throws an InputError. */
export function readTableAt(
  path: string,
  { missing, limits, reading }: TableOptions = {},
  { chunks, size }: ByteStream = openStream(path),
): Promise<Table> {
  const name = nameOf(path);
  const onProgress = reading && ((progress: { bytes: number; rows: number }) => reading(name, { ...progress, size }));
  return readTableStream(chunks, { name, missing, limits, size, onProgress });
}

/** Waits until a file is on the disk; Node's permission model forbids that, and a file is written without. */
function sync(handle: number): void {
  try {
    fsyncSync(handle);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_ACCESS_DENIED') throw error;
  }
}

/** Writes a whole file or, where that fails, nothing: first under another name, then renamed. Throws an InputError. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const partial = `${path}.partial`;
  try {
    const handle = openSync(partial, 'w');
    try {
      writeFileSync(handle, content);
      // or a crash of the machine could leave the name without the bytes
      sync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    fail({ what: `it cannot be written: ${reasonOf(error)}`, where: path, mend: 'Name another place.' });
  }
}

/**
 * Writes a whole file from parts that come one after the other or, where that fails, nothing. Gives what `make` gives.
 * Throws an InputError.
 */
export async function writeParts<T>(
  path: string,
  make: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const partial = `${path}.partial`;
  const failToWrite = (error: unknown) =>
    fail({ what: `it cannot be written: ${reasonOf(error)}`, where: path, mend: 'Name another place.' });
  const trying = <R>(call: () => R): R => {
    try {
      return call();
    } catch (error) {
      return failToWrite(error);
    }
  };
  const handle = trying(() => openSync(partial, 'w'));
  try {
    let made: T;
    try {
      made = await make(async (text) => trying(() => writeFileSync(handle, text)));
      trying(() => sync(handle));
    } finally {
      // some systems do not remove a file that is open
      trying(() => closeSync(handle));
    }
    trying(() => renameSync(partial, path));
    return made;
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
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
      what: `the folder cannot be made: ${reasonOf(refusalOf(path) ?? error)}`,
      where: path,
      mend: 'Name another folder with --out.',
    });
  }
}

/** Calls, and says errors of what stands in a file with the file's name. */
export function inFile<T>(file: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    // a table's errors have its name, and not all are about the data
    if (!(error instanceof InputError) || !/^(data|rows|inputs|targets)\b/.test(error.where)) throw error;
    const name = nameOf(file);
    const { what, where, mend } = error;
    throw new InputError({ what, where: where === 'data' ? name : `${name}: ${where}`, mend });
  }
}
