/**
 * Structured mutations of tables as text, which changes of single bytes hardly reach: rows, keys, quotes and brackets
 * are repeated by the thousand, lines become long, lists are nested deeply. Under gzip, the text is compressed after
 * the changes, so that they reach the reader of the text.
 */
import { gzipSync } from 'node:zlib';
import { readTableFile } from '../src/data/read/file.ts';
import { readTableStream } from '../src/data/read/stream.ts';
import { describe } from '../src/data/table/describe.ts';
import { mutate, type Target } from './fuzz.ts';

type Random = () => number;

/** The length to which a text grows: seldom large, so that 100,000 cases take minutes. */
function roomFor(random: Random, maxLength: number): number {
  if (random() < 0.002) return maxLength * random();
  return Math.floor(10 ** (1 + 3 * random()));
}

const pickFrom = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)];
const whole = (n: number, random: Random) => Math.floor(random() * n);
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
/** As many copies as fit. */
const fill = (text: string, room: number) => text.repeat(Math.max(1, Math.floor(room / Math.max(1, text.length))));

const cells = [
  '',
  '1',
  '-2.5',
  'x',
  ' a b ',
  'NA',
  'true',
  '2024-01-05',
  '2024-01-05T10:00Z',
  '1e999',
  '1,5',
  '"q ""q"""',
  '"a\nb"',
  '"',
  'é\u202e',
  '\ud800',
  '\u0000',
  '\uFEFF',
  '=1+1',
  '__proto__',
  'NaN',
];
const names = [
  'a',
  'b',
  'x y',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'é',
  ' a',
  'A',
  '0',
  '',
];

/** Names, some of them repeated and a few invalid. */
function header(random: Random, count: number): string[] {
  if (random() < 0.9) return times(count, (i) => `c${i}`);
  return times(count, () => pickFrom(names, random));
}

function csv(random: Random, maxLength: number): string {
  const room = roomFor(random, maxLength);
  const separator = pickFrom([',', ';', '\t'], random);
  const end = pickFrom(['\n', '\r\n', '\r'], random);
  const wide = random() < 0.1;
  const count = wide ? 1 + whole(room / 8, random) : 1 + whole(5, random);
  const lines = [header(random, count).join(separator)];
  let length = lines[0].length;
  const kinds = random() < 0.5 ? ['1', '2.5', '3', ''] : cells;
  const row = () => times(count, () => pickFrom(kinds, random)).join(separator);
  const repeated = random() < 0.5 ? row() : undefined;
  while (length < room) {
    const line = repeated ?? row();
    lines.push(line);
    length += line.length + 1;
  }
  let text = lines.join(end);
  if (random() < 0.3) text = exploded(text, random, room);
  return text;
}

/** Repeats one part of a text up to the length. */
function exploded(text: string, random: Random, room: number): string {
  const at = whole(text.length + 1, random);
  const length = 1 + whole(12, random);
  const piece = random() < 0.5 ? text.slice(at, at + length) : pickFrom(pieces, random);
  return text.slice(0, at) + fill(piece, Math.max(0, room - text.length)) + text.slice(at);
}

const pieces = [
  '"',
  '""',
  '\n',
  '\r',
  '\r\n',
  ',',
  ',,',
  ' ',
  '\t',
  '[',
  '{',
  '{"a":',
  '[[],',
  '{},',
  '{}\n',
  '9',
  '\\',
  '\\"',
  '\uFEFF',
  '\u0000',
  'x',
  '1\n',
  '"\n"',
];

const jsonCells = [
  'null',
  '1',
  '-2.5e3',
  '"x"',
  'true',
  '""',
  '"NA"',
  '"2024-01-05"',
  '1e999',
  '[1]',
  '{"a":1}',
  '"\\ud800"',
  '"\\u0000"',
  '0.1',
];

function object(random: Random, keys: readonly string[]): string {
  const own = random() < 0.5 ? keys : keys.filter(() => random() < 0.5);
  const simple = random() < 0.9;
  const value = () => pickFrom(simple ? ['1', '2.5', 'null', '"x"'] : jsonCells, random);
  return `{${own.map((key) => `${JSON.stringify(key)}:${value()}`).join(',')}}`;
}

