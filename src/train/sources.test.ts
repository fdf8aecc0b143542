/** Training on asynchronous data gives the same results as on data in memory. */
import { expect, test } from 'vitest';
import { readTable } from '../data/read/read.ts';
import {
  adam,
  crossEntropy,
  crossValidate,
  dense,
  findLearningRate,
  halfMse,
  network,
  sgd,
  softmax,
} from '../index.ts';
import { train } from './index.ts';

const rows = Array.from({ length: 6000 }, (_, r) => [Math.sin(r), Math.cos(3 * r)]);
const targets = rows.map(([a, b]) => [a - 2 * b]);

async function* parts<T>(items: readonly T[], size: number): AsyncGenerator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

test('batches of rows: the same bits as all rows at once, with weights and validation rows', async () => {
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

test('a table that comes in rows, one or many at a time: the same bits as the whole table', async () => {
  const objects = rows.slice(0, 500).map(([a, b], r) => ({ a, b, c: a > b ? 'up' : 'down', r: r % 7 }));
  const net = network([dense(4), dense(2, { activation: softmax })]);
  const options = { loss: crossEntropy, optimizer: adam(), batchSize: 32, stop: { epochs: 3 } } as const;
  const how = { target: 'c', split: { validation: 0.2 } };
  const wanted = await train(net, { table: readTable(objects), ...how }, options);
  const found = await train(net, { table: parts(objects, 64), ...how }, options);
  expect([...found.model.parameters]).toEqual([...wanted.model.parameters]);
  expect(found.notes).toEqual(wanted.notes);
});

test('training from a model continues with its weights, scaling, categories and classes', async () => {
  const months = ['a', 'b', 'c'].flatMap((place, k) =>
    Array.from({ length: 40 }, (_, r) => ({ x: 10 * k + r, place, y: r % 3 === 0 ? 'no' : 'yes' })),
  );
  const net = network([dense(5), dense(2, { activation: softmax })]);
  const options = { loss: crossEntropy, optimizer: adam(), batchSize: 16, stop: { epochs: 3 } } as const;
  const first = await train(net, { table: readTable(months), target: 'y' }, options);
  // fewer categories and only one class: by itself, this table would need another network
  const later = readTable(months.slice(80).filter(({ y }) => y === 'yes'));
  const second = await train(net, { table: later, target: 'y' }, { ...options, from: first.model });
  expect(second.model.encoding).toEqual(first.model.encoding);
  expect(second.loss.first).toBeCloseTo(first.model.evaluate({ table: later }).loss, 14);
  expect(second.notes).toContain(
    'Scaling, categories and fill values are those of the model that training continues from.',
  );

  const run = train(
    network([dense(4), dense(2, { activation: softmax })]),
    { table: later, target: 'y' },
    { ...options, from: first.model },
  );
  await expect(run).rejects.toThrow(
    'training.from: layers.0.weight of the model is [4,5], but the network needs [4,4].',
  );
  const strange = readTable([{ x: 1, place: 'a', y: 'perhaps' }]);
  await expect(train(net, { table: strange, target: 'y' }, { ...options, from: first.model })).rejects.toThrow(
    `"perhaps" is not one of the model's classes`,
  );
});

test('this thread collects the data also for a worker; an error of the source rejects the run', async () => {
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

test('invalid data, and data in parts for functions that take whole data, are refused', async () => {
  const options = { loss: halfMse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 } } as const;
  const calls: (() => PromiseLike<unknown>)[] = [
    ...[{}, { inputs: 5, targets }, { inputs: null, targets }, { batches: 5 }, { table: null, target: 'y' }].map(
      (data) => () => train(network([dense(1)]), data as never, options),
    ),
    () => crossValidate(network([dense(1)]), { batches: parts([1], 1) } as never, options),
    () => findLearningRate(network([dense(1)]), { table: parts([1], 1), target: 'y' } as never, options),
  ];
  const messages: string[] = [];
  for (const call of calls) {
    try {
      await call();
    } catch (error) {
      messages.push(String(error));
    }
  }
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "InputError: data: the data are empty.
      Pass { inputs: [[1, 2]], targets: [[3]] } for rows of numbers, or { table, target } for a table.
    InputError: data.inputs: there are no rows.
      Give at least one row: [[1, 2], [3, 4]].
    InputError: data.inputs: there are no rows.
      Give at least one row: [[1, 2], [3, 4]].
    InputError: data.batches: it is not an asynchronous iterable.
      Pass an iterable that yields { inputs, targets }, such as an async function*.
    InputError: data.table: it is not a table.
      Pass the table that readTable or readTableFile returned.
    InputError: data.batches: the data come in batches, but crossValidate needs all rows at once.
      Pass { inputs, targets }, or a table that readTable returned.
    InputError: data.table: the data come in batches, but findLearningRate needs all rows at once.
      Pass { inputs, targets }, or a table that readTable returned."
  `);
});
