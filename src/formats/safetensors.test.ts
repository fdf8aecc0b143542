import { describe, expect, test } from 'vitest';
import { fillUniform } from '../base/random.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import { fromSafetensors, type SafetensorsFile, toSafetensors } from './safetensors.ts';

const hard = [0, -0, 0.1, -1e308, 5e-324, 1 / 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53];
const file: SafetensorsFile = {
  tensors: new Map<string, Tensor>([
    ['layers.0.weight', tensor([3, 3], hard)],
    ['layers.0.bias', tensor([2], [1, 2])],
    ['scale', tensor([], [7])],
    ['nothing', tensor([0, 4])],
    ['größe "ü"', tensor([1], [-1])],
  ]),
  metadata: { format: 'chainrule', experiment: '{"a":"b\\n"}', empty: '' },
};

/** A file put together by hand from a header. */
function handmade(header: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

const same = (a: SafetensorsFile, b: SafetensorsFile) => {
  expect(b.metadata).toEqual(a.metadata);
  expect([...b.tensors.keys()]).toEqual([...a.tensors.keys()]);
  // toEqual tells 0 from -0
  for (const [name, value] of a.tensors) expect(b.tensors.get(name)).toEqual(value);
};

describe('round trip', () => {
  test('in float64 every bit is read back: names, shapes, metadata, extreme numbers', () => {
    same(file, fromSafetensors(toSafetensors(file)));
    const nan = new Map([['w', tensor([1], [Number.NaN])]]);
    expect(fromSafetensors(toSafetensors({ tensors: nan, metadata: {} })).tensors.get('w')!.data[0]).toBeNaN();
  });

  test('in float32 numbers are rounded to the nearest, and read back unchanged', () => {
    const rounded = new Map(
      [...file.tensors].map(([name, { shape, data }]) => [name, tensor(shape, data.map(Math.fround))]),
    );
    const once = fromSafetensors(toSafetensors(file, 'float32'));
    same({ ...file, tensors: rounded }, once);
    expect(toSafetensors(once, 'float32')).toEqual(toSafetensors(file, 'float32'));
  });

  test('no tensors, no metadata', () => {
    same({ tensors: new Map(), metadata: {} }, fromSafetensors(toSafetensors({ tensors: new Map(), metadata: {} })));
  });

  test('a file that begins in the middle of a buffer', () => {
    const bytes = toSafetensors(file);
    const buffer = new Uint8Array(bytes.length + 13);
    buffer.set(bytes, 3);
    same(file, fromSafetensors(buffer.subarray(3, 3 + bytes.length)));
  });
});

test('the same content gives the same bytes; another last bit, other bytes', () => {
  const copy = { tensors: new Map(file.tensors), metadata: { ...file.metadata } };
  expect(toSafetensors(copy)).toEqual(toSafetensors(file));
  const changed = new Map(copy.tensors).set('scale', tensor([], [7 * (1 + 2 ** -52)]));
  expect(toSafetensors({ ...copy, tensors: changed })).not.toEqual(toSafetensors(file));
});

describe("the header, by the format's description", () => {
  test.each(['float64', 'float32'] as const)(
    '%s: length, JSON, offsets without gaps, numbers at multiples of eight',
    (precision) => {
      const bytes = toSafetensors(file, precision);
      const view = new DataView(bytes.buffer);
      const length = Number(view.getBigUint64(0, true));
      expect(length % 8).toBe(0);
      const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
      expect(text.startsWith('{')).toBe(true);
      expect(text.trimEnd().endsWith('}')).toBe(true);
      const { __metadata__, ...header } = JSON.parse(text);
      expect(__metadata__).toEqual(file.metadata);
      const width = precision === 'float64' ? 8 : 4;
      let at = 0;
      for (const [name, { shape, data }] of file.tensors) {
        const end = at + width * data.length;
        expect(header[name]).toEqual({ dtype: width === 8 ? 'F64' : 'F32', shape, data_offsets: [at, end] });
        at = end;
      }
      expect(bytes.length).toBe(8 + length + at);
      // little-endian, row-major: the third number of the first tensor
      const third = 8 + length + 2 * width;
      expect(width === 8 ? view.getFloat64(third, true) : view.getFloat32(third, true)).toBe(
        width === 8 ? 0.1 : Math.fround(0.1),
      );
    },
  );

  test("the description's own example, with another order and whitespace, is read", () => {
    const body = new Uint8Array(16);
    new DataView(body.buffer).setFloat64(0, 2.5, true);
    new DataView(body.buffer).setFloat32(8, -1, true);
    new DataView(body.buffer).setFloat32(12, 3, true);
    const header = `{"b": {"shape": [2, 1], "data_offsets": [8, 16], "dtype": "F32"},
      "a": {"dtype": "F64", "shape": [], "data_offsets": [0, 8]}}   `;
    const { tensors, metadata } = fromSafetensors(handmade(header, body));
    expect(metadata).toEqual({});
    expect(tensors.get('a')).toEqual(tensor([], [2.5]));
    expect(tensors.get('b')).toEqual(tensor([2, 1], [-1, 3]));
  });
});

describe('damaged files', () => {
  const read = (bytes: Uint8Array) => () => fromSafetensors(bytes, 'model.safetensors');

  test('an empty file', () => {
    expect(read(new Uint8Array(0))).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: 0 bytes are too few for a safetensors file.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
  });

  test('a file cut off anywhere', () => {
    const bytes = toSafetensors(file);
    for (let length = 0; length < bytes.length; length++) {
      expect(read(bytes.slice(0, length)), `${length} of ${bytes.length} bytes`).toThrow('model.safetensors: ');
    }
    expect(read(bytes.slice(0, 40))).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: the header claims to be 416 bytes long, but the file has 40.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
    expect(read(bytes.slice(0, -1))).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: "größe \\"ü\\"" lies outside the file, or leaves a gap.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
  });

  test('bytes after the last tensor', () => {
    const bytes = toSafetensors(file);
    const longer = new Uint8Array(bytes.length + 3);
    longer.set(bytes);
    expect(read(longer)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: 3 bytes follow the last tensor.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
  });

  test('a file of another kind, whose first bytes are not a length', () => {
    expect(read(new TextEncoder().encode('epoch,step,loss\n1,1,0.5\n'))).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: it is text, such as CSV, not a safetensors file.
        A table is read with readTable. Use a file that chainrule or another safetensors writer wrote whole.]
    `);
  });

  test.each([
    ['{"training": {}, "network": {}}', 'it is JSON, not a safetensors file'],
    ['PK\x03\x04 and more', 'it is a zip archive, such as an npz or a PyTorch file, not'],
    ['\x93NUMPY\x01\x00v\x00', 'it is a NumPy array (npy), not a safetensors file.\n  Read an array with fromNpy.'],
    ['\x89HDF\r\n\x1a\n', 'it is an HDF5 file'],
    ['\x1f\x8b\x08\x00\x00\x00\x00\x01', 'it is compressed with gzip'],
    [
      '\x08\x0a\x12\x09chainrule',
      'it is an ONNX model, by its first bytes, not a safetensors file.\n  Read it with fromOnnx',
    ],
    ['\x01\x02\x03\x04\x05\x06\x07\x08', 'the header claims to be'],
  ])('a file that begins like %j', (text, words) => {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    expect(read(bytes)).toThrow(words);
  });

  test('a header that is not a JSON object', () => {
    expect(read(handmade('{"a": '))).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: the header is not JSON in UTF-8.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
    expect(read(handmade('[1, 2]'))).toThrow('the header is not a JSON object');
    expect(read(handmade('null'))).toThrow('the header is not a JSON object');
  });

  test('an unsupported type', () => {
    const bytes = handmade('{"a":{"dtype":"C64","shape":[2],"data_offsets":[0,16]}}', new Uint8Array(16));
    expect(read(bytes)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: "a" is of type C64, but only F64, F32, F16, BF16, I64, I32, I16, I8, U8 can be read.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
  });

  test('whole numbers are read exactly, or refused beyond 2^53', () => {
    const held = new Uint8Array(16);
    new DataView(held.buffer).setBigInt64(0, -3n, true);
    new DataView(held.buffer).setBigInt64(8, 2n ** 53n - 1n, true);
    const header = '{"a":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}}';
    expect(read(handmade(header, held))().tensors.get('a')?.data).toEqual(Float64Array.of(-3, 2 ** 53 - 1));
    new DataView(held.buffer).setBigInt64(8, 2n ** 53n, true);
    expect(read(handmade(header, held))).toThrow('"a" has a whole number beyond 2^53');
    const small =
      '{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
    const { tensors } = read(handmade(small, Uint8Array.of(255, 255)))();
    expect([tensors.get('a')?.data[0], tensors.get('b')?.data[0]]).toEqual([-1, 255]);
  });

  test('an incomplete entry, or one with an invalid shape', () => {
    expect(read(handmade('{"a":{"dtype":"F64","shape":[]}}'))).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: the header's entry "a" has no type, shape and offsets.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
    for (const shape of ['[-1]', '[0.5]', '"2"', '[null]', 'null']) {
      const bytes = handmade(`{"a":{"dtype":"F64","shape":${shape},"data_offsets":[0,8]}}`, new Uint8Array(8));
      expect(read(bytes), shape).toThrow('entry "a" has no type, shape and offsets');
    }
  });

  test('a shape that does not fill its bytes', () => {
    const bytes = handmade('{"a":{"dtype":"F64","shape":[3],"data_offsets":[0,16]}}', new Uint8Array(16));
    expect(read(bytes)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: "a" [3] does not fill its 16 bytes.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
    const huge = handmade(
      `{"a":{"dtype":"F64","shape":[${2 ** 52},${2 ** 52}],"data_offsets":[0,8]}}`,
      new Uint8Array(8),
    );
    expect(read(huge)).toThrow('does not fill its 8 bytes');
  });

  test('tensors that overlap, leave a gap, or lie outside the file', () => {
    const two = (first: string, second: string, size: number) =>
      read(
        handmade(
          `{"a":{"dtype":"F64","shape":[1],"data_offsets":${first}},"b":{"dtype":"F64","shape":[1],"data_offsets":${second}}}`,
          new Uint8Array(size),
        ),
      );
    expect(two('[0,8]', '[8,16]', 16)).not.toThrow();
    expect(two('[0,8]', '[0,8]', 8)).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: "b" lies outside the file, or leaves a gap.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
    expect(two('[0,8]', '[16,24]', 24)).toThrow('"b" lies outside the file, or leaves a gap');
    expect(two('[0,8]', '[8,16]', 12)).toThrow('"b" lies outside the file, or leaves a gap');
    expect(two('[0,8]', '[16,8]', 16)).toThrow('"b" lies outside the file, or leaves a gap');
  });

  test('of two entries with one name, the bytes of the first are a gap', () => {
    const entry = (offsets: string) => `"a":{"dtype":"F64","shape":[1],"data_offsets":${offsets}}`;
    expect(read(handmade(`{${entry('[0,8]')},${entry('[8,16]')}}`, new Uint8Array(16)))).toThrow('leaves a gap');
  });

  test('metadata that are not texts', () => {
    expect(read(handmade('{"__metadata__":{"version":1}}'))).toThrowErrorMatchingInlineSnapshot(`
      [InputError: model.safetensors: the metadata "version" is not a text.
        Use a file that chainrule or another safetensors writer wrote whole.]
    `);
  });

  test('a file with one changed byte is read or refused with an InputError', () => {
    const whole = toSafetensors(file);
    const seed = 1;
    const draws = new Float64Array(6000);
    fillUniform(draws, seed, 'check', 0);
    const header = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
    let refused = 0;
    for (let i = 0; i < draws.length; i += 2) {
      const bytes = whole.slice();
      // in the header, where it matters
      bytes[Math.floor(draws[i] * header)] = Math.floor(draws[i + 1] * 256);
      try {
        fromSafetensors(bytes);
      } catch (error) {
        refused++;
        expect(error, `draw ${i} of seed ${seed}`).toMatchObject({ name: 'InputError', where: 'model' });
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});
