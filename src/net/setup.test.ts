import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../base/errors.ts';
import { toRows } from '../base/tensor.ts';
import { readTable } from '../data/read/read.ts';
import { resolveTraining } from './experiment.ts';
import { dense } from './layers/dense.ts';
import { network } from './network.ts';
import type { Setup } from './rows-setup.ts';
import { type ExperimentOptions, experiment } from './setup.ts';
import { setUp } from './table-setup.ts';

type Json = Readonly<Record<string, unknown>>;

const example = (name: string) => readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8');
const training = { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } };
const rows = {
  inputs: [
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [[0], [1], [1]],
};

/** Twenty rows of two and of three classes, and of numbers. */
const table = `x,kind,answer,amount\n${Array.from({ length: 20 }, (_, r) => `${r % 7},${'abc'[r % 3]},${r % 2 ? 'yes' : 'no'},${(r * r) / 8}\n`).join('')}`;
const read: ExperimentOptions = { read: () => table };

const inline = (layers: readonly Json[], more: Json = {}, data: Json = rows) =>
  experiment({ network: { layers }, data, training: { ...training, ...more } });
const ofTable = (target: string, layers: readonly Json[], more: Json = {}, data: Json = {}) =>
  experiment(
    { network: { layers }, data: { file: 'table.csv', target, ...data }, training: { ...training, ...more } },
    read,
  );

/** What a call complains of. */
function complaint(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'no complaint';
}

describe('an experiment with rows of numbers', () => {
  test('gives everything that training needs', () => {
    const setup = inline([{ dense: 3, activation: 'tanh' }, { dense: 1 }], { batchSize: 2 });
    expect(toRows(setup.inputs)).toEqual(rows.inputs);
    expect(toRows(setup.targets)).toEqual(rows.targets);
    expect([...setup.parameters.keys()]).toEqual([
      'layers.0.weight',
      'layers.0.bias',
      'layers.1.weight',
      'layers.1.bias',
    ]);
    expect(setup.parameters.get('layers.0.weight')!.shape).toEqual([2, 3]);
    expect([setup.batchSize, setup.shuffle]).toEqual([2, true]);
    expect(setup.json!.training.batchSize).toBe(2);
    expect([setup.validation, setup.test, setup.prepared, setup.worked]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([setup.notes, setup.warnings]).toEqual([[], []]);
  });

  test('has its validation split', () => {
    const { validation } = inline([{ dense: 1 }], {}, { ...rows, validation: { inputs: [[2, 2]], targets: [3] } });
    expect(toRows(validation!.inputs)).toEqual([[2, 2]]);
    expect(toRows(validation!.targets)).toEqual([[3]]);
  });

  test('takes classes as a list of integers, as many as the last layer has units', () => {
    const layers = [{ dense: 3, activation: 'softmax' }];
    const { targets } = inline(layers, { loss: 'crossEntropy' }, { ...rows, targets: [0, 1, 0] });
    expect(toRows(targets)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });

  test('a worked example gives its experiment and keeps the printed numbers', () => {
    const setup = experiment(JSON.parse(example('textbook-3-2-1.json')));
    expect(setup.worked!.printed).toHaveLength(29);
    expect(setup.worked!.title).toBe('One step of a 3-2-1 network by hand');
    expect(setup.symbols['layers.0.weight']).toBe('v');
    expect(setup.recipe.gradient).toBe('averagedFactors');
    expect(setup.json).not.toHaveProperty('printed');
  });
});

describe('an experiment with a table', () => {
  test('is read by the reader, with the path in the file and the texts that mark missing values', () => {
    const paths: string[] = [];
    const setup = experiment(
      {
        network: { layers: [{ dense: 3, activation: 'softmax' }] },
        data: {
          file: 'sub/birds.csv',
          target: 'species',
          split: { validation: 0.2, test: 0.1 },
          missing: ['Torgersen'],
        },
        training: { ...training, loss: 'crossEntropy' },
      },
      {
        read(path) {
          paths.push(path);
          return example('penguins.csv');
        },
      },
    );
    expect(paths).toEqual(['sub/birds.csv']);
    expect([setup.inputs, setup.validation!.inputs, setup.test!.inputs].map(({ shape }) => shape[0])).toEqual([
      241, 69, 34,
    ]);
    expect(setup.prepared!.classes).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
    expect(setup.notes).toContain(
      '"island": 52 missing values ("Torgersen") filled with "Biscoe", the most frequent value of the training split.',
    );
  });

  test('the seed of the network decides the split', () => {
    const rowsOf = (seed: number) => {
      const net = network([dense(1)], { seed });
      const data = { table: readTable(table), target: 'amount', split: { validation: 0.3 } };
      return setUp(net, data, resolveTraining(training as never)).prepared!.validation!.rows;
    };
    expect(rowsOf(1)).toEqual(rowsOf(1));
    expect(rowsOf(1)).not.toEqual(rowsOf(2));
  });

  test('a file needs a reader', () => {
    const json = { network: { layers: [{ dense: 1 }] }, data: { file: 'birds.csv', target: 'mass' }, training };
    expect(complaint(() => experiment(json))).toMatchInlineSnapshot(`
      "data.file: "birds.csv" is a file, and no reader was passed.
        Pass a reader: experiment(json, { read: (path) => readFileSync(path, "utf8") })."
    `);
  });
});

describe('the loss and the outputs decide the coding of classes', () => {
  const codingOf = ({ prepared, measure, targets }: Setup) => {
    const { target } = prepared!.encoding;
    const coding = target.kind === 'classes' ? target.coding : undefined;
    expect(measure).toEqual({ coding });
    return [coding, targets.shape[1], [...new Set(targets.data)].sort()];
  };

  test('crossEntropy: a unit for each, one hot', () => {
    const setup = ofTable('answer', [{ dense: 2, activation: 'softmax' }], { loss: 'crossEntropy' });
    expect(codingOf(setup)).toEqual(['oneHot', 2, [0, 1]]);
  });

  test('binaryCrossEntropy and others with one output: 0 and 1', () => {
    const sigmoid = [{ dense: 1, activation: 'sigmoid' }];
    expect(codingOf(ofTable('answer', sigmoid, { loss: 'binaryCrossEntropy' }))).toEqual(['binary', 1, [0, 1]]);
    expect(codingOf(ofTable('answer', sigmoid, { loss: 'mse' }))).toEqual(['binary', 1, [0, 1]]);
  });

  test('binaryCrossEntropy and others with an output for each class: one hot', () => {
    const sigmoids = [{ dense: 3, activation: 'sigmoid' }];
    expect(codingOf(ofTable('kind', sigmoids, { loss: 'binaryCrossEntropy' }))).toEqual(['oneHot', 3, [0, 1]]);
    expect(codingOf(ofTable('kind', sigmoids, { loss: 'halfMse' }))).toEqual(['oneHot', 3, [0, 1]]);
    // also of two classes, which one output could tell apart
    const two = [{ dense: 2, activation: 'sigmoid' }];
    expect(codingOf(ofTable('answer', two, { loss: 'halfMse' }))).toEqual(['oneHot', 2, [0, 1]]);
  });

  test('hinge: -1 and 1', () => {
    expect(codingOf(ofTable('answer', [{ dense: 1 }], { loss: 'hinge' }))).toEqual(['sign', 1, [-1, 1]]);
  });

  test('without a table, targets are classes if the loss accepts only classes', () => {
    const sigmoid = [{ dense: 1, activation: 'sigmoid' }];
    expect(inline(sigmoid, { loss: 'binaryCrossEntropy' }).measure).toEqual({ coding: 'binary' });
    expect(inline(sigmoid, { loss: 'mse' }).measure).toEqual({ coding: undefined });
    const softmax = [{ dense: 2, activation: 'softmax' }];
    expect(inline(softmax, { loss: 'crossEntropy' }, { ...rows, targets: [0, 1, 1] }).measure).toEqual({
      coding: 'oneHot',
    });
    const signs = { ...rows, targets: [1, -1, 1] };
    expect(inline([{ dense: 1 }], { loss: 'hinge' }, signs).measure).toEqual({ coding: 'sign' });
  });

  test("a number is measured in its column's units", () => {
    const { measure, prepared } = ofTable('amount', [{ dense: 1 }]);
    expect(measure).toEqual({ units: prepared!.encoding });
  });
});

describe('parts that do not fit each other', () => {
  test('network.inputs and the data', () => {
    const of = (inputs: number, data: Json) =>
      complaint(() => experiment({ network: { inputs, layers: [{ dense: 1 }] }, data, training }, read));
    expect(of(3, rows)).toMatchInlineSnapshot(`
      "network.inputs: 3, but the data have 2 inputs.
        Write 2, or leave it out."
    `);
    // a table's inputs are named: a category has one for each value
    expect(of(3, { file: 'table.csv', target: 'amount' })).toMatchInlineSnapshot(`
      "network.inputs: 3, but the data have 6 inputs (x, kind=a, kind=b, kind=c, answer=no, answer=yes).
        Write 6, or leave it out."
    `);
  });

  test('given weights and the data', () => {
    const layers = [{ dense: 1, weight: [[1], [2], [3]] }];
    expect(complaint(() => inline(layers))).toMatchInlineSnapshot(`
      "network.layers[0].weight: 3 rows, but the layer before has 2 units.
        A weight is [inputs, units]: give 2 rows of 1 number, or leave it out to have it drawn."
    `);
  });

  test('the last layer and the classes, or the number, of a table', () => {
    const softmax = [{ dense: 2, activation: 'softmax' }];
    expect(complaint(() => ofTable('kind', softmax, { loss: 'crossEntropy' }))).toMatchInlineSnapshot(`
      "network.layers[0]: 2 units, but "kind" has 3 classes.
        Give the last layer 3 units."
    `);
    expect(complaint(() => ofTable('amount', [{ dense: 4 }, { dense: 2 }]))).toMatchInlineSnapshot(`
      "network.layers[1]: 2 units, but "amount" is one number.
        Give the last layer 1 unit."
    `);
    expect(complaint(() => ofTable('kind', [{ dense: 1, activation: 'sigmoid' }]))).toMatchInlineSnapshot(`
      "data.target: "kind" has 3 classes, but one output distinguishes only two.
        End the network with dense(3, softmax), and use the loss crossEntropy."
    `);
    expect(complaint(() => ofTable('kind', [{ dense: 1 }], { loss: 'hinge' }))).toMatchInlineSnapshot(`
      "data.target: "kind" has 3 classes, but one output distinguishes only two.
        End the network with dense(3, softmax), and use the loss crossEntropy."
    `);
  });

  test('the last layer and targets in the file', () => {
    const wide = {
      ...rows,
      targets: [
        [0, 1],
        [1, 0],
        [1, 1],
      ],
    };
    expect(complaint(() => inline([{ dense: 1 }], {}, wide))).toMatchInlineSnapshot(`
      "data.targets: the targets are rows of 2 numbers, but the network has 1 output.
        Write each target as a row of 1 number, or give the last layer 2 units."
    `);
    const classes = { ...rows, targets: [0, 1, 2] };
    const softmax = [{ dense: 2, activation: 'softmax' }];
    expect(complaint(() => inline(softmax, { loss: 'crossEntropy' }, classes))).toMatchInlineSnapshot(`
      "data.targets[2]: class 2 does not exist: there are 2 classes, 0 to 1.
        Number the classes from 0, or give the last layer 3 units."
    `);
  });

  test('a regression and a loss of classes', () => {
    const softmax = [{ dense: 2, activation: 'softmax' }];
    expect(complaint(() => ofTable('amount', softmax, { loss: 'crossEntropy' }))).toMatchInlineSnapshot(`
      "training.loss: crossEntropy takes classes, but "amount" is a number.
        Write "loss": "mse" and end the network in a linear layer, or set "task": "classification" in the data."
    `);
    expect(complaint(() => ofTable('amount', [{ dense: 1 }], { loss: 'hinge' }))).toMatchInlineSnapshot(`
      "training.loss: hinge takes classes, but "amount" is a number.
        Write "loss": "mse" and end the network in a linear layer, or set "task": "classification" in the data."
    `);
  });

  test('a loss and a last layer without an activation, or with another one', () => {
    expect(complaint(() => inline([{ dense: 1 }, { dropout: 0.5 }]))).toMatchInlineSnapshot(`
      "network.layers[1]: the network ends in dropout, but the loss needs a layer with weights at the end.
        End in a dense layer, such as { "dense": 1 }."
    `);
    expect(complaint(() => inline([{ dense: 1 }], { loss: 'binaryCrossEntropy' }))).toMatchInlineSnapshot(`
      "network.layers[0].activation: binaryCrossEntropy needs sigmoid as the last activation, not linear.
        Write "activation": "sigmoid", or choose another loss."
    `);
    expect(complaint(() => inline([{ dense: 2 }], { loss: 'crossEntropy' }))).toMatchInlineSnapshot(`
      "network.layers[0].activation: crossEntropy needs softmax or logSoftmax as the last activation, not linear.
        Write "activation": "softmax", or choose another loss."
    `);
  });

  test("targets outside a loss's range", () => {
    const sigmoid = [{ dense: 1, activation: 'sigmoid' }];
    const of = (targets: unknown) =>
      complaint(() => inline(sigmoid, { loss: 'binaryCrossEntropy' }, { ...rows, targets }));
    expect(of([0, 1, 1.5])).toMatchInlineSnapshot(`
      "data.targets[2]: the loss takes targets from 0 to 1, not 1.5.
        Scale the targets into that range, or choose a loss without a range, such as mse."
    `);
    expect(of([[0], [-1], [1]])).toMatchInlineSnapshot(`
      "data.targets[1][0]: the loss takes targets from 0 to 1, not -1.
        Scale the targets into that range, or choose a loss without a range, such as mse."
    `);
    expect(complaint(() => inline([{ dense: 1 }], { loss: 'hinge' }))).toMatchInlineSnapshot(`
      "data.targets[0][0]: the loss takes -1 or 1, not 0.
        Write the two classes as -1 and 1."
    `);
  });

  test('a column and the table', () => {
    expect(complaint(() => ofTable('amounts', [{ dense: 1 }]))).toMatchInlineSnapshot(`
      "data.target: csv "table.csv" has no column "amounts".
        Did you mean "amount"? Choose one of: x, kind, answer, amount."
    `);
    expect(complaint(() => ofTable('amount', [{ dense: 1 }], {}, { features: ['y'] }))).toMatchInlineSnapshot(`
      "data.features[0]: csv "table.csv" has no column "y".
        Did you mean "x"? Choose one of: x, kind, answer, amount."
    `);
  });
});

describe('likely problems are warnings', () => {
  const apart = {
    inputs: [
      [1, 10_000],
      [2, 52_000],
      [3, 91_000],
    ],
    targets: [[1], [2], [3]],
  };

  test('inputs with very different ranges, or large values', () => {
    expect(inline([{ dense: 1 }], {}, apart).warnings).toMatchInlineSnapshot(`
      [
        "The ranges of the inputs differ widely: "x2" ranges from 10000 to 91000, "x1" from 1 to 3, a range 40500 times smaller. Standardize the inputs, (x - mean)/std, before training.",
      ]
    `);
    const large = { inputs: [[300], [400]], targets: [[1], [2]] };
    expect(inline([{ dense: 1 }], {}, large).warnings).toMatchInlineSnapshot(`
      [
        "The inputs are large: "x1" ranges from 300 to 400. Standardize the inputs, (x - mean)/std, before training.",
      ]
    `);
  });

  test('targets that the last activation never reaches', () => {
    const sigmoid = [{ dense: 1, activation: 'sigmoid' }];
    expect(inline(sigmoid, {}, { ...rows, targets: [[0], [1.5], [4]] }).warnings).toMatchInlineSnapshot(`
      [
        "2 of 3 targets cannot be reached, such as 1.5: the output of sigmoid is never below 0 or above 1. End the network with a linear layer, or scale the targets into that range.",
      ]
    `);
    expect(
      inline([{ dense: 1, activation: 'relu' }], {}, { ...rows, targets: [[0], [-2], [4]] }).warnings,
    ).toMatchInlineSnapshot(`
      [
        "1 of 3 targets cannot be reached, such as -2: the output of relu is never below 0. End the network with a linear layer, or scale the targets into that range.",
      ]
    `);
    // standardized, half of a table's numbers are negative
    expect(ofTable('amount', [{ dense: 1, activation: 'sigmoid' }]).warnings).toMatchInlineSnapshot(`
      [
        "16 of 20 targets cannot be reached, such as -1.088 (standardized): the output of sigmoid is never below 0 or above 1. End the network with a linear layer.",
      ]
    `);
  });

  test('unscaled numbers of a table, but not scaled ones', () => {
    const csv = `a,b,y\n${Array.from({ length: 12 }, (_, r) => `${r / 100},${r * 1000},${r / 3}\n`).join('')}`;
    const of = (scale: string) =>
      experiment(
        { network: { layers: [{ dense: 1 }] }, data: { file: 'a.csv', target: 'y', scale }, training },
        { read: () => csv },
      ).warnings;
    expect(of('none')).toMatchInlineSnapshot(`
      [
        "The ranges of the inputs differ widely: "b" ranges from 0 to 11000, "a" from 0 to 0.11, a range 100000 times smaller. Set "scale": "standard".",
      ]
    `);
    expect(of('standard')).toEqual([]);
    expect(of('minMax')).toEqual([]);
  });

  test('no warning for good data', () => {
    expect(inline([{ dense: 1, activation: 'sigmoid' }]).warnings).toEqual([]);
    expect(experiment(JSON.parse(example('textbook-3-2-1.json'))).warnings).toEqual([]);
  });
});
