/** A custom layer of kernels trains to the same bits on both engines, passes the gradient check, and is exported. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { add, exp, log, sub } from '../src/core/formula.ts';
import { map } from '../src/core/op.ts';
import { gather } from '../src/core/ops/gather.ts';
import { concat, reshape, slice } from '../src/core/ops/pieces.ts';
import { rowMaximum } from '../src/core/ops/row-maximum.ts';
import { sparsePattern, spmm } from '../src/core/ops/sparse.ts';
import { toOnnx, toTypeScript } from '../src/formats/index.ts';
import { adam, check, dense, mse, network, tanh, train } from '../src/index.ts';
import type { Layer } from '../src/net/layer.ts';

const shiftedExp = map('shiftedExp', { f: (x, most) => exp(sub(x, most)) });
const logPlus = map('logPlus', { f: (total, most) => add(log(total), most) });
const sum = map('sum', { f: (a, b) => add(a, b) });

/** [batch, 6] -> [batch, 8], or with a sparse product [batch, 2]. */
const pieces = (isSparse: boolean): Layer => ({
  kind: 'pieces',
  shape: () => [isSparse ? 2 : 8],
  parameterNames: ['shift', ...(isSparse ? ['entries', 'weight'] : [])],
  parameters: () => {
    const spread = (n: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
    const of = (name: string, shape: number[]) => ({
      name,
      shape,
      start: { shape, data: spread(shape.reduce((a, b) => a * b, 1)) },
      penalized: false,
    });
    return [of('shift', [3]), ...(isSparse ? [of('entries', [10]), of('weight', [4, 2])] : [])];
  },
  trainable: true,
  config: { pieces: 8 },
  forward({ graph, address }, input, { shift, entries, weight }) {
    const [batch] = input.shape;
    const cube = reshape(graph, input, [batch, 2, 3]);
    // log-sum-exp along the last axis, which a shift by the maximum does not change.
    const part = slice(graph, cube, 2, 1, 3);
    const largest = rowMaximum(graph, part);
    const total = graph.contract('bij->bi', [graph.map(shiftedExp, [part, largest], 'bij,bi->bij')]);
    const joined = concat(graph, [input, graph.map(logPlus, [total, largest])], 1);
    const shifts = gather(graph, shift, graph.integers([8], Int32Array.from([0, 1, 2, 0, 1, 2, 2, 0])));
    const shifted = graph.map(sum, [joined, shifts], 'bo,o->bo');
    if (!isSparse) return { input, output: graph.name(`${address}.output`, shifted) };
    const pattern = sparsePattern(graph, {
      columns: 4,
      starts: [0, 2, 2, 3, 5, 6, 8, 9, 10],
      indices: [0, 3, 1, 0, 2, 3, 1, 2, 0, 3],
    });
    const product = graph.contract('bi,io->bo', [shifted, spmm(graph, pattern, entries, weight)]);
    return { input, output: graph.name(`${address}.output`, product) };
  },
});

const rows = Array.from({ length: 20 }, (_, r) =>
  Array.from({ length: 5 }, (_, c) => Math.fround(Math.sin(3 * r + 7 * c))),
);
const targets = rows.map((row) => [row[0] * row[1], row[2]]);
const netOf = (isSparse: boolean) => network([dense(6, { activation: tanh }), pieces(isSparse), dense(2)]);
const options = { loss: mse, optimizer: adam(), stop: { epochs: 5 }, precision: 'float64' } as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-kernels-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([false, true])(
  'trains to the same bits on both engines, and its gradients are right (sparse: %s)',
  async (isSparse) => {
    const trained = [];
    for (const engine of ['reference', 'wasm'] as const) {
      const { model } = await train(netOf(isSparse), { inputs: rows, targets }, { ...options, engine });
      trained.push(Array.from(model.parameters, ([name, { data }]) => [name, [...data]]));
      const { rows: checked } = check(model);
      expect(checked.filter(({ error, kink }) => !kink && !(error <= 1e-7))).toEqual([]);
    }
    expect(trained[1]).toEqual(trained[0]);
  },
);

test.each([false, true])('exported to TypeScript it predicts the same, to 1e-12 (sparse: %s)', async (isSparse) => {
  const { model } = await train(netOf(isSparse), { inputs: rows, targets }, options);
  const file = join(folder, `pieces-${isSparse}.ts`);
  writeFileSync(file, toTypeScript(model));
  const { predict } = (await import(/* @vite-ignore */ file)) as { predict(row: readonly number[]): number[] };
  for (const [r, expected] of model.predict(rows).entries()) {
    predict(rows[r]).forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k], 12);
    });
  }
});

test('exported to ONNX it predicts the same, to 1e-6, for any number of rows; a sparse product is refused', async () => {
  const { model } = await train(netOf(false), { inputs: rows, targets }, options);
  const session = await ort.InferenceSession.create(toOnnx(model), { executionProviders: ['wasm'] });
  for (const n of [1, 20]) {
    const input = new ort.Tensor('float32', Float32Array.from(rows.slice(0, n).flat()), [n, 5]);
    const { output } = await session.run({ input });
    expect(output.dims).toEqual([n, 2]);
    model
      .predict(rows.slice(0, n))
      .flat()
      .forEach((value, i) => {
        expect(output.data[i]).toBeCloseTo(value, 5);
      });
  }
  const { model: sparse } = await train(netOf(true), { inputs: rows, targets }, options);
  expect(() => toOnnx(sparse)).toThrow('ONNX has no product with a sparse matrix');
});
