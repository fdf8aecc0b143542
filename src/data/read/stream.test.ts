import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { encodeRows, streamLabelled } from '../encode/rows.ts';
import { prepareTable } from '../prepare/prepare.ts';
import { describe as describeTable } from '../table/describe.ts';
import { range } from '../table/rows.ts';
import { takeRows } from '../table/take-rows.ts';
import { writeCsv } from './csv/writer.ts';
import { TableBuilder } from './packed-table.ts';
import { type Cell, readTable } from './read.ts';
import { SliceStore } from './slice-store.ts';
import { readTableParts, readTableStream } from './stream.ts';

async function* inPieces(bytes: Uint8Array, length = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Read as a large file would be. */
const packed = (text: string | Uint8Array, name = 'big.csv') =>
  readTableStream(inPieces(typeof text === 'string' ? bytesOf(text) : text), { name, maxPlainLength: 8 });

const complaint = async (call: () => Promise<unknown>) => {
  try {
    await call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

const penguins = readFileSync(new URL('../../../examples/penguins.csv', import.meta.url), 'utf8');
const { columns: penguinColumns } = readTable(penguins);

describe('a packed table equals the plain table', () => {
  test.each([
    ['csv', penguins],
    ['csv under gzip', gzipSync(penguins)],
    [
      'json lines',
      penguinColumns[0].values
        .map((_, r) => JSON.stringify(Object.fromEntries(penguinColumns.map(({ name, values }) => [name, values[r]]))))
        .join('\n'),
    ],
  ])('%s: cells, marks, lines, description, and training data', async (format, bytes) => {
    const table = await packed(bytes as string);
    const plain = readTable(penguins, { name: 'big.csv' });
    expect(table.rows).toBe(plain.rows);
    expect(table.columns.every((column) => column.packed !== undefined)).toBe(true);
    expect(table.columns.map(({ name, values }) => [name, values])).toEqual(
      plain.columns.map(({ name, values }) => [name, values]),
    );
    if (format !== 'json lines') {
      expect([...(table.lines as Uint32Array)]).toEqual(plain.lines);
      expect(describeTable(table)).toEqual(describeTable(plain));
    }
    for (const target of ['species', 'body_mass_g']) {
      const options = { target, split: { validation: 0.2, test: 0.1 } };
      const [found, wanted] = [table, plain].map((each) => prepareTable(each, options, 3));
      expect(found.train.inputs).toEqual(wanted.train.inputs);
      expect(found.validation?.targets).toEqual(wanted.validation?.targets);
      expect(found.encoding).toEqual(wanted.encoding);
      if (format !== 'json lines') expect([found.notes, found.warnings]).toEqual([wanted.notes, wanted.warnings]);
    }
  });

  test('for any cells: kinds, counts, the first odd cell', async () => {
    const cell = fc.constantFrom('1', '2.5', '1.0', 'NA', '', 'a', 'True', 'false', '1e999', '-3', '1,5', ' x');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 40 }), async (rows) => {
        const text = writeCsv(['a', 'b'], rows);
        const [found, plain] = [await packed(text), readTable(text, { name: 'big.csv' })];
        expect(describeTable(found)).toEqual(describeTable(plain));
        expect(found.columns.map(({ values }) => values)).toEqual(plain.columns.map(({ values }) => values));
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

describe('a column of more than 10,000 different texts', () => {
  const many = (cell: (r: number) => string, rows = 12_000) =>
    `x,y\n${Array.from({ length: rows }, (_, r) => `${cell(r)},${r % 2}`).join('\n')}\n`;

  test('of numbers: the same training', async () => {
    const text = many((r) => String(Math.sin(r) * 1000));
    const [found, wanted] = [await packed(text), readTable(text)].map((table) =>
      prepareTable(table, { target: 'y', split: { validation: 0.2 } }, 1),
    );
    expect(found.train.inputs).toEqual(wanted.train.inputs);
    expect(found.encoding).toEqual(wanted.encoding);
  });

  test('that changes its type late: the line is named', async () => {
    const text = many((r) => (r === 11_000 ? 'seven' : String(r / 7)));
    expect(await complaint(async () => prepareTable(await packed(text), { target: 'y' }, 1))).toMatchInlineSnapshot(`
      "csv "big.csv" line 11002, column "x": "seven" is not a number.
        Correct the cell, or pass missing: ["seven"] if it marks a missing value, or encode the column as a category: categories: ["x"]."
    `);
    expect(describeTable(await packed(text)).columns[0].asFeature).toBe(
      'error: csv "big.csv" line 11002, column "x": "seven" is not a number',
    );
  });

  test('of dates: the same training', async () => {
    const text = many((r) => new Date(1.6e12 + r * 19_135_803).toISOString());
    const [found, wanted] = [await packed(text), readTable(text)].map((table) =>
      prepareTable(table, { target: 'y', split: { validation: 0.2 } }, 1),
    );
    expect(found.inputNames).toHaveLength(7);
    expect(found.train.inputs).toEqual(wanted.train.inputs);
    expect(found.encoding).toEqual(wanted.encoding);
    expect(describeTable(await packed(text)).columns[0]).toMatchObject({
      kind: 'date',
      first: '2020-09-13T12:26:40.000Z',
    });
  });

  test('of words, for a model of some of them: refused, because not all texts are kept', async () => {
    const text = many((r) => (r < 11_000 ? `word ${r}` : `known ${r % 3}`));
    const first = readTable(
      many((r) => `known ${r % 3}`, 60),
      { name: 'small.csv' },
    );
    for (const target of ['y', 'x']) {
      const { encoding } = prepareTable(first, { target, task: 'classification' }, 1);
      const own = await packed(text);
      expect(await complaint(async () => encodeRows(encoding, own, { targets: true }))).toMatchInlineSnapshot(`
        "csv "big.csv", column "x": there are more than 10000 different values, too many to keep of a large table.
          Pass fewer rows at a time."
      `);
    }
  });

  test('of numbers that are categories: those of the model are found', async () => {
    const first = readTable(
      many((r) => String(11_000 + (r % 3)), 60),
      { name: 'small.csv' },
    );
    const { encoding } = prepareTable(first, { target: 'y', categories: ['x'] }, 1);
    const text = many((r) => `${r}.0`);
    const [found, wanted] = [await packed(text), readTable(text)].map((table) => encodeRows(encoding, table));
    expect(found.inputs).toEqual(wanted.inputs);
    expect(found.inputs.data.reduce((a, b) => a + b)).toBe(3);
  });

  test('of words: left out, and not possible as the target', async () => {
    const table = await packed(many((r) => `word ${r % 11_000}`, 30_000));
    expect(describeTable(table).columns[0]).toMatchObject({
      kind: 'text',
      distinct: 10_000,
      many: true,
      asFeature: 'left out: it has more than 10000 different texts',
    });
    expect(await complaint(async () => prepareTable(table, { target: 'x' }, 1))).toMatchInlineSnapshot(`
      "csv "big.csv", column "x": there are more than 10000 different values.
        Choose another target, or set "task": "regression" if its values are numbers."
    `);
    expect(
      await complaint(async () => prepareTable(table, { target: 'y', features: ['x'] }, 1)),
    ).toMatchInlineSnapshot(`
      "csv "big.csv", column "x": there are more than 10000 different values.
        Leave the column out of the features, or merge its rare values."
    `);
  });
});

test('cells beyond the limit are in a file without a name', () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('chainrule-') && !name.includes('test'));
  const before = folders();
  const store = new SliceStore(4, 64);
  const slices = Array.from({ length: 50 }, (_, k) => Float64Array.of(k, k + 0.5, -k, Number.NaN));
  const indices = slices.map((slice) => store.put(slice));
  for (const k of [49, 0, 1, 2, 48, 3, 49, 30]) expect(store.get(indices[k])).toEqual(slices[k]);
  expect(folders()).toEqual(before);
});

test('a table whose cells are in a file is the same', () => {
  const options = { name: 'x' };
  const [low, high] = [{ ...options, inMemory: 0 }, options].map((each) => {
    const builder = new TableBuilder(each);
    for (let k = 0; k < 5; k++) {
      const records = Array.from({ length: 3000 }, (_, r) => [String(k * 3000 + r), r % 7 === 0 ? '' : `t${r % 5}`]);
      builder.add(['a', 'b'], records);
    }
    return builder.table();
  });
  expect(low.columns.map(({ values }) => values)).toEqual(high.columns.map(({ values }) => values));
});

test('each slice of a table in a file is read once or twice, not once per row', () => {
  const builder = new TableBuilder({ name: 'big.csv', inMemory: 0 });
  for (let part = 0; part < 4; part++) {
    builder.add(
      ['x', 'y', 'z'],
      Array.from({ length: 4096 }, (_, r) => [`${r % 10}`, `${r % 7}`, r % 3 === 0 ? '' : `${r % 5}`]),
    );
  }
  const table = builder.table();
  const { encoding } = prepareTable(table, { target: ['y', 'z'] }, 1);
  const read = vi.spyOn(SliceStore.prototype, 'get');
  const counted = (call: () => unknown) => {
    read.mockClear();
    call();
    return read.mock.calls.filter(([index], i, all) => i === 0 || index !== all[i - 1][0]).length;
  };
  expect(counted(() => streamLabelled(encoding, table))).toBeLessThan(20);
  expect(counted(() => takeRows(table, [...range(10_000)]))).toBeLessThan(40);
  read.mockRestore();
});

test('rows of JSON Lines with new columns: earlier rows lack them', async () => {
  const table = await packed('{"a":1}\n{"a":2}\n{"b":"x","a":3}\n{"b":null}\n', 'rows.jsonl');
  expect(table.columns.map(({ name, values }) => [name, values])).toEqual([
    ['a', ['1', '2', '3', undefined]],
    ['b', [undefined, undefined, 'x', undefined]],
  ]);
});

describe('an error in a large file names its line', () => {
  const rows = Array.from({ length: 50 }, (_, r) => `${r},${r}`).join('\n');
  test.each([
    ['another number of cells', `a,b\n${rows}\n1,2,3\n`],
    ['a quote that is never closed', `a,b\n${rows}\n"1,2\n${rows}`],
    ['not UTF-8', Uint8Array.of(...bytesOf('a,b\n1,2\n3,4\n5,'), 0xff, 0x0a)],
    ['incomplete gzip', gzipSync(`a,b\n${rows}\n`).subarray(0, 60)],
    ['a header alone', 'a,b,c,d,e,f,g,h,i\n'],
  ])('%s', async (_name, bytes) => {
    expect(await complaint(() => packed(bytes as string))).toMatchSnapshot();
  });
});

describe('in parts', () => {
  test('all rows once, in order, with their lines; the first before the last is read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chainrule-test-'));
    try {
      const file = join(folder, 'x.csv');
      const rows = Array.from({ length: 200_000 }, (_, r) => `${r},${r % 3}`);
      writeFileSync(file, `a,b\n${rows.join('\n')}\n`);
      let next = 0;
      let read = 0;
      const parts = readTableParts(createReadStream(file), { name: file, onProgress: ({ bytes }) => (read = bytes) });
      for await (const part of parts) {
        if (next === 0) expect(read).toBeLessThan(500_000);
        expect(part.lines![0]).toBe(next + 2);
        // an expectation for each of them would take seconds
        const { values } = part.columns[0];
        expect(values.findIndex((value, r) => value !== String(next + r))).toBe(-1);
        next += values.length;
      }
      expect(next).toBe(200_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a format that does not stream is one part', async () => {
    const json = bytesOf(JSON.stringify([{ a: 1 }, { a: 2 }] satisfies Record<string, Cell>[]));
    const parts = [];
    for await (const part of readTableParts(inPieces(json))) parts.push(part.columns[0].values);
    expect(parts).toEqual([['1', '2']]);
  });
});
