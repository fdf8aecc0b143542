import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import { logSoftmax, relu, sigmoid, softmax, tanh } from '../core/ops/activations.ts';
import { readTable } from '../data/read/read.ts';
import type { Table } from '../data/table/table.ts';
import { check } from '../explain/check.ts';
import { explain } from '../explain/explanation.ts';
import { fromSafetensors, toSafetensors } from '../formats/safetensors.ts';
import { heNormal } from '../net/initializers.ts';
import type { Layer } from '../net/layer.ts';
import { dense } from '../net/layers/dense.ts';
import { dropout } from '../net/layers/dropout.ts';
import { binaryCrossEntropy, crossEntropy, halfMse, hinge, huber, type Loss, mse } from '../net/losses.ts';
import { network } from '../net/network.ts';
import { adam, adamW, sgd } from '../net/optimizers.ts';
import { experiment } from '../net/setup.ts';
import type { TrainingOptions } from '../net/training.ts';
import type { Trained } from '../train/run.ts';
import { train } from '../train/train.ts';
import { load } from './load.ts';
import type { Model } from './model.ts';

const waves = (n: number) => ({
  inputs: Array.from({ length: n }, (_, r) => [Math.sin(3 * r + 1), Math.cos(5 * r), Math.sin(r * r)]),
  targets: Array.from({ length: n }, (_, r) => [Math.cos(2 * r + 1), Math.sin(r)]),
});

const training: TrainingOptions = { loss: mse, optimizer: adam({ learningRate: 0.01 }), stop: { epochs: 5 } };
const layers = [dense(7, { activation: tanh }), dropout(0.1), dense(2)];

let model: Model;
beforeAll(async () => {
  ({ model } = await train(network(layers), waves(20), training));
});

/** The message of the error that a call throws. */
function complaint(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'no complaint';
}

describe('predict', () => {
  test.each([0, 1, 2, 1023, 1024, 1025, 3000])('of %i rows equals that of each row alone, to the bit', (n) => {
    const { inputs } = waves(n);
    const alone = inputs.map((row) => model.predict([row])[0]);
    expect(model.predict(inputs)).toEqual(alone);
    expect(alone).toHaveLength(n);
  });

  test('is the same after evaluations and predictions of other sizes', () => {
    const first = model.predict(waves(3).inputs);
    model.predict(waves(1500).inputs);
    model.evaluate(waves(1025));
    expect(model.predict(waves(5).inputs).slice(0, 3)).toEqual(first);
  });

  test('has no dropout, so it gives the same each time', () => {
    expect(model.predict(waves(9).inputs)).toEqual(model.predict(waves(9).inputs));
  });

  test('refuses rows that do not fit, and names values that are not numbers', () => {
    expect(complaint(() => model.predict([[1, 2]]))).toMatchInlineSnapshot(`
      "rows: rows of 2 numbers, but the network has 3 inputs.
        Give rows of 3 numbers, in the order of training."
    `);
    expect(complaint(() => model.predict([[1, 2, 3], [1]]))).toMatchInlineSnapshot(`
      "rows[1]: 1 numbers, but row 0 has 3.
        Give every row the same number of columns."
    `);
    expect(complaint(() => model.predict([[1, Number.NaN, 3]]))).toMatchInlineSnapshot(`
      "rows[0][1]: NaN is not a finite number.
        Replace it with a number, or leave the row out."
    `);
  });
});

