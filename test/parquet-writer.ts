/**
 * Parquet files of any content, valid or not: metadata are trees of Thrift's compact protocol that can be changed
 * freely, and pages are bytes. Offsets and lengths are computed from the content, unless they are changed.
 */

/** A value with the number of its type in Thrift's compact protocol. */
export type Node =
  | { type: 1 | 2 }
  | { type: 3 | 4 | 5 | 6; value: bigint }
  | { type: 7; value: Uint8Array }
  | { type: 8; value: Uint8Array }
  | { type: 9; of: number; items: Node[] }
  | { type: 12; fields: Field[] };

export interface Field {
  id: number;
  node: Node;
}

export type StructNode = Extract<Node, { type: 12 }>;

export const whole = (value: number | bigint, type: 3 | 4 | 5 | 6 = 6): Node => ({ type, value: BigInt(value) });
export const text = (value: string): Node => ({ type: 8, value: new TextEncoder().encode(value) });
export const list = (of: number, items: Node[]): Node => ({ type: 9, of, items });
export const truth = (value: boolean): Node => ({ type: value ? 1 : 2 });
/** A struct of fields by their ids; those that are undefined are left out. */
export const struct = (fields: Readonly<Record<number, Node | undefined>>): StructNode => ({
  type: 12,
  fields: Object.entries(fields)
    .filter((entry): entry is [string, Node] => entry[1] !== undefined)
    .map(([id, node]) => ({ id: Number(id), node })),
});

/** Reads a struct of another program's file, which must be valid. */
export function readStruct(bytes: Uint8Array, start: number): [StructNode, number] {
  let at = start;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const zigzag = () => {
    const value = varint();
    return (value >> 1n) ^ -(value & 1n);
  };
  const node = (type: number): Node => {
    switch (type) {
      case 1:
      case 2:
        return { type };
      case 3:
        return { type, value: BigInt((bytes[at++] << 24) >> 24) };
      case 4:
      case 5:
      case 6:
        return { type, value: zigzag() };
      case 7:
        at += 8;
        return { type, value: bytes.slice(at - 8, at) };
      case 8: {
        const length = Number(varint());
        at += length;
        return { type, value: bytes.slice(at - length, at) };
      }
      case 9: {
        const head = bytes[at++];
        const length = head >>> 4 === 15 ? Number(varint()) : head >>> 4;
        const of = head & 15;
        const items = Array.from({ length }, () => (of <= 2 ? truth(bytes[at++] === 1) : node(of)));
        return { type, of, items };
      }
      case 12: {
        const fields: Field[] = [];
        for (let id = 0; ; ) {
          const head = bytes[at++];
          if (head === 0) return { type, fields };
          id = head >>> 4 === 0 ? Number(zigzag()) : id + (head >>> 4);
          fields.push({ id, node: node(head & 15) });
        }
      }
      default:
        throw new Error(`type ${type}`);
    }
  };
  return [node(12) as StructNode, at];
}

export function writeStruct(root: StructNode): Uint8Array {
  const out: number[] = [];
  const varint = (value: bigint) => {
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
    out.push(Number(rest));
  };
  const zigzag = (value: bigint) => varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
  const node = (each: Node) => {
    switch (each.type) {
      case 1:
      case 2:
        return;
      case 3:
        out.push(Number(BigInt.asUintN(8, each.value)));
        return;
      case 4:
      case 5:
      case 6:
        zigzag(each.value);
        return;
      case 7:
        out.push(...each.value);
        return;
      case 8:
        varint(BigInt(each.value.length));
        for (const byte of each.value) out.push(byte);
        return;
      case 9:
        if (each.items.length < 15) out.push((each.items.length << 4) | each.of);
        else {
          out.push(0xf0 | each.of);
          varint(BigInt(each.items.length));
        }
        for (const item of each.items) {
          if (item.type <= 2) out.push(item.type === 1 ? 1 : 2);
          else node(item);
        }
        return;
      case 12: {
        let before = 0;
        for (const field of each.fields) {
          const step = field.id - before;
          if (step > 0 && step < 16) out.push((step << 4) | field.node.type);
          else {
            out.push(field.node.type);
            zigzag(BigInt(field.id));
          }
          before = field.id;
          node(field.node);
        }
        out.push(0);
      }
    }
  };
  node(root);
  return Uint8Array.from(out);
}

export interface PageNode {
  header: StructNode;
  data: Uint8Array;
}

