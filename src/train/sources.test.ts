/** Data that come asynchronously train as those that are there. */
import { expect, test } from 'vitest';
import { readTable } from '../data/read.ts';
import { adam, crossEntropy, dense, halfMse, network, sgd, softmax } from '../index.ts';
import { train } from './anywhere.ts';

const rows = Array.from({ length: 6000 }, (_, r) => [Math.sin(r), Math.cos(3 * r)]);
const targets = rows.map(([a, b]) => [a - 2 * b]);

async function* parts<T>(items: readonly T[], size: number): AsyncGenerator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

test('batches of rows: the same bits as the rows at once, with weights and a validation part', async () => {
  const options = { loss: halfMse, optimizer: sgd({ learningRate: 0.1 }), batchSize: 50, stop: { epochs: 2 } } as const;
  const weights = rows.map((_, r) => (r < 700 ? 1 : 1 + (r % 3)));
  const validation = { inputs: rows.slice(0, 10), targets: targets.slice(0, 10) };
  const wanted = await train(network([dense(1)]), { inputs: rows, targets, weights, validation }, options);
  async function* batches() {
    for (let at = 0; at < rows.length; at += 700) {
      const [x, t, w] = [rows, targets, weights].map((each) => each.slice(at, at + 700));
      // without weights rows count 1
      yield { inputs: x as number[][], targets: t as number[][], ...(at > 0 && { weights: w as number[] }) };
    }
  }
  const found = await train(network([dense(1)]), { batches: batches(), validation }, options);
  expect([...found.model.parameters]).toEqual([...wanted.model.parameters]);
  expect(found.validation).toEqual(wanted.validation);
  expect(found.loss).toEqual(wanted.loss);
});

test('a table of rows, one or many at a time: the same bits as the table at once', async () => {
  const objects = rows.slice(0, 500).map(([a, b], r) => ({ a, b, c: a > b ? 'up' : 'down', r: r % 7 }));
  const net = network([dense(4), dense(2, { activation: softmax })]);
  const options = { loss: crossEntropy, optimizer: adam(), batchSize: 32, stop: { epochs: 3 } } as const;
  const how = { target: 'c', split: { validation: 0.2 } };
  const wanted = await train(net, { table: readTable(objects), ...how }, options);
  const found = await train(net, { table: parts(objects, 64), ...how }, options);
  expect([...found.model.parameters]).toEqual([...wanted.model.parameters]);
  expect(found.notes).toEqual(wanted.notes);
});

test('in a worker as well they are taken in here; what a source throws rejects the run', async () => {
  async function* broken() {
    yield { inputs: [[1]], targets: [[1]] };
    throw new Error('the connection is lost');
  }
  const options = { loss: halfMse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 } } as const;
  for (const worker of [false, true]) {
    await expect(train(network([dense(1)]), { batches: broken() }, { ...options, worker })).rejects.toThrow(
      'the connection is lost',
    );
  }
});
