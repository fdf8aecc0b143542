/**
 * Parquet files with false claims: a valid file is taken apart, meaningful parts of its footer, page headers and pages
 * are changed, and it is put together again, so that its envelope stays valid.
 */
import { deflateRawSync, gzipSync } from 'node:zlib';
import { mutate } from './fuzz.ts';
import {
  type ColumnSpec,
  deltas,
  type Field,
  type FileNode,
  fieldOf,
  itemsOf,
  joined,
  layOut,
  list,
  type Node,
  type PageSpec,
  plain,
  readFile,
  run,
  type StructNode,
  setWhole,
  split,
  struct,
  table,
  text,
  truth,
  varint,
  whole,
  withFooter,
  withLength,
} from './parquet-writer.ts';

type Random = () => number;

const remarkable = [
  0n,
  1n,
  -1n,
  2n,
  7n,
  8n,
  127n,
  255n,
  1000n,
  65_536n,
  2n ** 20n,
  2n ** 24n,
  2n ** 28n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 31n),
  -(2n ** 63n),
];

/** All structs, lists and values of a tree, each with a function that replaces it. */
function placesOf(root: StructNode): { node: Node; replace: (by: Node) => void }[] {
  const found: { node: Node; replace: (by: Node) => void }[] = [{ node: root, replace: () => {} }];
  const go = (node: Node) => {
    if (node.type === 12) {
      for (const field of node.fields) {
        found.push({ node: field.node, replace: (by) => (field.node = by) });
        go(field.node);
      }
    } else if (node.type === 9) {
      node.items.forEach((item, i) => {
        found.push({ node: item, replace: (by) => (node.items[i] = by) });
        go(item);
      });
    }
  };
  go(root);
  return found;
}

const copy = <T>(value: T): T => structuredClone(value);

function randomNode(random: Random): Node {
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)];
  switch (Math.floor(random() * 5)) {
    case 0:
      return whole(pick(remarkable), pick([3, 4, 5, 6] as const));
    case 1:
      return text(pick(['', 'x', 'schema', '\u0000', 'x'.repeat(300)]));
    case 2:
      return list(pick([5, 8, 12]), []);
    case 3:
      return truth(random() < 0.5);
    default:
      return struct({ 1: random() < 0.5 ? whole(pick(remarkable)) : struct({}) });
  }
}

/** Makes one change in a tree of metadata. */
function mutateTree(root: StructNode, random: Random): void {
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)];
  const place = pick(placesOf(root));
  const { node, replace } = place;
  if (random() < 0.08) {
    replace(randomNode(random));
    return;
  }
  switch (node.type) {
    case 3:
    case 4:
    case 5:
    case 6: {
      const near = node.value + BigInt(Math.floor(random() * 5) - 2);
      node.value = random() < 0.3 ? near : random() < 0.2 ? node.value * 1000n : pick(remarkable);
      return;
    }
    case 8:
      node.value =
        random() < 0.3 ? new Uint8Array() : Uint8Array.from(node.value, (byte) => (random() < 0.3 ? byte ^ 4 : byte));
      return;
    case 9: {
      const { items } = node;
      const at = Math.floor(random() * items.length);
      const kind = Math.floor(random() * 5);
      if (kind === 0) items.splice(at, 1);
      else if (kind === 1 && items.length > 0) items.splice(at, 0, copy(items[at]));
      else if (kind === 2) items.reverse();
      else if (kind === 3 && items.length > 0) for (let i = 0; i < 200; i++) items.push(copy(items[at]));
      else items.push(randomNode(random));
      return;
    }
    case 12: {
      const { fields } = node;
      const at = Math.floor(random() * fields.length);
      const kind = Math.floor(random() * 4);
      if (kind === 0) fields.splice(at, 1);
      else if (kind === 1 && fields.length > 0) fields.push(copy(fields[at]) as Field);
      else if (kind === 2 && fields.length > 0) fields[at].id = Math.floor(random() * 20);
      else fields.push({ id: 1 + Math.floor(random() * 18), node: randomNode(random) });
      return;
    }
    case 1:
    case 2:
      replace(truth(node.type === 2));
      return;
    default:
      replace(randomNode(random));
  }
}

