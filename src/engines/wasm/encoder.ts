/**
 * Writes the binary format of WebAssembly, as far as this engine uses it: integers, floats, vectors, sections, one memory. It
 * knows nothing of plans.
 *
 * Source: WebAssembly Core Specification 1.0 (W3C, 2019) and 2.0 (2022), chapter 5.
 */

/** Bytes of the module. */
export type Bytes = number[];

/** Bytes in nested pieces, so that code can be combined without copies. */
export type Code = readonly (number | Code)[];

/** Appends the bytes of a piece of code. */
function write(code: Code, out: Bytes): void {
  for (const piece of code) {
    if (typeof piece === 'number') out.push(piece);
    else write(piece, out);
  }
}

/** LEB128 of an integer from 0 to 2^32-1. */
export function unsigned(value: number): Bytes {
  const bytes: Bytes = [];
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

/** LEB128 of a signed 32-bit integer. */
export function signed(value: number): Bytes {
  const bytes: Bytes = [];
  let rest = value | 0;
  // done when the remaining bits all repeat the sign bit of the last byte
  while (rest < -0x40 || rest > 0x3f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  bytes.push(rest & 0x7f);
  return bytes;
}

const float = new DataView(new ArrayBuffer(8));

/** IEEE 754, little endian, of 4 or 8 bytes. */
function ieee(value: number, width: 4 | 8): Bytes {
  if (width === 4) float.setFloat32(0, value, true);
  else float.setFloat64(0, value, true);
  return Array.from({ length: width }, (_, i) => float.getUint8(i));
}

/** A vector: the count, then the items. */
function vector(items: readonly (readonly number[])[]): Bytes {
  const bytes = [...unsigned(items.length)];
  // `items.flat()` takes several times as long, and a module may have a hundred thousand bytes
  for (const item of items) for (const byte of item) bytes.push(byte);
  return bytes;
}

/** A name in ASCII; this engine uses no others. */
function name(text: string): Bytes {
  return [...unsigned(text.length), ...[...text].map((letter) => letter.charCodeAt(0))];
}

export const i32 = 0x7f;
export const i64 = 0x7e;
export const f32 = 0x7d;
export const f64 = 0x7c;
export const v128 = 0x7b;

/** Instructions by their names in the text format. Instructions with an index or a constant are functions below. */
export const op = {
  'block void': [0x02, 0x40],
  'loop void': [0x03, 0x40],
  'if void': [0x04, 0x40],
  else: [0x05],
  end: [0x0b],
  return: [0x0f],
  select: [0x1b],
  unreachable: [0x00],
  drop: [0x1a],
  'i32.eqz': [0x45],
  'i32.eq': [0x46],
  'i32.ne': [0x47],
  'i32.lt_s': [0x48],
  'i32.lt_u': [0x49],
  'i32.le_s': [0x4c],
  'i32.le_u': [0x4d],
  'i32.ge_u': [0x4f],
  'f32.eq': [0x5b],
  'f32.lt': [0x5d],
  'f32.gt': [0x5e],
  'f32.le': [0x5f],
  'f64.eq': [0x61],
  'f64.lt': [0x63],
  'f64.gt': [0x64],
  'f64.le': [0x65],
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.mul': [0x6c],
  'i32.div_u': [0x6e],
  'i32.rem_u': [0x70],
  'i32.and': [0x71],
  'i32.or': [0x72],
  'i32.xor': [0x73],
  'i32.shl': [0x74],
  'i32.shr_u': [0x76],
  'i64.add': [0x7c],
  'i64.sub': [0x7d],
  'i64.mul': [0x7e],
  'i64.and': [0x83],
  'i64.or': [0x84],
  'i64.xor': [0x85],
  'i64.shl': [0x86],
  'i64.shr_u': [0x88],
  'f32.abs': [0x8b],
  'f32.neg': [0x8c],
  'f32.floor': [0x8e],
  'f32.sqrt': [0x91],
  'f32.add': [0x92],
  'f32.sub': [0x93],
  'f32.mul': [0x94],
  'f32.div': [0x95],
  'f32.min': [0x96],
  'f32.max': [0x97],
  'f64.abs': [0x99],
  'f64.neg': [0x9a],
  'f64.floor': [0x9c],
  'f64.sqrt': [0x9f],
  'f64.add': [0xa0],
  'f64.sub': [0xa1],
  'f64.mul': [0xa2],
  'f64.div': [0xa3],
  'f64.min': [0xa4],
  'f64.max': [0xa5],
  'i32.wrap_i64': [0xa7],
  'i64.extend_i32_u': [0xad],
  'i32.trunc_f64_u': [0xab],
  'i32.trunc_sat_f64_u': [0xfc, 0x03],
  'i64.trunc_f64_s': [0xb0],
  'i64.trunc_f64_u': [0xb1],
  'f32.convert_i32_u': [0xb3],
  'f32.demote_f64': [0xb6],
  'f64.convert_i32_u': [0xb8],
  'f64.convert_i64_u': [0xba],
  'f64.promote_f32': [0xbb],
  'i32.reinterpret_f32': [0xbc],
  'i64.reinterpret_f64': [0xbd],
  'f32.reinterpret_i32': [0xbe],
  'f64.reinterpret_i64': [0xbf],
} as const satisfies Record<string, Bytes>;

/**
 * Instructions on 128 bits: a prefix, then the number. Source: the specification 2.0 (2022), section 5.4.8; for
 * relaxed instructions, 3.0 (2025).
 */
const wideNumbers = {
  'f32x4.splat': 0x13,
  'f64x2.splat': 0x14,
  'f32x4.eq': 0x41,
  'f32x4.lt': 0x43,
  'f32x4.gt': 0x44,
  'f32x4.le': 0x45,
  'f64x2.eq': 0x47,
  'f64x2.lt': 0x49,
  'f64x2.gt': 0x4a,
  'f64x2.le': 0x4b,
  'v128.not': 0x4d,
  'v128.and': 0x4e,
  'v128.andnot': 0x4f,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'v128.bitselect': 0x52,
  'f32x4.floor': 0x68,
  'f64x2.floor': 0x75,
  'i32x4.shl': 0xab,
  'i32x4.shr_u': 0xad,
  'i32x4.add': 0xae,
  'i32x4.sub': 0xb1,
  'i64x2.shl': 0xcb,
  'i64x2.shr_u': 0xcd,
  'i64x2.add': 0xce,
  'i64x2.sub': 0xd1,
  'f32x4.abs': 0xe0,
  'f32x4.neg': 0xe1,
  'f32x4.sqrt': 0xe3,
  'f32x4.add': 0xe4,
  'f32x4.sub': 0xe5,
  'f32x4.mul': 0xe6,
  'f32x4.div': 0xe7,
  'f32x4.min': 0xe8,
  'f32x4.max': 0xe9,
  'f64x2.abs': 0xec,
  'f64x2.neg': 0xed,
  'f64x2.sqrt': 0xef,
  'f64x2.add': 0xf0,
  'f64x2.sub': 0xf1,
  'f64x2.mul': 0xf2,
  'f64x2.div': 0xf3,
  'f64x2.min': 0xf4,
  'f64x2.max': 0xf5,
  'f32x4.relaxed_madd': 0x105,
  'f64x2.relaxed_madd': 0x107,
} as const;

const widePrefix = 0xfd;
export const wide = Object.fromEntries(
  Object.entries(wideNumbers).map(([name, number]) => [name, [widePrefix, ...unsigned(number)]]),
) as Readonly<Record<keyof typeof wideNumbers, Bytes>>;

export const branch = (depth: number): Bytes => [0x0c, ...unsigned(depth)];
export const branchIf = (depth: number): Bytes => [0x0d, ...unsigned(depth)];
export const call = (func: number): Bytes => [0x10, ...unsigned(func)];
export const get = (local: number): Bytes => [0x20, ...unsigned(local)];
export const set = (local: number): Bytes => [0x21, ...unsigned(local)];
export const tee = (local: number): Bytes => [0x22, ...unsigned(local)];
export const int = (value: number): Bytes => [0x41, ...signed(value)];
export const long = (value: number): Bytes => [0x42, ...signed(value)];
export const single = (value: number): Bytes => [0x43, ...ieee(value, 4)];
export const number = (value: number): Bytes => [0x44, ...ieee(value, 8)];
/** The same number in all lanes. */
export const allLanes = (value: number, width: 4 | 8): Bytes => [
  widePrefix,
  0x0c,
  ...Array.from({ length: 16 / width }, () => ieee(value, width)).flat(),
];
/** The bits of an integer in all lanes; `value` from 0 to 2^53. */
export const allBits = (value: number, width: 4 | 8): Bytes => {
  const bytes = Array.from({ length: width }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256);
  return [widePrefix, 0x0c, ...Array.from({ length: 16 / width }, () => bytes).flat()];
};

// An address is a number on the stack plus a constant offset. If both are constants, nothing is checked at run time.
export const origin: Bytes = int(0);
const memory =
  (instruction: readonly number[], alignment: number) =>
  (offset: number): Bytes => [...instruction, alignment, ...unsigned(offset)];
export const load = memory([0x2b], 3);
export const store = memory([0x39], 3);
export const access = {
  'i32.load': memory([0x28], 2),
  'i32.store': memory([0x36], 2),
  'f32.load': memory([0x2a], 2),
  'f32.store': memory([0x38], 2),
  'f64.load': load,
  'f64.store': store,
  'v128.load': memory([widePrefix, 0x00], 4),
  'v128.store': memory([widePrefix, 0x0b], 4),
  'v128.load32_splat': memory([widePrefix, 0x09], 2),
  'v128.load64_splat': memory([widePrefix, 0x0a], 3),
  'v128.load32_zero': memory([widePrefix, 0x5c], 2),
  'v128.load64_zero': memory([widePrefix, 0x5d], 3),
} as const;
/** Instructions on memory that threads share: sequentially consistent, on whole 32-bit words. */
const atomic =
  (number: number) =>
  (offset: number): Bytes => [0xfe, number, 2, ...unsigned(offset)];
export const atomics = {
  /** Wakes threads that sleep on an address; the stack has how many. Leaves how many it woke. */
  notify: atomic(0x00),
  /** Sleeps while a word has the expected value, up to some nanoseconds; leaves 0 if woken. */
  wait: atomic(0x01),
  load: atomic(0x10),
  store: atomic(0x17),
  /** Leaves the old value. */
  add: atomic(0x1e),
} as const;

/** The only global of an instance: an integer that starts at 0. */
export const getGlobal: Bytes = [0x23, 0];
export const setGlobal = (value: Code): Code => [value, [0x24, 0]];

/** Copies bytes; the two ranges may overlap. */
export const memoryCopy = (target: Code, source: Code, bytes: Code): Code => [
  target,
  source,
  bytes,
  [0xfc, 0x0a, 0x00, 0x00],
];
/** Zeroes bytes. */
export const memoryClear = (target: Code, bytes: Code): Code => [target, int(0), bytes, [0xfc, 0x0b, 0x00]];
/** Stores one lane of a vector. */
export const storeLane = (width: 4 | 8, lane: number, offset: number): Bytes => [
  widePrefix,
  width === 4 ? 0x5a : 0x5b,
  width === 4 ? 2 : 3,
  ...unsigned(offset),
  lane,
];

/** Chooses four of the eight 32-bit lanes of two vectors: 0 to 3 of the first, 4 to 7 of the second. */
export const shuffle = (a: Code, b: Code, lanes: readonly [number, number, number, number]): Code => [
  a,
  b,
  [widePrefix, 0x0d, ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))],
];

