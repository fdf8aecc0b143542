/**
 * The recorded trainings in Firefox: prints their hashes, from the built package. It needs `firefox-esr`, or the
 * Firefox in FIREFOX.
 *
 *     npm run build && node test/bits-firefox.mjs
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'chainrule-firefox-'));
await build({
  root,
  configFile: false,
  logLevel: 'error',
  build: {
    outDir: folder,
    emptyOutDir: true,
    copyPublicDir: false,
    lib: { entry: join(root, 'dist/index.js'), formats: ['es'], fileName: () => 'chainrule.js' },
  },
});

// a page's worker may wait for threads, the page itself may not
const worker = `import * as chainrule from '/chainrule.js';
import { allHashes } from '/bits-runs.mjs';
const say = (body) => fetch('/said', { method: 'POST', body: JSON.stringify(body) });
try {
  await say(navigator.userAgent);
  for await (const each of allHashes(chainrule)) await say(each);
} catch (error) {
  await say(String(error));
}
await fetch('/end', { method: 'POST' });
`;
const html = '<!doctype html><title>bits</title><script type="module" src="/page.js"></script>';
const page = "new Worker('/worker.js', { type: 'module' });";
const script = 'text/javascript';

/** The served files by path. */
function got(path) {
  if (path === '/') return ['text/html', html];
  if (path === '/page.js') return [script, page];
  if (path === '/worker.js') return [script, worker];
  if (path === '/bits-runs.mjs') return [script, readFileSync(new URL('bits-runs.mjs', import.meta.url))];
  return path.endsWith('.js') ? [script, readFileSync(join(folder, path))] : ['text/plain', ''];
}

const profile = mkdtempSync(join(tmpdir(), 'chainrule-profile-'));
const server = createServer((request, response) => {
  if (request.method === 'POST') {
    const said = [];
    request.on('data', (piece) => said.push(piece));
    request.on('end', () => {
      response.end();
      if (request.url === '/end') stop();
      else console.log(JSON.parse(Buffer.concat(said).toString()));
    });
    return;
  }
  const [type, content] = got(request.url);
  response.writeHead(200, {
    'content-type': type,
    // isolated, so that workers may share memory
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  });
  response.end(content);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${server.address().port}/`;
const firefox = spawn(
  process.env.FIREFOX ?? 'firefox-esr',
  ['--headless', '--no-remote', '--profile', profile, address],
  {
    stdio: 'ignore',
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
  },
);
const late = setTimeout(stop, 120_000);

function stop() {
  clearTimeout(late);
  firefox.once('exit', () => {
    for (const each of [folder, profile]) rmSync(each, { recursive: true, force: true });
  });
  firefox.kill();
  server.close();
  server.closeAllConnections();
}