describe('evaluate', () => {
  test('gives the loss without penalties, and metrics of numbers', async () => {
    const rows = waves(20);
    const penalized = await train(network(layers), rows, { ...training, l1: 0.1, l2: 0.5 });
    const { loss, metrics, confusion, rows: count, warnings } = penalized.model.evaluate(rows);
    const errors = penalized.model.predict(rows.inputs).flatMap((row, r) => row.map((y, k) => y - rows.targets[r][k]));
    const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b) / numbers.length;
    // forty terms below 4, summed in another order
    expect(loss).toBeCloseTo(mean(errors.map((e) => e * e)), 14);
    expect(penalized.loss.final - loss).toBeGreaterThan(0.1);
    expect(metrics.meanAbsoluteError).toBeCloseTo(mean(errors.map(Math.abs)), 14);
    expect(metrics.rootMeanSquaredError).toBeCloseTo(Math.sqrt(loss), 14);
    expect([confusion, count, warnings]).toEqual([undefined, 20, []]);
  });

  test('over more rows than a chunk holds is the mean over all of them', () => {
    const { inputs, targets } = waves(2100);
    const each = inputs.map((row, r) => model.evaluate({ inputs: [row], targets: [targets[r]] }).loss);
    // 2,100 terms below 4: their sum is off by 1e-12 at most
    expect(model.evaluate({ inputs, targets }).loss).toBeCloseTo(each.reduce((a, b) => a + b) / 2100, 13);
  });

  test('of classes has a confusion matrix: rows are true classes, columns predicted ones', async () => {
    const inputs = [[-2], [-1], [1], [2], [3]];
    const classes = await train(
      network([dense(2, { activation: softmax })]),
      { inputs, targets: [0, 0, 1, 1, 1] },
      { loss: crossEntropy, optimizer: adam({ learningRate: 0.1 }), stop: { epochs: 100 } },
    );
    const found = classes.model.evaluate({ inputs, targets: [0, 1, 1, 1, 1] });
    expect(found.confusion).toEqual([
      [1, 0],
      [1, 3],
    ]);
    expect(found.metrics.accuracy).toBe(0.8);
  });

  test('refuses targets that do not fit', () => {
    const [row] = waves(1).inputs;
    expect(complaint(() => model.evaluate({ inputs: [row], targets: [[1]] }))).toMatchInlineSnapshot(`
      "data.targets: the targets are rows of 1 number, but the network has 2 outputs.
        Write each target as a row of 2 numbers, or give the last layer 1 unit."
    `);
    expect(complaint(() => model.evaluate({ inputs: [[1, 2]], targets: [[1, 2]] }))).toMatchInlineSnapshot(`
      "rows: rows of 2 numbers, but the network has 3 inputs.
        Give rows of 3 numbers, in the order of training."
    `);
    expect(complaint(() => model.evaluate({ inputs: [row, row], targets: [[1, 2]] }))).toMatchInlineSnapshot(`
      "data.targets: 1 target for 2 rows of inputs.
        Write one target for each row of inputs."
    `);
  });
});

