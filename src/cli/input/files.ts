/** Reads files. The errors name the file and suggest a fix. */
import { createReadStream, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { showBytes } from '../../base/bytes.ts';
import { fail, InputError, nearest } from '../../base/errors.ts';
import { maxTextLength } from '../../data/read/file.ts';
import type { ReadLimits } from '../../data/read/limits.ts';
import { readTableStream } from '../../data/read/stream.ts';
import { encodingOf } from '../../data/read/text-encoding.ts';
import type { MissingOptions } from '../../data/table/missing-marks.ts';
import type { Table } from '../../data/table/table.ts';
import { noteInput } from '../system/input-files.ts';
import { reasonOf } from '../system/system-errors.ts';

function readBytes(path: string): Buffer {
  noteInput(path === '-' ? 0 : path);
  try {
    // 0 is standard input
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    return failToRead(path, error);
  }
}

function failToRead(path: string, error: unknown): never {
  if ((error as { code?: string }).code === 'ENOENT') {
    fail({ what: 'the file does not exist', where: path, fix: similar(path) });
  }
  return fail({ what: `cannot read it: ${reasonOf(error)}`, where: path, fix: 'Name a readable file.' });
}

export interface ByteStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The number of bytes, if it is known in advance. */
  readonly size?: number;
}

/** The bytes of a file, or of standard input for "-", in parts. Throws an InputError. */
export function openStream(path: string): ByteStream {
  async function* reading(source: AsyncIterable<Uint8Array>) {
    try {
      yield* source;
    } catch (error) {
      failToRead(path, error);
    }
  }
  if (path === '-') {
    noteInput(0);
    return { chunks: reading(process.stdin) };
  }
  try {
    const fd = openSync(path, 'r');
    noteInput(fd);
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

/** The bytes of a file, or of standard input for "-". Throws an InputError. */
export function readBinary(path: string): Uint8Array {
  return readBytes(path);
}

/** All bytes of a stream. */
export async function wholeOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of chunks) parts.push(part);
  return Buffer.concat(parts);
}

/** The text in a file in UTF-8, or in UTF-16 with a byte order mark. Throws an InputError for another encoding. */
export function readText(path: string): string {
  return textOf(readBytes(path), path);
}

/** The bytes of a file as text. */
export function textOf(bytes: Uint8Array, path: string): string {
  if (bytes.length > maxTextLength) {
    fail({
      what: `a text of ${showBytes(bytes.length)} is too large to read at once`,
      where: nameOf(path),
      fix: `Use a text of less than ${showBytes(maxTextLength)}. Tables in CSV, JSON Lines or Parquet can have any size.`,
    });
  }
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return fail({
      what: 'the text is not UTF-8',
      where: path === '-' ? 'standard input' : path,
      fix: 'Save it as UTF-8.',
    });
  }
}

/** The name of a file in messages. */
export const nameOf = (path: string): string => (path === '-' ? 'standard input' : path);

/** Called while a large file is read, with its name, the bytes and rows so far, and its size if that is known. */
export type ReadingProgress = (
  name: string,
  progress: { readonly bytes: number; readonly rows: number; readonly size?: number },
) => void;

export interface TableOptions extends MissingOptions {
  readonly limits?: ReadLimits;
  readonly reading?: ReadingProgress;
}

/** The table in a file, or on standard input for "-". Throws an InputError. */
export function readTableAt(
  path: string,
  { limits, reading, ...marks }: TableOptions = {},
  { chunks, size }: ByteStream = openStream(path),
): Promise<Table> {
  const name = nameOf(path);
  const onProgress = reading && ((progress: { bytes: number; rows: number }) => reading(name, { ...progress, size }));
  return readTableStream(chunks, { name, ...marks, limits, size, onProgress });
}

/** The roots of paths in data: errors about other options are not about the file of the data. */
const dataRoots: readonly PropertyKey[] = ['data', 'rows', 'inputs', 'targets'];

/** Calls a function; an error about a value in the data gets the name of the file. */
export function inFile<T>(file: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof InputError) || error.option === undefined || !dataRoots.includes(error.option[0]))
      throw error;
    const name = nameOf(file);
    const isWhole = error.option.length === 1 && error.option[0] === 'data';
    throw error.at(isWhole ? name : `${name}: ${error.where}`);
  }
}
