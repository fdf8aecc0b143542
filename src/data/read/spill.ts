/**
 * Where the cells of a large table go: numbers in slices of one length, appended and read again. Up to a bound they stay in
 * memory; beyond it they go to a file of the system's folder for such, which has no name from the start, so that it is gone
 * with the process however that ends. In a page there is no such folder, and all stays in memory.
 */

import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { host } from '../../base/host.ts';

/** Bytes that stay in memory. */
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

/** Closes the files of stores that nothing holds any more. */
const forgotten =
  typeof FinalizationRegistry === 'undefined' ? undefined : new FinalizationRegistry<() => void>((close) => close());

export class SliceStore {
  readonly length: number;
  private readonly most: number;
  private readonly slices: Float64Array[] = [];
  private count = 0;
  private file?: { readonly system: FileSystem; readonly handle: number };
  private held?: { readonly index: number; readonly numbers: Float64Array };

  /** Each slice has `length` numbers. */
  constructor(length: number, most = inMemory) {
    this.length = length;
    this.most = most;
  }

  /** Keeps a slice, and gives its index. Throws an InputError where the disk is full. */
  put(numbers: Float64Array): number {
    const bytes = 8 * this.length;
    if (this.file === undefined && (this.slices.length + 1) * bytes > this.most) this.file = this.open();
    if (this.file === undefined) this.slices.push(numbers.slice());
    else this.write(this.file, numbers, (this.count - this.slices.length) * bytes);
    return this.count++;
  }

  /** A slice, until the next is asked for. */
  get(index: number): Float64Array {
    if (index < this.slices.length) return this.slices[index];
    if (this.held?.index === index) return this.held.numbers;
    const numbers = this.held?.numbers ?? new Float64Array(this.length);
    const bytes = new Uint8Array(numbers.buffer);
    const { system, handle } = this.file!;
    const start = (index - this.slices.length) * bytes.length;
    for (let done = 0; done < bytes.length; ) {
      const read = system.readSync(handle, bytes, done, bytes.length - done, start + done);
      if (read === 0) throw new Error('a slice is missing');
      done += read;
    }
    this.held = { index, numbers };
    return numbers;
  }

  /** Closes the file, where there is one: what was kept is gone. */
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
        // some systems keep the name of an open file
      }
      forgotten?.register(this, () => system.closeSync(handle), this);
      return { system, handle };
    } catch {
      // nowhere to put them: memory may do
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
        what: `a large table's cells are kept in a temporary file, and ${code === 'ENOSPC' ? 'the disk is full' : `it cannot be written (${code})`} after ${showBytes(start)}`,
        where: 'the folder for temporary files',
        fix: `${code === 'ENOSPC' || code === 'EDQUOT' ? 'Free some space there, or name' : 'Name'} another folder in the environment: TMPDIR=/somewhere.`,
      });
    }
  }
}
