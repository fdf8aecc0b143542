/**
 * Reads Thrift's compact protocol, in which Parquet writes its metadata, into plain values. Source: the specification of the
 * Thrift compact protocol, at github.com/apache/thrift. Lengths and depths are checked before anything is allocated, so that
 * the memory follows the size of the metadata.
 */
import { torn } from '../budget.ts';

/** A value: a number (also for 64 bits, rounded beyond 2^53), boolean, bytes, list, or a struct. */
export type Value = number | boolean | Uint8Array | readonly Value[] | Struct;

/** The fields of a struct by their ids. */
export class Struct {
  private readonly fields: (Value | undefined)[] = [];

  /** The highest id that Parquet uses is far below 64; fields beyond are skipped. */
  set(id: number, value: Value): void {
    if (id < 0 || id >= 64) return;
    if (this.fields[id] !== undefined) torn(`field ${id} of its metadata appears twice`);
    this.fields[id] = value;
  }

  has(id: number): boolean {
    return this.fields[id] !== undefined;
  }

  number(id: number): number | undefined {
    const value = this.fields[id];
    return typeof value === 'number' ? value : undefined;
  }

  boolean(id: number): boolean | undefined {
    const value = this.fields[id];
    return typeof value === 'boolean' ? value : undefined;
  }

  bytes(id: number): Uint8Array | undefined {
    const value = this.fields[id];
    return value instanceof Uint8Array ? value : undefined;
  }

  text(id: number): string | undefined {
    const value = this.bytes(id);
    return value === undefined ? undefined : new TextDecoder().decode(value);
  }

  struct(id: number): Struct | undefined {
    const value = this.fields[id];
    return value instanceof Struct ? value : undefined;
  }

  /** The structs of a list. Throws if the list has other elements. */
  structs(id: number): readonly Struct[] | undefined {
    const list = this.fields[id];
    if (!Array.isArray(list)) return undefined;
    for (const each of list)
      if (!(each instanceof Struct)) torn(`field ${id} of its metadata is not a list of structs`);
    return list as readonly Struct[];
  }

  /** The texts of a list. */
  texts(id: number): readonly string[] | undefined {
    const list = this.fields[id];
    if (!Array.isArray(list)) return undefined;
    return list.map((each: Value) =>
      each instanceof Uint8Array
        ? new TextDecoder().decode(each)
        : torn(`field ${id} of its metadata is not a list of texts`),
    );
  }
}

/** The maximum depth of nested structs; Parquet has at most 6. */
const maxDepth = 16;

/** Reads consecutive structs. */
export class ThriftReader {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  /** The position of the next struct. */
  at: number;
  /** The number of further structs that is allowed: an empty struct takes one byte, but as much memory as others. */
  private structsLeft: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.structsLeft = 64 + (end - at) / 3;
  }

  private byte(): number {
    if (this.at >= this.end) torn('its metadata end in the middle');
    return this.bytes[this.at++];
  }

  /** An unsigned integer in groups of 7 bits: 64 bits take at most 10 groups. */
  private varint(): number {
    let value = 0;
    for (let group = 0, scale = 1; group < 10; group++, scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return torn('a number of its metadata has too many bytes');
  }

  private zigzag(): number {
    const value = this.varint();
    // above 2^53 the lowest bit is lost: such a number cannot be a length or an offset
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  private take(length: number): Uint8Array {
    if (length > this.end - this.at) torn('a text of its metadata is longer than they are');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private list(depth: number): readonly Value[] {
    const head = this.byte();
    const type = head & 15;
    const length = head >>> 4 === 15 ? this.varint() : head >>> 4;
    // each element takes at least a byte
    if (length > this.end - this.at) torn('a list of its metadata is longer than they are');
    const values: Value[] = [];
    for (let i = 0; i < length; i++) values.push(type <= 2 ? this.byte() === 1 : this.value(type, depth));
    return values;
  }

  private value(type: number, depth: number): Value {
    switch (type) {
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return (this.byte() << 24) >> 24;
      case 4:
      case 5:
      case 6:
        return this.zigzag();
      case 7: {
        const { buffer, byteOffset } = this.take(8);
        return new DataView(buffer, byteOffset, 8).getFloat64(0, true);
      }
      case 8:
        return this.take(this.varint());
      case 9:
        return this.list(depth + 1);
      case 12:
        return this.struct(depth + 1);
      default:
        return torn(`its metadata hold a value of type ${type}`);
    }
  }

  /** Reads the struct at `at`, and moves `at` to its end. */
  struct(depth = 0): Struct {
    if (depth > maxDepth) torn('its metadata are nested too deeply');
    if (--this.structsLeft < 0) torn('its metadata hold too many structs');
    const struct = new Struct();
    for (let id = 0; ; ) {
      const head = this.byte();
      const type = head & 15;
      if (type === 0) return struct;
      id = head >>> 4 === 0 ? this.zigzag() : id + (head >>> 4);
      struct.set(id, this.value(type, depth));
    }
  }
}
