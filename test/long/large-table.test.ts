/** A table larger than memory, on the command line: memory, progress, resuming, predictions. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** So many that chainrule does not keep the whole table in memory: it reads smaller tables at once. */
const rows = 750_000;
const columns = 30;
const folder = mkdtempSync(join(tmpdir(), 'chainrule-test-'));
const file = join(folder, 'large.csv');
/** The first tenth of the large file: its memory is mainly that of the runtime and chainrule themselves. */
const small = join(folder, 'small.csv');

beforeAll(() => {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const handles = [openSync(file, 'w'), openSync(small, 'w')];
  const header = `${[...Array.from({ length: columns }, (_, c) => `x${c}`), 'y'].join(',')}\n`;
  for (const handle of handles) writeSync(handle, header);
  for (let r = 0; r < rows; r += 10_000) {
    const lines = Array.from({ length: 10_000 }, () => {
      const x = Array.from({ length: columns }, next);
      return [...x, x[0] - x[1] * x[2]].map((value) => value.toFixed(6)).join(',');
    });
    for (const handle of r < rows / 10 ? handles : [handles[0]]) writeSync(handle, `${lines.join('\n')}\n`);
  }
  for (const handle of handles) closeSync(handle);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints the peak memory at the end. */
const tell = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'))",
)}`;

/**
 * Runs a command with a heap of at most `heap` MB. Without a limit, the peak depends on how seldom the runtime collects
 * garbage: the same command took 254 MB and 376 MB.
 */
function run(heap: number, args: readonly string[], killWhen?: RegExp) {
  return new Promise<{ text: string; code: number | null; megabytes: number }>((resolve, reject) => {
    const limits = ['--max-semi-space-size=2', `--max-old-space-size=${heap}`];
    const child = spawn(process.execPath, [...limits, '--import', tell, main, ...args], { cwd: folder });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (killWhen?.test(text)) child.kill('SIGKILL');
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ text, code, megabytes: Number(/peak (\d+)/.exec(text)?.[1]) / 1024 }));
  });
}

const train = ['train', file, '--target', 'y', '--hidden', '64', '--epochs', '2', '--checkpoint', '0.5'];

test('trains in little memory, reports its progress, and resumes to the same bytes after a kill', async () => {
  const untouched = await run(100, [...train, '--out', 'untouched']);
  expect(untouched.code, untouched.text).toBe(0);
  // The cells of the large file are more than 1 GB as strings. Its 600,000 training rows of 31 numbers are 142 MiB.
  const base = await run(100, [...train.with(1, small), '--out', 'small']);
  expect(base.code, base.text).toBe(0);
  // A heap of 100 MB has no room for the cells. Growth varies from 95 to 200 MB, as buffers are freed late; with the 230 MB of the
  // file in memory as well, it would be more than 330 MB.
  expect(untouched.megabytes - base.megabytes).toBeLessThan(300);
  expect(untouched.text).toMatch(/reading .*large\.csv: \d+ %, [\d,]+ rows/);

  const killed = await run(100, [...train, '--out', 'killed'], /epoch 1\/2/);
  const resumed = await run(100, [...train, '--out', 'killed', '--resume']);
  expect(resumed.code, resumed.text).toBe(0);
  if (killed.code === null) expect(resumed.text).toContain('Resumes after');
  const model = (name: string) => readFileSync(join(folder, name, 'model.safetensors'));
  expect(model('killed').equals(model('untouched'))).toBe(true);
}, 1_200_000);

test('predicts every row in memory that does not grow with the file', async () => {
  const { code, text, megabytes } = await run(60, ['predict', 'untouched', file, '--out', 'predictions.csv']);
  expect(code, text).toBe(0);
  const base = await run(60, ['predict', 'untouched', small, '--out', 'small.predictions.csv']);
  expect(base.code, base.text).toBe(0);
  // The file is 230 MB, and ten times as long.
  expect(megabytes - base.megabytes).toBeLessThan(50);
  expect(readFileSync(join(folder, 'predictions.csv'), 'utf8').split('\n')).toHaveLength(rows + 2);
}, 600_000);
