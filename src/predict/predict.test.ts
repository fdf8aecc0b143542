import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { InputError } from '../base/errors.ts';
import { recipeName } from '../base/options.ts';
import { fillNormal } from '../base/random.ts';
import { activations } from '../core/ops/activations.ts';
import { readTable } from '../data/read/read.ts';
import { fromSafetensors, toSafetensors } from '../formats/safetensors.ts';
import { load as loadModel } from '../model/load.ts';
import { Model } from '../model/model.ts';
import { layerEntries, makeLayer } from '../net/layers/index.ts';
import { layerKinds } from '../net/layers/kinds.ts';
import { losses, mse } from '../net/losses.ts';
import { network, parameterShapes } from '../net/network.ts';
import { adam } from '../net/optimizers.ts';
import { builtIn } from '../net/recipes.ts';
import { experiment } from '../net/setup.ts';
import { train } from '../train/train.ts';
import { activationNames } from './activation.ts';
import { layers } from './layers.ts';
import { load, lossesOfProbabilities } from './load.ts';

/** A model with random weights; running variances are positive. */
function randomModel(json: readonly object[], inputs: number): Model {
  const net = network(
    json.map((layer, l) => makeLayer(layer, `layers[${l}]`, builtIn)),
    { inputs },
  );
  const parameters = new Map(
    [...parameterShapes(net, inputs)].map(([name, shape], sequence) => {
      const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
      fillNormal(data, 7, 'check', sequence);
      return [name, { shape, data: name.endsWith('Variance') ? data.map((x) => x * x) : data }];
    }),
  );
  return new Model({ network: net, inputs, parameters, loss: mse, optimizer: adam() });
}

function randomRows(n: number, width: number): number[][] {
  const numbers = new Float64Array(n * width);
  fillNormal(numbers, 9, 'check', n);
  return Array.from({ length: n }, (_, r) => [...numbers.subarray(r * width, (r + 1) * width)]);
}

/** Numbers of rows for which the engines use different programs, and sums in different orders. */
const counts = [1, 2, 9, 64, 256, 257, 300];

test('it has every kind of layer, every activation, and the losses whose outputs are probabilities', () => {
  expect(Object.keys(layers).sort()).toEqual([...layerKinds].sort());
  expect(layerEntries.map(({ kind }) => kind)).toEqual(layerKinds);
  expect([...activationNames].sort()).toEqual(activations.map(recipeName).sort());
  const joint = losses.filter((loss) => 'joint' in loss && loss.joint).map(recipeName);
  expect([...lossesOfProbabilities].sort()).toEqual(joint.sort());
});

test.each(activations.map((entry) => [recipeName(entry)]))('%s: the bits of the library', (name) => {
  const activation = name === 'leakyRelu' ? { name, slope: 0.3 } : /^c?elu$/.test(name) ? { name, alpha: 0.7 } : name;
  const model = randomModel([{ dense: 7, activation }, { activate: activation }, { dense: 1, activation }], 90);
  const small = load(model.save());
  for (const n of [1, 9, 257]) {
    const rows = randomRows(n, 90);
    expect(small.predict(rows)).toEqual(model.predict(rows));
  }
});

const embedded = {
  embedding: 3,
  of: [
    { input: 1, size: 4 },
    { input: 3, size: 5, units: 2 },
  ],
};
test.each([
  ['normalizations', [{ dense: 80 }, { batchNorm: true }, { layerNorm: true, epsilon: 0.1 }, { dense: 2 }], 4],
  ['without affine', [{ batchNorm: true, affine: false }, { layerNorm: true, affine: false }, { dense: 1 }], 70],
  [
    'residual',
    [{ dense: 70, bias: false }, { residual: [{ dropout: 0.5 }, { dense: 70, activation: 'relu' }] }, { dense: 1 }],
    3,
  ],
  ['dropout', [{ dense: 3 }, { dropout: 0.3 }, { dense: 2, activation: 'softmax' }], 2],
] as const)('%s: the bits of the library', (_title, json, inputs) => {
  const model = randomModel(json, inputs);
  const small = load(model.save());
  for (const n of counts) {
    const rows = randomRows(n, inputs);
    expect(small.predict(rows)).toEqual(model.predict(rows));
  }
});

test('an embedding: the bits of the library, and its check of indices', () => {
  const model = randomModel([embedded, { dense: 2 }], 5);
  const small = load(model.save());
  const rows = randomRows(300, 5).map(([a, , c, , e], r) => [a, r % 4, c, r % 5, e]);
  expect(small.predict(rows)).toEqual(model.predict(rows));
  expect(() => small.predict([[0, 4, 0, 0, 0]])).toThrow('4 is not an index from 0 to 3');
});

const penguins = readFileSync(new URL('../../examples/penguins.csv', import.meta.url), 'utf8');
const setup = experiment(
  {
    network: { layers: [{ embedding: 2 }, { dense: 5, activation: 'gelu' }, { dense: 3, activation: 'softmax' }] },
    data: { file: 'penguins.csv', target: 'species', embed: ['island'] },
    training: { loss: 'crossEntropy', optimizer: 'adam', batchSize: 32, stop: { epochs: 3 } },
  },
  { read: () => penguins },
);
const { model } = await train(setup);
const table = readTable(penguins, { name: 'penguins.csv' });
/** The rows as a program has them: numbers are numbers. */
const objects = Array.from({ length: table.rows }, (_, r) =>
  Object.fromEntries(
    table.columns.map(({ name, values }) => {
      const cell = values[r];
      return [name, cell === undefined ? null : Number.isNaN(Number(cell)) ? cell : Number(cell)];
    }),
  ),
);

