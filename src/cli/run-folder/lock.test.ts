import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runs } from '../../../test/runs.ts';
import { type LockOptions, lockFolder } from './lock.ts';
import { ownIdentity } from './process-identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let folders = 0;
function place(lock?: object | string): string {
  const path = join(folder, String(folders++));
  mkdirSync(path);
  if (lock !== undefined) writeFileSync(join(path, '.lock'), typeof lock === 'string' ? lock : JSON.stringify(lock));
  return path;
}
const own = ownIdentity();
const isLinux = process.platform === 'linux';
const quick = (path: string, options: LockOptions = { silence: 300 }) => lockFolder(path, () => {}, options);

/** A process id that was given, and is free again. */
const ended = spawnSync(process.execPath, ['-e', '']).pid;

test('a lock has one holder at a time; releasing removes the lock and leaves nothing behind', () => {
  const path = place();
  const release = lockFolder(path);
  expect(readdirSync(path)).toEqual(['.lock']);
  expect(() => lockFolder(path)).toThrow(
    `${path}: another run is writing into this folder (process ${process.pid}).\n` +
      `  Wait until it ends, or name another folder with --out. If you know that it has ended, remove ${join(path, '.lock')}.`,
  );
  release();
  expect(readdirSync(path)).toEqual([]);
  lockFolder(path)();
  expect(readdirSync(path)).toEqual([]);
});

test('a lock of a process that has ended is taken over, with the files that it left', () => {
  const path = place({ ...own, process: ended });
  writeFileSync(join(path, '.lock-0123456789abcdef'), JSON.stringify({ ...own, process: ended }));
  writeFileSync(join(path, '.lock-notes'), 'mine');
  const release = lockFolder(path);
  expect(JSON.parse(readFileSync(join(path, '.lock'), 'utf8')).process).toBe(process.pid);
  expect(readdirSync(path)).toEqual(['.lock', '.lock-notes']);
  release();
  // as versions before this one wrote it
  lockFolder(place({ process: ended, host: hostname() }))();
});

test('a process that was killed while it removed a lock blocks no other', async () => {
  const { createHash } = await import('node:crypto');
  const [first, second] = ['a', 'b'].map((id) => JSON.stringify({ ...own, process: ended, id }));
  const after = (content: string) => `.lock-after-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  const path = place(first);
  writeFileSync(join(path, after(first)), second);
  writeFileSync(join(path, after(second)), JSON.stringify({ ...own, process: ended, id: 'c' }));
  const release = lockFolder(path);
  expect(readdirSync(path)).toEqual(['.lock']);
  release();
});

test.runIf(isLinux)(
  'a process id is no identity: another start, or a container that is gone, is another process',
  () => {
    lockFolder(place({ ...own, started: '1' }))();
    // the namespace of a container that is gone leaves its number, and the first process in it has the same id
    lockFolder(place({ ...own, process: process.pid, started: String(Number(own.started) - 1) }))();
  },
);

test.runIf(isLinux)('a process that has ended and is not waited for holds no lock', async () => {
  // the shell starts a child, says its id, and becomes a program that never waits for it
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 30'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
  const stateOf = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1][0];
  while (stateOf() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 10));
  const started = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')[19];
  lockFolder(place({ ...own, process: pid, started }))();
  lockFolder(place({ process: pid, host: hostname() }))();
  parent.kill('SIGKILL');
});

test('a holder that cannot be checked counts as ended after some silence, and keeps its lock until then', () => {
  const elsewhere = { ...own, boot: 'another', host: 'elsewhere', process: 1 };
  const said: string[] = [];
  const path = place(elsewhere);
  const began = performance.now();
  const release = lockFolder(path, (text) => said.push(text), { silence: 300 });
  expect(performance.now() - began).toBeGreaterThan(200);
  expect(said).toEqual([`Waiting up to 1 s to find out whether process 1 on elsewhere still writes into ${path}.`]);
  release();
});

test('a holder that cannot be checked keeps its lock while it gives signs of life', async () => {
  const path = place({ ...own, boot: 'another', process: 1 });
  const code = `const fs = require('fs'); const f = ${JSON.stringify(join(path, '.lock'))}; const text = fs.readFileSync(f);
    const h = fs.openSync(f, 'r+'); setInterval(() => fs.writeSync(h, text, 0, text.length, 0), 50); console.log('on')`;
  const other = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => other.stdout.once('data', resolve));
  expect(() => quick(path, { silence: 5000 })).toThrow('another run is writing into this folder (process 1)');
  other.kill('SIGKILL');
  await new Promise((resolve) => other.on('close', resolve));
  quick(path)();
});

test('a file of others with the name of the lock is kept, and the message names it', () => {
  for (const content of ['12345\n', '', '{"process":"x"}']) {
    const path = place(content);
    expect(() => quick(path, { patience: 100 })).toThrow(
      `${join(path, '.lock')}: the lock of the run needs this name, and chainrule did not write this file.`,
    );
    expect(readFileSync(join(path, '.lock'), 'utf8')).toBe(content);
  }
  const path = place();
  mkdirSync(join(path, '.lock'));
  expect(() => lockFolder(path)).toThrow('the lock of the run needs this name');
});

test('a lock also works where files cannot have a second name', () => {
  const link = () => {
    throw Object.assign(new Error('no links here'), { code: 'EPERM' });
  };
  const path = place({ ...own, process: ended });
  const release = lockFolder(path, () => {}, { link });
  expect(() => lockFolder(path, () => {}, { link })).toThrow('another run is writing into this folder');
  expect(readdirSync(path)).toEqual(['.lock']);
  release();
  expect(existsSync(join(path, '.lock'))).toBe(false);
});

/** A process that tries to lock a folder at a given time. */
const contender = `
import { lockFolder } from ${JSON.stringify(new URL('../../../dist/cli/run-folder/lock.js', import.meta.url).href)};
let release;
process.on('message', ({ at, path }) => {
  release?.();
  release = undefined;
  if (path === undefined) return process.send('released');
  while (Date.now() < at);
  try { release = lockFolder(path); } catch {}
  process.send(release !== undefined);
});
process.send('ready');
`;

// CHAINRULE_LOCK_ROUNDS=300 for many
const rounds = Number(process.env.CHAINRULE_LOCK_ROUNDS ?? runs(5, 12));

test.each(['fresh', 'stale'])(
  `of four processes that lock at once one gets it (%s, ${rounds} rounds)`,
  async (kind) => {
    const script = join(folder, 'contender.mjs');
    writeFileSync(script, contender);
    const path = place();
    const answer = <T>(child: ChildProcess) => new Promise<T>((resolve) => child.once('message', resolve));
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    );
    try {
      await Promise.all(children.map((child) => answer(child)));
      for (let round = 0; round < rounds; round++) {
        const stale = { ...own, process: ended, id: String(round) };
        if (kind === 'stale') writeFileSync(join(path, '.lock'), JSON.stringify(stale));
        const answers = children.map((child) => answer<boolean>(child));
        for (const child of children) child.send({ at: Date.now() + 10, path });
        const holders = (await Promise.all(answers)).filter((got) => got).length;
        expect([round, holders]).toEqual([round, 1]);
        // all have answered before one gives it back: a slow one cannot get it after another
        const released = children.map((child) => answer(child));
        for (const child of children) child.send({});
        await Promise.all(released);
      }
      expect(readdirSync(path)).toEqual([]);
    } finally {
      for (const child of children) child.kill();
    }
  },
  600_000,
);