export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

export interface FunctionBody {
  readonly type: FunctionType;
  /** The count and the type of the locals after the parameters. */
  readonly locals: readonly { readonly count: number; readonly type: number }[];
  /** Without the closing `end`. */
  readonly code: Code;
  /** The name of its export, if any. */
  readonly exported?: string;
}

/** An imported function. Imports have the first function indices. */
export interface ImportedFunction {
  readonly module: string;
  readonly name: string;
  readonly type: FunctionType;
}

export interface ModuleParts {
  readonly imported?: readonly ImportedFunction[];
  readonly functions: readonly FunctionBody[];
  /** Pages of its memory, of 64 KiB. The memory is imported as `engine.memory`, exported as `memory`, and never grows. */
  readonly pages: number;
  /** Whether threads share the memory. */
  readonly shared?: boolean;
}

const functionKind = 0x00;
const memoryKind = 0x02;

/** A whole module. */
export function encodeModule({ imported = [], functions, pages, shared }: ModuleParts): Uint8Array<ArrayBuffer> {
  const types = new Map<string, { readonly index: number; readonly bytes: Bytes }>();
  const typeIndex = ({ parameters, results }: FunctionType) => {
    const bytes = [0x60, ...vector(parameters.map((type) => [type])), ...vector(results.map((type) => [type]))];
    const key = bytes.join();
    const known = types.get(key) ?? { index: types.size, bytes };
    types.set(key, known);
    return unsigned(known.index);
  };
  const limits = [...unsigned(pages), ...unsigned(pages)];
  const imports = [
    [...name('engine'), ...name('memory'), memoryKind, shared ? 0x03 : 0x01, ...limits],
    ...imported.map((each) => [...name(each.module), ...name(each.name), functionKind, ...typeIndex(each.type)]),
  ];
  const declared = functions.map(({ type }) => typeIndex(type));
  const exported = functions.flatMap((each, i) =>
    each.exported === undefined ? [] : [[...name(each.exported), functionKind, ...unsigned(imported.length + i)]],
  );
  exported.push([...name('memory'), memoryKind, 0]);

  // a function may have a hundred thousand bytes: too many to spread into a call
  const out: Bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const append = (bytes: readonly number[]) => {
    for (const byte of bytes) out.push(byte);
  };
  const section = (id: number, contents: readonly number[]) => {
    append([id, ...unsigned(contents.length)]);
    append(contents);
  };
  section(1, vector([...types.values()].map(({ bytes }) => bytes)));
  section(2, vector(imports));
  section(3, vector(declared));
  section(6, vector([[i32, 0x01, ...int(0), ...op.end]]));
  section(7, vector(exported));
  section(
    10,
    vector(
      functions.map(({ locals, code }) => {
        const body = vector(locals.map(({ count, type }) => [...unsigned(count), type]));
        write(code, body);
        return [...unsigned(body.length + 1), ...body, ...op.end];
      }),
    ),
  );
  return Uint8Array.from(out);
}
