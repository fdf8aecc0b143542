/**
 * Stores the cells of a large table: slices of numbers with equal lengths, appended and read again. Up to a limit they are in
 * memory; beyond it they are in a temporary file, whose name is removed at once, so that it disappears with the process
 * however that ends. In a web page everything is in memory.
 */

import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { host } from '../../base/host.ts';

/** The number of bytes that are kept in memory. */
const inMemory = 2 ** 24;

interface FileSystem {
  openSync(path: string, flags: string): number;
  unlinkSync(path: string): void;
  mkdtempSync(prefix: string): string;
  rmdirSync(path: string): void;
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number, at: number): number;
  readSync(file: number, bytes: Uint8Array, offset: number, length: number, at: number): number;
  closeSync(file: number): void;
}

/** Closes the files of stores that are no longer used. */
const forgotten =
  typeof FinalizationRegistry === 'undefined' ? undefined : new FinalizationRegistry<() => void>((close) => close());

export class SliceStore {
  readonly length: number;
  private readonly maxBytes: number;
  private readonly slices: Float64Array[] = [];
  private count = 0;
  private file?: { readonly system: FileSystem; readonly handle: number };
  private cached?: { readonly index: number; readonly numbers: Float64Array };

  /** Each slice has `length` numbers. */
  constructor(length: number, maxBytes = inMemory) {
    this.length = length;
    this.maxBytes = maxBytes;
  }

  /** Stores a slice and returns its index. Throws an InputError if the disk is full. */
  put(numbers: Float64Array): number {
    const bytes = 8 * this.length;
    if (this.file === undefined && (this.slices.length + 1) * bytes > this.maxBytes) this.file = this.open();
    if (this.file === undefined) this.slices.push(numbers.slice());
    else this.write(this.file, numbers, (this.count - this.slices.length) * bytes);
    return this.count++;
  }

  /** A slice; it is valid until the next call. */
  get(index: number): Float64Array {
    if (index < this.slices.length) return this.slices[index];
    if (this.cached?.index === index) return this.cached.numbers;
    const numbers = this.cached?.numbers ?? new Float64Array(this.length);
    const bytes = new Uint8Array(numbers.buffer);
    const { system, handle } = this.file!;
    const start = (index - this.slices.length) * bytes.length;
    for (let done = 0; done < bytes.length; ) {
      const read = system.readSync(handle, bytes, done, bytes.length - done, start + done);
      if (read === 0) throw new Error('a slice is missing');
      done += read;
    }
    this.cached = { index, numbers };
    return numbers;
  }

  /** Closes the file and discards its slices. */
  close(): void {
    if (this.file === undefined) return;
    forgotten?.unregister(this);
    this.file.system.closeSync(this.file.handle);
    this.file = undefined;
  }

  private open() {
    const builtin = host.process?.getBuiltinModule;
    if (builtin === undefined) return undefined;
    const system = builtin('node:fs') as FileSystem;
    const { tmpdir } = builtin('node:os') as { tmpdir(): string };
    try {
      const folder = system.mkdtempSync(`${tmpdir()}/chainrule-`);
      const path = `${folder}/cells`;
      let handle: number;
      try {
        handle = system.openSync(path, 'wx+');
      } catch (error) {
        system.rmdirSync(folder);
        throw error;
      }
      try {
        system.unlinkSync(path);
        system.rmdirSync(folder);
      } catch {
        // some systems cannot remove the name of an open file
      }
      forgotten?.register(this, () => system.closeSync(handle), this);
      return { system, handle };
    } catch {
      // without a temporary file, everything stays in memory
      return undefined;
    }
  }

  private write({ system, handle }: NonNullable<SliceStore['file']>, numbers: Float64Array, start: number): void {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    try {
      for (let done = 0; done < bytes.length; ) {
        done += system.writeSync(handle, bytes, done, bytes.length - done, start + done);
      }
    } catch (error) {
      const { code } = error as { code?: string };
      fail({
        what: `the cells of a large table are stored in a temporary file, but ${code === 'ENOSPC' ? 'the disk is full' : `it cannot be written (${code})`} after ${showBytes(start)}`,
        where: 'the folder for temporary files',
        fix: `${code === 'ENOSPC' || code === 'EDQUOT' ? 'Free some space, or set' : 'Set'} another folder in the environment: TMPDIR=/somewhere.`,
      });
    }
  }
}