const counts = [
  0,
  1,
  300,
  5000,
  2 ** 17,
  2 ** 20,
  2 ** 21 - 5,
  2 ** 22,
  2 ** 24,
  2 ** 28,
  2 ** 31 - 1,
  2 ** 32,
  2 ** 40,
];

/** Writes the same wrong number of rows everywhere. */
function claimRows(file: FileNode, rows: number): void {
  setWhole(file.footer, 3, rows);
  itemsOf(fieldOf(file.footer, 4)).forEach((group, g) => {
    setWhole(group, 3, g === 0 ? rows : 0);
    for (const chunk of itemsOf(fieldOf(group, 1))) setWhole(fieldOf(chunk, 3), 5, g === 0 ? rows : 0);
  });
  for (const pages of file.chunks[0] ?? []) {
    for (const { header } of pages) {
      setWhole(fieldOf(header, 5), 1, rows);
      setWhole(fieldOf(header, 8), 1, rows);
      setWhole(fieldOf(header, 8), 3, rows);
    }
  }
}

/** Pages that encode very many values in few bytes. */
function packedBomb(random: Random): { encoding: number; bytes: Uint8Array } {
  const many = counts[Math.floor(random() * counts.length)] % 2 ** 31;
  switch (Math.floor(random() * 6)) {
    case 0:
      return { encoding: 8, bytes: Uint8Array.of(0) };
    case 1:
      return { encoding: 8, bytes: Uint8Array.from([Math.floor(random() * 40), ...run(many, 0, 8)]) };
    case 2:
      return { encoding: 3, bytes: withLength(run(many, 1)) };
    case 3:
      return { encoding: 8, bytes: Uint8Array.from([1, ...varint(2 * Math.floor(many / 2) + 1), 0, 0]) };
    case 4:
      // one block of differences of 0 bits each
      return {
        encoding: random() < 0.5 ? 5 : 7,
        bytes: Uint8Array.from([
          ...varint(2 ** Math.floor(random() * 31)),
          ...varint(2 ** Math.floor(random() * 8)),
          ...varint(many),
          ...varint(random() < 0.5 ? 0 : many),
          ...varint(2),
          ...new Array(64).fill(random() < 0.7 ? 0 : Math.floor(random() * 80)),
        ]),
      };
    default:
      return { encoding: Math.floor(random() * 11), bytes: new Uint8Array(Math.floor(random() * 64)) };
  }
}

/** A file with some false claims. */
export function mutateParquet(seed: Uint8Array, random: Random): Uint8Array {
  const file = readFile(seed);
  const groups = file.chunks.filter((group) => group.length > 0);
  const randomPage = () => {
    const pages = groups.flat(2);
    return pages[Math.floor(random() * pages.length)];
  };
  let claimed: number | undefined;
  if (random() < 0.2) {
    claimed = counts[Math.floor(random() * counts.length)];
    claimRows(file, claimed);
  }
  const changes = 1 + Math.floor(random() * (random() < 0.8 ? 3 : 10));
  let pages: Uint8Array | undefined;
  for (let c = 0; c < changes; c++) {
    const kind = random();
    if (kind < 0.35) {
      // offsets depend on the content, so they are changed last
      pages ??= layOut(file);
      mutateTree(file.footer, random);
    } else if (kind < 0.65) {
      pages = undefined;
      const page = randomPage();
      if (page !== undefined) mutateTree(page.header, random);
    } else if (kind < 0.8) {
      pages = undefined;
      const page = randomPage();
      if (page !== undefined) page.data = mutate(page.data, page.data, random);
      if (page !== undefined && random() < 0.5) setWhole(page.header, 3, page.data.length);
    } else {
      pages = undefined;
      const page = randomPage();
      if (page === undefined) continue;
      const { encoding, bytes } = packedBomb(random);
      page.data = random() < 0.3 ? joined(withLength(run(2 ** 30, 1)), bytes) : bytes;
      setWhole(fieldOf(page.header, 5), 2, encoding);
      setWhole(fieldOf(page.header, 8), 4, encoding);
      setWhole(page.header, 2, page.data.length);
      setWhole(page.header, 3, page.data.length);
      for (const group of itemsOf(fieldOf(file.footer, 4))) {
        for (const chunk of itemsOf(fieldOf(group, 1))) setWhole(fieldOf(chunk, 3), 4, random() < 0.8 ? 0 : 2);
      }
    }
  }
  return withFooter(pages ?? layOut(file), file.footer);
}

