/**
 * The kinds of numbers that functions compute with: one float, or a vector of floats. Code over lanes is written once for all
 * four kinds.
 */
import {
  access,
  allBits,
  allLanes,
  type Code,
  f32,
  f64,
  i32,
  int,
  long,
  number,
  op,
  single,
  storeLane,
  v128,
  wide,
} from './encoder.ts';

/** Instructions for one kind of number. Operands and results are code that leaves a value; a mask is a condition. */
export interface Lanes {
  readonly kind: 'f32' | 'f64' | 'f32x4' | 'f64x2';
  /** The types of a value and of a condition. */
  readonly type: number;
  readonly maskType: number;
  /** The bytes of one number. */
  readonly width: 4 | 8;
  /** The numbers in a value. */
  readonly count: number;
  constant(value: number): Code;
  /** The bits of an integer, as a value. */
  bits(value: number): Code;
  /** One number in all lanes. */
  splat(value: Code): Code;
  load(address: Code, offset: number): Code;
  /** One number of the memory in all lanes. */
  loadOne(address: Code, offset: number): Code;
  store(address: Code, offset: number, value: Code): Code;
  /** Stores the first number of a value only. */
  storeOne(address: Code, offset: number, value: Code): Code;
  add(a: Code, b: Code): Code;
  sub(a: Code, b: Code): Code;
  mul(a: Code, b: Code): Code;
  div(a: Code, b: Code): Code;
  /** NaN if either is NaN; -0 is below 0. */
  min(a: Code, b: Code): Code;
  max(a: Code, b: Code): Code;
  /** a b + c, which the processor may round once; for vectors only if the platform has it. */
  mulAdd(a: Code, b: Code, c: Code): Code;
  neg(a: Code): Code;
  abs(a: Code): Code;
  sqrt(a: Code): Code;
  floor(a: Code): Code;
  /** Conditions; false if either operand is NaN. */
  gt(a: Code, b: Code): Code;
  lt(a: Code, b: Code): Code;
  le(a: Code, b: Code): Code;
  eq(a: Code, b: Code): Code;
  and(a: Code, b: Code): Code;
  or(a: Code, b: Code): Code;
  not(a: Code): Code;
  select(condition: Code, then: Code, otherwise: Code): Code;
  /** 1 if the condition holds, else 0. */
  indicator(condition: Code): Code;
  /** The bits of the values as unsigned integers of the same width. */
  bitAdd(a: Code, b: Code): Code;
  bitSub(a: Code, b: Code): Code;
  bitAnd(a: Code, b: Code): Code;
  bitOr(a: Code, b: Code): Code;
  shiftLeft(a: Code, places: number): Code;
  shiftRight(a: Code, places: number): Code;
}

const instruction = (name: string): Code => {
  const code = op[name as keyof typeof op] ?? wide[name as keyof typeof wide];
  if (code === undefined) throw new Error(`no instruction ${name}`);
  return code;
};

function arithmetic(kind: Lanes['kind']) {
  const of = (name: string) => instruction(`${kind}.${name}`);
  const unary =
    (name: string) =>
    (a: Code): Code => [a, of(name)];
  const binary =
    (name: string) =>
    (a: Code, b: Code): Code => [a, b, of(name)];
  return {
    add: binary('add'),
    sub: binary('sub'),
    mul: binary('mul'),
    div: binary('div'),
    min: binary('min'),
    max: binary('max'),
    neg: unary('neg'),
    abs: unary('abs'),
    sqrt: unary('sqrt'),
    floor: unary('floor'),
    gt: binary('gt'),
    lt: binary('lt'),
    le: binary('le'),
    eq: binary('eq'),
  };
}