/** A file in parts: the footer, and the pages of each column by row group. */
export interface FileNode {
  footer: StructNode;
  /** For each row group, for each column. */
  chunks: PageNode[][][];
}

export const fieldOf = (node: Node | undefined, id: number): Node | undefined =>
  node?.type === 12 ? node.fields.find((field) => field.id === id)?.node : undefined;
export const itemsOf = (node: Node | undefined): Node[] => (node?.type === 9 ? node.items : []);

/** Replaces a number. */
export function setWhole(node: Node | undefined, id: number, value: number | bigint): void {
  const found = fieldOf(node, id);
  if (found !== undefined && 'value' in found && typeof found.value === 'bigint') found.value = BigInt(value);
}

const wholeOf = (node: Node | undefined): number | undefined =>
  node !== undefined && 'value' in node && typeof node.value === 'bigint' ? Number(node.value) : undefined;

/** Takes a valid file apart. */
export function readFile(bytes: Uint8Array): FileNode {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(bytes.length - 8, true);
  const [footer] = readStruct(bytes, bytes.length - 8 - size);
  const chunks = itemsOf(fieldOf(footer, 4)).map((group) =>
    itemsOf(fieldOf(group, 1)).map((chunk) => {
      const meta = fieldOf(chunk, 3);
      const start = wholeOf(fieldOf(meta, 11)) || wholeOf(fieldOf(meta, 9))!;
      const end = start + wholeOf(fieldOf(meta, 7))!;
      const pages: PageNode[] = [];
      for (let at = start; at < end; ) {
        const [header, next] = readStruct(bytes, at);
        at = next + wholeOf(fieldOf(header, 3))!;
        pages.push({ header, data: bytes.slice(next, at) });
      }
      return pages;
    }),
  );
  return { footer, chunks };
}

export const joined = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const magic = [0x50, 0x41, 0x52, 0x31];

/** Places pages one after the other, and writes their offsets into the footer. */
export function layOut({ footer, chunks }: FileNode): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(magic)];
  let at = 4;
  itemsOf(fieldOf(footer, 4)).forEach((group, g) => {
    itemsOf(fieldOf(group, 1)).forEach((chunk, c) => {
      const meta = fieldOf(chunk, 3);
      const start = at;
      let data: number | undefined;
      for (const { header, data: bytes } of chunks[g]?.[c] ?? []) {
        if (fieldOf(header, 7) === undefined) data ??= at;
        const head = writeStruct(header);
        parts.push(head, bytes);
        at += head.length + bytes.length;
      }
      setWhole(meta, 7, at - start);
      setWhole(meta, 9, data ?? start);
      setWhole(meta, 11, start);
    });
  });
  return joined(...parts);
}

/** The pages, the footer, its length and the file's end. */
export function withFooter(pages: Uint8Array, footer: StructNode): Uint8Array {
  const bytes = writeStruct(footer);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length, true);
  return joined(pages, bytes, length, magic);
}

export const writeFile = (file: FileNode): Uint8Array => withFooter(layOut(file), file.footer);

/** A column as stored in its pages. */
export interface ColumnSpec {
  readonly name: string;
  /** 0 boolean, 1 int32, 2 int64, 3 int96, 4 float, 5 double, 6 bytes, 7 fixed. */
  readonly type: number;
  readonly width?: number;
  readonly converted?: number;
  readonly isOptional?: boolean;
  /** 0 none, 1 Snappy, 2 gzip, 4 brotli, 6 Zstandard, 7 LZ4. */
  readonly codec?: number;
  readonly pages: readonly PageSpec[];
}

export interface PageSpec {
  readonly kind?: 'data' | 'second' | 'dictionary';
  readonly values: number;
  readonly encoding?: number;
  /** The stored bytes. */
  readonly bytes: Uint8Array;
  /** Its length after decompression. Default: its stored length. */
  readonly length?: number;
  /** Bytes of levels at the beginning of a page of the second version. */
  readonly levels?: number;
}

