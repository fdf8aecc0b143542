import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { toSafetensors } from '../../formats/safetensors.ts';
import {
  checkpointFolder,
  commit,
  discardStaged,
  finishReplacement,
  inRun,
  type RunFile,
  runFileNames,
  stage,
  stagedCheckpoints,
  stagingFolder,
} from './staging.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-staging-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const safetensors = (metadata: Readonly<Record<string, string>>) => toSafetensors({ tensors: new Map(), metadata });

/** The files of a run, as far as they are known to be chainrule's; `mark` tells one run from another. */
const filesOf = (mark: string): Readonly<Record<Exclude<RunFile, 'folds.json'>, string | Uint8Array>> => ({
  'model.safetensors': safetensors({ format: 'chainrule', mark }),
  'history.csv': `epoch,step,loss,validationLoss,learningRate,gradientNorm,seconds\n${mark}\n`,
  'run.json': JSON.stringify({ versions: { chainrule: '1' }, mark }),
  'report.html': `${mark} Written by chainrule.`,
});
const names = runFileNames.filter((name) => name !== 'folds.json');
const checkpoint = (mark: string) => safetensors({ checksum: '00000000', format: 'chainrule-checkpoint', mark });

/** A folder with a run, its checkpoints, and files of others. */
let runs = 0;
function oldRun(): string {
  const run = join(folder, String(runs++));
  mkdirSync(checkpointFolder(run), { recursive: true });
  for (const [name, content] of Object.entries(filesOf('old'))) writeFileSync(join(run, name), content);
  writeFileSync(join(run, 'folds.json'), JSON.stringify({ versions: { chainrule: '1' }, mark: 'old' }));
  for (const name of ['000007.safetensors', '000008.safetensors']) {
    writeFileSync(join(checkpointFolder(run), name), checkpoint('old'));
  }
  writeFileSync(join(run, 'notes.txt'), 'mine');
  writeFileSync(join(checkpointFolder(run), 'epoch1.ckpt'), 'mine');
  return run;
}

function begin(run: string): void {
  mkdirSync(stagedCheckpoints(run), { recursive: true });
  writeFileSync(join(stagedCheckpoints(run), '000009.safetensors'), checkpoint('new'));
  for (const name of names) stage(run, name, filesOf('new')[name as keyof ReturnType<typeof filesOf>]);
}

/** Which run commands read: the marks of all its files. */
function seen(run: string): string {
  const marks = names.map((name) =>
    inRun(run, name, (path) => /old|new/.exec(readFileSync(path, 'latin1'))?.[0] ?? 'neither'),
  );
  return [...new Set(marks)].join(' and ');
}
const list = (run: string) => readdirSync(run, { recursive: true }).map(String).sort();
const others = ['checkpoint', 'checkpoint/epoch1.ckpt', 'notes.txt'];
const whole = [...others, 'checkpoint/000009.safetensors', ...names].sort();

test('a run replaces another with its checkpoints; files of the old run are removed, and files of others are kept', () => {
  const run = oldRun();
  begin(run);
  expect(seen(run)).toBe('old');
  commit(run, names, { replaces: true });
  expect(seen(run)).toBe('new');
  expect(list(run)).toEqual(whole);
});

test('an incomplete new run is discarded without a trace', () => {
  const run = oldRun();
  const before = list(run);
  begin(run);
  discardStaged(run);
  expect([seen(run), list(run)]).toEqual(['old', before]);
});

test('a file of others that appeared in the meantime stops the replacement, and both files are kept', () => {
  const run = oldRun();
  begin(run);
  writeFileSync(join(run, 'report.html'), 'a report of mine');
  expect(() => commit(run, names, { replaces: true })).toThrow('report.html: chainrule did not write this file');
  expect(readFileSync(join(run, 'report.html'), 'utf8')).toBe('a report of mine');
  expect(existsSync(join(stagingFolder(run), 'model.safetensors'))).toBe(true);
});

test('the commit file may name only files of a run', () => {
  const run = oldRun();
  mkdirSync(stagingFolder(run));
  for (const removes of [['../precious'], ['notes.txt'], ['checkpoint/../notes.txt'], ['constructor']]) {
    writeFileSync(
      join(stagingFolder(run), 'commit.json'),
      JSON.stringify({ format: 'chainrule-commit', files: [], removes }),
    );
    expect(() => finishReplacement(run)).toThrow('the file is damaged, or chainrule did not write it');
  }
});

/**
 * Replaces one run after the other. In the first, no call of the file system happens; in the second, one; and so on: what a
 * process leaves that is killed there. Ends with the first that is complete, and says how many there were.
 */
const killed = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { cpSync } = fs;
let left = Infinity;
for (const name of ['openSync', 'writeSync', 'fsyncSync', 'renameSync', 'rmSync', 'rmdirSync', 'mkdirSync']) {
  const call = fs[name];
  fs[name] = (...args) => {
    if (left-- <= 0) throw Object.assign(new Error('killed'), { code: 'KILLED' });
    return call(...args);
  };
}
syncBuiltinESMExports();
const { stage, commit } = await import(${JSON.stringify(new URL('../../../dist/cli/run-folder/staging.js', import.meta.url).href)});
const [template, into, files] = process.argv.slice(2);
const contents = JSON.parse(files);
for (let calls = 0; ; calls++) {
  const run = into + '/' + calls;
  left = Infinity;
  cpSync(template, run, { recursive: true });
  left = calls;
  try {
    for (const [name, content] of contents) stage(run, name, Buffer.from(content, 'latin1'));
    commit(run, contents.map(([name]) => name), { replaces: true });
  } catch {}
  const isComplete = left >= 0;
  // the files to be removed at the end of a process are kept
  left = 0;
  if (!isComplete) continue;
  console.log(calls);
  break;
}
`;

test('after a kill before any file system call, the folder holds the old run or the new one, and the next step completes it', () => {
  const script = join(folder, 'killed.mjs');
  writeFileSync(script, killed);
  const files = Object.entries(filesOf('new')).map(([name, content]) => [
    name,
    Buffer.from(content as Uint8Array).toString('latin1'),
  ]);
  const template = oldRun();
  const before = list(template);
  mkdirSync(stagedCheckpoints(template), { recursive: true });
  writeFileSync(join(stagedCheckpoints(template), '000009.safetensors'), checkpoint('new'));
  const into = join(folder, 'killed');
  const { stdout, stderr } = spawnSync(process.execPath, [script, template, into, JSON.stringify(files)]);
  const calls = Number(String(stdout));
  expect(calls, String(stderr)).toBeGreaterThan(30);
  const runsSeen: string[] = [];
  for (let call = 0; call <= calls; call++) {
    const run = join(into, String(call));
    const now = seen(run);
    runsSeen.push(now);
    finishReplacement(run);
    expect([call, seen(run)]).toEqual([call, now]);
    discardStaged(run);
    expect([call, list(run)]).toEqual([call, now === 'new' ? whole : before]);
  }
  expect(new Set(runsSeen)).toEqual(new Set(['old', 'new']));
  // once it is the new run it stays the new run
  expect(runsSeen.lastIndexOf('old')).toBeLessThan(runsSeen.indexOf('new'));
  expect(runsSeen.filter((which) => which === 'new').length).toBeGreaterThan(10);
});
