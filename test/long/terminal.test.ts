/** The commands on hostile tables and records: names reach the terminal only as text. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellCommand } from '../../src/cli/output/shell.ts';
import { parseCsv } from '../../src/data/read/csv/reader.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const fixtures = fileURLToPath(new URL('../fixtures/attack/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'chainrule-terminal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evil = parseCsv(readFileSync(join(fixtures, 'evil.csv'), 'utf8'), 'evil.csv');
const target = evil.header[evil.header.length - 1];
/** A file with a hostile name. */
const name = '\u001b]0;PWNED\u0007\u202egnp $(id).csv';

const run = (...args: string[]) =>
  spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 });
/** The same on a separate terminal (util-linux's script). */
const onTerminal = (...args: string[]) =>
  spawnSync('script', ['-qec', shellCommand([process.execPath, main, ...args]), '/dev/null'], {
    cwd: folder,
    encoding: 'utf8',
    // script runs the command with this shell; a plain sh may not know $'…'
    env: {
      ...process.env,
      SHELL: '/bin/bash',
      TERM: 'xterm',
      FORCE_COLOR: undefined,
      NO_COLOR: undefined,
      CI: undefined,
    },
  }).stdout;

/** Characters that control a terminal, except line ends. */
const steering = /(?![\r\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u;
/** Our colours, and the codes that redraw the live line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these begin with one
const ours = /\u001b\[(?:1|22|31|32|33|36|39)m|\u001b\[(?:2K|1A|G|\?25[lh])/g;

beforeAll(() => {
  cpSync(join(fixtures, 'evil.csv'), join(folder, name));
  cpSync(join(fixtures, 'xss-run'), join(folder, 'xss'), { recursive: true });
  const { status } = run('train', name, '--target', target, '--epochs', '3', '--out', 'run', '--quiet');
  expect(status).toBe(0);
});

const commands: readonly (readonly [string, readonly string[]])[] = [
  ['data', [name]],
  ['train', [name, '--target', target, '--epochs', '2', '--verbose']],
  ['train', [name]],
  ['train', [name, '--target', '\u001b[2Jno']],
  ['evaluate', ['run', name]],
  ['predict', ['run', name, '--out', 'p\u001b[2J.csv']],
  ['export', ['run', 'm\u001b[2J.json']],
  ['export', ['run', 'm\u001b[2J.\u202exyz']],
  ['compare', ['xss', 'run', '--out', 'c\u001b[2J.html']],
  ['report', ['xss', '--out', 'r\u001b[2J.html']],
  ['report', ['\u001b[2J']],
  ['explain', [name, '--target', target, '--hidden', '2', '--sample', '0']],
  ['check', [name, '--target', target, '--hidden', '1', '--optimizer', '\u001b[2J']],
  ['audit', [name]],
  ['data', ['--no\u001b[2Jflag']],
  ['\u001b[2J', []],
  ['predict', ['run', name, '--format', 'json']],
  ['compare', ['run', 'run', '--out', 'd\u001b[2J.html']],
];

describe.each(commands.map((each, i) => [i, ...each] as const))('%i', (_i, command, args) => {
  test('prints only text', () => {
    const { stdout, stderr } = run(command, ...args);
    expect(stdout).not.toMatch(steering);
    expect(stderr).not.toMatch(steering);
    expect(`${stdout}${stderr}`).not.toMatch(/fault of chainrule| {4}at /);
  });
});

describe('on a separate terminal', () => {
  test.each([0, 1, 4, 17])('command %i: only our colours', (i) => {
    const [command, args] = commands[i];
    const text = onTerminal(command, ...args);
    expect(text.length).toBeGreaterThan(100);
    expect(text.replace(ours, '')).not.toMatch(steering);
  });

  test('also for predictions, which a pipe gets unchanged', () => {
    expect(onTerminal('predict', 'run', name).replace(ours, '')).not.toMatch(steering);
    expect(run('predict', 'run', name).stdout).toContain('\u001b]0;PWNED');
  });

  test('it has colours, and a live line', () => {
    const text = onTerminal('train', name, '--target', target, '--epochs', '2');
    expect(text).toContain('\u001b[1mStopped\u001b[22m');
    expect(text).toContain('\u001b[36m');
  });
});

describe('--json', () => {
  test.each([0, 4, 17])('command %i: the exact text, and no hidden character', (i) => {
    const [command, args] = commands[i];
    const { stdout } = run(command, ...args, '--json');
    expect(stdout).not.toMatch(steering);
    expect(() => JSON.parse(stdout)).not.toThrow();
  });

  test('data: the names of the table, unchanged', () => {
    const { columns } = JSON.parse(run('data', name, '--json').stdout);
    expect(columns.map((column: { name: string }) => column.name)).toEqual(evil.header);
  });

  test('run.json has no hidden character, and the unchanged names', () => {
    const text = readFileSync(join(folder, 'run/run.json'), 'utf8');
    expect(text).not.toMatch(steering);
    expect(JSON.parse(text).data.target).toBe(target);
  });
});

test('predict: formulas are text in CSV, with a note; JSON has the exact text', () => {
  const { stdout, stderr } = run('predict', 'run', name);
  const { header, records } = parseCsv(stdout, 'predictions');
  const { predictions } = JSON.parse(run('predict', 'run', name, '--format', 'json').stdout);
  const classes = JSON.parse(readFileSync(join(folder, 'run/run.json'), 'utf8')).data.classes as string[];
  expect(header).toEqual(['prediction', ...classes.map((each) => `p(${each})`)]);
  const formula = "=cmd|' /C calc'!A0";
  expect(records.map(([cell]) => cell)).toEqual(
    predictions.map((each: string) => (each === formula ? `'${formula}` : each)),
  );
  expect(predictions).toContain(formula);
  expect(stderr.match(/begins? like a spreadsheet formula/g)).toHaveLength(1);
});

test('a displayed command can be typed: the file with the hostile name', () => {
  const shown = /Train on it: chainrule (.*) --target <column>/.exec(run('data', name).stdout)![1];
  const { stdout } = spawnSync('bash', ['-c', `printf '%s' ${shown.replace(/^train /, '')}`], { encoding: 'utf8' });
  expect(stdout).toBe(name);
});

test('with a column name of 100 kB, the output of every command fits a screen', () => {
  const long = 'x'.repeat(100_000);
  writeFileSync(
    join(folder, 'long.csv'),
    `${long},t\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 2}\n`).join('')}`,
  );
  for (const args of [
    ['data', 'long.csv'],
    ['train', 'long.csv', '--target', 't', '--epochs', '1'],
    ['train', 'long.csv', '--target', `${long}y`],
  ]) {
    const { stdout, stderr } = run(...args);
    expect(stdout.length + stderr.length).toBeLessThan(10_000);
  }
});