/** A file of one row group. */
export function table(rows: number, columns: readonly ColumnSpec[]): FileNode {
  const footer = struct({
    1: whole(1, 5),
    2: list(12, [
      struct({ 4: text('schema'), 5: whole(columns.length, 5) }),
      ...columns.map(({ name, type, width, converted, isOptional }) =>
        struct({
          1: whole(type, 5),
          2: width === undefined ? undefined : whole(width, 5),
          3: whole(isOptional ? 1 : 0, 5),
          4: text(name),
          6: converted === undefined ? undefined : whole(converted, 5),
        }),
      ),
    ]),
    3: whole(rows),
    4: list(12, [
      struct({
        1: list(
          12,
          columns.map(({ name, type, codec = 0, pages }) =>
            struct({
              2: whole(0),
              3: struct({
                1: whole(type, 5),
                2: list(5, [whole(0, 5)]),
                3: list(8, [text(name)]),
                4: whole(codec, 5),
                5: whole(rows),
                6: whole(1000),
                7: whole(0),
                9: whole(0),
                ...(pages.some(({ kind }) => kind === 'dictionary') && { 11: whole(0) }),
              }),
            }),
          ),
        ),
        2: whole(1000),
        3: whole(rows),
      }),
    ]),
  });
  const chunks = [
    columns.map(({ pages }) =>
      pages.map(({ kind = 'data', values, encoding = 0, bytes, length = bytes.length, levels = 0 }): PageNode => {
        const common = { 2: whole(length, 5), 3: whole(bytes.length, 5) };
        const count = whole(values, 5);
        const packing = whole(encoding, 5);
        if (kind === 'dictionary') {
          return { header: struct({ 1: whole(2, 5), ...common, 7: struct({ 1: count, 2: packing }) }), data: bytes };
        }
        if (kind === 'second') {
          const second = struct({
            1: count,
            2: whole(0, 5),
            3: count,
            4: packing,
            5: whole(levels, 5),
            6: whole(0, 5),
            7: truth(true),
          });
          return { header: struct({ 1: whole(3, 5), ...common, 8: second }), data: bytes };
        }
        const first = struct({ 1: count, 2: packing, 3: whole(3, 5), 4: whole(3, 5) });
        return { header: struct({ 1: whole(0, 5), ...common, 5: first }), data: bytes };
      }),
    ),
  ];
  return { footer, chunks };
}

/** Values in their own bytes. */
export const plain = {
  int32: (values: readonly number[]) => new Uint8Array(Int32Array.from(values).buffer),
  int64: (values: readonly bigint[]) => new Uint8Array(BigInt64Array.from(values).buffer),
  float: (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer),
  double: (values: readonly number[]) => new Uint8Array(Float64Array.from(values).buffer),
  bytes: (values: readonly string[]) =>
    joined(
      ...values.flatMap((value) => {
        const bytes = new TextEncoder().encode(value);
        return [new Uint8Array(Uint32Array.of(bytes.length).buffer), bytes];
      }),
    ),
};

export const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const zigzag = (value: number) => varint(value < 0 ? -2 * value - 1 : 2 * value);

/** A run: `count` times a value of some bits. */
export const run = (count: number, value: number, width = 1): number[] => [
  ...varint(2 * count),
  ...Array.from({ length: Math.ceil(width / 8) }, (_, i) => (value >>> (8 * i)) & 255),
];
/** Bytes after their length. */
export const withLength = (bytes: readonly number[]): Uint8Array =>
  joined(new Uint8Array(Uint32Array.of(bytes.length).buffer), bytes);

/** Differences of 32 bits each, in blocks of 128 values. */
export function deltas(values: readonly number[]): Uint8Array {
  const out = [...varint(128), ...varint(4), ...varint(values.length), ...zigzag(values[0] ?? 0)];
  for (let at = 1; at < values.length; at += 128) {
    const block = values.slice(at, at + 128).map((value, i) => value - values[at + i - 1]);
    const least = Math.min(...block);
    out.push(...zigzag(least));
    const minis = [0, 1, 2, 3].map((mini) => block.slice(32 * mini, 32 * mini + 32));
    out.push(...minis.map((mini) => (mini.length > 0 ? 32 : 0)));
    for (const mini of minis) {
      if (mini.length === 0) continue;
      for (let i = 0; i < 32; i++) {
        const rest = (mini[i] ?? least) - least;
        out.push(rest & 255, (rest >>> 8) & 255, (rest >>> 16) & 255, (rest >>> 24) & 255);
      }
    }
  }
  return Uint8Array.from(out);
}

/** The bytes of the values in separate streams. */
export function split(bytes: Uint8Array, width: number): Uint8Array {
  const count = bytes.length / width;
  return Uint8Array.from(bytes, (_, i) => bytes[(i % count) * width + Math.floor(i / count)]);
}