function scalar(width: 4 | 8): Lanes {
  const kind = width === 4 ? 'f32' : 'f64';
  const integer = width === 4 ? 'i32' : 'i64';
  const toBits = instruction(`${integer}.reinterpret_${kind}`);
  const fromBits = instruction(`${kind}.reinterpret_${integer}`);
  const whole = (value: number) => (width === 4 ? int(value) : long(value));
  const onBits =
    (name: string) =>
    (a: Code, b: Code): Code => [a, toBits, b, toBits, instruction(`${integer}.${name}`), fromBits];
  const shift =
    (name: string) =>
    (a: Code, places: number): Code => [a, toBits, whole(places), instruction(`${integer}.${name}`), fromBits];
  const loading = (address: Code, offset: number): Code => [address, access[`${kind}.load`](offset)];
  const storing = (address: Code, offset: number, value: Code): Code => [
    address,
    value,
    access[`${kind}.store`](offset),
  ];
  const constant = (value: number) => (width === 4 ? single(value) : number(value));
  return {
    kind,
    type: width === 4 ? f32 : f64,
    maskType: i32,
    width,
    count: 1,
    constant,
    // as a float of the same bits: an integer constant would have to be reinterpreted
    bits: (value) => constant(bitsAsFloat(value, width)),
    splat: (value) => value,
    load: loading,
    loadOne: loading,
    store: storing,
    storeOne: storing,
    ...arithmetic(kind),
    mulAdd: (a, b, c) => [a, b, instruction(`${kind}.mul`), c, instruction(`${kind}.add`)],
    and: (a, b) => [a, b, op['i32.and']],
    or: (a, b) => [a, b, op['i32.or']],
    not: (a) => [a, op['i32.eqz']],
    select: (condition, then, otherwise) => [then, otherwise, condition, op.select],
    indicator: (condition) => [condition, instruction(`${kind}.convert_i32_u`)],
    bitAdd: onBits('add'),
    bitSub: onBits('sub'),
    bitAnd: onBits('and'),
    bitOr: onBits('or'),
    shiftLeft: shift('shl'),
    shiftRight: shift('shr_u'),
  };
}

/**
 * The float that has the bits of an integer. It is never called with the bits of a NaN, which JavaScript may change.
 */
function bitsAsFloat(value: number, width: 4 | 8): number {
  const view = new DataView(new ArrayBuffer(8));
  if (width === 4) {
    view.setUint32(0, value);
    return view.getFloat32(0);
  }
  view.setBigUint64(0, BigInt(value));
  return view.getFloat64(0);
}

function vector(width: 4 | 8): Lanes {
  const kind = width === 4 ? 'f32x4' : 'f64x2';
  const integer = width === 4 ? 'i32x4' : 'i64x2';
  const binary =
    (name: string) =>
    (a: Code, b: Code): Code => [a, b, instruction(name)];
  const shift =
    (name: string) =>
    (a: Code, places: number): Code => [a, int(places), instruction(`${integer}.${name}`)];
  const one = allLanes(1, width);
  return {
    kind,
    type: v128,
    maskType: v128,
    width,
    count: 16 / width,
    constant: (value) => allLanes(value, width),
    bits: (value) => allBits(value, width),
    splat: (value) => [value, instruction(`${kind}.splat`)],
    load: (address, offset) => [address, access['v128.load'](offset)],
    loadOne: (address, offset) => [
      address,
      (width === 4 ? access['v128.load32_splat'] : access['v128.load64_splat'])(offset),
    ],
    store: (address, offset, value) => [address, value, access['v128.store'](offset)],
    storeOne: (address, offset, value) => [address, value, storeLane(width, 0, offset)],
    ...arithmetic(kind),
    mulAdd: (a, b, c) => [a, b, c, instruction(`${kind}.relaxed_madd`)],
    and: binary('v128.and'),
    or: binary('v128.or'),
    not: (a) => [a, wide['v128.not']],
    select: (condition, then, otherwise) => [then, otherwise, condition, wide['v128.bitselect']],
    indicator: (condition) => [condition, one, wide['v128.and']],
    bitAdd: binary(`${integer}.add`),
    bitSub: binary(`${integer}.sub`),
    bitAnd: binary('v128.and'),
    bitOr: binary('v128.or'),
    shiftLeft: shift('shl'),
    shiftRight: shift('shr_u'),
  };
}

/** The kinds by the bytes of a number: scalars and vectors. */
export const scalars = { 4: scalar(4), 8: scalar(8) } as const;
export const vectors = { 4: vector(4), 8: vector(8) } as const;
