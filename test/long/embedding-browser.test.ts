/** Node embeddings in a real browser: the same bytes as in Node, in a page and in a worker of the page with two threads. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { twoRings } from '../../src/graphs/fixtures.ts';
import { line } from '../../src/graphs/methods/line.ts';
import { node2vec } from '../../src/graphs/methods/node2vec.ts';
import { struc2vec } from '../../src/graphs/methods/struc2vec.ts';
import { launchChromium } from '../chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const graph = twoRings(60, true);
const options = { dimensions: 64, p: 0.5, q: 2, walksPerNode: 20, samplesPerNode: 50 };
const methods = { node2vec, line, struc2vec };

const script = `import { methods } from '/methods.js';
self.hashes = async (graph, options, threads) => {
  const result = {};
  for (const [name, method] of Object.entries(methods)) {
    const { shape } = method.options.def ?? method.options._zod.def;
    const own = Object.fromEntries(Object.entries(options).filter(([key]) => key in shape));
    const vectors = await method.embed(graph, method.options.parse(own), { seed: 3, threads });
    const digest = await crypto.subtle.digest('SHA-256', vectors);
    result[name] = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return result;
};
`;
const workerScript = `${script}
onmessage = async ({ data: [graph, options, threads] }) => postMessage(await self.hashes(graph, options, threads));
`;

test('node2vec, LINE and struc2vec in Chromium have the bytes of Node', { timeout: 120_000 }, async () => {
  const wanted: Record<string, string> = {};
  for (const [name, method] of Object.entries(methods)) {
    const vectors = await method.embed(graph, method.options.parse(options) as never, { seed: 3, threads: 1 });
    wanted[name] = createHash('sha256').update(new Uint8Array(vectors.buffer)).digest('hex');
  }

  const folder = mkdtempSync(join(tmpdir(), 'chainrule-embedding-'));
  const entry = join(root, 'dist/.embedding.js');
  writeFileSync(
    entry,
    "import { line } from './graphs/methods/line.js';\nimport { node2vec } from './graphs/methods/node2vec.js';\nimport { struc2vec } from './graphs/methods/struc2vec.js';\nexport const methods = { node2vec, line, struc2vec };\n",
  );
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: true,
      copyPublicDir: false,
      lib: { entry, formats: ['es'], fileName: () => 'methods.js' },
    },
  });
  rmSync(entry);
  writeFileSync(join(folder, 'page.js'), script);
  writeFileSync(join(folder, 'worker.js'), workerScript);
  const server = createServer(({ url = '/' }, response) => {
    const isScript = url.endsWith('.js');
    response.writeHead(200, {
      'content-type': isScript ? 'text/javascript' : 'text/html',
      // isolated, so that its workers may share memory
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(
      isScript ? readFileSync(join(folder, url)) : '<!doctype html><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('self.hashes');
    // The arrays are in the source text, because `evaluate` would not keep their types.
    const input = `const graph = { isDirected: false, ids: ${JSON.stringify(graph.ids)},
      offsets: Uint32Array.from(${JSON.stringify([...graph.offsets])}),
      neighbors: Uint32Array.from(${JSON.stringify([...graph.neighbors])}),
      weights: Float64Array.from(${JSON.stringify([...graph.weights!])}) };
      const options = ${JSON.stringify(options)};`;
    expect(await page.evaluate(`(async () => { ${input} return self.hashes(graph, options, 1); })()`)).toEqual(wanted);
    const inWorker = `new Promise((resolve, reject) => { ${input}
      const worker = new Worker('/worker.js', { type: 'module' });
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage([graph, options, 2]); })`;
    expect(await page.evaluate(inWorker)).toEqual(wanted);
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
