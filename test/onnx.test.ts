/** ONNX files: onnxruntime predicts the same as the models, from raw rows to labels; reading them back loses nothing. */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { activations, resolveActivation } from '../src/core/ops/activations.ts';
import { encodeRows } from '../src/data/encode/rows.ts';
import type { Cell } from '../src/data/read/read.ts';
import { readTable } from '../src/data/read/read.ts';
import { fromOnnx, toOnnx } from '../src/formats/index.ts';
import {
  activate,
  adam,
  batchNorm,
  dense,
  dropout,
  embedding,
  layerNorm,
  Model,
  mse,
  network,
  relu,
  residual,
  softmax,
  train,
} from '../src/index.ts';
import { experiment } from '../src/net/setup.ts';
import { sampled } from './runs.ts';

ort.env.logLevel = 'error';
const session = (bytes: Uint8Array) => ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });

const wave = (r: number, c: number) => Math.fround(Math.sin(3 * r + 7 * c) * 2);
const rows = Array.from({ length: 12 }, (_, r) => Array.from({ length: 5 }, (_, c) => wave(r, c)));
const targets = rows.map((row) => [row[0], row[1]]);

/** The largest difference, relative to the largest value. */
function distance(found: ArrayLike<number>, wanted: readonly number[]): number {
  expect(found.length).toBe(wanted.length);
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(found[i] - value)), 0) / scale;
}

describe('rows of numbers', () => {
  test.each(activations.map(resolveActivation).map((activation, i) => ({ name: activation.name, activation, i })))(
    '$name: within 1e-6 of ours, for any number of rows',
    async ({ activation, i }) => {
      for (const precision of sampled(['float64', 'float32'] as const, 2, i)) {
        const net = network([dense(4, { activation }), dropout(0.3), dense(3, { activation, bias: false }), dense(2)]);
        const { model } = await train(
          net,
          { inputs: rows, targets },
          { loss: mse, optimizer: adam(), engine: 'wasm', precision, stop: { epochs: 3 } },
        );
        const bytes = toOnnx(model);
        const run = await session(bytes);
        for (const n of [1, 12]) {
          const input = new ort.Tensor('float32', Float32Array.from(rows.slice(0, n).flat()), [n, 5]);
          const { output } = await run.run({ input });
          expect(output.dims).toEqual([n, 2]);
          expect(distance(output.data as Float32Array, model.predict(rows.slice(0, n)).flat())).toBeLessThan(1e-6);
        }
        const again = new Model(fromOnnx(bytes));
        expect(again.predict(rows)).toEqual(model.predict(rows));
        expect(again.precision).toBe(precision);
        expect(toOnnx(again)).toEqual(bytes);
      }
    },
  );

  test.each([
    ['batchNorm', [dense(4), batchNorm(), activate(relu), dense(2)]],
    ['layerNorm', [layerNorm({ affine: false }), dense(4), layerNorm(), activate(softmax), dense(2)]],
    [
      'embedding',
      [
        embedding(2, {
          of: [
            { input: 3, size: 4 },
            { input: 1, size: 12 },
          ],
        }),
        dense(2),
      ],
    ],
    [
      'residual',
      [dense(4), residual([dense(3, { activation: relu }), batchNorm({ epsilon: 0.1 }), dense(4)]), dense(2)],
    ],
  ])('%s: within 1e-6 of ours; read back, the same model', async (_name, layers) => {
    // Columns 1 and 3 are indices too.
    const given = rows.map(([a, , c, , e], r) => [a, r, c, r % 4, e]);
    const { model } = await train(
      network(layers),
      { inputs: given, targets },
      { loss: mse, optimizer: adam(), batchSize: 5, stop: { epochs: 6 } },
    );
    const bytes = toOnnx(model);
    const run = await session(bytes);
    const input = new ort.Tensor('float32', Float32Array.from(given.flat()), [12, 5]);
    const { output } = await run.run({ input });
    expect(distance(output.data as Float32Array, model.predict(given).flat())).toBeLessThan(1e-6);
    const again = new Model(fromOnnx(bytes));
    expect(again.predict(given)).toEqual(model.predict(given));
    expect(toOnnx(again)).toEqual(bytes);
  });

  test('continues training like the model itself', async () => {
    const options = { loss: mse, optimizer: adam(), stop: { epochs: 5 } } as const;
    const { model } = await train(network([dense(4), dense(2)]), { inputs: rows, targets }, options);
    const again = new Model(fromOnnx(toOnnx(model)));
    expect([...again.parameters]).toEqual([...model.parameters]);
    expect(again.network.layers.map(({ config }) => config)).toEqual(model.network.layers.map(({ config }) => config));
  });
});

const penguins = readTable(readFileSync(new URL('../examples/penguins.csv', import.meta.url), 'utf8'), {
  name: 'penguins.csv',
});

/** The columns for onnxruntime: numbers as float64, with NaN for missing values; others as text. */
function feeds(run: ort.InferenceSession, columns: Readonly<Record<string, readonly Cell[]>>) {
  return Object.fromEntries(
    run.inputNames.map((name, i) => {
      const cells = columns[name];
      const meta = run.inputMetadata[i] as { type: string };
      const dims = [cells.length, 1];
      return [
        name,
        meta.type === 'string'
          ? new ort.Tensor(
              'string',
              cells.map((cell) => String(cell ?? '')),
              dims,
            )
          : new ort.Tensor(
              'float64',
              Float64Array.from(cells, (cell) => (cell == null ? Number.NaN : Number(cell))),
              dims,
            ),
      ];
    }),
  );
}
const columnsOf = ({ columns }: typeof penguins) =>
  Object.fromEntries(columns.map(({ name, values }) => [name, values]));

