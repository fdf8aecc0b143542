/**
 * Arrow files with false claims: finds the numbers in the metadata of a valid file by the format's schema, and changes
 * them in place, so that the rest of the file stays valid: lengths, offsets, counts, types, dictionaries, compressed
 * lengths.
 */
import {
  Binary,
  Bool,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  Float16,
  Float64,
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
  TimestampNanosecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { mutate } from './fuzz.ts';

type Random = () => number;

/** A number in the metadata. */
interface Place {
  readonly at: number;
  readonly bytes: 1 | 2 | 4 | 8;
  readonly what: 'length' | 'offset' | 'kind' | 'number' | 'entry' | 'rows';
}

/** The kinds of a table's fields, by number. */
type Shape = Readonly<
  Record<number, 1 | 2 | 4 | 8 | 'text' | 'rows' | (() => Shape) | { list: () => Shape } | { structs: number[] }>
>;

const type: () => Shape = () => ({ 0: 4, 1: 4, 2: 4 });
const field: () => Shape = () => ({
  0: 'text',
  1: 1,
  2: 1,
  3: type,
  4: encoding,
  5: { list: field },
  6: { list: pair },
});
const encoding: () => Shape = () => ({ 0: 8, 1: type, 2: 1, 3: 2 });
const pair: () => Shape = () => ({ 0: 'text', 1: 'text' });
const schema: () => Shape = () => ({ 0: 2, 1: { list: field }, 2: { list: pair } });
const batch: () => Shape = () => ({
  0: 'rows',
  1: { structs: [8, 8] },
  2: { structs: [8, 8] },
  3: () => ({ 0: 1, 1: 1 }),
  4: { structs: [8] },
});
const dictionary: () => Shape = () => ({ 0: 8, 1: batch, 2: 1 });
const footer: () => Shape = () => ({ 0: 2, 1: schema, 2: { structs: [8, 4, 4, 8] }, 3: { structs: [8, 4, 4, 8] } });
const heads: readonly (() => Shape)[] = [() => ({}), schema, dictionary, batch];

/** Finds the numbers of a table at `at`. */
function placesIn(view: DataView, at: number, shape: Shape, found: Place[], depth = 0): void {
  if (depth > 12) return;
  const fields = at - view.getInt32(at, true);
  const size = view.getUint16(fields, true);
  found.push({ at, bytes: 4, what: 'offset' }, { at: fields, bytes: 2, what: 'length' });
  for (const [key, kind] of Object.entries(shape)) {
    const entry = 4 + 2 * Number(key);
    if (entry + 2 > size) continue;
    found.push({ at: fields + entry, bytes: 2, what: 'entry' });
    const offset = view.getUint16(fields + entry, true);
    if (offset === 0) continue;
    const place = at + offset;
    if (typeof kind === 'number') found.push({ at: place, bytes: kind, what: kind === 1 ? 'kind' : 'number' });
    else if (kind === 'rows') found.push({ at: place, bytes: 8, what: 'rows' });
    else {
      found.push({ at: place, bytes: 4, what: 'offset' });
      const target = place + view.getUint32(place, true);
      if (kind === 'text') found.push({ at: target, bytes: 4, what: 'length' });
      else if (typeof kind === 'function') placesIn(view, target, kind(), found, depth + 1);
      else {
        found.push({ at: target, bytes: 4, what: 'length' });
        const count = view.getUint32(target, true);
        for (let i = 0, next = target + 4; i < count; i++) {
          if ('list' in kind) {
            found.push({ at: next, bytes: 4, what: 'offset' });
            placesIn(view, next + view.getUint32(next, true), kind.list(), found, depth + 1);
            next += 4;
          } else {
            for (const bytes of kind.structs) {
              found.push({
                at: next,
                bytes: bytes as 4 | 8,
                what: kind === shape[1] && bytes === 8 ? 'rows' : 'number',
              });
              next += bytes;
            }
          }
        }
      }
    }
  }
}

interface Body {
  readonly at: number;
  readonly length: number;
}

/** The numbers of all messages and of the footer, and the positions of the bodies. */
export function placesOf(bytes: Uint8Array): { places: Place[]; bodies: Body[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: Place[] = [];
  const bodies: Body[] = [];
  const isFile = bytes[0] === 0x41;
  let at = isFile ? 8 : 0;
  while (at + 8 <= bytes.length && view.getInt32(at, true) === -1) {
    const size = view.getInt32(at + 4, true);
    if (size === 0) break;
    places.push({ at: at + 4, bytes: 4, what: 'length' });
    at += 8;
    const root = at + view.getUint32(at, true);
    const fields = root - view.getInt32(root, true);
    const fieldAt = (index: number) => {
      const entry = 4 + 2 * index;
      const offset = entry + 2 > view.getUint16(fields, true) ? 0 : view.getUint16(fields + entry, true);
      return offset === 0 ? 0 : root + offset;
    };
    const kind = fieldAt(1) === 0 ? 0 : bytes[fieldAt(1)];
    placesIn(view, root, { 0: 2, 1: 1, 2: heads[kind] ?? heads[0], 3: 8 }, places);
    const length = fieldAt(3) === 0 ? 0 : Number(view.getBigInt64(fieldAt(3), true));
    at += size;
    if (length > 0) bodies.push({ at, length });
    at += length;
  }
  if (isFile) {
    const size = view.getInt32(bytes.length - 10, true);
    places.push({ at: bytes.length - 10, bytes: 4, what: 'length' });
    const start = bytes.length - 10 - size;
    const inFooter: Place[] = [];
    placesIn(
      new DataView(bytes.buffer, bytes.byteOffset + start, size),
      new DataView(bytes.buffer, bytes.byteOffset + start, size).getUint32(0, true),
      footer(),
      inFooter,
    );
    for (const place of inFooter) places.push({ ...place, at: place.at + start });
  }
  return { places, bodies };
}

const remarkable = [
  0n,
  1n,
  -1n,
  2n,
  5n,
  8n,
  64n,
  255n,
  1000n,
  2n ** 16n - 1n,
  2n ** 20n,
  2n ** 24n,
  2n ** 28n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 40n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 31n),
  -(2n ** 63n),
];

function put(bytes: Uint8Array, { at, bytes: size }: Place, value: bigint): void {
  for (let i = 0; i < size && at + i < bytes.length; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
}

/** A file with some false claims. */
export function mutateArrow(seed: Uint8Array, random: Random): Uint8Array {
  const bytes = seed.slice();
  const view = new DataView(bytes.buffer);
  const { places, bodies } = placesOf(bytes);
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)];
  const old = (place: Place) => {
    let value = 0n;
    for (let i = place.bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[place.at + i]);
    return BigInt.asIntN(8 * place.bytes, value);
  };
  if (random() < 0.2) {
    // the same wrong number of rows everywhere
    const rows = pick(remarkable);
    const claimed = new Set(places.filter(({ what }) => what === 'rows').map(old));
    const from = pick([...claimed]);
    for (const place of places) if (place.what === 'rows' && old(place) === from) put(bytes, place, rows);
  }
  const changes = 1 + Math.floor(random() * (random() < 0.8 ? 3 : 12));
  for (let c = 0; c < changes; c++) {
    const kind = random();
    if (kind < 0.7 && places.length > 0) {
      const place = pick(places);
      const value = old(place);
      const change = Math.floor(random() * 5);
      if (change === 0) put(bytes, place, value + BigInt(Math.floor(random() * 17) - 8));
      else if (change === 1) put(bytes, place, old(pick(places)));
      else if (change === 2 && place.bytes === 1) put(bytes, place, BigInt(Math.floor(random() * 28)));
      else if (change === 3) put(bytes, place, value * 2n ** BigInt(Math.floor(random() * 30)));
      else put(bytes, place, pick(remarkable));
    } else if (bodies.length > 0) {
      // buffers begin at multiples of 8, with offsets, indices, compressed lengths
      const body = pick(bodies);
      const at = body.at + 8 * Math.floor((random() * body.length) / 8);
      const size = pick([1, 4, 8] as const);
      if (at + size > bytes.length) continue;
      const value = random() < 0.5 ? pick(remarkable) : BigInt(Math.floor(random() * 2 ** 32));
      put(bytes, { at, bytes: size, what: 'number' }, value);
    }
  }
  // occasionally also the envelope
  if (random() < 0.05) return mutate(bytes, bytes, random);
  void view;
  return bytes;
}

