/** Tables as other programs write them, on the command line: what training was told, and how a file is recognized. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { call } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const chainrule = (...words: string[]) => call(words, { cwd: folder });
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const train = (file: string, run: string, ...flags: string[]) =>
  chainrule('train', file, '--target', 'y', '--epochs', '2', '--no-baselines', '--out', run, ...flags);

/** Numbers that look random and are always the same. */
const number = (i: number, k: number) => ((i * 7919 + k * 104_729) % 1000) / 50;
const rows = Array.from({ length: 40 }, (_, i) => ({
  temp: number(i, 1),
  hum: number(i, 2),
  y: number(i, 1) + number(i, 2),
}));
const csv = (cell: (row: (typeof rows)[number], i: number) => readonly unknown[], header: string) =>
  `${header}\n${rows.map((row, i) => cell(row, i).join(',')).join('\n')}\n`;

test('predict and evaluate know the marks that training was told, and take more of them', async () => {
  write(
    'marks.csv',
    csv(({ temp, hum, y }, i) => [i % 10 === 3 ? -999 : temp, hum, y], 'temp,hum,y'),
  );
  write('new.csv', 'temp,hum,y\n9,9,18\n-999.0,9,18\nlost,9,18\n');
  const flags = ['--missing=-999', '--hidden', '', '--optimizer', 'lbfgs', '--epochs', '100'];
  expect((await train('marks.csv', 'marks', ...flags)).code).toBe(0);
  const refused = await chainrule('predict', 'marks', 'new.csv');
  expect(refused.stderr).toContain('or pass --missing lost if it marks a missing value');
  const { stdout, stderr } = await chainrule('predict', 'marks', 'new.csv', '--missing', 'temp=lost');
  const [, first, second, third] = stdout.split('\n').map(Number);
  expect(Math.abs(first - 18)).toBeLessThan(2);
  // the median of temp is near 9
  expect(Math.abs(second - 18)).toBeLessThan(4);
  expect(third).toBe(second);
  expect(stderr).toContain('"temp": 2 missing values filled');
  const evaluated = await chainrule('evaluate', 'marks', 'new.csv', '--missing', 'lost', '--json');
  expect(JSON.parse(evaluated.stdout).metrics.meanAbsoluteError).toBeLessThan(4);
});

test('a file is recognized in the same way by every command, whatever its name', async () => {
  const lines = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
  write('lines.json', lines);
  write('lines.json.gz', gzipSync(lines));
  write('columns.json', JSON.stringify({ temp: rows.map(({ temp }) => temp), y: rows.map(({ y }) => y) }));
  write('excel.csv', `sep=;\n${csv(({ temp, y }) => [`${temp};${y}`], 'temp;y')}`);
  for (const file of ['lines.json', 'lines.json.gz', 'columns.json', 'excel.csv']) {
    expect((await train(file, `${file}-run`, '--quiet')).stderr, file).toBe('');
    expect((await chainrule('predict', `${file}-run`, file)).stdout.trim().split('\n'), file).toHaveLength(41);
    expect((await chainrule('data', file, '--json')).code, file).toBe(0);
  }
});

test('a column of lists is left out with a note, by data and by train, and is an error where it is named', async () => {
  write('tags.jsonl', rows.map((row) => `${JSON.stringify({ ...row, tags: ['a'] })}\n`).join(''));
  const described = await chainrule('data', 'tags.jsonl');
  expect(described.stdout).toContain('tags: left out: its cell in tags.jsonl line 1 is a list.');
  expect((await train('tags.jsonl', 'tags')).stdout).toContain(
    '"tags" is left out: its cell in tags.jsonl line 1 is a list.',
  );
  const named = await train('tags.jsonl', 'named', '--features', 'tags');
  expect(named.code).toBe(2);
  expect(named.stderr).toContain('column "tags" cannot be used: its cell in tags.jsonl line 1 is a list');
});

test('lists take names with commas, and marks can be taken away', async () => {
  write(
    'names.csv',
    csv(({ temp, y }, i) => [i % 3, ['NA', 'EU'][i % 2], temp, y], '"size, cm",area,temp,y'),
  );
  for (const [list, run] of [
    ['size, cm,temp', 'a'],
    ['"size, cm",temp', 'b'],
  ]) {
    expect((await train('names.csv', run, '--features', list, '--quiet')).stderr).toBe('');
  }
  const { stdout } = await train('names.csv', 'c', '--categories', 'size, cm', '--not-missing', 'area=NA');
  expect(stdout).toContain('so the task is');
  expect(stdout).not.toContain('missing value');
  expect(stdout).not.toContain('"area" is left out');
  expect((await train('names.csv', 'd', '--not-missing', 'aera=NA')).stderr).toContain('Did you mean "area"?');
  expect((await train('names.csv', 'e')).stdout.replace(/\s+/g, ' ')).toContain('pass --not-missing area=NA');
});
