/**
 * The server of the lab. It answers this machine only: it listens on 127.0.0.1, and answers no request for another host's name
 * (a page elsewhere could point its own name at 127.0.0.1: DNS rebinding) and none that a page of another origin sends.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail } from '../../base/errors.ts';
import type { SiteFile } from './site.ts';

const address = '127.0.0.1';

/** What the page may load and do: its own files, WebAssembly, workers. Nothing is loaded from or sent to another host. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'Content-Security-Policy': contentSecurityPolicy,
  // together they isolate the page, so that its workers can share memory
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** The server, listening. `port`: 0 for any free one. Rejects with an InputError if the port is in use or not allowed. */
export async function serveLab(site: ReadonlyMap<string, SiteFile>, port: number): Promise<Server> {
  const server = createServer((request, response) => answer(site, request, response));
  // a slow or silent client holds nothing for long
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  server.maxConnections = 256;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    const reasons: Record<string, string> = {
      EADDRINUSE: `port ${port} is in use`,
      EACCES: `this user may not listen on port ${port}`,
    };
    fail({
      what: reasons[error.code ?? ''] ?? `cannot listen on port ${port}: ${error.message}`,
      where: '--port',
      fix: 'Choose another port, or 0 for any free one: chainrule lab --port 0.',
    });
  });
  return server;
}

export const addressOf = (server: Server): string => `http://${address}:${(server.address() as AddressInfo).port}/`;

interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** Why a request is refused; undefined if it is allowed. */
function refusalOf({ socket, headers: asked, method }: IncomingMessage): Refusal | undefined {
  const { port } = socket.address() as AddressInfo;
  const hosts = [`${address}:${port}`, `localhost:${port}`];
  const { host, origin } = asked;
  if (host === undefined || !hosts.includes(host)) return { status: 421, text: 'The lab answers only to 127.0.0.1.' };
  if (origin !== undefined && !hosts.some((each) => origin === `http://${each}`)) {
    return { status: 403, text: 'The lab answers only to its own pages.' };
  }
  if (method === 'GET' || method === 'HEAD') return undefined;
  return { status: 405, text: 'The lab only has pages to read.', more: { Allow: 'GET, HEAD' } };
}

function answer(site: ReadonlyMap<string, SiteFile>, request: IncomingMessage, response: ServerResponse): void {
  const [path] = (request.url ?? '').split('?', 1);
  const file = site.get(path);
  const refusal = refusalOf(request) ?? (file === undefined && { status: 404, text: 'The lab has no such file.' });
  if (refusal || file === undefined) {
    const { status, text, more } = refusal as Refusal;
    response.writeHead(status, { ...headers, ...more, 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(`${text}\n`);
    return;
  }
  const zipped = file.gzip !== undefined && /\bgzip\b/.test(String(request.headers['accept-encoding']));
  const body = zipped ? file.gzip! : file.bytes;
  response.writeHead(200, {
    ...headers,
    'Content-Type': file.type,
    'Content-Length': body.length,
    ...(file.gzip !== undefined && { Vary: 'Accept-Encoding' }),
    ...(zipped && { 'Content-Encoding': 'gzip' }),
    'Cache-Control': file.keeps ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
