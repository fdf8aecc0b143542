/**
 * Reads FlatBuffers, in which Arrow writes its metadata, without copying. Source: the FlatBuffers internals, at
 * flatbuffers.dev. Offsets point forward only, and every read is inside the bytes: a read outside throws `torn`.
 */
import { torn } from '../budget.ts';

const outside = (): never => torn('its metadata has an offset outside of itself');

/** Reads numbers from bytes. */
class Bytes {
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private check(at: number, size: number): void {
    if (!(at >= 0 && at + size <= this.view.byteLength)) outside();
  }

  uint8(at: number): number {
    this.check(at, 1);
    return this.view.getUint8(at);
  }

  uint16(at: number): number {
    this.check(at, 2);
    return this.view.getUint16(at, true);
  }

  int32(at: number): number {
    this.check(at, 4);
    return this.view.getInt32(at, true);
  }

  uint32(at: number): number {
    this.check(at, 4);
    return this.view.getUint32(at, true);
  }

  /** A 64-bit integer; rounded beyond 2^53, where it cannot be a length. */
  int64(at: number): number {
    this.check(at, 8);
    return this.view.getInt32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true);
  }

  text(at: number, length: number): string {
    this.check(at, length);
    const { buffer, byteOffset } = this.view;
    return new TextDecoder().decode(new Uint8Array(buffer, byteOffset + at, length));
  }
}

/** A vector: the position of its elements, and their number. */
export interface Vector {
  readonly at: number;
  readonly length: number;
}

/** A table of fields, which may each be missing. */
export class FlatTable {
  private readonly bytes: Bytes;
  private readonly at: number;
  private readonly fields: number;
  private readonly fieldsSize: number;

  constructor(bytes: Bytes, at: number) {
    this.bytes = bytes;
    this.at = at;
    this.fields = at - bytes.int32(at);
    this.fieldsSize = bytes.uint16(this.fields);
  }

  /** The table at the beginning. */
  static root(bytes: Uint8Array): FlatTable {
    const all = new Bytes(bytes);
    return new FlatTable(all, all.uint32(0));
  }

  /** The position of a field; 0 if it is missing. */
  private place(field: number): number {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.fieldsSize) return 0;
    const offset = this.bytes.uint16(this.fields + entry);
    return offset === 0 ? 0 : this.at + offset;
  }

  private target(field: number): number {
    const at = this.place(field);
    return at === 0 ? 0 : at + this.bytes.uint32(at);
  }

  uint8(field: number, missing = 0): number {
    const at = this.place(field);
    return at === 0 ? missing : this.bytes.uint8(at);
  }

  int16(field: number, missing = 0): number {
    const at = this.place(field);
    return at === 0 ? missing : (this.bytes.uint16(at) << 16) >> 16;
  }

  int32(field: number, missing = 0): number {
    const at = this.place(field);
    return at === 0 ? missing : this.bytes.int32(at);
  }

  int64(field: number, missing = 0): number {
    const at = this.place(field);
    return at === 0 ? missing : this.bytes.int64(at);
  }

  table(field: number): FlatTable | undefined {
    const at = this.target(field);
    return at === 0 ? undefined : new FlatTable(this.bytes, at);
  }

  text(field: number): string | undefined {
    const at = this.target(field);
    return at === 0 ? undefined : this.bytes.text(at + 4, this.bytes.uint32(at));
  }

  /** A vector of elements of `size` bytes each, all of them inside the bytes. */
  vector(field: number, size: number): Vector {
    const at = this.target(field);
    if (at === 0) return { at: 0, length: 0 };
    const length = this.bytes.uint32(at);
    if (length > 0) this.bytes.uint8(at + 3 + length * size);
    return { at: at + 4, length };
  }

  /** An element of a vector of tables. */
  tableIn({ at }: Vector, index: number): FlatTable {
    const entry = at + 4 * index;
    return new FlatTable(this.bytes, entry + this.bytes.uint32(entry));
  }

  int64In({ at }: Vector, offset: number): number {
    return this.bytes.int64(at + offset);
  }

  int32In({ at }: Vector, offset: number): number {
    return this.bytes.int32(at + offset);
  }
}
