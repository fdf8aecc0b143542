/**
 * A server that reads files from strangers: two hundred hostile files to `load`, `readTableFile` and `fromOnnx` in one
 * process. It answers all of them quickly, in bounded memory, and reads a valid file afterwards.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toOnnx } from '../../src/formats/index.ts';
import { load } from '../../src/model/load.ts';
import { experiment } from '../../src/net/setup.ts';
import { train } from '../../src/train/train.ts';
import { builtPackage } from '../reading-server.ts';
import { hostileUploads, type Reader, type Upload } from '../uploads.ts';

const source = `
import { createServer } from 'node:http';
const dist = process.argv[2];
const { load } = await import(dist + '/index.js');
const { readTableFile } = await import(dist + '/data/index.js');
const { fromOnnx } = await import(dist + '/formats/index.js');
let rejections = 0;
process.on('unhandledRejection', () => rejections++);
const readers = {
  table: async (bytes) => ({ rows: (await readTableFile(bytes, { name: 'upload' })).rows }),
  model: async (bytes) => ({ layers: load(bytes, { file: 'upload' }).network.layers.length }),
  onnx: async (bytes) => ({ network: typeof fromOnnx(bytes, { file: 'upload' }) }),
};
const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const usage = process.cpuUsage();
  let answer;
  try {
    answer = await readers[request.url.slice(1)](new Uint8Array(Buffer.concat(parts)));
  } catch (error) {
    answer = { error: error?.constructor?.name, message: String(error?.message ?? error), stack: error?.stack };
  }
  const { user, system } = process.cpuUsage(usage);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ...answer, seconds: (user + system) / 1e6, rejections }));
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
`;

const folder = mkdtempSync(join(tmpdir(), 'chainrule-test-'));
let server: ChildProcess;
let port: number;
let ended: string | undefined;

beforeAll(async () => {
  const path = join(folder, 'server.mjs');
  writeFileSync(path, source);
  server = fork(path, [builtPackage], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  server.on('exit', (code, signal) => (ended = signal ?? `code ${code}`));
  port = await new Promise<number>((resolve) => server.once('message', (message) => resolve(message as number)));
});
afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly rows?: number;
  readonly layers?: number;
  readonly error?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly seconds: number;
  readonly rejections: number;
}

async function send(to: Reader, bytes: Uint8Array): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/${to}`, { method: 'POST', body: bytes as never });
  return (await response.json()) as Answer;
}

/** The server's peak memory in megabytes; 0 if unknown. */
function peak(): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

test('200 hostile uploads: each is answered in 2 s of processor time, the server survives, and then reads valid files', async () => {
  const json = {
    network: { inputs: 2, layers: [{ dense: 3, activation: 'relu' }, { dense: 1 }] },
    data: {
      inputs: [
        [1, 2],
        [3, 4],
      ],
      targets: [1, 0],
    },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
    seed: 3,
  };
  const { model } = await train(experiment(json));
  const bytes = model.save();
  const onnx = [
    toOnnx(load(bytes)),
    ...['relu', 'classes', 'leaky'].map(
      (name) =>
        new Uint8Array(readFileSync(fileURLToPath(new URL(`../outside/networks/${name}.onnx`, import.meta.url)))),
    ),
  ];
  const sound = new Uint8Array(readFileSync(fileURLToPath(new URL('../outside/tables/zstd.parquet', import.meta.url))));
  expect(await send('table', sound)).toMatchObject({ rows: 12 });
  const before = peak();
  const uploads = hostileUploads([bytes], onnx);
  expect(uploads).toHaveLength(200);
  const failures: string[] = [];
  // one after the other, to measure the cost of each
  const sendAll = async (queue: readonly Upload[]) => {
    for (const { name, to, bytes } of queue) {
      let answer: Answer;
      try {
        answer = await send(to, bytes);
      } catch (error) {
        failures.push(`${to}, ${name}: no answer (${ended ?? error})`);
        if (ended !== undefined) return;
        continue;
      }
      if (answer.error !== undefined && answer.error !== 'InputError') failures.push(`${to}, ${name}: ${answer.stack}`);
      if (answer.seconds > 2) failures.push(`${to}, ${name}: ${answer.seconds} s`);
      if (answer.rejections > 0) failures.push(`${to}, ${name}: an unhandled rejection`);
      if (process.env.FUZZ_CASES !== undefined) {
        console.log(
          `${to}, ${name}: ${answer.message?.split('\n')[0] ?? JSON.stringify(answer)} (${peak().toFixed(0)} MB, ${answer.seconds} s)`,
        );
      }
    }
  };
  await sendAll(uploads);
  // and many at the same time, as on a server
  const small = uploads.filter(({ bytes }) => bytes.length < 10_000);
  const answers = await Promise.all(small.map(({ to, bytes }) => send(to, bytes)));
  expect(answers.filter(({ error }) => error !== undefined && error !== 'InputError')).toEqual([]);
  expect(failures.join('\n')).toBe('');
  expect(ended).toBeUndefined();
  expect(peak() - before).toBeLessThan(600);
  expect(await send('table', sound)).toMatchObject({ rows: 12 });
  expect(await send('model', bytes)).toMatchObject({ layers: 2 });
  expect(await send('onnx', onnx[0])).not.toHaveProperty('error');
}, 600_000);
