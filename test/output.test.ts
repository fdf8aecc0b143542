/** A command whose output cannot be written: closed pipes, full disks, signals. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, main } from './command.ts';
import { isLong, sampled } from './runs.ts';

const penguins = fileURLToPath(new URL('../examples/penguins.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'chainrule-output-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isPosix = process.platform !== 'win32';
const at = (name: string) => join(folder, name);
const train = (out: string, epochs: number) =>
  [
    'train',
    penguins,
    '--target',
    'species',
    '--no-baselines',
    '--epochs',
    epochs,
    '--patience',
    '9999999',
    '--out',
    at(out),
  ].map(String);
const trained = ['checkpoint', 'history.csv', 'model.safetensors', 'report.html', 'run.json'];

/** The result of a shell script; `$@` in it is the call of the program. */
function shell(text: string, ...args: readonly string[]) {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', text, process.execPath, main, ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { stdout, stderr, status };
}
/** The exit code of the program, in addition to that of the pipe. */
const own = (pipe: string) => `"$0" "$@" ${pipe}; exit \${PIPESTATUS[0]}`;
/** Errors without warnings. */
const errors = ({ stderr }: { stderr: string }) =>
  stderr
    .split('\n')
    .filter((line) => !line.startsWith('warning') && line !== '')
    .join('\n');

beforeAll(async () => {
  expect((await call([...train('run', 3), '--quiet'])).code).toBe(0);
  // several megabytes of predictions
  const row = readFileSync(penguins, 'utf8').split('\n').slice(1, 300).join('\n');
  writeFileSync(at('large.csv'), `${readFileSync(penguins, 'utf8').split('\n')[0]}\n${`${row}\n`.repeat(100)}`);
});

test.runIf(isPosix)('a training whose reader ends continues, and writes its run', () => {
  const { stdout, stderr, status } = shell(own('| head -1'), ...train('piped', 40), '--verbose');
  expect([stdout.split('\n').length, stderr, status]).toEqual([2, '', 0]);
  expect(readdirSync(at('piped')).sort()).toEqual(trained);
});

test.runIf(isPosix)('a result whose reader ends stops silently, with the exit code of SIGPIPE', () => {
  const found = shell(own('| head -1'), 'predict', at('run'), at('large.csv'));
  expect([found.stdout.startsWith('prediction,'), errors(found), found.status]).toEqual([true, '', 141]);
  // a reader that reads everything causes no failure
  if (isLong) expect(shell(own('| cat > /dev/null'), 'predict', at('run'), penguins).status).toBe(0);
});

test.runIf(process.platform === 'linux')(
  'output that cannot be written is an error, and exit code 2',
  () => {
    const message =
      'error standard output: cannot write it: the disk is full.\n  Free some space, or write somewhere else.';
    const calls = [['predict', at('run'), penguins], ['--help'], ['--version'], ['compare', at('run'), '--json']];
    // in the short suite by the training below alone
    for (const args of isLong ? calls : []) {
      const found = shell('"$0" "$@" > /dev/full', ...args);
      expect([args[0], errors(found), found.status]).toEqual([args[0], message, 2]);
    }
    const found = shell('"$0" "$@" > /dev/full', ...train('full', 3));
    expect([errors(found), found.status]).toEqual([message, 2]);
    expect(readdirSync(at('full')).sort()).toEqual(trained);
    if (isLong) expect(shell('"$0" "$@" 2> /dev/full', ...train('full-error', 3), '--json').status).toBe(2);
  },
  240_000,
);

const mayMount =
  process.platform === 'linux' &&
  spawnSync('sh', [
    '-c',
    `mkdir ${at('disk')} && mount -t tmpfs -o size=8k tmpfs ${at('disk')} && umount ${at('disk')}`,
  ]).status === 0;

test.runIf(mayMount)('output whose end does not fit is an error, not a shorter output', () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', at('disk')]);
  try {
    const found = shell(`"$0" "$@" > ${at('disk')}/predictions.csv`, 'predict', at('run'), penguins);
    expect([errors(found).split('\n')[0], found.status]).toEqual([
      'error standard output: cannot write it: the disk is full.',
      2,
    ]);
  } finally {
    execFileSync('umount', [at('disk')]);
  }
});