describe('a model that is saved and loaded', () => {
  const data = waves(12);
  const labels = Array.from({ length: 12 }, (_, r) => r % 3);
  const signs = labels.map((label) => (label > 0 ? 1 : -1));
  const kinds: readonly (readonly [string, readonly Layer[], Loss, readonly number[] | number[][]])[] = [
    ['dropout and mse', layers, mse, data.targets],
    [
      'an initializer, no bias, frozen parts',
      [dense(5, { initializer: heNormal, bias: false, trainable: false }), dense(2)],
      huber({ delta: 0.5 }),
      data.targets,
    ],
    ['softmax', [dense(4, { activation: relu }), dense(3, { activation: softmax })], crossEntropy, labels],
    ['logSoftmax', [dense(3, { activation: logSoftmax })], crossEntropy, labels],
    ['sigmoid', [dense(1, { activation: sigmoid })], binaryCrossEntropy, labels.map((label) => Math.min(label, 1))],
    ['hinge', [dense(1)], hinge, signs],
  ];

  test.each(kinds)('gives identical bytes and predictions: %s', async (_, layers, loss, targets) => {
    const optimizer = adamW({ learningRate: 0.02, amsgrad: true });
    const data = { inputs: waves(12).inputs, targets };
    const { model } = await train(network(layers, { seed: 5 }), data, { loss, optimizer, stop: { epochs: 3 } });
    const bytes = model.save();
    const again = load(bytes);
    expect(again.save()).toEqual(bytes);
    expect(again.predict(data.inputs)).toEqual(model.predict(data.inputs));
    expect(again.evaluate(data)).toEqual(model.evaluate(data));
    expect(again.network.seed).toBe(5);
    expect([again.loss.options, again.optimizer.options]).toEqual([model.loss.options, model.optimizer.options]);
  });

  test('has its tensors by address, [in, out], with indices of the list of layers', () => {
    const { tensors, metadata } = fromSafetensors(model.save());
    expect([...tensors].map(([name, { shape }]) => `${name} [${shape}]`)).toEqual([
      'layers.0.weight [3,7]',
      'layers.0.bias [7]',
      'layers.2.weight [7,2]',
      'layers.2.bias [2]',
    ]);
    expect(Object.keys(metadata)).toEqual(['format', 'formatVersion', 'experiment', 'data']);
  });

  test('has the network, loss, optimizer and seed in its metadata, and no weights, path or engine', async () => {
    const weight = [[0.15625], [0.28125], [0.40625]];
    const net = network([dense(1, { weight, bias: [0.53125], activation: sigmoid })], { seed: 3 });
    const rows = { inputs: waves(4).inputs, targets: [[0.1], [0.2], [0.3], [0.4]] };
    const { model } = await train(net, rows, {
      loss: halfMse,
      optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }),
      stop: { epochs: 2, seconds: 77 },
      engine: 'reference',
      batchSize: 3,
    });
    const { metadata } = fromSafetensors(model.save());
    const whole = JSON.stringify(metadata);
    for (const none of ['0.15625', '0.53125', 'reference', '77', 'epochs', 'batchSize', process.cwd()]) {
      expect(whole).not.toContain(none);
    }
    expect({ ...metadata, experiment: JSON.parse(metadata.experiment) }).toMatchInlineSnapshot(`
      {
        "data": "null",
        "experiment": {
          "network": {
            "inputs": 3,
            "layers": [
              {
                "activation": "sigmoid",
                "dense": 1,
              },
            ],
          },
          "seed": 3,
          "training": {
            "loss": {
              "name": "halfMse",
            },
            "optimizer": {
              "dampening": 0,
              "learningRate": 0.5,
              "momentum": 0.9,
              "name": "sgd",
              "nesterov": false,
              "weightDecay": 0,
            },
          },
        },
        "format": "chainrule",
        "formatVersion": "1",
      }
    `);
  });
});

const penguins = (text?: (csv: string) => string): Table => {
  const csv = readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8');
  return readTable(text?.(csv) ?? csv, { name: 'penguins.csv' });
};

