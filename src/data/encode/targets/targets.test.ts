/** Several target columns: a regression with an output for each. */
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../base/errors.ts';
import { toRows } from '../../../base/tensor.ts';
import { toOnnx } from '../../../formats/onnx/write.ts';
import { toPyTorch } from '../../../formats/pytorch.ts';
import { toTypeScript } from '../../../formats/typescript/write.ts';
import { load } from '../../../model/load.ts';
import { experiment } from '../../../net/setup.ts';
import { train } from '../../../train/train.ts';
import { readTable } from '../../read/read.ts';

const rows = Array.from({ length: 40 }, (_, r) => [Math.sin(r), Math.cos(3 * r)]);
const csv = `x,y,height,"width, cm",kind\n${rows
  .map(([x, y], r) => `${x},${y},${100 + 20 * x},${r === 7 ? '' : 3 * y - x},${r % 2 ? 'a' : 'b'}`)
  .join('\n')}\n`;
const table = readTable(csv, { name: 't.csv' });
const setup = (data: object = {}, units = 2, training: object = {}) =>
  experiment(
    {
      network: { layers: [{ dense: units }] },
      data: { file: 't.csv', target: ['height', 'width, cm'], features: ['x', 'y'], ...data },
      training: { loss: 'mse', optimizer: { name: 'adam', learningRate: 0.1 }, stop: { epochs: 300 }, ...training },
    },
    { read: () => table },
  );

test('each target column is standardized separately; a row that lacks one is left out', () => {
  const { targets, outputNames, notes, inputs } = setup();
  expect(outputNames).toEqual(['height', 'width, cm']);
  expect(inputs.shape).toEqual([39, 2]);
  for (const k of [0, 1]) {
    const column = toRows(targets).map((row) => row[k]);
    const mean = column.reduce((a, b) => a + b, 0) / 39;
    const variance = column.reduce((a, b) => a + b * b, 0) / 39;
    // 39 roundings of numbers near 1
    expect(Math.abs(mean)).toBeLessThan(1e-13);
    expect(Math.abs(variance - 1)).toBeLessThan(1e-13);
  }
  expect(notes.slice(0, 2)).toEqual([
    '"height", "width, cm": the task is regression, with one output for each target.',
    'Left out 1 row without "height" or "width, cm".',
  ]);
  // the targets are no features
  expect(setup({ features: undefined }).inputNames).toEqual(['x', 'y', 'kind=a', 'kind=b']);
});

test('predictions are by name and in units; metrics are by column, and their mean', async () => {
  const { model, metrics } = await train(setup({ split: { validation: 0.2 } }));
  const again = load(model.save());
  const { predictions } = again.predictTable(table);
  expect(predictions).toEqual(model.predictTable(table).predictions);
  (predictions as Record<string, number>[]).forEach((prediction, r) => {
    const [x, y] = rows[r];
    // a line is learned to a few thousandths of its spread in 300 steps
    expect(Math.abs(prediction.height - (100 + 20 * x))).toBeLessThan(0.5);
    expect(Math.abs(prediction['width, cm'] - (3 * y - x))).toBeLessThan(0.1);
  });
  expect(Object.keys(metrics)).toEqual([
    'meanAbsoluteError',
    'rootMeanSquaredError',
    'r2',
    'meanAbsoluteError(height)',
    'rootMeanSquaredError(height)',
    'r2(height)',
    'meanAbsoluteError(width, cm)',
    'rootMeanSquaredError(width, cm)',
    'r2(width, cm)',
  ]);
  for (const name of ['meanAbsoluteError', 'rootMeanSquaredError', 'r2']) {
    const [a, b] = ['height', 'width, cm'].map((column) => metrics[`${name}(${column})`]);
    expect(metrics[name]).toBe((a + b) / 2);
  }
  expect(again.evaluate({ table }).metrics['r2(height)']).toBeGreaterThan(0.99);
});

test('it is exported', async () => {
  const { model } = await train(setup({}, 2, { stop: { epochs: 1 } }));
  expect(toTypeScript(model)).toContain('export type Prediction = Record<"height" | "width, cm", number>;');
  expect(toPyTorch(model, 'weights.safetensors').python).toContain('"width, cm": y[1] * ');
  expect(toOnnx(model).length).toBeGreaterThan(0);
});

test('one name in a list is as the name', () => {
  expect(setup({ target: ['height'] }, 1).prepared!.encoding).toEqual(
    setup({ target: 'height' }, 1).prepared!.encoding,
  );
});

describe('values that do not fit are an error', () => {
  const said = (call: () => unknown): string => {
    try {
      call();
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    throw new Error('it was accepted');
  };

  test('columns that are not numeric, are missing or are listed twice; too few outputs', () => {
    const attempts = [
      () => setup({ target: ['height', 'kind'] }),
      () => setup({ target: ['height', 'depth'] }),
      () => setup({ target: ['height', 'height'] }),
      () => setup({ task: 'classification' }),
      () => setup({ features: ['x', 'height'] }),
      () => setup({}, 1),
      () => setup({ target: [] }),
    ];
    expect(attempts.map(said).join('\n')).toMatchInlineSnapshot(`
      "data.target: "kind" is not numeric, and several targets must all be numeric.
        List numeric columns, or this column alone.
      data.target[1]: csv "t.csv" has no column "depth".
        Choose one of: x, y, height, width, cm, kind.
      data.target[1]: "height" is listed twice.
        List each column once.
      data.target: a classification has one target column.
        Name one column, or set "task": "regression" if all are numeric.
      data.features[1]: "height" is the target.
        Remove it from the features: a network that gets the target as an input learns nothing.
      network.layers[0]: 1 units, but "height, width, cm" is 2 numbers.
        Give the last layer 2 units.
      data.target: the list is empty.
        Give at least one entry."
    `);
  });
});
