/** The memory of a module: arrays one after another, each at a multiple of 128 bytes. */
import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { pageBytes } from '../../engines/wasm/instantiate.ts';

const maxBytes = 2 ** 32;
/** Two lines, as processors fetch them in pairs. */
const lineBytes = 128;

export class MemoryLayout {
  private end: number;

  /** The arrays begin at this address. */
  constructor(start: number) {
    this.end = start;
  }

  /** Reserves memory and returns its address. */
  reserve(bytes: number): number {
    const address = Math.ceil(this.end / lineBytes) * lineBytes;
    this.end = address + bytes;
    return address;
  }

  /** The pages that hold everything. Throws an InputError above 4 GiB. */
  pages(): number {
    // Vectors may read beyond the last array.
    const bytes = this.end + 2 * lineBytes;
    if (bytes > maxBytes) {
      fail({
        what: `not enough memory: this embedding needs ${showBytes(bytes)}, and WebAssembly has at most 4 GiB`,
        where: 'embedding',
        fix: 'Use fewer dimensions, or a method without training such as prone.',
      });
    }
    return Math.ceil(bytes / pageBytes);
  }
}

/** Copies integers into the memory at an address. */
export function copyWords(buffer: ArrayBufferLike, address: number, values: Uint32Array): void {
  new Uint32Array(buffer, address, values.length).set(values);
}

export function copyFloat64(buffer: ArrayBufferLike, address: number, values: Float64Array): void {
  new Float64Array(buffer, address, values.length).set(values);
}