/** Small valid files with every encoding and compression. */
export function parquetSeeds(): Uint8Array[] {
  const rows = 40;
  const numbers = Array.from({ length: rows }, (_, i) => i * i - 50);
  const texts = numbers.map((value) => `text ${value}`);
  const levels = [...run(rows - 10, 1), ...run(10, 0)];
  const data = (encoding: number, bytes: Uint8Array, more: Partial<PageSpec> = {}): PageSpec => ({
    values: rows,
    encoding,
    bytes,
    ...more,
  });
  const column = (name: string, type: number, pages: PageSpec[], more: Partial<ColumnSpec> = {}): ColumnSpec => ({
    name,
    type,
    pages,
    ...more,
  });
  const ints = plain.int32(numbers);
  const codes = Uint8Array.from([2, ...run(20, 1, 2), ...run(20, 3, 2)]);
  const dictionary: PageSpec = { kind: 'dictionary', values: 4, bytes: plain.bytes(['a', 'b', 'c', 'd']) };
  const write = (...columns: ColumnSpec[]) => {
    const file = table(rows, columns);
    return withFooter(layOut(file), file.footer);
  };
  return [
    write(
      column('int', 1, [data(0, ints)]),
      column('delta', 1, [data(5, deltas(numbers))]),
      column('split', 1, [data(9, split(ints, 4))]),
      column('flag', 0, [data(3, withLength(run(rows, 1)))]),
    ),
    write(
      column('coded', 6, [dictionary, data(8, codes)], { converted: 0 }),
      column('zero', 1, [{ kind: 'dictionary', values: 1, bytes: plain.int32([0]) }, data(8, Uint8Array.of(0))]),
    ),
    write(
      column('lengths', 6, [
        data(6, joined(deltas(texts.map(({ length }) => length)), new TextEncoder().encode(texts.join('')))),
      ]),
      column('front', 6, [
        data(
          7,
          joined(
            deltas(texts.map((_, i) => Math.min(i, 5))),
            deltas(texts.map(() => 5)),
            new Uint8Array(5 * rows).fill(97),
          ),
        ),
      ]),
    ),
    write(
      column('missing', 1, [data(0, joined(withLength(levels), plain.int32(numbers.slice(10))))], { isOptional: true }),
      column(
        'second',
        5,
        [data(0, joined(levels, plain.double(numbers.slice(10))), { kind: 'second', levels: levels.length })],
        { isOptional: true },
      ),
    ),
    write(column('gzip', 1, [data(0, gzipSync(ints), { length: ints.length })], { codec: 2 })),
    write(column('deflate', 1, [data(0, deflateRawSync(ints), { length: ints.length })], { codec: 2 })),
    write(
      column('moment', 2, [data(0, plain.int64(numbers.map((value) => BigInt(value) * 10n ** 12n)))], { converted: 9 }),
      column('days', 1, [data(0, ints)], { converted: 6 }),
      column('exact', 2, [data(0, plain.int64(numbers.map((value) => BigInt(value) * 10n ** 15n)))], { converted: 14 }),
      column('json', 6, [data(0, plain.bytes(numbers.map(String)))], { converted: 19 }),
      column('decimal', 7, [data(0, new Uint8Array(5 * rows))], { width: 5, converted: 5 }),
    ),
  ];
}
