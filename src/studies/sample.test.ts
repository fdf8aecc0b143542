/** Tests of a setup before training also work with rows that are not in memory. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tensor } from '../base/tensor.ts';
import { softmax } from '../core/ops/activations.ts';
import { TableBuilder } from '../data/read/packed-table.ts';
import { readTable } from '../data/read/read.ts';
import type { RowStream } from '../data/table/rows.ts';
import { takeRows } from '../data/table/take-rows.ts';
import { dense } from '../net/layers/dense.ts';
import { crossEntropy } from '../net/losses.ts';
import { network } from '../net/network.ts';
import { adam } from '../net/optimizers.ts';
import type { Setup } from '../net/rows-setup.ts';
import { experiment } from '../net/setup.ts';
import { crossValidate } from './folds.ts';
import { findLearningRate } from './learning-rate.ts';
import { equalRows } from './minimum-loss.ts';
import { overfitBatch } from './overfit.ts';
import { orderOf, takeData } from './sample.ts';

const rows = Array.from({ length: 100 }, (_, r) => [Math.sin(5 * r), Math.cos(3 * r)]);
const whole = experiment({
  network: { layers: [{ dense: 16, activation: 'tanh' }, { dense: 1 }] },
  data: { inputs: rows, targets: rows.map(([a, b]) => [a * b]) },
  training: { loss: 'mse', optimizer: { name: 'adam', learningRate: 0.02 }, batchSize: 10, stop: { epochs: 1 } },
});

function streamed({ inputs, targets, ...rest }: Setup): Setup {
  const stream: RowStream = {
    rows: inputs.shape[0],
    read(positions, x, t, places) {
      for (let i = 0; i < positions.length; i++) {
        expect(i === 0 || positions[i] > positions[i - 1]).toBe(true);
        const to = places?.[i] ?? i;
        x.set(inputs.data.subarray(2 * positions[i], 2 * positions[i] + 2), 2 * to);
        t[to] = targets.data[positions[i]];
      }
    },
  };
  return {
    ...rest,
    inputs: tensor([1, 2], inputs.data.slice(0, 2)),
    targets: tensor([1, 1], [targets.data[0]]),
    stream,
  };
}

test('rows come in the requested order, from memory and from a stream', () => {
  const wanted = [7, 3, 99];
  const found = takeData(streamed(whole), wanted);
  expect(found).toEqual(takeData(whole, wanted));
  expect([...found.inputs.data]).toEqual(wanted.flatMap((row) => rows[row]));
});

test('named feeds come with the rows, and rows with different feeds are different', () => {
  const ids = { rowShape: [], type: 'int32', data: Int32Array.from(rows, (_, r) => r % 3) } as const;
  const found = takeData({ ...whole, feeds: new Map([['ids', ids]]) }, [7, 3, 99]);
  expect(found.feeds!.get('ids')!.data).toEqual(Int32Array.of(1, 0, 0));
  const same = tensor([3, 1], [5, 5, 5]);
  expect(equalRows(same)).toEqual([[0, 1, 2]]);
  expect(equalRows(same, found.feeds)).toEqual([[0], [1, 2]]);
});

test('the learning-rate test of a stream equals that of the rows in memory', async () => {
  const test = await findLearningRate(whole, { steps: 30 });
  expect(await findLearningRate(streamed(whole), { steps: 30 })).toEqual(test);
});

test('a sample of a longer stream is evenly spaced', async () => {
  expect([...orderOf(streamed(whole), 0, 20)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, i) => 5 * i),
  );
  const { passed, rows: taken } = await overfitBatch(streamed(whole), { rows: 10 });
  expect(passed).toBe(true);
  expect([...taken].sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => 10 * i));
});

test('folds of a packed table equal those of the same table as texts', async () => {
  const text = readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8');
  const table = readTable(text, { name: 'penguins.csv' });
  const builder = new TableBuilder({ name: 'penguins.csv' });
  builder.add(
    table.columns.map(({ name }) => name),
    Array.from({ length: table.rows }, (_, row) => table.columns.map(({ values }) => values[row])),
    table.lines,
  );
  const packed = builder.table();
  const part = takeRows(packed, [3, 10, 200]);
  expect(part.columns.map(({ values }) => [...values])).toEqual(
    takeRows(table, [3, 10, 200]).columns.map(({ values }) => values),
  );
  expect(Array.from(part.lines!)).toEqual([5, 12, 202]);
  const of = (given: typeof table) =>
    crossValidate(
      network([dense(3, { activation: softmax })]),
      { table: given, target: 'species', split: { validation: 0.2 } },
      { loss: crossEntropy, optimizer: adam(), batchSize: 32, stop: { epochs: 3 }, folds: 3 },
    );
  const [found, wanted] = [await of(packed), await of(table)];
  expect(found.predictions).toEqual(wanted.predictions);
  expect(found.mean).toEqual(wanted.mean);
});
