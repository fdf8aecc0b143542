/** The package in a real browser: bundled, it trains in a page that stays responsive, to the same bits as in Node. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { experiment } from '../../src/net/setup.ts';
import { train } from '../../src/train/train.ts';
import { launchChromium } from '../chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const penguins = readFileSync(join(root, 'examples/penguins.csv'), 'utf8');

const json = {
  network: {
    layers: [{ dense: 16, activation: 'gelu' }, { dropout: 0.1 }, { dense: 3, activation: 'softmax' }],
  },
  data: { file: 'penguins.csv', target: 'species', split: { validation: 0.2 } },
  training: { loss: 'crossEntropy', optimizer: 'adam', batchSize: 32, stop: { epochs: 100 } },
  seed: 5,
};

/** The page: the bundle as a global that a test can use. */
const html =
  '<!doctype html><title>t</title><script type="module">import * as all from "/chainrule.js"; window.chainrule = all;</script>';

/** A worker of the page that trains a network large enough for threads. */
const workerSource = `import { adam, crossEntropy, dense, network, relu, softmax, train } from '/chainrule.js';
let ended = 0;
const { terminate } = Worker.prototype;
Worker.prototype.terminate = function () {
  ended++;
  return terminate.call(this);
};
onmessage = async ({ data: { inputs, targets, threads } }) => {
  const net = network([dense(130, { activation: relu }), dense(5, { activation: softmax })]);
  const options = { loss: crossEntropy, optimizer: adam(), batchSize: 64, engine: 'wasm', threads, stop: { epochs: 400 } };
  const { model, engine } = await train(net, { inputs, targets }, options);
  postMessage({ weights: [...model.parameters.get('layers.0.weight').data], engine, ended });
};
`;

