/** Reads bytes that come in chunks: up to a mark, or a number of them. */
import { fail } from '../../base/errors.ts';

export class ByteReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private held: Uint8Array = new Uint8Array();
  private readonly name: string;

  constructor(chunks: AsyncIterable<Uint8Array>, name: string) {
    this.chunks = chunks[Symbol.asyncIterator]();
    this.name = name;
  }

  /** Reads more; returns false at the end. */
  private async more(): Promise<boolean> {
    const { value, done } = await this.chunks.next();
    if (done) return false;
    const joined = new Uint8Array(this.held.length + value.length);
    joined.set(this.held);
    joined.set(value, this.held.length);
    this.held = joined;
    return true;
  }

  private ended(): never {
    return fail({ what: 'the file ends too early', where: this.name, fix: 'Download or write it again.' });
  }

  /** The bytes before the next `mark`, at most `max` of them. Throws an InputError where there is none. */
  async until(mark: number, max: number): Promise<Uint8Array> {
    for (let from = 0; ; ) {
      const at = this.held.indexOf(mark, from);
      if (at >= 0) {
        const found = this.held.subarray(0, at);
        this.held = this.held.subarray(at + 1);
        return found;
      }
      from = this.held.length;
      if (from > max || !(await this.more())) this.ended();
    }
  }

  /** The next `length` bytes. Throws an InputError where there are fewer. */
  async take(length: number): Promise<Uint8Array> {
    while (this.held.length < length) if (!(await this.more())) this.ended();
    const found = this.held.subarray(0, length);
    this.held = this.held.subarray(length);
    return found;
  }
}
