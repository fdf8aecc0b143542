/** Columns that cannot be used are left out with their reason; the others are read. */
import {
  Field as ArrowField,
  Binary,
  Int32,
  List,
  Map_,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
  Utf8View,
  vectorFromArray,
} from 'apache-arrow';
import { expect, test } from 'vitest';
import { prepareTable } from '../prepare/prepare.ts';
import { readTableFile, readTableText } from './file.ts';
import { readTable } from './read.ts';
import { readTableStream } from './stream.ts';
import { pandasIndices } from './unusable.ts';

const names = ({ columns }: { readonly columns: readonly { readonly name: string }[] }) =>
  columns.map(({ name }) => name);

test('Arrow: nested columns and bytes are passed over by the schema, and every other column keeps its buffers', async () => {
  const item = (name: string) => new ArrowField(name, new Int32(), true);
  const table = new Table({
    before: vectorFromArray([1, 2], new Int32()),
    list: vectorFromArray([[1], [2, 3]], new List(item('item'))),
    view: vectorFromArray(['a', 'a text that is longer than twelve'], new Utf8View()),
    struct: vectorFromArray(
      [
        { p: 1, q: 2 },
        { p: 3, q: 4 },
      ],
      new Struct([item('p'), item('q')]),
    ),
    bytes: vectorFromArray([new Uint8Array([255]), new Uint8Array([0])], new Binary()),
    map: vectorFromArray(
      [new Map([['k', 1]]), new Map([['l', 2]])],
      new Map_(
        new ArrowField(
          'entries',
          new Struct([new ArrowField('key', new Utf8(), false), item('value')] as never),
          false,
        ) as never,
      ) as never,
    ),
    after: vectorFromArray(['x', null], new Utf8()),
  } as never);
  for (const form of ['file', 'stream'] as const) {
    const found = await readTableFile(tableToIPC(table, form), { name: 't.arrow' });
    expect(found.columns.map(({ name, values }) => [name, ...values])).toEqual([
      ['before', '1', '2'],
      ['view', 'a', 'a text that is longer than twelve'],
      ['after', 'x', undefined],
    ]);
    expect(found.leftOut!.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
      'list: its cells are lists or structures',
      'struct: its cells are lists or structures',
      'bytes: its cells are bytes',
      'map: its cells are lists or structures',
    ]);
  }
});

test("Arrow: pandas' index is left out, and can be listed", async () => {
  const pandas = JSON.stringify({ index_columns: ['key', { kind: 'range' }] });
  expect(pandasIndices(pandas)).toEqual(['key']);
  const plain = new Table({
    key: vectorFromArray([5, 9, 7], new Int32()),
    x: vectorFromArray([1, 2, 4], new Int32()),
    y: vectorFromArray([2, 1, 4], new Int32()),
  });
  const table = new Table(new Schema(plain.schema.fields, new Map([['pandas', pandas]])), plain.batches);
  const read = await readTableFile(tableToIPC(table));
  const { notes, inputNames } = prepareTable(read, { target: 'y' }, 1);
  expect(inputNames).toEqual(['x']);
  expect(notes).toContain('"key" is left out: it is the index of a pandas table.');
  expect(prepareTable(read, { target: 'y', features: ['key'] }, 1).inputNames).toEqual(['key']);
});

test('JSON: a list in any row leaves its column out; naming the column is an error with the reason', async () => {
  const lines = Array.from({ length: 20 }, (_, i) =>
    JSON.stringify({ x: i % 7, tags: i === 12 ? ['a'] : 'b', y: i % 3 }),
  );
  const text = `${lines.join('\n')}\n`;
  const tables = [
    readTableText(text, { name: 't.jsonl' }),
    readTableText(`[${lines.join()}]`, { name: 't.jsonl' }),
    await readTableStream(new TextEncoder().encode(text), { name: 't.jsonl', maxPlainLength: 10 }),
    readTable(
      lines.map((line) => JSON.parse(line) as never),
      { name: 't.jsonl' },
    ),
  ];
  for (const table of tables) {
    expect(names(table)).toEqual(['x', 'y']);
    expect(table.rows).toBe(20);
    expect(table.leftOut).toEqual([
      { name: 'tags', reason: expect.stringMatching(/^its cell in t\.jsonl( line 13|\[12\]) is a list$/) },
    ]);
    expect(prepareTable(table, { target: 'y' }, 1).notes.join()).toContain('"tags" is left out: its cell in t.jsonl');
    expect(() => prepareTable(table, { target: 'y', features: ['tags'] }, 1)).toThrow(
      /column "tags" cannot be used: its cell/,
    );
    expect(prepareTable(table, { target: 'y', features: ['x'] }, 1).inputNames).toEqual(['x']);
  }
});

test("names and texts are compared in Unicode's normal form C", async () => {
  const [nfc, nfd] = ['prénom', 'pre\u0301nom'];
  const rows = (name: string) => Array.from({ length: 12 }, (_, i) => ({ [name]: i % 2 ? name : 'x', y: i % 3 }));
  const { encoding } = prepareTable(readTable(rows(nfc)), { target: 'y' }, 1);
  const { encodeRows } = await import('../encode/rows.ts');
  const csv = `${nfd},y\n${nfd},1\n`;
  const packed = await readTableStream(new TextEncoder().encode(csv), { maxPlainLength: 1 });
  for (const table of [readTableText(csv), packed, readTable([{ [nfd]: nfd }]), readTable({ [nfd]: [nfd] })]) {
    expect(encodeRows(encoding, table)).toMatchObject({ warnings: [], inputs: { data: Float64Array.of(1, 0) } });
  }
  expect(prepareTable(readTable(rows(nfd)), { target: 'y', features: [nfd] }, 1).encoding).toEqual(
    prepareTable(readTable(rows(nfc)), { target: 'y', features: [nfc] }, 1).encoding,
  );
  expect(() => readTableText(`${nfc},${nfd}\n1,2\n`)).toThrow('columns 1 and 2 are both named');
});
