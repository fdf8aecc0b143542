/**
 * The packed package in a user's project, with bundlers and runtimes without configuration: it trains in a page's
 * worker with threads and WebAssembly, under a strict policy, to the bits of Node.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let browser: Browser;
type Both = Record<'small' | 'large', { engine: string; loss: number; weights: string; warnings: string[] }>;
/** Trained by the project's own worker, and by the option `worker`. */
let wanted: Record<'own' | 'option', Both>;

const call = (command: string, args: readonly string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-project-'));
  cpSync(fileURLToPath(new URL('project', import.meta.url)), folder, { recursive: true });
  call('npm', ['ci', '--no-audit', '--no-fund'], folder);
  const [{ filename }] = JSON.parse(call('npm', ['pack', '--json', '--pack-destination', folder], root));
  call('npm', ['install', '--no-audit', '--no-fund', join(folder, filename)], folder);
  wanted = JSON.parse(call(process.execPath, ['src/console.js'], folder));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('in Node', () => {
  expect(wanted.own.small.engine).toBe('wasm float64 1');
  expect(wanted.own.large.engine).toBe('wasm float32 2');
  expect(wanted.own.large.warnings).toEqual([]);
  expect(wanted.option).toEqual(wanted.own);
});

describe.each(['bun', 'deno run --allow-all'])('%s', (runtime) => {
  test('trains to the bits of Node', () => {
    const [command, ...args] = runtime.split(' ');
    const output = call(join(folder, 'node_modules/.bin', command), [...args, 'src/console.js'], folder);
    expect(JSON.parse(output)).toEqual(wanted);
  });
});

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Serves a folder to isolated pages, and records the requests. */
function serve(from: string, requests: string[]): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : url;
    requests.push(path);
    const file = join(from, path);
    const found = existsSync(file);
    response.writeHead(found ? 200 : 404, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(found ? readFileSync(file) : '');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** The final content of the page, the messages of its console, and the files that it requested. */
async function visit(from: string) {
  const requests: string[] = [];
  const server = await serve(from, requests);
  const page = await browser.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', ({ message }) => said.push(message));
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return { shown: await page.textContent('pre', { timeout: 60_000 }), said, requests };
  } finally {
    await page.close();
    server.close();
  }
}

interface Bundler {
  readonly name: string;
  readonly command: string;
  readonly out: string;
  /** The script that a page must load, if the bundler writes no page. */
  readonly script?: string;
}

const bundlers: readonly Bundler[] = [
  { name: 'Vite', command: 'vite build --logLevel error', out: 'dist' },
  { name: 'webpack', command: 'webpack --mode production --output-path webpack', out: 'webpack', script: 'main.js' },
  {
    name: 'esbuild, the worker files among its entries',
    command:
      'esbuild src/index.js src/training.js thread=chainrule/engines/wasm/thread training-worker=chainrule/train/training-worker --bundle --format=esm --outdir=esbuild',
    out: 'esbuild',
    script: 'index.js',
  },
];

describe.each(bundlers)('$name', ({ command, out, script }) => {
  test('trains in a page under a strict policy, with two threads, to the bits of Node', async () => {
    const [name, ...args] = command.split(' ');
    call(join(folder, 'node_modules/.bin', name), args, folder);
    if (script !== undefined) {
      writeFileSync(
        join(folder, out, 'index.html'),
        `<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="/${script}"></script>`,
      );
    }
    const { shown, said, requests } = await visit(join(folder, out));
    expect(said).toEqual([]);
    expect(JSON.parse(shown!)).toEqual(wanted);
    // the page's script, its worker's, the training's, and the thread's
    expect(new Set(requests.filter((path) => path.endsWith('.js'))).size).toBeGreaterThanOrEqual(4);
  });
});

test('if the file of the threads is missing, a page trains on one thread, to the same bits', async () => {
  rmSync(join(folder, 'esbuild/thread.js'));
  const { shown, requests } = await visit(join(folder, 'esbuild'));
  expect(requests).toContain('/thread.js');
  const warnings = [expect.stringContaining('Fewer than the 2 requested threads took part')];
  const alone = (both: Both) => ({ ...both, large: { ...both.large, engine: 'wasm float32 1', warnings } });
  expect(JSON.parse(shown!)).toEqual({ own: alone(wanted.own), option: alone(wanted.option) });
});

test("if the training's own worker is missing, the page itself trains, to the same bits, with a warning", async () => {
  rmSync(join(folder, 'esbuild/training-worker.js'));
  const { shown } = await visit(join(folder, 'esbuild'));
  const { option } = JSON.parse(shown!) as typeof wanted;
  expect(option.large.warnings).toEqual([
    expect.stringContaining("a page's own thread may not wait for others"),
    expect.stringContaining('No worker could be started'),
  ]);
  expect(option.large.weights).toEqual(wanted.option.large.weights);
  // a page must not wait for threads, so it uses none, even if two are requested
  expect(option.large.engine).toBe('wasm float32 1');
});