describe('a model of a table', () => {
  let birds: Trained;
  let mass: Trained;
  beforeAll(async () => {
    const table = penguins();
    const split = { validation: 0.2 };
    const optimizer = adam({ learningRate: 0.02 });
    [birds, mass] = await Promise.all([
      train(
        network([dense(8, { activation: tanh }), dense(3, { activation: softmax })]),
        { table, target: 'species', split },
        { loss: crossEntropy, optimizer, stop: { epochs: 15 }, batchSize: 32 },
      ),
      train(
        network([dense(8, { activation: tanh }), dense(1)]),
        { table, target: 'body_mass_g', split },
        { loss: mse, optimizer, stop: { epochs: 30 }, batchSize: 32 },
      ),
    ]);
  });

  const columns = 'species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex';
  const few = (...rows: string[]) => readTable(`${columns}\n${rows.join('\n')}\n`, { name: 'new.csv' });

  test('predicts the classes of its column, with probabilities that sum to 1', () => {
    const { predictions, probabilities, warnings } = birds.model.predictTable(
      few('Adelie,Torgersen,39.1,18.7,181,3750,male', 'Gentoo,Biscoe,47.5,14.2,209,4600,female'),
    );
    expect(predictions).toEqual(['Adelie', 'Gentoo']);
    expect(warnings).toEqual([]);
    for (const row of probabilities!) {
      expect(Object.keys(row)).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
      expect(Object.values(row).reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    }
  });

  test('predicts in the units of its column, and measures errors in them', () => {
    const { predictions, probabilities } = mass.model.predictTable(few('Adelie,Torgersen,39.1,18.7,181,NA,male'));
    expect(probabilities).toBeUndefined();
    expect(predictions[0]).toBeGreaterThan(2700);
    expect(predictions[0]).toBeLessThan(6300);
    const { loss, metrics } = mass.model.evaluate({ table: penguins() });
    const { scaling } = mass.model.encoding!.target as unknown as { scaling: { std: number } };
    // the loss is that of standardized masses, the error in grams
    expect(metrics.rootMeanSquaredError).toBeCloseTo(Math.sqrt(loss) * scaling.std, 8);
    expect(metrics.meanAbsoluteError).toBeGreaterThan(50);
    expect(metrics.meanAbsoluteError).toBeLessThan(500);
  });

  test('needs no target to predict, accepts columns in any order, and ignores other columns', () => {
    const shuffled = readTable(
      'sex,body_mass_g,note,flipper_length_mm,bill_depth_mm,bill_length_mm,island\nmale,3750,hello,181,18.7,39.1,Torgersen\n',
    );
    const straight = few('NA,Torgersen,39.1,18.7,181,3750,male');
    expect(birds.model.predictTable(shuffled)).toEqual(birds.model.predictTable(straight));
  });

  test('fills missing values as learned, encodes unseen categories as zeros, and warns about both', () => {
    const odd = few('Adelie,Iceland,NA,18.7,181,3750,', 'Gentoo,Biscoe,47.5,14.2,209,4600,female');
    expect(birds.model.predictTable(odd).warnings).toMatchInlineSnapshot(`
      [
        ""bill_length_mm": 1 missing value filled with 44.5.",
        ""sex": 1 missing value filled with "male".",
        ""island": 1 row has a category not seen in training ("Iceland"); all of its inputs are 0.",
      ]
    `);
    const { warnings, rows } = birds.model.evaluate({
      table: few('NA,Biscoe,47,14,209,4600,male', 'Gentoo,Mars,47,14,209,4600,male'),
    });
    expect(rows).toBe(1);
    expect(warnings).toMatchInlineSnapshot(`
      [
        "Left out 1 row without "species".",
        ""island": 1 row has a category not seen in training ("Mars"); all of its inputs are 0.",
      ]
    `);
  });

  test('is saved with its encoding: loaded, it predicts and evaluates the same', () => {
    for (const { model } of [birds, mass]) {
      const again = load(model.save());
      expect(again.save()).toEqual(model.save());
      expect(again.encoding).toEqual(model.encoding);
      expect(again.predictTable(penguins())).toEqual(model.predictTable(penguins()));
      expect(again.evaluate({ table: penguins() })).toEqual(model.evaluate({ table: penguins() }));
    }
    const { metadata } = fromSafetensors(birds.model.save());
    expect(metadata.data).not.toContain('penguins.csv');
  });

  test('refuses missing columns, invalid cells and unknown classes', () => {
    const complaints = [
      () => birds.model.predictTable(readTable('island,sex\nBiscoe,male\n', { name: 'new.csv' })),
      () => birds.model.predictTable(penguins((csv) => csv.replace('bill_depth_mm', 'bill_deph_mm'))),
      () => birds.model.predictTable(few('Adelie,Torgersen,long,18.7,181,3750,male')),
      () => birds.model.evaluate({ table: few('Emperor,Torgersen,39.1,18.7,181,3750,male') }),
      () => birds.model.evaluate({ table: few('NA,Torgersen,39.1,18.7,181,3750,male') }),
      () => mass.model.evaluate({ table: few('Adelie,Torgersen,39.1,18.7,181,heavy,male') }),
      () => model.predictTable(penguins()),
      () => model.evaluate({ table: penguins() }),
    ].map(complaint);
    expect(complaints.join('\n')).toMatchInlineSnapshot(`
      "the model's features: csv "new.csv" has no column "bill_length_mm".
        Choose one of: island, sex.
      the model's features: csv "penguins.csv" has no column "bill_depth_mm".
        Did you mean "bill_deph_mm"? Choose one of: species, island, bill_length_mm, bill_deph_mm, flipper_length_mm, body_mass_g, sex.
      csv "new.csv" line 2, column "bill_length_mm": "long" is not a number.
        Correct the cell, or pass missing: ["long"] if it marks a missing value.
      csv "new.csv" line 2, column "species": "Emperor" is not one of the model's classes.
        The classes are: Adelie, Chinstrap, Gentoo. Correct the cell, or empty it to leave the row out.
      csv "new.csv": no row has a value for "species".
        Pass labelled rows, or predict instead of evaluating.
      csv "new.csv" line 2, column "body_mass_g": "heavy" is not a number.
        Correct the cell, or pass missing: ["heavy"] if it marks a missing value.
      model: the model was trained on rows of numbers, not on a table.
        Give rows of 3 numbers, in the order of training.
      model: the model was trained on rows of numbers, not on a table.
        Give rows of 3 numbers, in the order of training."
    `);
  });
});

describe('a file that is not a model, or not a valid one, is refused', () => {
  /** The model's file with something changed. */
  const changed = (change: (file: { tensors: Map<string, Tensor>; metadata: Record<string, string> }) => void) => {
    const { tensors, metadata } = fromSafetensors(model.save());
    const file = { tensors: new Map(tensors), metadata: { ...metadata } };
    change(file);
    return () => load(toSafetensors(file), { file: 'm.safetensors' });
  };
  const experimentOf = (metadata: Record<string, string>) => JSON.parse(metadata.experiment);

  test("not chainrule's", () => {
    const foreign = toSafetensors({ tensors: new Map(), metadata: { format: 'pt' } });
    expect(complaint(() => load(foreign, { file: 'm.safetensors' }))).toMatchInlineSnapshot(`
      "m.safetensors: this safetensors file does not contain a chainrule model.
        Use a model.safetensors that a run wrote."
    `);
    expect(
      complaint(() => load(new TextEncoder().encode('species,island\nAdelie,Dream\n'), { file: 'm.csv' })),
    ).toMatchInlineSnapshot(`
      "m.csv: it is text, such as CSV, not a safetensors file.
        A table is read with readTable. Use a file that chainrule or another safetensors writer wrote whole."
    `);
    expect(complaint(() => load(new Uint8Array(0)))).toMatchInlineSnapshot(`
      "model: 0 bytes are too few for a safetensors file.
        Use a file that chainrule or another safetensors writer wrote whole."
    `);
  });

  test('of a newer version', () => {
    const newer = changed(({ metadata }) => {
      metadata.formatVersion = '2';
    });
    expect(complaint(newer)).toMatchInlineSnapshot(`
      "m.safetensors: its format version 2 is newer than 1.
        Use a newer chainrule."
    `);
  });

  test('with a tensor missing, or of another shape', () => {
    expect(complaint(changed(({ tensors }) => tensors.delete('layers.2.bias')))).toMatchInlineSnapshot(`
      "m.safetensors: the tensor layers.2.bias is missing, not [2].
        Use a model.safetensors that a run wrote."
    `);
    const turned = changed(({ tensors }) => {
      const { data } = tensors.get('layers.2.weight')!;
      tensors.set('layers.2.weight', { shape: [2, 7], data });
    });
    expect(complaint(turned)).toMatchInlineSnapshot(`
      "m.safetensors: the tensor layers.2.weight is [2,7], not [7,2].
        Use a model.safetensors that a run wrote."
    `);
  });

  test('with invalid metadata, or with unknown names in them', () => {
    const messages = [
      changed(({ metadata }) => {
        metadata.experiment = '{';
      }),
      changed(({ metadata }) => {
        delete metadata.experiment;
      }),
      changed(({ metadata }) => {
        const experiment = experimentOf(metadata);
        delete experiment.network.inputs;
        metadata.experiment = JSON.stringify(experiment);
      }),
      changed(({ metadata }) => {
        const experiment = experimentOf(metadata);
        experiment.network.layers[0].activation = 'tanhh';
        metadata.experiment = JSON.stringify(experiment);
      }),
    ].map(complaint);
    expect(messages.join('\n')).toMatchInlineSnapshot(`
      "m.safetensors: its metadata are not JSON.
        Use a model.safetensors that a run wrote.
      m.safetensors: its metadata are not JSON.
        Use a model.safetensors that a run wrote.
      m.safetensors: the number of inputs is missing.
        Use a model.safetensors that a run wrote.
      m.safetensors: experiment.network.layers[0].activation: unknown activation "tanhh".
        If it is your own activation, pass it: load(bytes, { recipes: [tanhh] })."
    `);
  });

  test('truncated at any position', () => {
    const bytes = model.save();
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => load(bytes.subarray(0, length)), `${length} bytes`).toThrow(InputError);
    }
    expect(
      complaint(() => load(bytes.subarray(0, bytes.length - 8), { file: 'm.safetensors' })),
    ).toMatchInlineSnapshot(`
      "m.safetensors: "layers.2.bias" lies outside the file, or leaves a gap.
        Use a file that chainrule or another safetensors writer wrote whole."
    `);
  });
});

