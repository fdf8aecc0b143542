import { expect, test } from 'vitest';
import { sigmoid, softmax, tanh } from '../core/ops/activations.ts';
import { readTable } from '../data/read/read.ts';
import { dense } from '../net/layers/dense.ts';
import { crossEntropy, mse } from '../net/losses.ts';
import { network } from '../net/network.ts';
import { adam, sgd } from '../net/optimizers.ts';
import { load as loadSmall } from '../predict/load.ts';
import { train } from '../train/index.ts';

const islands = ['Dream', 'Biscoe'];
const birds = Array.from({ length: 40 }, (_, i) => ({
  bill: 30 + (i % 20) + (i % 2) * 10,
  island: islands[i % 2],
  species: i % 2 === 0 ? 'Adelie' : 'Gentoo',
}));
const classifier = async () => {
  const net = network([dense(4, { activation: tanh }), dense(2, { activation: softmax })]);
  const options = { loss: crossEntropy, optimizer: adam({ learningRate: 0.05 }), stop: { epochs: 60 } };
  return (await train(net, { table: readTable(birds), target: 'species' }, options)).model;
};

test('a row as an object gives the prediction and probabilities of the same row in a table', async () => {
  const model = await classifier();
  const table = model.predictTable(readTable(birds));
  const row = model.predictRow({ bill: birds[3].bill, island: 'Biscoe' });
  expect(row).toEqual({ prediction: 'Gentoo', probabilities: table.probabilities![3] });
  expect(model.predict(birds).map(({ prediction }) => prediction)).toEqual(table.predictions);
});

test('a missing value is filled and an unknown category is reported; a column that the row lacks is an error', async () => {
  const model = await classifier();
  expect(model.predictRow({ bill: null, island: 'Torgersen' }).warnings).toHaveLength(2);
  expect(() => model.predictRow({ bil: 39, island: 'Dream' } as never)).toThrow(
    'row: the row has no "bill"; its "bil" may be a misspelling of it.\n  Add it; null marks a missing value. The model\'s columns: bill, island.',
  );
  expect(() => model.predictRow({ bill: [39], island: 'Dream' } as never)).toThrow('row.bill: [39] is not a cell');
});

test('a row in another form is refused with the form that fits', async () => {
  const model = await classifier();
  const small = loadSmall(model.save());
  for (const { predict, predictRow } of [model, small].map((each) => ({
    predict: (rows: unknown) => () => each.predict(rows as never),
    predictRow: (row: unknown) => () => each.predictRow(row as never),
  }))) {
    expect(predictRow({})).toThrow(
      'the row has no "bill".\n  Add it; null marks a missing value. The model\'s columns:',
    );
    // another column of the model is no misspelling
    expect(predictRow({ island: 'Dream' })).toThrow('the row has no "bill".\n');
    expect(predictRow(new Map([['bill', 39]]))).toThrow('row: an instance of Map is not an object.');
    expect(predict({ bill: 39, island: 'Dream' })).toThrow(
      'rows: it is one object, not a list of rows.\n  Pass a list, predict([row]), or call predictRow(row).',
    );
    expect(predict([[39, 1]])).toThrow(
      'Rows of numbers are encoded inputs: give 3 numbers each. Rows of the table are objects with the columns bill, island.',
    );
  }
});

test('a column may be called length, and rows may be typed arrays', async () => {
  const fish = Array.from({ length: 20 }, (_, i) => ({ length: i, weight: 3 * i + 1 }));
  const options = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 3 } };
  const { model } = await train(network([dense(1)]), { table: readTable(fish), target: 'weight' }, options);
  expect(model.predict([{ length: 4 }])).toEqual([model.predictRow({ length: 4 })]);
  expect(model.predict([Float32Array.of(0.5)])).toEqual(model.predict([[0.5]]));
});

test('a text that training was told to be missing means the same in a row', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({ x: i % 5 === 0 ? -999 : i, y: 100 * i + 7 }));
  const options = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 3 } };
  const table = readTable(rows, { missing: ['-999'] });
  const { model } = await train(network([dense(1)]), { table, target: 'y' }, options);
  expect(model.predictRow({ x: -999 })).toEqual(model.predictRow({ x: null } as never));
});

test('a regression predicts a number in the units of its column, without probabilities', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => ({ x: i, y: 100 * i + 7 }));
  const options = { loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 300 } };
  const { model } = await train(network([dense(1)]), { table: readTable(rows), target: 'y' }, options);
  const { prediction, ...rest } = model.predictRow({ x: 4 });
  expect(prediction).toBeCloseTo(407, 0);
  expect(rest).toEqual({});
});

const plain = async () => {
  const net = network([dense(3, { activation: tanh }), dense(2, { activation: sigmoid })], { seed: 3 });
  const data = {
    inputs: [
      [0.1, 0.9],
      [0.8, -0.4],
    ],
    targets: [
      [1, 0],
      [0, 1],
    ],
  };
  return (await train(net, data, { loss: mse, optimizer: sgd({ learningRate: 0.5 }), stop: { epochs: 20 } })).model;
};

test('the gradient of an output in the inputs equals central differences', async () => {
  const model = await plain();
  const row = [0.3, -0.7];
  const h = 1e-5;
  for (const output of [0, 1]) {
    const found = model.gradient(row, { output });
    row.forEach((value, i) => {
      const at = (x: number) => model.predict([row.with(i, x)])[0][output];
      // an error of h² times the third derivative, and 1e-16/h of rounding
      expect(found[i]).toBeCloseTo((at(value + h) - at(value - h)) / (2 * h), 9);
    });
  }
});

test('the gradient of a linear layer is its weight: what autograd gives for y = xW', async () => {
  const weight = [[2], [-3]];
  const net = network([dense(1, { weight, bias: [0.5] })]);
  const data = { inputs: [[1, 1]], targets: [[0]] };
  const { model } = await train(net, data, { loss: mse, optimizer: sgd({ learningRate: 1 }), stop: { epochs: 0 } });
  expect(model.gradient(Float32Array.of(4, 5))).toEqual([2, -3]);
  expect(() => model.gradient([1, 2], { output: 1 })).toThrow('there is no output 1');
});

test('outputs are those of each layer, the last the prediction', async () => {
  const model = await plain();
  const [hidden, last] = model.outputs([0.3, -0.7]);
  expect(hidden).toHaveLength(3);
  expect(last).toEqual(model.predict([[0.3, -0.7]])[0]);
  const { data } = model.parameters.get('layers.0.weight')!;
  const { data: bias } = model.parameters.get('layers.0.bias')!;
  expect(hidden[0]).toBeCloseTo(Math.tanh(0.3 * data[0] - 0.7 * data[3] + bias[0]), 12);
});

test('the summary counts the parameters of each layer', async () => {
  const summary = (await plain()).summary();
  expect(summary).toMatchObject({ inputs: 2, parameters: 17, trained: 17 });
  expect(String(summary)).toBe(
    [
      'layer                      output  parameters',
      'input                      [2]',
      'layers.0  dense 3 tanh     [3]              9',
      'layers.1  dense 2 sigmoid  [2]              8',
      'total                                      17',
    ].join('\n'),
  );
});
