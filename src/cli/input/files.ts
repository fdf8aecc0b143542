/** Reading files, with errors for people. */
import { createReadStream, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { showBytes } from '../../base/bytes.ts';
import { fail, InputError, nearest } from '../../base/errors.ts';
import { maxTextLength } from '../../data/read/file.ts';
import type { ReadLimits } from '../../data/read/limits.ts';
import { readTableStream } from '../../data/read/stream.ts';
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
  if (bytes.length > maxTextLength) {
    fail({
      what: `a text of ${showBytes(bytes.length)} is too large to read at once`,
      where: nameOf(path),
      fix: `Give a text of less than ${showBytes(maxTextLength)}; a table may be CSV, JSON Lines or Parquet of any size.`,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail({
      what: 'the text is not UTF-8',
      where: path === '-' ? 'standard input' : path,
      fix: 'Save it as UTF-8.',
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

/** Calls, and says errors of what stands in a file with the file's name. */
export function inFile<T>(file: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    // a table's errors have its name, and not all are about the data
    if (!(error instanceof InputError) || !/^(data|rows|inputs|targets)\b/.test(error.where)) throw error;
    const name = nameOf(file);
    const { what, where, fix } = error;
    throw new InputError({ what, where: where === 'data' ? name : `${name}: ${where}`, fix });
  }
}