describe('a model, explained and checked', () => {
  test('explain(model) shows the step that training would make next', async () => {
    const { model, history } = await train(network([dense(2, { activation: tanh }), dense(2)]), waves(4), training);
    const lines = explain(model);
    const loss = lines.find(({ quantity, phase }) => quantity === 'loss' && phase === 'loss')!;
    expect(loss.value).toBeLessThan(history.at(-1)!.loss);
    // lines have fifteen digits
    expect(loss.value).toBe(Number(model.evaluate(waves(4)).loss.toPrecision(15)));
    const weight = model.parameters.get('layers.0.weight')!.data[0];
    expect(lines.some(({ numbers }) => numbers?.includes(String(Number(weight.toPrecision(6)))))).toBe(true);
  });

  test('check(model) compares gradients at the trained weights', async () => {
    const { model } = await train(network([dense(3, { activation: tanh }), dense(2)]), waves(6), training);
    const { agrees, rows } = check(model);
    expect(agrees).toBe(true);
    expect(rows).toHaveLength(3 * 3 + 3 + 3 * 2 + 2);
  });

  test('model.problem({ inputs, targets }) takes other rows, which a loaded model needs', async () => {
    const { model } = await train(network([dense(3, { activation: tanh }), dense(2)]), waves(6), {
      ...training,
      l2: 0.25,
      batchSize: 2,
    });
    const problem = model.problem(waves(3));
    expect(problem).toMatchObject({ batchSize: 'full', shuffle: false });
    expect(problem.recipe.l2).toBe(0.25);
    expect(problem.parameters).toBe(model.parameters);
    expect(check(problem).agrees).toBe(true);
    const loaded = load(model.save(), { file: 'm.safetensors' });
    expect(check(loaded.problem(waves(3))).agrees).toBe(true);
    // a file has only the loss and the optimizer of the recipe
    expect(loaded.problem(waves(3)).recipe).toMatchObject({ gradient: 'exact', update: 'simultaneous', l1: 0, l2: 0 });
    expect(explain(loaded.problem(waves(1))).length).toBeGreaterThan(0);
    expect(complaint(() => explain(loaded))).toMatchInlineSnapshot(`
      "model: a model file does not contain the rows that the model was trained on.
        Give rows: explain(model.problem({ inputs, targets }))."
    `);
    expect(complaint(() => loaded.problem({ inputs: [[1]], targets: [[1, 2]] }))).toMatchInlineSnapshot(`
      "data.inputs: rows of 1 numbers, but the network has 3 inputs.
        Give rows of 3 numbers, in the order of training."
    `);
  });
});

test('a file whose metadata have another form is refused before use', async () => {
  const { tensors, metadata } = fromSafetensors(
    (
      await train(
        experiment({
          network: { layers: [{ dense: 1 }] },
          data: { inputs: [[1]], targets: [[1]] },
          training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 1 } },
        }),
      )
    ).model.save(),
  );
  const withMetadata = (changed: Record<string, string>) => () =>
    load(toSafetensors({ tensors, metadata: { ...metadata, ...changed } }), { file: 'm.safetensors' });
  expect(withMetadata({ experiment: 'null' })).toThrow('m.safetensors: its metadata contain no experiment.');
  expect(withMetadata({ data: '5' })).toThrow('m.safetensors: data: 5 is not an object');
  expect(withMetadata({ data: '{}' })).toThrow('m.safetensors: data.task: it is missing');
  expect(withMetadata({ formatVersion: 'x' })).toThrow('the format version is missing');
  expect(withMetadata({})().inputs).toBe(1);
});
