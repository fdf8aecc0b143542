/** The process in which the built package reads binary files: it is started once, limited, replaced, and always ended. */
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { plain, table, writeFile } from './parquet-writer.ts';
import { childrenOf, ReadingServer } from './reading-server.ts';
import { runs } from './runs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sound = join(root, 'test/outside/tables/zstd.parquet');
const server = new ReadingServer();
const folder = mkdtempSync(join(tmpdir(), 'chainrule-test-'));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const isLinux = process.platform === 'linux';
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const files = runs(40, 200);
test.runIf(isLinux)(`${files} files share a process`, async () => {
  const bytes = new Uint8Array(readFileSync(sound));
  const readers = new Set<number>();
  for (let i = 0; i < files; i++) {
    expect(await server.read(bytes)).toMatchObject({ rows: 12 });
    for (const pid of server.pids.slice(1)) readers.add(pid);
  }
  expect(readers.size).toBe(1);
});

/** Reads a large file, kills its reader in the middle, and returns the outcome of this file and of the next one. */
const killing = `
const { readTableFile } = await import(process.argv[1] + '/data/index.js');
const { readFileSync } = await import('node:fs');
const [large, sound] = process.argv.slice(2, 4).map((path) => readFileSync(path));
const timer = setInterval(() => {
  const reader = readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim();
  if (reader === '') return;
  const kilobytes = Number(/VmRSS:\\s*(\\d+)/.exec(readFileSync('/proc/' + reader + '/status', 'utf8'))?.[1] ?? 0);
  // it has received the file
  if (kilobytes < 90_000) return;
  clearInterval(timer);
  process.kill(Number(reader), process.argv[4]);
}, 1);
const answers = [];
for (const bytes of [large, sound]) {
  try {
    answers.push((await readTableFile(bytes, { name: 'upload' })).rows);
  } catch (error) {
    answers.push(error.constructor.name + ' ' + error.message);
  }
  clearInterval(timer);
}
console.log(JSON.stringify(answers));
`;

describe.runIf(isLinux)('a reader that is killed from outside', () => {
  const rows = 1_500_000;
  const column = (c: number) => ({
    name: `c${c}`,
    type: 5,
    pages: [{ values: rows, bytes: plain.double(Array.from({ length: rows }, (_, i) => i / 7)) }],
  });
  test.each([
    // As V8 ends when its heap is full.
    [
      'SIGABRT',
      /^InputError upload: reading the file takes more than [\d.]+ [GM]iB of memory, the limit for a file of 34\.3 MiB\.\n.*maxCells/,
    ],
    // As Linux kills processes when memory is short.
    ['SIGKILL', /^InputError upload: the process that reads the file ended \(SIGKILL\)\.\n.*Try again/],
  ] as const)('by %s is reported, and the next file is read', async (signal, message) => {
    const large = join(folder, 'large.parquet');
    writeFileSync(large, writeFile(table(rows, [0, 1, 2].map(column))));
    const options = ['--input-type=module', '-e', killing, join(root, 'dist'), large, sound, signal];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, options);
    const [first, second] = JSON.parse(stdout);
    expect(first).toMatch(message);
    expect(second).toBe(12);
    expect(stderr).toBe('');
  });
});

const script = `
const { readTableFile } = await import(process.argv[1] + '/data/index.js');
const { readFileSync } = await import('node:fs');
const { rows } = await readTableFile(readFileSync(process.argv[2]));
console.log(rows);
`;
const call = (options: readonly string[], dist = join(root, 'dist')) =>
  promisify(execFile)(process.execPath, [...options, '--input-type=module', '-e', script, dist, sound]);

test('a program that has read a file ends at once, and so does its reader', async () => {
  const start = performance.now();
  const program = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `${script}\nsetTimeout(() => {}, 700);`,
    join(root, 'dist'),
    sound,
  ]);
  let output = '';
  program.stdout.on('data', (part) => (output += part));
  let readers: number[] = [];
  while (isLinux && readers.length === 0 && program.exitCode === null) {
    readers = childrenOf(program.pid!);
    await wait(10);
  }
  await new Promise((resolve) => program.on('close', resolve));
  expect(output).toBe('12\n');
  expect(performance.now() - start).toBeLessThan(20_000);
  const isAlive = (pid: number) => {
    try {
      return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
    } catch {
      return false;
    }
  };
  for (let i = 0; i < 100 && readers.some(isAlive); i++) await wait(50);
  expect(readers.filter(isAlive)).toEqual([]);
});

describe('if no process can be started, the file is still read', () => {
  const [major] = process.versions.node.split('.').map(Number);
  const permission = major >= 24 ? '--permission' : '--experimental-permission';
  test.each([
    ['in a thread', [permission, '--allow-fs-read=*', '--allow-worker', '--no-warnings']],
    ['in the program', [permission, '--allow-fs-read=*', '--no-warnings']],
  ])("%s, under Node's permissions", async (_, options) => {
    expect(await call(options)).toEqual({ stdout: '12\n', stderr: '' });
  });
  test("in a bundle without the reader's file", async () => {
    const dist = join(folder, 'dist');
    cpSync(join(root, 'dist'), dist, { recursive: true });
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    rmSync(join(dist, 'data/read/binary-process.js'));
    expect(await call([], dist)).toEqual({ stdout: '12\n', stderr: '' });
  });
});

// at the end, because it needs a few seconds that the other tests take anyway
test.runIf(isLinux)('the process of those files ends a few seconds after the last file', async () => {
  for (let i = 0; i < 100 && server.pids.length > 1; i++) await wait(100);
  expect(server.pids).toHaveLength(1);
});
