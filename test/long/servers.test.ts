/** The packed package in projects of Next and Express: their servers train in a worker, and answer rows with predictions. */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

const call = (command: string, args: readonly string[], cwd = folder) =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: '1' },
  });
const tool = (name: string) => join(folder, 'node_modules/.bin', name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-servers-'));
  cpSync(fileURLToPath(new URL('servers', import.meta.url)), folder, { recursive: true });
  cpSync(join(root, 'examples/penguins.csv'), join(folder, 'penguins.csv'));
  call('npm', ['ci', '--no-audit', '--no-fund']);
  const [{ filename }] = JSON.parse(call('npm', ['pack', '--json', '--pack-destination', folder], root));
  call('npm', ['install', '--no-audit', '--no-fund', join(folder, filename)]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a server and returns the address that it prints. */
async function serve(command: string, args: readonly string[], printed: RegExp): Promise<string> {
  const server = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: '1' },
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  let text = '';
  for await (const part of server.stdout) {
    text += part;
    const found = printed.exec(text);
    if (found !== null) return `http://127.0.0.1:${found[1]}`;
  }
  throw new Error(`The server has ended: ${text}`);
}

async function post(address: string, row: unknown) {
  const response = await fetch(`${address}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(row),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const row = {
  island: 'Biscoe',
  bill_length_mm: 50,
  bill_depth_mm: 15.3,
  flipper_length_mm: 220,
  body_mass_g: 5550,
  sex: null,
};

/** Rows are answered with predictions, and a wrong row with what is wrong. */
async function expectPredictions(address: string) {
  const { status, body } = await post(address, row);
  expect(status).toBe(200);
  expect(body.prediction).toBe('Gentoo');
  const sum = Object.values(body.probabilities as Record<string, number>).reduce((a, b) => a + b, 0);
  expect(sum).toBeCloseTo(1, 12);
  const wrong = await post(address, { island: 'Biscoe' });
  expect(wrong.status).toBe(400);
  expect(wrong.body.error).toContain('the row has no "bill_length_mm"');
}

test('Express, compiled under strict flags with the types of all its packages checked', async () => {
  call(tool('tsc'), ['-p', 'tsconfig.express.json']);
  await expectPredictions(await serve(process.execPath, ['out/express.js'], /^(\d+)\n/m));
});

test('Next: a page and a route of its production server', async () => {
  call(tool('next'), ['build']);
  const args = ['node_modules/next/dist/bin/next', 'start', '-H', '127.0.0.1', '-p', '0'];
  const address = await serve(process.execPath, args, /127\.0\.0\.1:(\d+)/);
  expect(await (await fetch(address)).text()).toContain('<p>Gentoo</p>');
  await expectPredictions(address);
});
