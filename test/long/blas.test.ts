/**
 * The system's BLAS instead of the module's products: the same numbers up to rounding, for all sizes and numbers of
 * threads.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blasEngine } from '../../src/engines/blas/index.ts';
import { bind, findBlas } from '../../src/engines/blas/library.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { reference } from '../../src/engines/reference/index.ts';
import { adam, crossEntropy, dense, network, relu, softmax, tanh, train } from '../../src/index.ts';
import { setUp } from '../../src/net/table-setup.ts';
import { assemble } from '../../src/net/training.ts';
import { trainingLoop } from '../../src/train/trainer.ts';

const library = findBlas();

test('it finds a BLAS that several threads may call', () => {
  expect(library).toMatchObject({ name: expect.any(String), concurrent: true });
});

const rows = 150;
const wave = (a: number, b: number) => Math.sin(a * b + a + 2 * b);
const data = {
  inputs: Array.from({ length: rows }, (_, r) => Array.from({ length: 33 }, (_, c) => wave(r, c))),
  targets: Array.from({ length: rows }, (_, r) => Array.from({ length: 5 }, (_, k) => Number(r % 5 === k))),
};
const options = { loss: crossEntropy, optimizer: adam(), batchSize: 64 } as const;

/** The losses and weights of so many epochs, which begin when all threads serve. */
async function run(engine: Engine, sizes: readonly number[], epochs: number) {
  let ready = () => true;
  const watched: Engine = {
    ...engine,
    compileLoop(plans, spec) {
      const made = engine.compileLoop(plans, spec);
      ready = () => made.loop.serving() === made.loop.threads;
      return made;
    },
  };
  const net = network([
    ...sizes.map((units, i) => dense(units, { activation: i % 2 === 0 ? relu : tanh })),
    dense(5, { activation: softmax }),
  ]);
  const loop = trainingLoop(watched, setUp(net, data, assemble({ ...options, stop: { epochs } })), { slice: 0.005 });
  let step = loop.next();
  while (!step.done) {
    while (!ready()) await new Promise((resolve) => setTimeout(resolve, 5));
    step = loop.next();
  }
  const { history, parameters, threads } = step.value;
  return {
    losses: history.map(({ loss }) => loss),
    weights: [...parameters.values()].flatMap((t) => [...t.data]),
    threads,
  };
}

const largestError = (got: readonly number[], want: readonly number[]) =>
  Math.max(...want.map((value, i) => Math.abs(value - got[i]) / Math.max(1, Math.abs(value))));

describe.each([
  // 64 rows and a smaller last batch of 22; 17 and 61 are prime
  [[61, 17]],
  [[128]],
  [[300, 64, 200]],
])('hidden layers of %j', (sizes) => {
  test('three epochs in float64: to 1e-12 of the reference; in float32 to the roundings of the longest sum', async () => {
    const want = await run(reference, sizes, 3);
    const double = await run(blasEngine({ precision: 'float64', threads: 1 }), sizes, 3);
    expect(largestError(double.losses, want.losses)).toBeLessThanOrEqual(1e-12);
    expect(largestError(double.weights, want.weights)).toBeLessThanOrEqual(1e-12);
    const single = await run(blasEngine({ precision: 'float32', threads: 1 }), sizes, 3);
    expect(largestError(single.losses, want.losses)).toBeLessThanOrEqual(300 * 2 ** -24);
    expect(single.losses).not.toEqual(double.losses);
  });

  test('two and three threads: the same to 1e-9 after 60 epochs', async () => {
    const one = await run(blasEngine({ precision: 'float64', threads: 1 }), sizes, 60);
    for (const threads of [2, 3]) {
      const many = await run(blasEngine({ precision: 'float64', threads }), sizes, 60);
      expect(many.threads).toBe(sizes.length === 2 ? 1 : threads);
      expect(largestError(many.losses, one.losses)).toBeLessThanOrEqual(1e-9);
    }
  });
});

test('the library is called with its own conventions', () => {
  const memory = { buffer: new ArrayBuffer(256) };
  const numbers = new Float64Array(memory.buffer);
  // [1 2; 3 4] transposed, times [5 6; 7 8]
  numbers.set([1, 2, 3, 4, 5, 6, 7, 8]);
  if ('missing' in library) throw new Error(library.detail);
  const { koffi, file, oneThread } = library;
  const prototype =
    'void cblas_dgemm(int, int, int, int, int, int, double, uintptr_t, int, uintptr_t, int, double, uintptr_t, int)';
  const { gemm } = bind({ koffi, file, oneThread, prototype }, memory).blas;
  gemm(1, 0, 2, 2, 2, 0, 2, 32, 2, 64, 2);
  expect([...numbers.subarray(8, 12)]).toEqual([26, 30, 38, 44]);
});

describe('the reported engine', () => {
  const net = () => network([dense(130, { activation: relu }), dense(5, { activation: softmax })]);

  test('under "fast", auto uses it for large products, and reports it', async () => {
    const { engine } = await train(net(), data, {
      ...options,
      arithmetic: 'fast',
      precision: 'float32',
      stop: { epochs: 100 },
    });
    expect(engine).toMatchObject({ name: 'blas', arithmetic: 'fast', precision: 'float32' });
    expect(engine.why).toMatch(/^large products, and \w+ is available$/);
  });

  test('under "strict" it does not', async () => {
    const { engine } = await train(net(), data, { ...options, stop: { epochs: 100 } });
    expect(engine).toMatchObject({ name: 'wasm', arithmetic: 'strict' });
  });

  test('under "fast", a small network uses the module', async () => {
    const small = network([dense(4, { activation: tanh }), dense(5, { activation: softmax })]);
    const { engine } = await train(small, data, { ...options, arithmetic: 'fast', stop: { epochs: 100 } });
    expect(engine).toMatchObject({ name: 'wasm', arithmetic: 'fast', why: 'compiled for this network' });
  });
});

describe('on the command line', () => {
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chainrule-blas-'));
    const table = data.inputs.map((row, r) => [...row.map((x) => x.toFixed(4)), `c${r % 5}`].join(','));
    const header = [...data.inputs[0].map((_, i) => `x${i}`), 'class'].join(',');
    writeFileSync(join(folder, 'table.csv'), `${[header, ...table].join('\n')}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('train --engine blas trains with threads, and ends by itself', () => {
    const call =
      'train table.csv --target class --hidden 256,128 --engine blas --arithmetic fast --epochs 300 --out run --verbose';
    const output = execFileSync(process.execPath, [main, ...call.split(' ')], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect(output).toMatch(/Engine: blas, float32, fast, \d+ threads?, .* requested, with \w+\./);
  });
});
