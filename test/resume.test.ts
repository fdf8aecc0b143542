/** Interrupted runs: killed, stopped, on a full disk, with incomplete checkpoints, and resumed by the command line. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, main } from './command.ts';
import { killAndResume } from './kills.mjs';
import { isLong } from './runs.ts';

const penguins = fileURLToPath(new URL('../examples/penguins.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'chainrule-resume-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const train = (...args: string[]) =>
  call(['train', penguins, '--target', 'species', '--patience', '100000', '--no-baselines', ...args]);
const short = ['--epochs', '40'];
const model = (out: string) => readFileSync(join(out, 'model.safetensors'));
const checkpoints = (out: string) => readdirSync(join(out, 'checkpoint')).sort();
/** The message without the folder's name. */
const said = ({ stderr }: { stderr: string }) => stderr.replaceAll(folder, 'FOLDER').trim();

const whole = join(folder, 'whole');
beforeAll(async () => {
  expect((await train(...short, '--out', whole)).code).toBe(0);
});

test.runIf(isLong)(
  'a run that is killed at random moments and resumed ends with the same model, byte for byte',
  async () => {
    // each test run prints its seed
    const { kills, resumed } = await killAndResume({ kills: 3, seed: 5, epochs: 300, names: ['batches'] });
    expect(kills).toBe(3);
    expect(resumed).toBeGreaterThan(0);
  },
  300_000,
);

test('a finished run, resumed with more epochs, ends where a longer one does', async () => {
  const out = join(folder, 'longer');
  await train('--epochs', '15', '--out', out);
  const { code, stdout } = await train(...short, '--out', out, '--resume');
  expect(code).toBe(0);
  expect(stdout).toContain('Resumes after 15 epochs.');
  expect(model(out)).toEqual(model(whole));
});

