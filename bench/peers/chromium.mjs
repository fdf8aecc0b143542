/**
 * chainrule in Chromium, without a window: Vite's build of a page whose worker trains, cross-origin isolated so that it can use threads.
 * Needs Debian's chromium, or the one that CHROMIUM names.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { bundle } from '../bundle.mjs';
import { serve, workload } from './serve.mjs';

const [precision, threads] = process.argv.slice(3);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-chromium-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const files = {
  'index.html': '<!doctype html><title>bench</title><script type="module" src="./page.js"></script>',
  'page.js': `const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
window.take = (count) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(count);
  });
`,
  'worker.js': `import * as chainrule from 'chainrule';
import { dataOf } from ${JSON.stringify(here('data.mjs'))};
import { training } from ${JSON.stringify(here('training.mjs'))};
const workload = ${JSON.stringify(workload)};
const options = { engine: 'wasm', precision: '${precision}', threads: ${threads} };
const take = training(chainrule, workload, dataOf(workload), options);
onmessage = async ({ data }) => postMessage(await take(data));
`,
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
await bundle(folder);
const server = createServer(({ url }, response) => {
  response.writeHead(200, {
    'content-type': url.endsWith('.js') ? 'text/javascript' : 'text/html',
    // Cross-origin isolated, so that its workers can share memory.
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  });
  response.end(url === '/favicon.ico' ? '' : readFileSync(join(folder, 'out', url === '/' ? 'index.html' : url)));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
process.stdin.once('end', () => browser.close());
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction('window.take');
await serve((count) => page.evaluate((steps) => globalThis.take(steps), count));
