/** The limits on data files on the command line, and how it shows a table of very many columns. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { call, start } from './command.ts';
import { sampled } from './runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chainrule = (...words: string[]) => call(words, { cwd: folder });
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

// 1,200 rows, each with y and a unique key: 1.4 million cells in 30 kB.
write('sparse.jsonl', Array.from({ length: 1200 }, (_, i) => `{"y":${i % 7},"k${i}":1}`).join('\n'));
write('small.csv', `x,y\n${Array.from({ length: 30 }, (_, i) => `${i},${i % 2 ? 'a' : 'b'}`).join('\n')}\n`);
write('long.csv.gz', gzipSync(`a\n${'x'.repeat(16_000_000)}\n${'y'.repeat(16_000_000)}\n${'z'.repeat(4_000_000)}\n`));
write(
  'own.json',
  JSON.stringify({
    network: { layers: [{ dense: 1 }] },
    data: { file: 'sparse.jsonl', target: 'y', limits: { maxCells: 1e9 }, maxCells: 1e9 },
    training: { loss: 'mse', optimizer: 'sgd', stop: { epochs: 1 } },
  }),
);

test('a file beyond a limit is refused with the name of the flag, and accepted with the flag', async () => {
  const refused = await chainrule('data', 'sparse.jsonl');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatchInlineSnapshot(`
    "error sparse.jsonl: the file has 1,070,190 cells or more, but the limit for a file of 21 KiB is 1,069,065.
      If you trust the file, raise the limit: --max-cells on the command line, or limits: { maxCells: … } in a program.
    "
  `);
  for (const value of sampled(['2e6', '2000000', 'none'], 3)) {
    expect((await chainrule('data', 'sparse.jsonl', '--max-cells', value, '--json')).code).toBe(0);
  }
  const long = await chainrule('data', 'long.csv.gz');
  expect(long.stderr).toContain('--max-decompressed-bytes');
  expect((await chainrule('data', 'long.csv.gz', '--max-decompressed-bytes', '1e9', '--quiet')).code).toBe(0);
});

test('flags can also lower limits, in every command that reads a table', async () => {
  expect((await chainrule('train', 'small.csv', '--target', 'y', '--epochs', '1', '--out', 'run')).code).toBe(0);
  for (const words of [
    ['data', 'small.csv'],
    ['train', 'small.csv', '--target', 'y'],
    ['train', 'small.csv', '--target', 'y', '--folds', '2'],
    ['train', 'small.csv', '--target', 'y', '--find-rate'],
    ['train', 'small.csv', '--target', 'y', '--overfit-batch'],
    ['check', 'small.csv', '--target', 'y'],
    ['explain', 'small.csv', '--target', 'y'],
    ['predict', 'run', 'small.csv'],
    ['evaluate', 'run', 'small.csv'],
  ]) {
    const { code, stderr } = await chainrule(...words, '--max-columns', '1');
    expect(stderr, words.join(' ')).toContain('error small.csv: the file has 2 columns or more, but the limit is 1.');
    expect(code).toBe(2);
  }
});

test('an invalid limit is an error that names its flag', async () => {
  expect((await chainrule('data', 'small.csv', '--max-cells', 'many')).stderr).toContain(
    '--max-cells: "many" is not a number',
  );
  expect((await chainrule('data', 'small.csv', '--max-cells', '0')).stderr).toContain('--max-cells: 0 is below 1');
});

test('an experiment file cannot raise a limit, but a flag can', async () => {
  const own = await chainrule('train', 'own.json', '--out', 'own');
  expect(own.code).toBe(2);
  expect(own.stderr).toMatch(/sparse\.jsonl: the file has|unknown|not known/);
  write(
    'plain.json',
    JSON.stringify({
      network: { layers: [{ dense: 1 }] },
      data: { file: 'sparse.jsonl', target: 'y', features: ['k0', 'k1'] },
      training: { loss: 'mse', optimizer: 'sgd', stop: { epochs: 1 } },
    }),
  );
  expect((await chainrule('train', 'plain.json', '--out', 'plain')).stderr).toContain('--max-cells');
  const raised = await chainrule('train', 'plain.json', '--out', 'plain', '--max-cells', '1e7');
  expect(raised.stderr).not.toContain('--max-cells');
});

test('only the first two hundred of very many columns are shown, and --json has all', async () => {
  const names = Array.from({ length: 1000 }, (_, i) => `column_${i}`);
  write('wide.csv', `${names}\n${names.map((_, i) => i)}\n${names.map((_, i) => 2 * i)}\n`);
  const { stdout, code } = await chainrule('data', 'wide.csv');
  expect(code).toBe(0);
  expect(stdout).toContain('column_199');
  expect(stdout).not.toContain('column_200');
  expect(stdout).toContain('… and 800 more columns: --json describes all of them.');
  const { columns } = JSON.parse((await chainrule('data', 'wide.csv', '--json')).stdout) as { columns: unknown[] };
  expect(columns).toHaveLength(1000);
});

test('a very long name does not widen the table', async () => {
  write('name.csv', `${'x'.repeat(200_000)},y\n1,2\n3,4\n`);
  const { stdout } = await chainrule('data', 'name.csv');
  expect(stdout.length).toBeLessThan(5000);
});

test('JSON whose values would not fit into memory is refused before it is parsed', async () => {
  write('large.json', `[${'{},'.repeat(3_000_000)}{"a":1}]`);
  const { code, stderr } = await start(['data', 'large.json', '--max-cells', 'none'], {
    cwd: folder,
    node: ['--max-old-space-size=100'],
  });
  expect(stderr).toMatch(
    /^error large\.json: not enough memory: 6,000,003 JSON values need up to [\d.]+ MiB, and [\d.]+ MiB are free/,
  );
  expect(code).toBe(2);
});