test.runIf(isPosix)('a stream that is closed from the start causes no failure', () => {
  for (const closed of sampled(['>&-', '2>&-', '<&-'], 3)) {
    expect([closed, shell(`"$0" "$@" ${closed}`, 'compare', at('run')).status]).toEqual([closed, 0]);
  }
});

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.on('close', resolve));
const start = (...args: readonly string[]) => spawn(process.execPath, [main, ...args], { stdio: 'ignore' });
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test.runIf(isPosix)('each signal saves the run, and gives its exit code', async () => {
  const signals = [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;
  for (const [signal, code] of sampled(signals, 2)) {
    const child = start(...train(signal, 1e7), '--checkpoint', '0.01');
    const end = ended(child);
    await until(() => existsSync(at(`${signal}/checkpoint`)));
    // a service manager sometimes sends it twice
    child.kill(signal);
    child.kill(signal);
    expect([signal, await end]).toEqual([signal, code]);
    expect(readdirSync(at(signal)).sort()).toEqual(trained);
  }
});

test.runIf(isPosix)('a signal while predictions are written leaves the old file, and no other', async () => {
  writeFileSync(at('old.csv'), 'old');
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;
  for (const [signal, code] of sampled(signals, 3)) {
    const child = start('predict', at('run'), at('large.csv'), '--out', at('old.csv'));
    const end = ended(child);
    await until(() => readdirSync(folder).some((name) => name.endsWith('.partial')));
    child.kill(signal);
    expect([signal, await end]).toEqual([signal, code]);
    expect(readFileSync(at('old.csv'), 'utf8')).toBe('old');
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  }
});

/** A terminal that is closed while a training writes to it. */
const hangUp = `
import os, pty, sys, time
child, terminal = pty.fork()
if child == 0: os.execvp(sys.argv[1], sys.argv[1:])
while not os.path.exists(os.environ['UNTIL']): os.read(terminal, 4096)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;
const hasPython = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0;

test.runIf(isLong && isPosix && hasPython)(
  'a terminal that is closed saves the run',
  () => {
    const args = [process.execPath, main, ...train('hung-up', 1e7), '--checkpoint', '0.01'];
    const env = { ...process.env, UNTIL: at('hung-up/checkpoint') };
    const { stdout } = spawnSync('python3', ['-c', hangUp, ...args], { encoding: 'utf8', env, timeout: 60_000 });
    expect(stdout.trim()).toBe('129');
    expect(readdirSync(at('hung-up')).sort()).toEqual(trained);
  },
  90_000,
);

test('an input is not overwritten by predictions, nor a model by its export', async () => {
  writeFileSync(at('data.csv'), readFileSync(penguins));
  for (const [args, path] of [
    [['predict', at('run'), at('data.csv'), '--out', at('data.csv')], 'data.csv'],
    [['export', at('run'), at('run/model.safetensors')], 'run/model.safetensors'],
    [['report', at('run'), '--out', at('run/run.json')], 'run/run.json'],
    [['compare', at('run'), '--out', at('run/run.json')], 'run/run.json'],
  ] as const) {
    const { code, stderr } = await call(args);
    expect([code, stderr]).toEqual([
      2,
      `error ${at(path)}: the output would overwrite an input.\n  Choose another path.\n`,
    ]);
  }
  expect(readFileSync(at('data.csv'))).toEqual(readFileSync(penguins));
});

test('an additional output replaces only files that chainrule wrote', async () => {
  const here = (...args: readonly string[]) => call(args, { cwd: folder });
  writeFileSync(at('net.safetensors'), 'mine');
  expect((await here('export', 'run', 'net.py')).stderr).toMatchInlineSnapshot(`
    "error net.safetensors: the weights would replace a file that was not written by an earlier export.
      Move it away, or give the Python file another name.
    "
  `);
  expect(readFileSync(at('net.safetensors'), 'utf8')).toBe('mine');
  expect((await here('export', 'run', 'again.py')).code).toBe(0);
  expect((await here('export', 'run', 'again.py')).code).toBe(0);
  const rate = ['train', penguins, '--target', 'species', '--find-rate', '--out', 'rate'];
  expect((await here(...rate)).code).toBe(0);
  expect((await here(...rate)).code).toBe(0);
  writeFileSync(at('rate/learning-rate.svg'), '<svg/>');
  expect((await here(...rate)).stderr).toContain('learning-rate.svg: chainrule did not write this file');
});
