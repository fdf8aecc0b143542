/** Texts that are made to cost much, or to look like something else. */
import { readdirSync, readlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { runs, sampled } from '../../../test/runs.ts';
import { encodeRows } from '../encode/rows.ts';
import { prepareTable } from '../prepare/prepare.ts';
import { describe as describeTable } from '../table/describe.ts';
import { collectTable } from './collect-table.ts';
import { readTableFile, readTableText } from './file.ts';
import { readTable } from './read.ts';
import { readTableParts, readTableStream } from './stream.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
async function* inPieces(bytes: Uint8Array, length = 50_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
const complaint = async (call: () => unknown) => {
  try {
    await call();
  } catch (error) {
    return error instanceof Error && error.name === 'InputError' ? error.message : `a raw error: ${error}`;
  }
  return 'no complaint';
};

/** Milliseconds of processor time. */
async function costOf(call: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('names of inherited properties are ordinary column names', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  const rows = Array.from({ length: 20 }, (_, r) => names.map((_, c) => (r * (c + 3)) % 11));
  const texts = {
    csv: [names, ...rows].join('\n'),
    json: `[${rows.map((row) => `{${row.map((cell, c) => `"${names[c]}":${cell}`)}}`)}]`,
    'json of columns': `{${names.map((name, c) => `"${name}":[${rows.map((row) => row[c])}]`)}}`,
    'json lines': rows.map((row) => `{${row.map((cell, c) => `"${names[c]}":${cell}`)}}`).join('\n'),
  };
  test.each(Object.entries(texts))('%s: read, described, encoded', async (_format, text) => {
    const tables = [
      readTableText(text),
      await readTableStream(inPieces(bytesOf(text), 7), { maxPlainLength: 8 }),
      await readTableFile(gzipSync(text)),
    ];
    for (const table of tables) {
      expect(table.columns.map(({ name }) => name)).toEqual(names);
      expect(table.columns.map(({ values }) => values[2])).toEqual(rows[2].map(String));
      expect(describeTable(table).columns.map(({ kind }) => kind)).toEqual(names.map(() => 'number'));
      const { encoding, inputNames } = prepareTable(table, { target: 'constructor', task: 'regression' }, 1);
      expect(inputNames).toEqual(names.filter((name) => name !== 'constructor'));
      expect(encodeRows(encoding, table, { targets: true }).inputs.shape).toEqual([20, 4]);
    }
  });
  test('a row without such a key has a missing value, not the inherited property', () => {
    const table = readTableText('[{"constructor":1,"a":1},{"a":2}]');
    expect(table.columns[0].values).toEqual(['1', undefined]);
  });
  test('such names can be categories', () => {
    const table = readTable({ c: ['__proto__', 'constructor', '__proto__', 'toString'], y: [1, 2, 3, 4] });
    const { inputNames } = prepareTable(table, { target: 'y', task: 'regression', categories: ['c'] }, 1);
    expect(inputNames).toEqual(['c=__proto__', 'c=constructor', 'c=toString']);
  });
});

describe('the time to read a file is proportional to its size, for any content', () => {
  const long = 2 ** 23;
  /** A form of a text by its length. */
  const forms: readonly [string, number, (n: number) => string][] = [
    ['one long line of CSV', long, (n) => `a\n${'x'.repeat(n)}\n`],
    ['one long quoted line of CSV', long, (n) => `a\n"${'x'.repeat(n)}"\n`],
    ['one long line of doubled quotes', long / 2, (n) => `a\n"${'""'.repeat(n)}"\n`],
    ['one long line of JSON Lines', long, (n) => `{"a":1}\n{"a":"${'x'.repeat(n)}"}\n`],
    ['a header alone', long, (n) => 'a'.repeat(n)],
    ['a quote that stays open over many lines', long / 4, (n) => `a\n"${'\n'.repeat(n)}`],
    ['carriage returns alone', 300_000, (n) => `a\r${'1\r'.repeat(n)}`],
    ['blanks before a cell', long / 4, (n) => `a,b\n${' '.repeat(n)}1,2\n`],
    ['blanks within a cell', long / 4, (n) => `a,b\n1${' '.repeat(n)}1,2\n`],
    ['marks of byte order', 1_000_000, (n) => `${'\uFEFF'.repeat(n)}a\n1\n`],
    ['backslashes in JSON', long / 8, (n) => `[{"a":"${'\\\\'.repeat(n)}"}]`],
    ['escaped quotes in JSON', long / 8, (n) => `[{"a":"${'\\"'.repeat(n)}"}]`],
    ['a number of many digits', long / 4, (n) => `[{"a":${'9'.repeat(n)}}]`],
    ['an error at the end of JSON', 200_000, (n) => `[${'{"a":1},'.repeat(n)}{"a":1 2}]`],
    [
      'texts of which each has its own end',
      200,
      (n) => `a\n${Array.from({ length: n }, (_, i) => 'x'.repeat(20_000) + i).join('\n')}\n`,
    ],
  ];
  const limits = { maxDecompressedBytes: 1e9, maxCells: 1e8 };
  test.each(forms.map(([form, n, make], i) => [form, n, make, i] as const))('%s', async (_form, n, make, i) => {
    const bytes = bytesOf(make(n));
    const compressed = new Uint8Array(gzipSync(bytes, { level: 1 }));
    const readers = [
      () => readTableStream(inPieces(bytes, 2 ** 16), { maxPlainLength: 100, limits }).then(describeTable),
      () => readTableFile(compressed, { limits }).then(describeTable),
    ];
    // in the short suite by one of them, in turn
    for (const read of sampled(readers, 2, i)) {
      let message = '';
      // 8 MB take a fraction of a second; read again for each piece, they took several
      expect(
        await costOf(async () => {
          message = await complaint(read);
        }),
      ).toBeLessThan(2500);
      expect(message).not.toContain('a raw error');
    }
  });
});

test('the time to read, describe and look up very many columns follows their number', async () => {
  const n = 20_000;
  const names = Array.from({ length: n }, (_, i) => `column_${i}`);
  const text = `${names}\n${Array.from({ length: runs(20, 50) }, (_, r) => names.map((_, c) => (r * 7 + c) % 100)).join('\n')}\n`;
  const cost = await costOf(async () => {
    const table = await readTableStream(inPieces(bytesOf(text)), { maxPlainLength: 100 });
    expect(describeTable(table).columns).toHaveLength(n);
    const prepared = prepareTable(table, { target: 'column_5', task: 'regression', split: { validation: 0.2 } }, 1);
    expect(prepared.inputNames).toHaveLength(n - 1);
    encodeRows(prepared.encoding, table, { targets: true });
    const unknown = await complaint(() => prepareTable(table, { target: 'colum_19999' }, 1));
    expect(unknown).toMatch(
      /Did you mean "column_19999"\? Choose one of: column_0, .*, column_19, … and 19,980 more\.$/,
    );
    expect(unknown.length).toBeLessThan(600);
  });
  expect(cost).toBeLessThan(15_000);
});

test('messages and notes name the first of very many columns', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `c${i}`);
  const table = readTable(
    `${names},y\n${Array.from({ length: 20 }, (_, r) => `${names.map(() => '')},${r % 7}.5`).join('\n')}`.replaceAll(
      /\n,/g,
      '\n1,',
    ),
  );
  const { notes } = prepareTable(
    readTable({
      ...Object.fromEntries(table.columns.map(({ name, values }) => [name, values])),
      x: Array.from({ length: 20 }, (_, r) => r * r),
    }),
    { target: 'y' },
    1,
  );
  expect(notes.filter((note) => note.includes('left out'))).toHaveLength(50);
  expect(notes).toContain('There are 250 more notes of this kind, about other columns.');
});

