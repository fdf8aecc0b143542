/** Two hundred files that an attacker might send to end a server. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { mutate, randomFrom } from './fuzz.ts';
import { arrowSeeds, mutateArrow } from './fuzz-arrow.ts';
import { mutateParquet, parquetSeeds } from './fuzz-parquet.ts';
import { type ColumnSpec, deltas, joined, plain, run, table, varint, withLength, writeFile } from './parquet-writer.ts';

/** The reader of a file. */
export type Reader = 'table' | 'model' | 'onnx';

export interface Upload {
  readonly name: string;
  readonly to: Reader;
  readonly bytes: Uint8Array;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const fixture = (name: string) => new Uint8Array(readFileSync(here(`fixtures/attack/${name}`)));
const outside = (...endings: string[]) =>
  readdirSync(here('outside/tables/'))
    .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.startsWith('long'))
    .map((name) => new Uint8Array(readFileSync(here(`outside/tables/${name}`))));
const text = (content: string) => new TextEncoder().encode(content);
const times = (count: number, make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i)).join('');

/** Files of zeros, and files of few bytes that decompress to very many. */
function bombs(): Omit<Upload, 'to'>[] {
  const size = 2 ** 26;
  const zeros = new Uint8Array(size);
  const column = (codec: number, bytes: Uint8Array, values: number, encoding = 0, length = size): Uint8Array => {
    const spec: ColumnSpec = { name: 'x', type: 1, codec, pages: [{ values, encoding, bytes, length }] };
    return writeFile(table(values, [spec]));
  };
  const zstd = Uint8Array.from([
    ...[0x28, 0xb5, 0x2f, 0xfd, 0x80, 0x58],
    ...new Uint8Array(Uint32Array.of(size).buffer),
    ...Array.from({ length: size / 2 ** 17 }, (_, i) => [i === size / 2 ** 17 - 1 ? 3 : 2, 0, 16, 0]).flat(),
  ]);
  const lz4 = joined([0x1f, 0, 1, 0], new Uint8Array(size / 255).fill(255), [0, 0]);
  const snappy = joined(varint(size), [0, 0], ...Array.from({ length: size / 64 / 64 }, () => [0xfe, 1, 0]));
  const gzip = gzipSync(zeros);
  const runs = (many: number) => {
    const dictionary = { kind: 'dictionary' as const, values: 1, bytes: plain.int32([0]) };
    const codes = { values: many, encoding: 8, bytes: Uint8Array.from([1, ...run(many, 0)]) };
    return writeFile(table(many, [{ name: 'x', type: 1, pages: [dictionary, codes] }]));
  };
  const differences = (many: number) => {
    const bytes = Uint8Array.from([...varint(2 ** 30), ...varint(1), ...varint(many), 0, 0, ...new Array(64).fill(0)]);
    return writeFile(table(many, [{ name: 'x', type: 1, pages: [{ values: many, encoding: 5, bytes }] }]));
  };
  const front = joined(
    deltas(Array.from({ length: 30_000 }, (_, i) => i)),
    deltas(Array.from({ length: 30_000 }, () => 1)),
    new Uint8Array(30_000).fill(97),
  );
  return [
    { name: 'gzip in Parquet', bytes: column(2, gzip, 2 ** 20) },
    { name: 'gzip in Parquet, of many rows', bytes: column(2, gzip, 2 ** 26) },
    { name: 'gzip in Parquet, longer than it claims', bytes: column(2, gzip, 4, 0, 16) },
    { name: 'deflate in Parquet', bytes: column(2, deflateRawSync(zeros), 2 ** 20) },
    { name: 'brotli in Parquet', bytes: column(4, brotliCompressSync(zeros), 2 ** 20) },
    { name: 'brotli in Parquet, longer than it claims', bytes: column(4, brotliCompressSync(zeros), 4, 0, 16) },
    { name: 'Zstandard in Parquet', bytes: column(6, zstd, 2 ** 20) },
    { name: 'Zstandard in Parquet, longer than it claims', bytes: column(6, zstd, 4, 0, 16) },
    { name: 'LZ4 in Parquet', bytes: column(7, lz4, 2 ** 20) },
    { name: 'Snappy in Parquet', bytes: column(1, snappy, 2 ** 20) },
    { name: 'runs in Parquet', bytes: runs(2 ** 31 - 1) },
    { name: 'runs in Parquet that fit', bytes: runs(2 ** 21) },
    { name: 'differences in Parquet', bytes: differences(2 ** 30) },
    { name: 'differences in Parquet that fit', bytes: differences(2 ** 21) },
    { name: 'runs of levels in Parquet', bytes: column(0, withLength(run(2 ** 30, 0)), 2 ** 31 - 1, 0, 16) },
    {
      name: 'texts that grow in Parquet',
      bytes: writeFile(table(30_000, [{ name: 'x', type: 6, pages: [{ values: 30_000, encoding: 7, bytes: front }] }])),
    },
    { name: 'zeros under gzip', bytes: gzip },
    { name: 'zeros under gzip twice', bytes: gzipSync(gzip) },
    { name: 'JSON under gzip', bytes: gzipSync(text(`[${times(2 ** 20, () => '{"a":1},')}{"a":1}]`)) },
    { name: 'a list under gzip', bytes: gzipSync(text(`{"a":[${times(2 ** 22, () => '1,')}1]}`)) },
    { name: 'CSV under gzip', bytes: gzipSync(text(`a,b\n${times(2 ** 21, () => ',\n')}`)) },
    { name: 'a line under gzip', bytes: gzipSync(text(`a,b\n${times(2 ** 20, () => 'a long line that continues ')}`)) },
    {
      name: 'a gigabyte of spaces under gzip',
      bytes: joined(
        gzipSync(text('[1')),
        ...new Array<Uint8Array>(64).fill(gzipSync(new Uint8Array(2 ** 24).fill(32))),
      ),
    },
    { name: 'Parquet under gzip', bytes: gzipSync(runs(2 ** 31 - 1)) },
  ];
}