test('without flags of its own, a resumed run of a table keeps its stop conditions', async () => {
  const out = join(folder, 'kept-stop');
  await train('--epochs', '15', '--out', out);
  const { code, stdout } = await call([
    ...['train', penguins, '--target', 'species', '--no-baselines', '--epochs', '40', '--out', out, '--resume'],
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('With other options: epochs 15 → 40.');
  expect(model(out)).toEqual(model(whole));
});

test('resumed with another learning rate and more epochs: the run records what was changed, and when', async () => {
  const out = join(folder, 'changed');
  await train('--epochs', '5', '--out', out);
  const { code, stdout } = await train('--epochs', '8', '--learning-rate', '0.0005', '--out', out, '--resume');
  expect(code).toBe(0);
  expect(stdout).toContain('With other options: learningRate 0.001 → 0.0005, epochs 5 → 8.');
  const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  const changes = [
    { epoch: 5, option: 'learningRate', from: '0.001', to: '0.0005' },
    { epoch: 5, option: 'epochs', from: '5', to: '8' },
  ];
  expect(record).toMatchObject({ stop: { epoch: 8 }, changes });
  expect(record.notes.at(-1)).toContain('resumed after epoch 5 with other options');
  // the record can be read again
  expect((await call(['report', out])).code).toBe(0);
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  expect(page).toContain('after epoch 5: learningRate 0.001 → 0.0005');
  const refused = await train('--epochs', '8', '--batch-size', '7', '--out', out, '--resume');
  expect(said(refused)).toMatchInlineSnapshot(`
    "error FOLDER/changed/checkpoint/000002.safetensors: it belongs to a training with another loss, optimizer, or other options (batchSize).
      On resume, the learning rate, epochs, seconds, patience and the other stop conditions may change, and nothing else. Resume with the other options of that run, or start a new run with --overwrite."
  `);
});

test('at most two checkpoints exist; an incomplete one is skipped in favour of the one before', async () => {
  const out = join(folder, 'torn');
  await train(...short, '--out', out, '--checkpoint', '0.001');
  const [older, newer] = checkpoints(out);
  expect(checkpoints(out)).toHaveLength(2);
  const file = join(out, 'checkpoint', newer);
  writeFileSync(file, readFileSync(file).subarray(0, 900));
  const resumed = await train(...short, '--out', out, '--resume');
  expect(resumed.code).toBe(0);
  expect(said({ stderr: resumed.stdout }).replaceAll(/\s+/g, ' ')).toContain(
    `FOLDER/torn/checkpoint/${newer} is skipped: the header claims to be`,
  );
  expect(resumed.stdout).toMatch(/Resumes after \d+ epochs/);
  expect(model(out)).toEqual(model(whole));

  writeFileSync(join(out, 'checkpoint', older), 'x');
  for (const name of checkpoints(out)) writeFileSync(join(out, 'checkpoint', name), 'x');
  const anew = await train(...short, '--out', out, '--resume');
  expect(anew.code).toBe(0);
  expect(anew.stdout).toContain('Training starts from the beginning');
  expect(model(out)).toEqual(model(whole));
});

test('a checkpoint of another run, and a folder that contains one', async () => {
  const out = join(folder, 'foreign');
  await train(...short, '--out', out);
  expect(said(await train(...short, '--out', out, '--resume', '--hidden', '7'))).toMatchInlineSnapshot(`
    "error FOLDER/foreign/checkpoint/000001.safetensors: it belongs to a training with another network or seed.
      Resume with the data file and the options of that run, or start a new run with --overwrite."
  `);
  rmSync(join(out, 'model.safetensors'));
  for (const name of ['history.csv', 'run.json', 'report.html']) rmSync(join(out, name));
  // as a killed run leaves them
  expect(said(await train(...short, '--out', out))).toMatchInlineSnapshot(`
    "error FOLDER/foreign: the folder holds a run.
      Add --overwrite to replace it, --resume to continue it, or name another folder with --out."
  `);
  expect((await train(...short, '--out', out, '--overwrite', '--no-checkpoint')).code).toBe(0);
  expect(readdirSync(out)).not.toContain('checkpoint');
});

/** A run that does not end by itself. */
const endless = [
  ...[penguins, '--target', 'species', '--no-baselines'],
  ...['--epochs', '1000000', '--patience', '1000000'],
];

test('two runs do not write into one folder; a killed run does not keep it locked, and resumes to the same bits', async () => {
  const out = join(folder, 'shared');
  const first = spawn(process.execPath, [main, 'train', ...endless, '--checkpoint', '0.01', '--out', out], {
    stdio: 'ignore',
  });
  const checkpoint = join(out, 'checkpoint');
  while (!existsSync(checkpoint) || !readdirSync(checkpoint).some((name) => name.endsWith('.safetensors'))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // paused, it still holds the lock, and does not train far ahead
  if (process.platform !== 'win32') first.kill('SIGSTOP');
  const second = await train(...short, '--out', out, '--resume');
  expect(second.code).toBe(2);
  expect(said(second).replace(/\d+/, 'N')).toMatchInlineSnapshot(`
    "error FOLDER/shared: another run is writing into this folder (process N).
      Wait until it ends, or name another folder with --out. If you know that it has ended, remove FOLDER/shared/.lock."
  `);
  const ended = new Promise((resolve) => first.on('close', resolve));
  first.kill('SIGKILL');
  await ended;
  expect(readdirSync(out)).toContain('.lock');
  const third = await train(...short, '--out', out, '--resume');
  expect(third.code).toBe(0);
  expect(readdirSync(out)).not.toContain('.lock');
  await endsAsUninterrupted(out);
});

/** Resumes a run for 40 more epochs, and compares it with a run of as many epochs that nothing interrupts. */
async function endsAsUninterrupted(out: string): Promise<void> {
  const { stop } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  const until = ['--epochs', String(stop.epoch + 40)];
  expect((await train(...until, '--out', out, '--resume')).code).toBe(0);
  const uninterrupted = `${out}-never`;
  expect((await train(...until, '--out', uninterrupted)).code).toBe(0);
  expect(model(out)).toEqual(model(uninterrupted));
}

test('Ctrl-C writes a checkpoint and exits with 130; resumed, the bits are those of an uninterrupted run', async () => {
  const out = join(folder, 'interrupted');
  const child = spawn(process.execPath, [main, 'train', ...endless, '--checkpoint', '0.02', '--out', out], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  // training is in progress once a checkpoint exists
  while (!existsSync(join(out, 'checkpoint'))) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(told.replaceAll(/\s+/g, ' ')).toContain(`To resume, run the same command with --resume --out ${out}`);
  expect(checkpoints(out).length).toBeGreaterThan(1);
  await endsAsUninterrupted(out);
});

/** A file system with options of tmpfs's; `use` runs with it. */
async function onDisk(options: string, use: (disk: string) => void | Promise<void>): Promise<void> {
  const disk = join(folder, 'disk');
  mkdirSync(disk, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk], { stdio: 'pipe' });
  try {
    await use(disk);
  } finally {
    execFileSync('umount', [disk]);
  }
}

/** Root can mount, but not in every container. */
const mayMount = await onDisk('size=4096', () => {}).then(
  () => true,
  ({ message }) => {
    console.warn(`Full and read-only disks are not tried, as none can be mounted: ${message.trim()}`);
    return false;
  },
);

test.runIf(mayMount)('a full disk ends the run, and its last checkpoint is complete', () =>
  onDisk('size=256k', async (disk) => {
    const out = join(disk, 'run');
    await train('--epochs', '15', '--out', out);
    const before = checkpoints(out).map((name) => readFileSync(join(out, 'checkpoint', name)));
    // space for the lock, but not for a checkpoint
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'other'), Buffer.alloc(bavail * bsize - 8192));
    const full = await train(...short, '--out', out, '--resume', '--checkpoint', '0.001');
    expect(full.code).toBe(2);
    expect(said(full).replace(/\d+\.safe/, 'N.safe')).toMatchInlineSnapshot(`
      "error FOLDER/disk/run/checkpoint/N.safetensors: cannot write it: the disk is full.
        The previous checkpoint is complete: free some space, then resume from it with --resume."
    `);
    expect(checkpoints(out).map((name) => readFileSync(join(out, 'checkpoint', name)))).toEqual(before);
    expect(readdirSync(join(out, 'checkpoint')).filter((name) => name.endsWith('.partial'))).toEqual([]);
    rmSync(join(disk, 'other'));
    expect((await train(...short, '--out', out, '--resume')).code).toBe(0);
    expect(model(out)).toEqual(model(whole));
  }),
);

test.runIf(isLong && mayMount)('a disk that fills during a run ends it; the run resumes when there is space', () =>
  onDisk('size=300k', async (disk) => {
    const out = join(disk, 'run');
    const long = [
      ...[penguins, '--target', 'species', '--no-baselines'],
      ...['--epochs', '3000', '--patience', '1000000', '--checkpoint', '0.02'],
    ];
    const child = spawn(process.execPath, [main, 'train', ...long, '--out', out], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    while (!existsSync(join(out, 'checkpoint', '000002.safetensors'))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const other = spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'other')}`, 'bs=4096'], { encoding: 'utf8' });
    expect(other.stderr).toContain('No space left');
    expect(await ended).toBe(2);
    expect(said({ stderr }).replace(/\d+\.safe/, 'N.safe')).toMatchInlineSnapshot(`
        "error FOLDER/disk/run/checkpoint/N.safetensors: cannot write it: the disk is full.
          The previous checkpoint is complete: free some space, then resume from it with --resume."
      `);
    expect(checkpoints(out).filter((name) => name.endsWith('.partial'))).toEqual([]);
    rmSync(join(disk, 'other'));
    // elsewhere than on the small disk, because a report must be written
    cpSync(out, join(folder, 'roomy'), { recursive: true });
    const resumed = await call(['train', ...long, '--out', join(folder, 'roomy'), '--resume']);
    expect(resumed.stdout).toMatch(/Resumes after \d+ epoch/);
    expect(resumed.stdout).not.toContain('is skipped');
    expect(resumed.code).toBe(0);
    const uninterrupted = join(folder, 'never-stopped');
    expect((await call(['train', ...long, '--out', uninterrupted])).code).toBe(0);
    expect(model(join(folder, 'roomy'))).toEqual(model(uninterrupted));
  }),
);

// another limit than that of a full disk, above
test.runIf(process.platform !== 'win32' && (isLong || !mayMount))(
  'a checkpoint that the system truncates is not used: the one before is complete',
  async () => {
    const out = join(folder, 'limited');
    await train('--epochs', '15', '--out', out);
    const before = checkpoints(out).map((name) => readFileSync(join(out, 'checkpoint', name)));
    const args = [main, 'train', penguins, '--target', 'species', '--patience', '100000', ...short, '--out', out];
    // files of 16 blocks at most, of 512 or 1024 bytes as the shell has it
    const limited = [
      '-c',
      'ulimit -f 16; exec "$0" "$@"',
      process.execPath,
      ...args,
      '--resume',
      '--checkpoint',
      '0.001',
    ];
    const full = spawnSync('sh', limited, { encoding: 'utf8' });
    expect(full.status).toBe(2);
    expect(said(full).replace(/\d+\.safe/, 'N.safe')).toMatchInlineSnapshot(`
      "error FOLDER/limited/checkpoint/N.safetensors: cannot write it: the file is larger than the limit on files.
        The previous checkpoint is complete: raise the limit on the size of files (ulimit -f), then resume from it with --resume."
    `);
    expect(checkpoints(out).map((name) => readFileSync(join(out, 'checkpoint', name)))).toEqual(before);
    expect((await train(...short, '--out', out, '--resume')).code).toBe(0);
    expect(model(out)).toEqual(model(whole));
  },
);

test.runIf(mayMount)('space for the checkpoint, but not for the report: the run can be resumed', async () => {
  await onDisk('size=96k', async (disk) => {
    const out = join(disk, 'run');
    const { code, stderr } = await train(...short, '--out', out);
    expect(code).toBe(2);
    expect(said({ stderr })).toMatchInlineSnapshot(`
        "error FOLDER/disk/run/report.html: cannot write it: the disk is full.
          The training is saved: free some space, and --resume writes the missing files."
      `);
    cpSync(out, join(folder, 'moved'), { recursive: true });
  });
  const out = join(folder, 'moved');
  expect((await train(...short, '--out', out, '--resume')).code).toBe(0);
  expect(model(out)).toEqual(model(whole));
});

test.runIf(mayMount)('a read-only disk is an error before training', () =>
  onDisk('ro', async (disk) => {
    const { code, stderr } = await train(...short, '--out', join(disk, 'run'));
    expect(code).toBe(2);
    expect(said({ stderr })).toMatchInlineSnapshot(`
      "error FOLDER/disk/run: cannot create the folder: the file system is read-only.
        Name another folder with --out."
    `);
  }),
);

test('an output path that cannot be written is an error before training', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(said(await train(...short, '--out', join(file, 'run')))).toMatchInlineSnapshot(`
    "error FOLDER/file/run: cannot create the folder: a part of the path is a file, not a folder.
      Name another folder with --out."
  `);
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  // root may write anywhere
  if (process.getuid?.() !== 0) expect(said(await train(...short, '--out', closed))).toContain('permission is denied');
});
