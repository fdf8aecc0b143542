import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request, type Server } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf, serveLab } from './server.ts';
import { readSite } from './site.ts';

let folder: string;
let server: Server;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lab-'));
  mkdirSync(join(folder, 'site/assets'), { recursive: true });
  mkdirSync(join(folder, 'site/docs'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'site/index.html'), `<!doctype html>${'<p>lab</p>'.repeat(100)}`);
  writeFileSync(join(folder, 'site/docs/index.html'), 'docs');
  writeFileSync(join(folder, 'site/assets/a-1.js'), 'export {};');
  writeFileSync(join(folder, 'site/.env'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'site/assets/link.js'));
  server = await serveLab(readSite(join(folder, 'site')), 0);
  port = Number(new URL(addressOf(server)).port);
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(path: string, { method = 'GET', headers = {} as Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** The first line of the answer to bytes, as they are. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (part) => {
      text += part;
    });
    socket.on('close', () => resolve(text.split('\r\n', 1)[0]));
    socket.on('error', reject);
  });
}

test('the page is isolated, has a strict policy, and comes compressed', async () => {
  const { status, headers, body } = await ask('/', { headers: { 'Accept-Encoding': 'gzip, br' } });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-encoding': 'gzip',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  });
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'");
  expect(policy).not.toMatch(/'unsafe-|https?:|\*/);
  expect(gunzipSync(body).toString()).toContain('<p>lab</p>');
  expect((await ask('/docs/')).body.toString()).toBe('docs');
  expect((await ask('/assets/a-1.js?x')).headers['cache-control']).toContain('immutable');
  const head = await ask('/', { method: 'HEAD' });
  expect([head.status, head.body.length]).toEqual([200, 0]);
});

test('only the names of this machine are answered', async () => {
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1.evil.example:${port}`]) {
    expect((await ask('/', { headers: { Host: host } })).status, host).toBe(421);
  }
  expect((await ask('/', { headers: { Host: `localhost:${port}` } })).status).toBe(200);
  expect(await raw('GET / HTTP/1.0\r\n\r\n')).toContain('421');
});

test('a page of another origin gets nothing', async () => {
  for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${port + 1}`, `https://127.0.0.1:${port}`]) {
    const { status, body } = await ask('/', { headers: { Origin: origin } });
    expect([status, body.includes('<p>')], origin).toEqual([403, false]);
  }
  expect((await ask('/', { headers: { Origin: `http://127.0.0.1:${port}` } })).status).toBe(200);
});

test('only its own files are served, and only read', async () => {
  const paths = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '//secret.txt',
  ];
  const others = ['/.env', '/assets/link.js', '/assets', '/docs', '/\\..\\secret.txt', '/index.html/', '/__proto__'];
  for (const path of [...paths, ...others]) {
    const { status, body } = await ask(path);
    expect([status, body.includes('secret')], path).toEqual([404, false]);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
    expect((await ask('/', { method })).status, method).toBe(405);
  }
});

test('it listens on the loopback address only', async () => {
  expect(server.address()).toMatchObject({ address: '127.0.0.1' });
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((each) => each !== undefined && !each.internal && each.family === 'IPv4');
  for (const other of others) {
    const outcome = await new Promise((resolve) => {
      const socket = connect({ port, host: other!.address, timeout: 2000 });
      for (const event of ['connect', 'error', 'timeout']) socket.on(event, () => resolve(event));
    });
    expect(outcome, other!.address).not.toBe('connect');
  }
});

test('a port in use and a missing lab are errors with a fix', async () => {
  await expect(serveLab(new Map(), port)).rejects.toThrow(`port ${port} is in use`);
  expect(() => readSite(join(folder, 'none'))).toThrow('npm run build');
});
