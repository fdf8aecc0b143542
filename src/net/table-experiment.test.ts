import { expect, test } from 'vitest';
import { readTable } from '../data/read/read.ts';
import { experiment } from './setup.ts';
import { type TableChoices, tableExperiment } from './table-experiment.ts';

const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 7},${['a', 'b', 'c'][i % 3]},${i % 2 ? 'yes' : 'no'}`);
const table = readTable(`x,z,kind,answer\n${rows.join('\n')}\n`, { name: 't.csv' });
const choose = (target: string | string[], choices: Partial<TableChoices> = {}, data = {}) =>
  tableExperiment(table, { ...choices, data: { file: 't.csv', target, ...data } });
const layers = (...given: Parameters<typeof choose>) => choose(...given).network.layers;

test('the last layer fits the target and the loss', () => {
  expect(layers('kind').at(-1)).toEqual({ dense: 3, activation: 'softmax' });
  expect(layers('x').at(-1)).toEqual({ dense: 1, activation: 'linear' });
  expect(layers(['x', 'z']).at(-1)).toEqual({ dense: 2, activation: 'linear' });
  expect(layers('answer', { loss: 'binaryCrossEntropy' }).at(-1)).toEqual({ dense: 1, activation: 'sigmoid' });
  expect(layers('answer', { loss: 'crossEntropy' }).at(-1)).toEqual({ dense: 2, activation: 'softmax' });
});

test('the hidden layers can be chosen, or left out; embedded columns get an embedding', () => {
  expect(layers('x')[0]).toEqual({ dense: 32, activation: 'relu' });
  expect(layers('x', { hidden: [] })).toHaveLength(1);
  expect(layers('x', { hidden: [8, 4], activation: 'tanh' }).slice(0, 2)).toEqual([
    { dense: 8, activation: 'tanh' },
    { dense: 4, activation: 'tanh' },
  ]);
  expect(layers('x', {}, { embed: ['kind'] })[0]).toEqual({ embedding: 'auto' });
});

test('the defaults of the data give way to the chosen options, key by key', () => {
  expect(choose('x', {}, { split: { test: 0.3 }, scale: 'none' }).data).toEqual({
    file: 't.csv',
    target: 'x',
    split: { validation: 0.2, test: 0.3 },
    scale: 'none',
  });
});

test('an optimizer that searches for its steps gets all rows at once', () => {
  expect(choose('x').training).toMatchObject({ optimizer: { name: 'adam', learningRate: 0.001 }, batchSize: 32 });
  const { batchSize, optimizer } = choose('x', { optimizer: 'lbfgs' }).training;
  expect([batchSize, optimizer]).toEqual([undefined, { name: 'lbfgs' }]);
});

test('the layers of a model that training starts from are the network, unless others are chosen', () => {
  const from = { layers: [{ dense: 5 }, { dense: 1 }] };
  expect(layers('x', { from })).toBe(from.layers);
  expect(layers('x', { from, hidden: [2] })[0]).toEqual({ dense: 2, activation: 'relu' });
});

test('it is an experiment as a library user passes it', () => {
  const setup = experiment(choose('kind'), { read: () => table });
  expect(setup.prepared?.classes).toEqual(['a', 'b', 'c']);
  expect(setup.schedule.stop).toEqual({ epochs: 200, patience: 20 });
});

test('a target that the table does not have is an error about the option', () => {
  expect(() => choose('knd')).toThrow('data.target: csv "t.csv" has no column "knd"');
});