test('a very long name is clipped in messages', async () => {
  const name = 'x'.repeat(100_000);
  for (const text of [
    `${name},${name}\n1,2\n`,
    `${name},y\n1,2\n1\n`,
    `${name}\n"1\n`,
    `[{"${name}":[]}]`,
    `{"${name}":[1],"b":[]}`,
  ]) {
    const message = await complaint(() => readTableText(text));
    expect(message).not.toBe('no complaint');
    expect(message.length).toBeLessThan(500);
  }
});

describe('a stream that fails', () => {
  const rows = 'a,b\n'.concat('1,x\n'.repeat(200_000));
  /** Some chunks, then an error. */
  async function* failing(error: unknown): AsyncGenerator<Uint8Array> {
    yield* inPieces(bytesOf(rows), 100_000);
    throw error;
  }
  const aborted = new DOMException('This operation was aborted', 'AbortError');
  test('gives its own error, also through gzip', async () => {
    async function* torn() {
      yield new Uint8Array(gzipSync(rows)).subarray(0, 300);
      throw aborted;
    }
    for (const source of [() => failing(aborted), torn]) {
      await expect(readTableStream(source(), { maxPlainLength: 10 })).rejects.toBe(aborted);
      await expect(readTableStream(source())).rejects.toBe(aborted);
      await expect(collectTable(source())).rejects.toBe(aborted);
      await expect(
        (async () => {
          for await (const part of readTableParts(source())) expect(part.rows).toBeGreaterThan(0);
        })(),
      ).rejects.toBe(aborted);
    }
  });
  test.each([
    ['a text', 'a,b\n1,2\n', 'a string'],
    ['null', null, 'null'],
    ['a number', 5, 'a number'],
    ['a list', [1, 2], 'a list'],
    ['undefined', undefined, 'undefined'],
  ])('gives an InputError if a chunk is %s', async (_name, chunk, words) => {
    async function* mixed() {
      yield bytesOf('a,b\n1,2\n');
      yield chunk as never;
    }
    expect(await complaint(() => readTableStream(mixed()))).toContain(`the stream yields ${words} after 8 bytes`);
    async function* alone() {
      yield chunk as never;
    }
    expect(await complaint(() => readTableStream(alone()))).toContain(`the stream yields ${words} after 0 bytes`);
  });
  test.runIf(process.platform === 'linux')('leaves no temporary file open', async () => {
    const open = () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).includes('chainrule-');
        } catch {
          return false;
        }
      }).length;
    async function* many(): AsyncGenerator<Uint8Array> {
      yield bytesOf(`${Array.from({ length: 40 }, (_, c) => `c${c}`)}\n`);
      const row = bytesOf(`${Array.from({ length: 40 }, (_, c) => c)}\n`.repeat(1000));
      for (let i = 0; i < 80; i++) {
        yield row;
        if (i > 70) throw aborted;
      }
    }
    const before = open();
    for (let i = 0; i < runs(1, 3); i++)
      await expect(readTableStream(many(), { maxPlainLength: 10 })).rejects.toBe(aborted);
    expect(open()).toBe(before);
  });
  test('a source that is not read to its end is closed', async () => {
    let released = false;
    async function* watched() {
      try {
        yield* inPieces(bytesOf(`a\n${'1\n'.repeat(300_000)}x,y\n`), 1000);
      } finally {
        released = true;
      }
    }
    for await (const _ of readTableParts(watched())) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(released).toBe(true);
  });
});