/** Texts that take much more memory or time than their length. */
const texts = (): Omit<Upload, 'to'>[] => [
  { name: 'rows of other keys each', bytes: text(`[${times(3000, (i) => `{"k${i}":1,"l${i}":2},`)}{"a":1}]`) },
  { name: 'rows of very many other keys', bytes: text(`[${times(20_000, (i) => `{"k${i}":1},`)}{"a":1}]`) },
  { name: 'lines of other keys each', bytes: text(times(60_000, (i) => `{"key${i}":${i}}\n`)) },
  { name: 'lists in lists', bytes: text('['.repeat(500_000)) },
  { name: 'whole lists in lists', bytes: text('['.repeat(200_000) + ']'.repeat(200_000)) },
  { name: 'objects in objects', bytes: text('{"a":'.repeat(150_000)) },
  { name: 'whole objects in objects', bytes: text(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) },
  { name: 'an object in a line', bytes: text(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}\n{"a":1}\n`) },
  { name: '20,000 columns', bytes: text(`${times(20_000, (i) => `c${i},`)}z\n${'1,'.repeat(20_000)}1\n`) },
  { name: '150,000 columns', bytes: text(`${times(150_000, (i) => `c${i},`)}z\n${'1,'.repeat(150_000)}1\n`) },
  { name: 'commas', bytes: text(','.repeat(1_000_000)) },
  { name: 'line ends', bytes: text(`a\n${'\n'.repeat(1_000_000)}`) },
  { name: 'a quote that does not end', bytes: text(`a,b\n"${'x'.repeat(900_000)}`) },
  { name: 'quotes', bytes: text('"'.repeat(900_000)) },
  { name: 'a list without end', bytes: text(`{"a":[${'1,'.repeat(400_000)}`) },
  { name: 'keys with names of methods', bytes: text('[{"__proto__":1,"constructor":2,"toString":3}]') },
  { name: 'columns of other lengths', bytes: text(`{"a":[1],"b":[${'0,'.repeat(400_000)}0]}`) },
  { name: 'columns, and one cell each', bytes: text(`{${times(60_000, (i) => `"c${i}":[1],`)}"z":[1]}`) },
];

/** A field of a protocol buffer that holds bytes. */
const field = (number: number, bytes: ArrayLike<number>): Uint8Array =>
  joined(varint(number * 8 + 2), varint(bytes.length), bytes as Uint8Array);

/** Fields inside each other. */
function nested(path: readonly number[], times: number): Uint8Array {
  let bytes = new Uint8Array();
  for (let i = 0; i < times; i++) {
    for (const number of [...path].reverse()) bytes = field(number, bytes) as Uint8Array<ArrayBuffer>;
    if (bytes.length > 500_000) break;
  }
  return bytes;
}

/** A weight that claims these dimensions, for a graph. */
const tensorOf = (name: string, dims: readonly number[]): Uint8Array =>
  field(7, field(5, joined(...dims.flatMap((dim) => [[8], varint(dim)]), [16, 1], field(8, text(name)))));

/** Names of weights in a file. */
const weightsOf = (onnx: Uint8Array): string[] => [
  ...new Set(new TextDecoder('latin1').decode(onnx).match(/layers\.\d+\.weight/g) ?? ['w']),
];

/** Bytes added to a valid file become part of its graph, because repeated fields are merged. */
const onnxBombs = (sound: Uint8Array): Omit<Upload, 'to'>[] => [
  ...weightsOf(sound).flatMap((weight) =>
    [
      [2 ** 31, 2 ** 31],
      [0, 2 ** 40],
      [2 ** 31 - 1, 1],
    ].map((dims) => ({ name: `${weight} of ${dims}`, bytes: joined(sound, tensorOf(weight, dims)) })),
  ),
  { name: 'a tensor of 2^62 numbers', bytes: tensorOf('w', [2 ** 31, 2 ** 31]) },
  { name: 'a tensor of many dimensions', bytes: joined(sound, tensorOf('w', new Array(50_000).fill(2))) },
  { name: 'graphs in graphs', bytes: joined(sound, nested([7, 1, 5, 6], 1500)) },
  { name: 'types in types', bytes: nested([4, 1], 2000) },
  {
    name: 'very many nodes',
    bytes: joined(sound, field(7, joined(...Array.from({ length: 100_000 }, () => [10, 0])))),
  },
  {
    name: 'very many weights',
    bytes: joined(sound, field(7, joined(...Array.from({ length: 100_000 }, () => [42, 0])))),
  },
  {
    name: 'very many numbers',
    bytes: joined(sound, field(7, field(5, joined([8, 0], field(4, new Uint8Array(800_000)))))),
  },
  { name: 'varints', bytes: new Uint8Array(500_000).fill(0x08) },
  { name: 'a length of 2^32', bytes: Uint8Array.from([58, 255, 255, 255, 255, 15]) },
];

/** A chainrule model whose header claims more than the file has. */
function safetensors(header: object, data = new Uint8Array('a' in header || 't0' in header ? 8 : 0)): Uint8Array {
  const json = text(JSON.stringify(header));
  return joined(new Uint8Array(BigUint64Array.of(BigInt(json.length)).buffer), json, data);
}

const modelBombs = (): Omit<Upload, 'to'>[] => {
  const metadata = (experiment: unknown, data = 'null') => ({
    __metadata__: { format: 'chainrule', formatVersion: '1', experiment: JSON.stringify(experiment), data },
  });
  const net = (layers: unknown[]) => ({
    network: { inputs: 2, layers },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 } },
    seed: 1,
  });
  return [
    { name: 'a layer of 5e9 units', bytes: fixture('huge-net2.safetensors') },
    { name: 'code in a fill', bytes: fixture('inj-fill.safetensors') },
    { name: 'code in a scale', bytes: fixture('inj-scale.safetensors') },
    {
      name: 'layers of 100,000 units',
      bytes: safetensors(metadata(net([{ dense: 1e5 }, { dense: 1e5 }, { dense: 1 }]))),
    },
    { name: '20,000 layers', bytes: safetensors(metadata(net(Array.from({ length: 20_000 }, () => ({ dense: 1 }))))) },
    {
      name: 'layers in layers',
      bytes: safetensors(metadata(net([JSON.parse('{"residual":['.repeat(2000) + ']}'.repeat(2000))]))),
    },
    {
      name: 'a tensor beyond the end',
      bytes: safetensors({ a: { dtype: 'F64', shape: [2 ** 40], data_offsets: [0, 2 ** 43] } }),
    },
    {
      name: 'a tensor of no bytes',
      bytes: safetensors({ a: { dtype: 'F64', shape: [0, 2 ** 50], data_offsets: [0, 0] } }),
    },
    {
      name: 'a shape of many dimensions',
      bytes: safetensors({ a: { dtype: 'F64', shape: new Array(50_000).fill(1), data_offsets: [0, 8] } }),
    },
    {
      name: 'very many tensors',
      bytes: safetensors(
        Object.fromEntries(
          Array.from({ length: 10_000 }, (_, i) => [`t${i}`, { dtype: 'F64', shape: [1], data_offsets: [0, 8] }]),
        ),
      ),
    },
    { name: 'a header of 2^63 bytes', bytes: new Uint8Array(16).fill(0x7f) },
    {
      name: 'lists in a header',
      bytes: joined(new Uint8Array(BigUint64Array.of(300_000n).buffer), text('['.repeat(300_000))),
    },
  ];
};