/** Objects with few keys, many keys, or different keys each. */
function objects(random: Random, room: number): string[] {
  const rows: string[] = [];
  const keys = header(random, 1 + whole(6, random));
  const sparse = random() < 0.2;
  const late = random() < 0.1;
  const repeated = random() < 0.3 ? object(random, keys) : undefined;
  for (let length = 0; length < room; ) {
    const row = repeated ?? (sparse ? object(random, [`k${rows.length}`, ...keys.slice(0, 1)]) : object(random, keys));
    rows.push(row);
    length += row.length + 1;
  }
  if (late)
    rows.push(
      object(
        random,
        times(1 + whole(2 + room / 20, random), (i) => `late${i}`),
      ),
    );
  return rows;
}

function json(random: Random, maxLength: number): string {
  const room = roomFor(random, maxLength);
  let text: string;
  switch (whole(5, random)) {
    case 0: {
      const columns = header(random, 1 + whole(random() < 0.2 ? room / 10 : 6, random));
      const rows = Math.max(1, Math.floor(room / (columns.length * 4)));
      const list = `[${times(rows, () => pickFrom(jsonCells.slice(0, 9), random)).join(',')}]`;
      text = `{${columns.map((key) => `${JSON.stringify(key)}:${list}`).join(',')}}`;
      break;
    }
    case 1: {
      const open = pickFrom(['[', '{"a":', '[{"a":', '[[],'], random);
      const depth = Math.max(1, Math.floor(room / (open.length + 2)));
      const close = open
        .replace(/[^[{]|\[\]/g, '')
        .split('')
        .reverse()
        .map((c) => (c === '[' ? ']' : '}'))
        .join('');
      text = `${open.repeat(depth)}1${random() < 0.8 ? close.repeat(depth) : ''}`;
      if (random() < 0.5) text = `[{"a":${text}}]`;
      break;
    }
    default:
      text = `[${objects(random, room).join(random() < 0.5 ? ',' : ',\n ')}]`;
  }
  if (random() < 0.3) text = exploded(text, random, room);
  return text;
}

function jsonLines(random: Random, maxLength: number): string {
  const room = roomFor(random, maxLength);
  let text = objects(random, room).join(pickFrom(['\n', '\r\n', '\n\n'], random));
  if (random() < 0.3) text = exploded(text, random, room);
  return text;
}

const encoder = new TextEncoder();

/** The text's bytes, some of them changed in one case of three. */
function bytesOf(text: string, random: Random): Uint8Array {
  const bytes = encoder.encode(text);
  return random() < 0.3 ? mutate(bytes, encoder.encode(text.slice(0, 200)), random) : bytes;
}

const megabyte = 1_000_000;

function gzip(random: Random): Uint8Array {
  const make = pickFrom([csv, json, jsonLines], random);
  const inner = bytesOf(make(random, 40 * megabyte), random);
  // level 1 is sufficient for repeats
  let bytes: Uint8Array = gzipSync(inner, { level: 1 });
  if (random() < 0.05) bytes = new Uint8Array(Buffer.concat([bytes, gzipSync('a\n1\n')]));
  return random() < 0.1 ? mutate(bytes, bytes.slice(0, 100), random) : bytes;
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const length = bytes.length < 5000 ? 1 + (bytes.length % 13) : 1 + Math.floor(bytes.length / 7);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** Reads a file, whole or in pieces, and describes it. */
async function readBoth(bytes: Uint8Array): Promise<void> {
  const isWhole = bytes.length % 2 === 0;
  const table = isWhole ? await readTableFile(bytes) : await readTableStream(inChunks(bytes), { maxPlainLength: 64 });
  describe(table);
}

/** Each with an initial file, for the test that valid files are read. */
export const textTargets: readonly Target[] = [
  {
    name: 'csv of a structure',
    seeds: [encoder.encode('a,b\n1,x\n')],
    make: (random) => bytesOf(csv(random, megabyte), random),
    read: readBoth,
  },
  {
    name: 'json of a structure',
    seeds: [encoder.encode('[{"a":1}]')],
    make: (random) => bytesOf(json(random, megabyte), random),
    read: readBoth,
  },
  {
    name: 'json lines of a structure',
    seeds: [encoder.encode('{"a":1}\n{"a":2}\n')],
    make: (random) => bytesOf(jsonLines(random, megabyte), random),
    read: readBoth,
  },
  { name: 'gzip of a structure', seeds: [new Uint8Array(gzipSync('a,b\n1,x\n'))], make: gzip, read: readBoth },
];