test('rows as objects: the predictions and probabilities of the library for the table', () => {
  const small = load(model.save());
  const { predictions, probabilities } = model.predictTable(table);
  const found = small.predict(objects);
  expect(found.map(({ prediction }) => prediction)).toEqual(predictions);
  expect(found.map((each) => each.probabilities)).toEqual(probabilities);
  expect(small.predictRow(objects[0]).prediction).toBe(model.predictTable({ ...table, rows: 1 }).predictions[0]);
});

test('a text that training was told to be missing, or not to be, means the same in a row', async () => {
  const text = `age,continent,y\n${Array.from({ length: 40 }, (_, i) => `${i % 5 === 0 ? -999 : i},${['EU', 'NA', 'EU', 'AS'][i % 4]},${i}`).join('\n')}`;
  const told = experiment(
    {
      network: { layers: [{ dense: 1 }] },
      data: { file: 't.csv', target: 'y', missing: ['-999'], notMissing: { continent: ['NA'] } },
      training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.01 }, stop: { epochs: 3 } },
    },
    { read: () => text },
  );
  const trained = (await train(told)).model;
  const small = load(trained.save());
  const of = (age: unknown, continent: unknown) => small.predictRow({ age, continent }).prediction;
  expect([of(-999, 'NA'), of('-999.0', 'EU')]).toEqual([of(null, 'NA'), of(null, 'EU')]);
  expect(of(3, 'NA')).not.toBe(of(3, null));
});

test('a category that training did not see is a warning', () => {
  const [{ warnings }] = load(model.save()).predict([{ ...objects[0], island: 'Elba' }]);
  expect(warnings).toEqual(['"island": 1 row has a category not seen in training ("Elba"); its index is 0.']);
});

test('a missing value is the warning that the library gives', () => {
  const row = { ...objects[0], bill_length_mm: null };
  const [{ warnings }] = load(model.save()).predict([row]);
  expect(warnings).toEqual([expect.stringMatching(/^"bill_length_mm": 1 missing value filled with 4\d/)]);
  expect(warnings).toEqual(model.predictRow(row as never).warnings);
});

test.each([
  [
    'a column left out',
    ({ island: _, ...rest }: object & { island?: unknown }) => rest,
    'row: the row has no "island"',
  ],
  ['a text among numbers', (row: object) => ({ ...row, bill_length_mm: 'long' }), '"long" is not a number'],
  ['a list', (row: object) => ({ ...row, sex: ['male'] }), 'row.sex: ["male"] is not a cell'],
  ['no object', () => 5, 'row: 5 is not an object'],
])('%s is an InputError', (_title, change, message) => {
  const small = load(model.save());
  const row = change(objects[0]) as object;
  expect(() => small.predictRow(row)).toThrow(InputError);
  expect(() => small.predictRow(row)).toThrow(message);
});

test('rows of numbers that do not fit are an InputError', () => {
  const small = load(randomModel([{ dense: 1 }], 2).save());
  for (const rows of [undefined, 'x', [[1]], [[1, Number.NaN]], [[1, 2], [3]], [{ a: 1 }], [5]]) {
    expect(() => small.predict(rows as never), String(rows)).toThrow(InputError);
  }
  expect(small.predict([])).toEqual([]);
});

test('a changed file is refused by both readers or by none', () => {
  const values = [undefined, null, 'x', '', -1, 0, 2.5, 1e9, [], {}, [{}], 'relu', true];
  const { metadata, tensors } = fromSafetensors(model.save());
  const outcome = (reader: (bytes: Uint8Array) => unknown, bytes: Uint8Array): string => {
    try {
      reader(bytes);
      return 'accepted';
    } catch (error) {
      expect(error, String((error as Error).stack)).toBeInstanceOf(InputError);
      return 'refused';
    }
  };
  /** What only training needs: predicting reads past it. A missing activation is linear, which the loss may not take. */
  const ofTraining =
    /^(experiment\.(seed|training\.(optimizer|loss))|.*\.(initializer|trainable|momentum|units|embedding)$|.*\.activation = undefined)/;
  const differences: string[] = [];
  let refused = 0;
  for (const part of ['experiment', 'data'] as const) {
    const paths: PropertyKey[][] = [];
    const visit = (value: unknown, path: PropertyKey[]) => {
      paths.push(path);
      if (typeof value !== 'object' || value === null || path.length > 4) return;
      for (const [key, inner] of Object.entries(value).slice(0, 4)) visit(inner, [...path, key]);
    };
    visit(JSON.parse(metadata[part]), []);
    paths.forEach((path, i) => {
      for (const value of [values[(5 * i) % values.length]]) {
        const json = { root: JSON.parse(metadata[part]) };
        let holder = json as unknown as Record<PropertyKey, unknown>;
        const whole: PropertyKey[] = ['root', ...path];
        for (const key of whole.slice(0, -1)) holder = holder[key] as typeof holder;
        holder[whole.at(-1)!] = value;
        const bytes = toSafetensors({ tensors, metadata: { ...metadata, [part]: JSON.stringify(json.root ?? null) } });
        const place = [part, ...path].join('.');
        const [small, full] = [outcome(load, bytes), outcome(loadModel, bytes)];
        if (small === 'refused') refused++;
        // the library also checks what predicting does not use
        if (
          small !== full &&
          !(small === 'accepted' && ofTraining.test(`${place} = ${value}`.replace(/ = (?!undefined).*/, '')))
        ) {
          differences.push(`${place} = ${JSON.stringify(value)}: ${small}, but ${full} by chainrule`);
        }
      }
    });
  }
  expect(refused).toBeGreaterThan(30);
  expect(differences).toEqual([]);
});
