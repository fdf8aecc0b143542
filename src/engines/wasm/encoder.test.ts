import { expect, test } from 'vitest';
import {
  type Bytes,
  call,
  encodeModule,
  f64,
  get,
  i32,
  int,
  load,
  op,
  origin,
  signed,
  store,
  unsigned,
} from './encoder.ts';

declare const WebAssembly: { validate(bytes: Uint8Array<ArrayBuffer>): boolean };

/** The value of LEB128 bytes, by the definition: seven bits a byte, the lowest first; a signed one ends in its sign. */
function decode(bytes: Bytes, isSigned: boolean): number {
  const value = bytes.reduce((sum, byte, i) => sum + (byte & 0x7f) * 2 ** (7 * i), 0);
  return isSigned && bytes[bytes.length - 1] & 0x40 ? value - 2 ** (7 * bytes.length) : value;
}

/** Around every power of two up to 2^32. */
const wholes = Array.from({ length: 33 }, (_, k) => [2 ** k - 1, 2 ** k, 2 ** k + 1]).flat();

test('LEB128: the examples of its definition (DWARF 4, section 7.6)', () => {
  expect([2, 127, 128, 129, 12857].map(unsigned)).toEqual([[2], [0x7f], [0x80, 1], [0x81, 1], [0xb9, 0x64]]);
  expect([2, -2, 127, -127].map(signed)).toEqual([[2], [0x7e], [0xff, 0], [0x81, 0x7f]]);
  expect([128, -128, 129, -129].map(signed)).toEqual([
    [0x80, 1],
    [0x80, 0x7f],
    [0x81, 1],
    [0xff, 0x7e],
  ]);
});

test('LEB128: every 32-bit integer is read back, in as few bytes as possible', () => {
  for (const whole of wholes.filter((n) => n < 2 ** 32)) {
    const bytes = unsigned(whole);
    expect(decode(bytes, false)).toBe(whole);
    expect(bytes.length).toBe(Math.max(1, Math.ceil(Math.log2(whole + 1) / 7)));
  }
  for (const whole of wholes.flatMap((n) => [n, -n - 1]).filter((n) => n === (n | 0))) {
    const bytes = signed(whole);
    expect(decode(bytes, true)).toBe(whole);
    // one bit more, for the sign
    const size = whole < 0 ? -whole - 1 : whole;
    expect(bytes.length).toBe(Math.ceil((Math.ceil(Math.log2(size + 1)) + 1) / 7));
  }
});

const square = {
  type: { parameters: [f64], results: [f64] },
  locals: [],
  code: [...get(0), ...get(0), ...op['f64.mul']],
};

test('a module with functions of several types and a memory is valid', () => {
  const bytes = encodeModule({
    functions: [
      square,
      {
        type: { parameters: [i32], results: [] },
        locals: [{ count: 300, type: f64 }],
        // memory[8] = memory[0]²
        code: [...origin, ...origin, ...load(0), ...call(0), ...store(8)],
        exported: 'step',
      },
    ],
    pages: 2,
  });
  expect(WebAssembly.validate(bytes)).toBe(true);
});

test('a function of more than 64 KiB of code is valid', () => {
  const code = Array.from({ length: 10_000 }, () => [
    ...get(0),
    ...get(0),
    ...op['f64.mul'],
    ...int(1),
    ...op['i32.eqz'],
  ]);
  const drop = [0x1a];
  const functions = [{ ...square, code: [...code.flatMap((piece) => [...piece, ...drop, ...drop]), ...get(0)] }];
  const bytes = encodeModule({ functions, pages: 1 });
  expect(bytes.length).toBeGreaterThan(2 ** 16);
  expect(WebAssembly.validate(bytes)).toBe(true);
});

test('a function without the result of its type is not valid', () => {
  expect(WebAssembly.validate(encodeModule({ functions: [{ ...square, code: [] }], pages: 1 }))).toBe(false);
});
