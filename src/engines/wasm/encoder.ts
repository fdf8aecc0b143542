/**
 * The binary form of WebAssembly, as far as this engine writes it: integers, floats, sections, one memory. It knows
 * nothing of plans.
 *
 * Source: WebAssembly Core Specification 1.0 (W3C, 2019), chapter 5.
 */

/** Bytes to be: what is written here ends in the module as it stands. */
export type Bytes = number[];

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

/** IEEE 754 double, little endian. */
function double(value: number): Bytes {
  float.setFloat64(0, value, true);
  return Array.from({ length: 8 }, (_, i) => float.getUint8(i));
}

/** A vector: the count, then the items. */
export function vector(items: readonly (readonly number[])[]): Bytes {
  return [...unsigned(items.length), ...items.flat()];
}

/** A name in ASCII, which is all that this engine uses. */
function name(text: string): Bytes {
  return [...unsigned(text.length), ...[...text].map((letter) => letter.charCodeAt(0))];
}

export const i32 = 0x7f;
export const f64 = 0x7c;

/** Instructions by their names in the text format. Those that end in an index or a constant are functions below. */
export const op = {
  'block void': [0x02, 0x40],
  'loop void': [0x03, 0x40],
  'if void': [0x04, 0x40],
  end: [0x0b],
  return: [0x0f],
  select: [0x1b],
  'i32.eqz': [0x45],
  'i32.le_s': [0x4c],
  'f64.lt': [0x63],
  'f64.gt': [0x64],
  'f64.le': [0x65],
  'i32.sub': [0x6b],
  'i64.add': [0x7c],
  'i64.shl': [0x86],
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
  'i64.trunc_f64_s': [0xb0],
  'f64.convert_i32_u': [0xb8],
  'f64.reinterpret_i64': [0xbf],
} as const satisfies Record<string, Bytes>;

export const branch = (depth: number): Bytes => [0x0c, ...unsigned(depth)];
export const branchIf = (depth: number): Bytes => [0x0d, ...unsigned(depth)];
export const call = (func: number): Bytes => [0x10, ...unsigned(func)];
export const get = (local: number): Bytes => [0x20, ...unsigned(local)];
export const set = (local: number): Bytes => [0x21, ...unsigned(local)];
export const tee = (local: number): Bytes => [0x22, ...unsigned(local)];
export const int = (value: number): Bytes => [0x41, ...signed(value)];
export const long = (value: number): Bytes => [0x42, ...signed(value)];
export const number = (value: number): Bytes => [0x44, ...double(value)];

// An address is the constant 0, below, and an offset: so it is known to be inside the memory, and nothing is checked.
export const origin: Bytes = int(0);
const aligned = 3;
export const load = (offset: number): Bytes => [0x2b, aligned, ...unsigned(offset)];
export const store = (offset: number): Bytes => [0x39, aligned, ...unsigned(offset)];

export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

export interface FunctionBody {
  readonly type: FunctionType;
  /** How many locals of which type follow the parameters. */
  readonly locals: readonly { readonly count: number; readonly type: number }[];
  /** Without the closing `end`. */
  readonly code: readonly number[];
  /** The name it is exported under, if it is. */
  readonly exported?: string;
}

export interface ModuleParts {
  readonly imports: readonly { readonly module: string; readonly name: string; readonly type: FunctionType }[];
  /** Numbered after the imports. */
  readonly functions: readonly FunctionBody[];
  /** In pages of 64 KiB; exported as `memory`, never grown. */
  readonly pages: number;
}

const functionKind = 0x00;
const memoryKind = 0x02;

/** A whole module. */
export function encodeModule({ imports, functions, pages }: ModuleParts): Uint8Array<ArrayBuffer> {
  const types = new Map<string, { readonly index: number; readonly bytes: Bytes }>();
  const typeIndex = ({ parameters, results }: FunctionType) => {
    const bytes = [0x60, ...vector(parameters.map((type) => [type])), ...vector(results.map((type) => [type]))];
    const key = bytes.join();
    const known = types.get(key) ?? { index: types.size, bytes };
    types.set(key, known);
    return unsigned(known.index);
  };
  const imported = imports.map((each) => [
    ...name(each.module),
    ...name(each.name),
    functionKind,
    ...typeIndex(each.type),
  ]);
  const declared = functions.map(({ type }) => typeIndex(type));
  const exported = functions.flatMap((each, i) =>
    each.exported === undefined ? [] : [[...name(each.exported), functionKind, ...unsigned(imports.length + i)]],
  );
  exported.push([...name('memory'), memoryKind, 0]);

  // a function may have a hundred thousand bytes: too many for a spread into a call
  const out: Bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const append = (bytes: readonly number[]) => {
    for (const byte of bytes) out.push(byte);
  };
  const section = (id: number, contents: readonly number[]) => {
    append([id, ...unsigned(contents.length)]);
    append(contents);
  };
  section(1, vector([...types.values()].map(({ bytes }) => bytes)));
  section(2, vector(imported));
  section(3, vector(declared));
  section(5, vector([[0x01, ...unsigned(pages), ...unsigned(pages)]]));
  section(7, vector(exported));
  section(
    10,
    vector(
      functions.map(({ locals, code }) => {
        const head = vector(locals.map(({ count, type }) => [...unsigned(count), type]));
        return [...unsigned(head.length + code.length + 1), ...head, ...code, ...op.end];
      }),
    ),
  );
  return Uint8Array.from(out);
}