/** All of them, based on the given models and ONNX files. */
export function hostileUploads(models: readonly Uint8Array[], onnx: readonly Uint8Array[]): Upload[] {
  const found: Upload[] = [];
  const add = (to: Reader, uploads: readonly Omit<Upload, 'to'>[]) => {
    for (const upload of uploads) found.push({ to, ...upload });
  };
  add('table', [
    ...['lie20000000.parquet', 'zeros.arrow', 'torn-map.arrow'].map((name) => ({ name, bytes: fixture(name) })),
    ...bombs(),
    ...texts(),
  ]);
  add('model', modelBombs());
  add('onnx', onnxBombs(onnx[0]));
  // cut in the middle
  const whole: [Reader, readonly Uint8Array[]][] = [
    ['table', outside('.parquet', '.feather', '.arrows', '.gz')],
    ['model', models],
    ['onnx', onnx],
  ];
  for (const [to, files] of whole) {
    files.forEach((bytes, i) => {
      add(to, [{ name: `torn ${to} ${i}`, bytes: bytes.subarray(0, Math.floor(bytes.length * 0.6)) }]);
    });
  }
  // sent to the reader of another kind of file
  add('onnx', [{ name: 'a table as a network', bytes: outside('.parquet')[0] }]);
  add('model', [{ name: 'a table as a model', bytes: outside('.feather')[0] }]);
  const parquet = [...parquetSeeds(), ...outside('.parquet')];
  const arrow = [...arrowSeeds(), ...outside('.feather', '.arrows')];
  const of = <T>(files: readonly T[], random: () => number) => files[Math.floor(random() * files.length)];
  for (let i = 0; found.length < 200; i++) {
    const random = randomFrom(12_000 + i);
    const [to, bytes] = (
      [
        () => ['table', mutateParquet(of(parquet, random), random)],
        () => ['table', mutateArrow(of(arrow, random), random)],
        () => ['model', mutate(of(models, random), of(models, random), random)],
        () => ['onnx', mutate(of(onnx, random), of(onnx, random), random)],
      ] as (() => [Reader, Uint8Array])[]
    )[i % 4]();
    found.push({ name: `changed ${to} ${i}`, to, bytes });
  }
  return found;
}
