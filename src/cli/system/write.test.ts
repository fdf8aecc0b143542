import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readText } from '../input/files.ts';
import { writeParts, writeTogether, writeWhole } from './write.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-write-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An empty folder. */
let folders = 0;
function place(): string {
  const path = join(folder, String(folders++));
  mkdirSync(path);
  return path;
}
const isPosix = process.platform !== 'win32';
const isRoot = process.getuid?.() === 0;

// something else in the process may open a file meanwhile
test('a file written in parts appears as a whole; after a failure, there is no file, and nothing remains open', {
  retry: 2,
}, async () => {
  const own = place();
  const path = join(own, 'a.csv');
  // the system gives the lowest number that is free
  const lowest = () => {
    const handle = openSync(own, 'r');
    closeSync(handle);
    return handle;
  };
  const before = lowest();
  const torn = writeParts(path, async (write) => {
    await write('a');
    throw new Error('torn');
  });
  await expect(torn).rejects.toThrow('torn');
  expect([lowest(), readdirSync(own)]).toEqual([before, []]);
  const made = await writeParts(path, async (write) => {
    await write('a\n');
    await write('1\n');
    return 2;
  });
  expect([made, readFileSync(path, 'utf8'), lowest(), readdirSync(own)]).toEqual([2, 'a\n1\n', before, ['a.csv']]);
});

test('two writers of one file do not mix their parts: the last one wins as a whole', async () => {
  const path = join(place(), 'same.csv');
  const release: (() => void)[] = [];
  const started = ['a', 'b'].map((letter) =>
    writeParts(path, async (write) => {
      await write(letter);
      await new Promise<void>((resolve) => release.push(resolve));
      await write(letter);
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
  release[0]();
  await started[0];
  expect(readFileSync(path, 'utf8')).toBe('aa');
  release[1]();
  await started[1];
  expect(readFileSync(path, 'utf8')).toBe('bb');
});

test('several files get their names only when all are complete', () => {
  const own = place();
  writeFileSync(join(own, 'a'), 'old');
  mkdirSync(join(own, 'b'));
  const files = ['a', 'b'].map((name) => ({ path: join(own, name), content: 'new' }));
  expect(() => writeTogether(files)).toThrow('b: cannot write it: it is a folder.');
  expect([readFileSync(join(own, 'a'), 'utf8'), readdirSync(own)]).toEqual(['old', ['a', 'b']]);
});

test.runIf(isPosix)('a file that is replaced keeps its mode, and a symbolic link stays a link', () => {
  const own = place();
  const [file, link, dangling] = ['file', 'link', 'dangling'].map((name) => join(own, name));
  writeFileSync(file, 'old');
  chmodSync(file, 0o640);
  symlinkSync('file', link);
  symlinkSync('later', dangling);
  writeWhole(link, 'new');
  expect(readlinkSync(link)).toBe('file');
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['new', 0o640]);
  writeWhole(dangling, 'new');
  expect(readFileSync(join(own, 'later'), 'utf8')).toBe('new');
  symlinkSync('circle', join(own, 'circle'));
  expect(() => writeWhole(join(own, 'circle'), 'x')).toThrow('its symbolic links form a cycle');
});

test.runIf(isPosix && isRoot)('a file that is replaced keeps its owner', () => {
  const path = join(place(), 'file');
  writeFileSync(path, 'old');
  execFileSync('chown', ['1234:4321', path]);
  writeWhole(path, 'new');
  const { uid, gid } = statSync(path);
  expect([uid, gid, readFileSync(path, 'utf8')]).toEqual([1234, 4321, 'new']);
});

test.runIf(isPosix && !isRoot)('a file that is read-only is not replaced', () => {
  const path = join(place(), 'file');
  writeFileSync(path, 'old', { mode: 0o444 });
  expect(() => writeWhole(path, 'new')).toThrow('permission is denied');
});

test.runIf(isPosix)('devices are written to, and stay devices', async () => {
  writeWhole('/dev/null', 'x');
  expect(await writeParts('/dev/null', async (write) => write('x'))).toBe(undefined);
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
});

test.runIf(process.platform === 'linux')('a device that is full says so', async () => {
  expect(() => writeWhole('/dev/full', 'x')).toThrow('/dev/full: cannot write it: the disk is full');
  await expect(writeParts('/dev/full', async (write) => write('x'))).rejects.toThrow('the disk is full');
});

const closed = (child: ChildProcess) => new Promise((resolve) => child.on('close', resolve));

test.runIf(isPosix)('a pipe is written to, and its reader waited for, also when it is slow', async () => {
  const pipe = join(place(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  // more than a pipe holds
  const line = `${'x'.repeat(999)}\n`;
  const written = writeParts(pipe, async (write) => {
    for (let i = 0; i < 300; i++) await write(line);
    return 300;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const slow = ['-c', '(sleep 0.2; wc -c) < "$0"', pipe];
  const reader = spawn('sh', slow, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  reader.stdout!.on('data', (data) => {
    text += data;
  });
  const ended = closed(reader);
  expect(await written).toBe(300);
  await ended;
  expect([Number(text), lstatSync(pipe).isFIFO()]).toEqual([300_000, true]);
});

test('an input is not overwritten by its output, whatever it is called', async () => {
  const own = place();
  const input = join(own, 'data.csv');
  writeFileSync(input, 'a\n1\n');
  readText(input);
  linkSync(input, join(own, 'hard.csv'));
  const names = [input, join(own, 'hard.csv'), join(own, '..', own.split('/').at(-1)!, 'data.csv')];
  if (isPosix) {
    symlinkSync('data.csv', join(own, 'soft.csv'));
    names.push(join(own, 'soft.csv'));
  }
  for (const name of names) {
    expect(() => writeWhole(name, 'x')).toThrow('the output would overwrite an input');
    await expect(writeParts(name, async (write) => write('x'))).rejects.toThrow('the output would overwrite an input');
  }
  expect(readFileSync(input, 'utf8')).toBe('a\n1\n');
  writeWhole(join(own, 'other.csv'), 'x');
});
