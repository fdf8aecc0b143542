import {
  Field as ArrowField,
  Bool,
  DateDay,
  Decimal,
  Dictionary,
  Float16,
  Float32,
  Int8,
  Int16,
  Int32,
  Int64,
  LargeUtf8,
  List,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimeSecond,
  TimestampMicrosecond,
  tableToIPC,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
  vectorFromArray,
} from 'apache-arrow';
import { expect, test } from 'vitest';
import { placesOf } from '../../../../test/fuzz-arrow.ts';
import { readTableFile } from '../file.ts';

const read = async (bytes: Uint8Array, options = {}) => {
  const { columns } = await readTableFile(bytes, { name: 't.arrow', ...options });
  return Object.fromEntries(columns.map(({ name, values }) => [name, [...values]]));
};
const complaint = async (bytes: Uint8Array, options = {}) => {
  try {
    await read(bytes, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

const numbers = [1, null, -3, 120];
const texts = ['a', null, 'a text that is longer than twelve', ''];

test("every type of another writer's, in files and in streams, is read as that library reads it", async () => {
  const table = new Table({
    int8: vectorFromArray(numbers, new Int8()),
    int16: vectorFromArray(numbers, new Int16()),
    uint32: vectorFromArray([1, null, 2 ** 32 - 1, 0], new Uint32()),
    int64: vectorFromArray([1n, null, -(2n ** 63n), 2n ** 53n + 1n], new Int64()),
    uint64: vectorFromArray([1n, null, 2n ** 64n - 1n, 0n], new Uint64()),
    half: vectorFromArray([0.5, null, -2, 65_504], new Float16()),
    single: vectorFromArray([0.1, null, 1e30, 0], new Float32()),
    flag: vectorFromArray([true, null, false, true], new Bool()),
    text: vectorFromArray(texts, new Utf8()),
    large: vectorFromArray(texts, new LargeUtf8()),
    view: vectorFromArray(texts, new Utf8View()),
    coded: vectorFromArray(texts, new Dictionary(new Utf8(), new Int8())),
    day: vectorFromArray([new Date('2024-01-05'), null, new Date('1969-12-31'), new Date(0)], new DateDay()),
    moment: vectorFromArray([1.5e12, null, -1, 0], new TimestampMicrosecond()),
    time: vectorFromArray([1, null, 3, 4], new TimeSecond()),
  });
  const want = {
    int8: ['1', undefined, '-3', '120'],
    int16: ['1', undefined, '-3', '120'],
    uint32: ['1', undefined, '4294967295', '0'],
    int64: ['1', undefined, '-9223372036854775808', '9007199254740993'],
    uint64: ['1', undefined, '18446744073709551615', '0'],
    half: ['0.5', undefined, '-2', '65504'],
    single: [String(Math.fround(0.1)), undefined, String(Math.fround(1e30)), '0'],
    flag: ['true', undefined, 'false', 'true'],
    text: ['a', undefined, 'a text that is longer than twelve', undefined],
    large: ['a', undefined, 'a text that is longer than twelve', undefined],
    view: ['a', undefined, 'a text that is longer than twelve', undefined],
    coded: ['a', undefined, 'a text that is longer than twelve', undefined],
    day: ['2024-01-05', undefined, '1969-12-31', '1970-01-01'],
    moment: ['2017-07-14T02:40:00.000Z', undefined, '1969-12-31T23:59:59.999Z', '1970-01-01'],
    time: ['1', undefined, '3', '4'],
  };
  expect(await read(tableToIPC(table, 'file'))).toEqual(want);
  expect(await read(tableToIPC(table, 'stream'))).toEqual(want);
});

/** A batch of one column whose bytes are these. */
const batchOf = (name: string, data: ReturnType<typeof makeData>, length: number) => {
  const schema = new Schema([new ArrowField(name, data.type, true)]);
  return new Table(
    new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, children: [data] }) as never),
  );
};

test('decimals are the numbers nearest to them', async () => {
  const values = [12_345n, -5n, 0n].flatMap((value) => [
    ...new Uint32Array(BigUint64Array.of(BigInt.asUintN(64, value), value < 0n ? 2n ** 64n - 1n : 0n).buffer),
  ]);
  const data = makeData({ type: new Decimal(2, 10), length: 3, data: Uint32Array.from(values) });
  expect(await read(tableToIPC(batchOf('x', data as never, 3)))).toEqual({ x: ['123.45', '-0.05', '0'] });
});

test('a nested column alone is refused by its type, and nothing in it is read', async () => {
  const table = new Table({
    x: vectorFromArray([[1], [2]], new List(new ArrowField('item', new Int32(), true))),
  });
  expect(await complaint(tableToIPC(table))).toMatchInlineSnapshot(`
    "t.arrow: no column can be used. "x": its cells are lists or structures.
      Split lists and structures into columns of numbers and texts."
  `);
});

test('rows without bytes are counted against the limit', async () => {
  const nothing = tableToIPC(batchOf('x', makeData({ type: new Null(), length: 2 ** 28 }) as never, 2 ** 28), 'stream');
  expect(nothing.length).toBeLessThan(522);
  expect(await complaint(nothing)).toMatch(/^t\.arrow: the file has 268,435,456 cells or more, but the limit/);
});

test('rows without columns are counted as well', async () => {
  const table = new Table(
    new RecordBatch(new Schema([]), makeData({ type: new Struct([]), length: 2 ** 30 }) as never),
  );
  for (const format of ['file', 'stream'] as const) {
    expect(await complaint(tableToIPC(table, format))).toMatch(/^t\.arrow: the file has 1,073,741,824 cells or more/);
  }
});

/** The file with each number in its metadata that is `from` turned to `to`. */
function claiming(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (const { at, bytes: size, what } of placesOf(copy).places) {
    if (what === 'rows' && size === 8 && view.getBigInt64(at, true) === BigInt(from))
      view.setBigInt64(at, BigInt(to), true);
  }
  return copy;
}

test.each([
  [
    'numbers',
    vectorFromArray(
      Array.from({ length: 300 }, (_, i) => i),
      new Int32(),
    ),
    'it claims 1,000 rows, but column "x" holds 3',
  ],
  [
    'texts',
    vectorFromArray(
      Array.from({ length: 300 }, (_, i) => `t${i}`),
      new Utf8(),
    ),
    'it claims 1,000 rows, but column "x" holds 3',
  ],
  [
    'booleans',
    vectorFromArray(
      Array.from({ length: 300 }, () => true),
      new Bool(),
    ),
    'it claims 1,000 rows, but column "x" holds 512',
  ],
])('%s: a batch that claims 1,000 rows and holds 300 is refused, not padded', async (_, vector, reason) => {
  for (const format of ['file', 'stream'] as const) {
    const bytes = tableToIPC(new Table({ x: vector }), format);
    expect((await read(bytes)).x).toHaveLength(300);
    expect(await complaint(claiming(bytes, 300, 1000))).toContain(reason);
    expect(await complaint(claiming(bytes, 300, 2 ** 40))).toContain('cells or more, but the limit');
  }
});

test('a stream that ends within a message is refused', async () => {
  const bytes = tableToIPC(new Table({ x: vectorFromArray([1, 2, 3], new Int32()) }), 'stream');
  expect(await complaint(bytes.subarray(0, bytes.length - 20))).toMatch(/Arrow file is damaged/);
});