const ofTable = (layers: readonly object[], loss: string, data: object, table = penguins) =>
  train(
    experiment(
      {
        network: { layers },
        data: { file: 't.csv', ...data },
        training: { loss, optimizer: 'adam', batchSize: 32, stop: { epochs: 8 } },
      },
      { read: () => table },
    ),
  );

describe('tables: raw columns in, labels, probabilities and numbers out', () => {
  const hidden = { dense: 8, activation: 'gelu' };
  test.each([
    ['softmax', { dense: 3, activation: 'softmax' }, 'crossEntropy', 'species'],
    ['logSoftmax', { dense: 3, activation: 'logSoftmax' }, 'crossEntropy', 'species'],
    ['sigmoid', { dense: 1, activation: 'sigmoid' }, 'binaryCrossEntropy', 'sex'],
    ['hinge', { dense: 1 }, 'hinge', 'sex'],
    // From text and from numbers.
    ['embedding', { dense: 3, activation: 'softmax' }, 'crossEntropy', 'species', ['island', 'flipper_length_mm']],
  ])('%s', async (_name, last, loss, target, embed = undefined as readonly string[] | undefined) => {
    const first = embed === undefined ? [] : [{ embedding: 3 }];
    const { model } = await ofTable([...first, hidden, last], loss, { target, ...(embed && { embed }) });
    const run = await session(toOnnx(model));
    const { label, probabilities } = await run.run(feeds(run, columnsOf(penguins)));
    const wanted = model.predictTable(penguins);
    expect(label.data).toEqual(wanted.predictions);
    if (wanted.probabilities === undefined) expect(probabilities).toBeUndefined();
    else
      expect(
        distance(
          probabilities.data as Float32Array,
          wanted.probabilities.flatMap((each) => Object.values(each)),
        ),
      ).toBeLessThan(1e-6);
  });

  test('several numeric targets', async () => {
    const target = ['body_mass_g', 'flipper_length_mm'];
    const { model } = await ofTable([hidden, { dense: 2 }], 'mse', { target });
    const run = await session(toOnnx(model));
    const { prediction } = await run.run(feeds(run, columnsOf(penguins)));
    const wanted = model.predictTable(penguins).predictions.flatMap((each) => Object.values(each as object));
    expect(prediction.dims).toEqual([penguins.rows, 2]);
    expect(distance(prediction.data as Float64Array, wanted)).toBeLessThan(1e-6);
  });

  test.each(['standard', 'minMax', 'none'])(
    'a number, scale %s, with missing values and unseen categories',
    async (scale) => {
      const { model } = await ofTable([hidden, { dense: 1 }], 'mse', {
        target: 'body_mass_g',
        scale,
        features: ['flipper_length_mm', 'island', 'sex', 'species'],
      });
      const run = await session(toOnnx(model));
      const columns = {
        flipper_length_mm: [190, undefined, 231.5],
        island: ['Biscoe', 'Atlantis', undefined],
        sex: ['male', undefined, 'female'],
        species: ['Gentoo', 'Adelie', 'Adelie'],
      };
      const { prediction } = await run.run(feeds(run, columns));
      const { predictions } = model.predictTable(readTable(columns));
      expect(distance(prediction.data as Float64Array, predictions as number[])).toBeLessThan(1e-6);
    },
  );

  test('dates are inputs as days since 1970-01-01; NaN is a missing value', async () => {
    const day = 86_400_000;
    const when = Array.from({ length: 90 }, (_, i) => (i % 11 === 4 ? undefined : 20_000 + 5 * i + (i % 24) / 24));
    const table = readTable({
      when: when.map((days) => days && new Date(days * day).toISOString()),
      y: Array.from({ length: 90 }, (_, i) => Math.sin(i)),
    });
    for (const scale of ['standard', 'none']) {
      const { model } = await ofTable([hidden, { dense: 1 }], 'mse', { target: 'y', scale }, table);
      expect(model.inputs).toBe(7);
      const run = await session(toOnnx(model));
      const { prediction } = await run.run(feeds(run, { when, y: [] }));
      const wanted = model.predictTable(table).predictions as number[];
      // Unscaled days are about 20,000; in float32, the last digit is then a thousandth.
      expect(distance(prediction.data as Float64Array, wanted)).toBeLessThan(scale === 'none' ? 1e-3 : 1e-6);
    }
  });

  test('booleans in any case, numeric categories, integer labels', async () => {
    const table = readTable({
      flag: Array.from({ length: 60 }, (_, i) => i % 3 === 0),
      code: Array.from({ length: 60 }, (_, i) => [10, 20, 35][i % 3]),
      x: Array.from({ length: 60 }, (_, i) => Math.sin(i)),
      y: Array.from({ length: 60 }, (_, i) => (Math.sin(i) > 0 ? 2 : 7) + (i % 3 === 0 ? 1 : 0)),
    });
    const { model } = await ofTable(
      [hidden, { dense: 4, activation: 'softmax' }],
      'crossEntropy',
      { target: 'y', categories: ['code'], task: 'classification' },
      table,
    );
    const run = await session(toOnnx(model));
    const { label } = await run.run(
      feeds(run, { flag: ['TRUE', 'False', 'true', ''], code: [10, 35, undefined, 99], x: [0.5, -1, 0, 3] }),
    );
    const wanted = model.predictTable(
      readTable({ flag: ['TRUE', 'False', 'true', ''], code: [10, 35, undefined, 99], x: [0.5, -1, 0, 3] }),
    );
    expect(Array.from(label.data as BigInt64Array, Number)).toEqual(wanted.predictions);
    const again = new Model(fromOnnx(toOnnx(model)));
    expect(again.predictTable(table)).toEqual(model.predictTable(table));
    expect(encodeRows(again.encoding!, table)).toEqual(encodeRows(model.encoding!, table));
  });
});