let folder: string;
let server: Server;
let browser: Browser;
let page: Page;
const errors: string[] = [];
const served: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-browser-'));
  const entry = join(root, 'dist/.browser.js');
  writeFileSync(entry, "export * from './index.js';\nexport { wasm } from './engines/wasm/index.js';\n");
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: true,
      copyPublicDir: false,
      lib: { entry, formats: ['es'], fileName: () => 'chainrule.js' },
    },
  });
  rmSync(entry);
  writeFileSync(join(folder, 'worker.js'), workerSource);
  const policyFor = (url: string) => {
    const wasm = url.startsWith('/no-wasm') ? '' : "'wasm-unsafe-eval'";
    const workers = url.startsWith('/no-workers') ? "'none'" : "'self'";
    return `default-src 'none'; script-src 'self' ${wasm} 'unsafe-inline'; worker-src ${workers}`;
  };
  server = createServer(({ url = '/' }, response) => {
    served.push(url);
    const isScript = url.endsWith('.js');
    response.writeHead(200, {
      'content-type': isScript ? 'text/javascript' : 'text/html',
      'content-security-policy': policyFor(url),
      // isolated, so that its workers may share memory
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(isScript ? readFileSync(join(folder, url)) : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
  page = await browser.newPage();
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('window.chainrule');
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs in the page. */
async function trainInPage([json, text, engine]: [object & { training: object }, string, string]) {
  const { experiment, train } = (globalThis as unknown as { chainrule: typeof import('../../src/index.ts') }).chainrule;
  let ticks = 0;
  const timer = setInterval(() => ticks++, 4);
  const setup = experiment({ ...json, training: { ...json.training, engine } }, { read: () => text });
  let rows = 0;
  const run = train(setup);
  for await (const _row of run) rows++;
  const { model, stop, loss, engine: used, warnings } = await run;
  clearInterval(timer);
  const digest = await crypto.subtle.digest('SHA-256', model.save() as Uint8Array<ArrayBuffer>);
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { hash, ticks, rows, stop, final: loss.final, engine: used.name, warnings };
}

/** Runs in the page: steps of the slow engine, and the time between frames during them. */
async function trainWide({ rows, worker }: { rows: number; worker: boolean }) {
  const all = globalThis as unknown as {
    chainrule: typeof import('../../src/index.ts');
    requestAnimationFrame(callback: () => void): void;
  };
  const { adam, crossEntropy, dense, network, relu, softmax, train } = all.chainrule;
  const inputs = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: 200 }, (_, c) => ((r * 37 + c * 101) % 256) / 128 - 1),
  );
  const net = network([dense(150, { activation: relu }), dense(3, { activation: softmax })]);
  const run = train(
    net,
    { inputs, targets: inputs.map((_, r) => r % 3) },
    { loss: crossEntropy, optimizer: adam, stop: { epochs: 12 }, engine: 'reference', worker },
  );
  const times: number[] = [];
  let drawing = true;
  const draw = () => {
    times.push(performance.now());
    if (drawing) all.requestAnimationFrame(draw);
  };
  all.requestAnimationFrame(draw);
  let seen = 0;
  // the first row: training has begun
  for await (const _row of run) if (seen++ === 0) times.length = 0;
  drawing = false;
  const { model, stop, warnings } = await run;
  const weights = [...model.parameters.get('layers.1.weight')!.data];
  const between = times.slice(1).map((time, i) => time - times[i]);
  const medianFrame = between.sort((a, b) => a - b)[Math.floor(between.length / 2)];
  return { frames: times.length, medianFrame, step: (1000 * stop.seconds) / stop.epoch, warnings, weights };
}

/** Runs in the page: predicts the rows a thousand times, in calls of many sizes. */
function predictManyInPage([bytes, rows]: [number[], number[][]]) {
  const { load } = (globalThis as unknown as { chainrule: typeof import('../../src/index.ts') }).chainrule;
  const model = load(new Uint8Array(bytes));
  const first = model.predict(rows);
  let predicted = first.length;
  for (let call = 0; predicted < 1_000_000; call++) {
    const count = Math.min(1 + ((call * 37) % rows.length), 1_000_000 - predicted);
    predicted += model.predict(rows.slice(0, count)).length;
  }
  return { first, predicted };
}

/** Runs in the page. */
async function hashInWorker([json, text]: [object, string]) {
  const { experiment, train } = (globalThis as unknown as { chainrule: typeof import('../../src/index.ts') }).chainrule;
  const { model } = await train(experiment(json, { read: () => text }), { worker: true });
  const digest = await crypto.subtle.digest('SHA-256', model.save() as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('in Chromium', () => {
  test('training on a table gives the same bits as in Node, and the page stays responsive', async () => {
    const inPage = await page.evaluate(trainInPage, [json, penguins, 'reference'] as [typeof json, string, string]);
    const here = await train(experiment(json, { read: () => penguins }));
    expect(inPage.hash).toBe(createHash('sha256').update(here.model.save()).digest('hex'));
    expect(inPage.final).toBe(here.loss.final);
    expect(inPage.stop.reason).toBe('epochs');
    expect(inPage.rows).toBeGreaterThan(0);
    expect(inPage.ticks).toBeGreaterThan(2);
  });

  test('the wasm engine runs under a content security policy that allows WebAssembly and no eval, with the same bits', async () => {
    const small = {
      ...json,
      network: {
        layers: [
          { dense: 4, activation: 'sigmoid' },
          { dense: 3, activation: 'softmax' },
        ],
      },
      training: { ...json.training, batchSize: 8 },
    };
    const inPage = await page.evaluate(trainInPage, [small, penguins, 'wasm'] as [typeof small, string, string]);
    const here = await train(experiment(small, { read: () => penguins }));
    expect(inPage.engine).toBe('wasm');
    expect(inPage.hash).toBe(createHash('sha256').update(here.model.save()).digest('hex'));
  });

  test('float32 has the bits of Node too', async () => {
    const single = { ...json, training: { ...json.training, precision: 'float32' } };
    const inPage = await page.evaluate(trainInPage, [single, penguins, 'wasm'] as [typeof json, string, string]);
    const here = await train(
      experiment({ ...single, training: { ...single.training, engine: 'wasm' } }, { read: () => penguins }),
    );
    expect(here.engine.precision).toBe('float32');
    expect(inPage.hash).toBe(createHash('sha256').update(here.model.save()).digest('hex'));
  });

  test('a worker of an isolated page trains with threads, to the bits of a single thread', async () => {
    const rows = 200;
    const inputs = Array.from({ length: rows }, (_, r) =>
      Array.from({ length: 70 }, (_, c) => Math.fround(Math.sin(r * c))),
    );
    const targets = inputs.map((_, r) => [0, 1, 2, 3, 4].map((k) => Number(r % 5 === k)));
    const runs = [];
    for (const threads of [1, 2]) {
      runs.push(
        await page.evaluate(
          (data) =>
            new Promise<{ weights: number[]; engine: { threads: number }; ended: number }>((resolve, reject) => {
              // biome-ignore lint/suspicious/noExplicitAny: the page's types are not the tests'
              const worker = new (globalThis as any).Worker('/worker.js', { type: 'module' });
              worker.onmessage = (event: { data: never }) => resolve(event.data);
              worker.onerror = (event: { message: string }) => reject(new Error(event.message));
              worker.postMessage(data);
            }),
          { inputs, targets, threads },
        ),
      );
    }
    expect(runs.map(({ engine }) => engine.threads)).toEqual([1, 2]);
    expect(runs.map(({ ended }) => ended)).toEqual([0, 1]);
    expect(runs[1].weights).toEqual(runs[0].weights);
    // the second thread is a file of the bundle
    expect(served.filter((url) => url.includes('thread'))).toHaveLength(1);
  });

  // It compares times. On a busy machine, a frame may be late for another reason, so the test may retry.
  test('with worker: true, the page draws frames during long steps, and the bits equal those of Node', {
    retry: 2,
  }, async () => {
    const inWorker = await page.evaluate(trainWide, { rows: 300, worker: true });
    const inPage = await page.evaluate(trainWide, { rows: 300, worker: false });
    expect(inWorker.warnings).toEqual([]);
    expect(inWorker.weights).toEqual(inPage.weights);
    // a frame is due each 17 ms: half a step is much longer than a message takes, also on a busy machine
    expect(inPage.medianFrame).toBeGreaterThan(inPage.step / 2);
    expect(inWorker.medianFrame).toBeLessThan(inWorker.step / 2);
    expect(inWorker.frames).toBeGreaterThan(inPage.frames);
    expect(served.filter((url) => url.includes('training-worker')).length).toBeGreaterThan(0);
    const here = await train(experiment(json, { read: () => penguins }));
    const hash = await page.evaluate(hashInWorker, [json, penguins] as [typeof json, string]);
    expect(hash).toBe(createHash('sha256').update(here.model.save()).digest('hex'));
  });

  test('if the policy forbids workers, the page trains, with a warning', async () => {
    const strict = await browser.newPage();
    await strict.goto(new URL('/no-workers', page.url()).href);
    await strict.waitForFunction('window.chainrule');
    const { warnings, weights } = await strict.evaluate(trainWide, { rows: 10, worker: true });
    expect(warnings).toEqual([expect.stringContaining('No worker could be started')]);
    expect(weights).toEqual((await page.evaluate(trainWide, { rows: 10, worker: false })).weights);
    await strict.close();
  });

  test('if the policy forbids WebAssembly, the reference trains to the same bits, with one warning', async () => {
    const strict = await browser.newPage();
    await strict.goto(new URL('/no-wasm', page.url()).href);
    await strict.waitForFunction('window.chainrule');
    const inPage = (engine: string) =>
      strict.evaluate(trainInPage, [json, penguins, engine] as [typeof json, string, string]);
    const found = await inPage('auto');
    const here = await train(experiment(json, { read: () => penguins }));
    expect(here.engine.name).toBe('wasm');
    expect(found.hash).toBe(createHash('sha256').update(here.model.save()).digest('hex'));
    expect(found.engine).toBe('reference');
    const missing =
      "WebAssembly is not available in this page: the content security policy forbids it (script-src lacks 'wasm-unsafe-eval')";
    expect(found.warnings).toEqual([`${missing}. Training uses the engine "reference" instead, which is slower.`]);
    await expect(inPage('wasm')).rejects.toThrow(`the engine "wasm" cannot be used: ${missing}.`);
    await strict.close();
  });

  test('if the policy forbids WebAssembly, a million rows are predicted, to the bits of Node', async () => {
    const strict = await browser.newPage();
    const reported: string[] = [];
    strict.on('pageerror', ({ message }) => reported.push(message));
    await strict.goto(new URL('/no-wasm', page.url()).href);
    await strict.waitForFunction('window.chainrule');
    const here = await train(experiment(json, { read: () => penguins }));
    const rows = Array.from({ length: 1000 }, (_, r) =>
      Array.from({ length: here.model.inputs }, (_, c) => Math.sin(r * c + 1)),
    );
    const found = await strict.evaluate(predictManyInPage, [[...here.model.save()], rows] as [number[], number[][]]);
    expect(found.predicted).toBe(1_000_000);
    expect(found.first).toEqual(here.model.predict(rows));
    expect(reported).toEqual([]);
    await strict.close();
  });

  test('nothing of Node is in the bundle', () => {
    const bundle = readFileSync(join(folder, 'chainrule.js'), 'utf8');
    expect(bundle).not.toMatch(/from ?["']node:|require\(["']|__vite-browser-external/);
    expect(errors).toEqual([]);
  });
});