/** Small valid files of all types. */
export function arrowSeeds(): Uint8Array[] {
  const n = 12;
  const numbers = Array.from({ length: n }, (_, i) => (i === 3 ? null : i * 7));
  const texts = numbers.map((value) => (value === null ? null : `text ${value}`));
  const flat = new Table({
    int: vectorFromArray(numbers, new Int32()),
    long: vectorFromArray(
      numbers.map((value) => (value === null ? null : BigInt(value))),
      new Int64(),
    ),
    real: vectorFromArray(numbers, new Float64()),
    half: vectorFromArray(numbers, new Float16()),
    flag: vectorFromArray(
      numbers.map((value) => value === 7),
      new Bool(),
    ),
    text: vectorFromArray(texts, new Utf8()),
    large: vectorFromArray(texts, new LargeUtf8()),
    coded: vectorFromArray(texts, new Dictionary(new Utf8(), new Int32())),
    day: vectorFromArray(
      numbers.map((value) => (value === null ? null : new Date(value * 86_400_000))),
      new DateMillisecond(),
    ),
    moment: vectorFromArray(
      numbers.map((value) => (value === null ? null : value * 1e6)),
      new TimestampNanosecond(),
    ),
  });
  const nested = new Table({
    list: vectorFromArray(
      numbers.map((value) => [value, 2]),
      new List(new Field('item', new Int32(), true)),
    ),
    struct: vectorFromArray(
      numbers.map((value) => ({ a: value })),
      new Struct([new Field('a', new Int32(), true)]),
    ),
    binary: vectorFromArray(
      numbers.map(() => Uint8Array.of(1, 2)),
      new Binary(),
    ),
  });
  const empty = new Table(
    new RecordBatch(
      new Schema([new Field('nothing', new Null(), true), new Field('decimal', new Decimal(2, 10), true)]),
      makeData({
        type: new Struct([new Field('nothing', new Null(), true), new Field('decimal', new Decimal(2, 10), true)]),
        length: 5,
        children: [
          makeData({ type: new Null(), length: 5 }),
          makeData({ type: new Decimal(2, 10), length: 5, data: new Uint32Array(20) }),
        ],
      }) as never,
    ),
  );
  return [
    ...[flat, nested, empty].flatMap((table) => [tableToIPC(table, 'file'), tableToIPC(table, 'stream')]),
    tableToIPC(flat.select(['int']), 'file'),
    tableToIPC(flat.select(['coded', 'text']), 'stream'),
  ];
}
