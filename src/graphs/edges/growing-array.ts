/** A list of numbers in typed arrays, which grows piece by piece: it is never copied, and takes no more than one piece too much. */

type Typed = Uint32Array | Float64Array;

/** The base-2 logarithm of the number of elements in a piece, which is 256 KiB of indices. */
const pieceBits = 16;
const pieceLength = 2 ** pieceBits;

export class GrowingArray<T extends Typed> {
  private readonly pieces: T[] = [];
  private readonly make: (length: number) => T;
  length = 0;

  /** @param make Returns a new array of a length, such as `(length) => new Uint32Array(length)`. */
  constructor(make: (length: number) => T) {
    this.make = make;
  }

  push(value: number): void {
    const at = this.length & (pieceLength - 1);
    if (at === 0) this.pieces.push(this.make(pieceLength));
    this.pieces[this.pieces.length - 1][at] = value;
    this.length++;
  }

  at(index: number): number {
    return this.pieces[index >>> pieceBits][index & (pieceLength - 1)];
  }

  /** Appends the same value until the list has this length. */
  fillTo(length: number, value: number): void {
    while (this.length < length) this.push(value);
  }
}
